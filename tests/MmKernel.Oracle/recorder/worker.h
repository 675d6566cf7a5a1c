// A worker performs operations inside its own address space, which is what is recorded. It allocates nothing, so that
// its heap changes by brk operations alone. A child made by a fork operation goes on as a worker with its own socket.

static int sk[NPROC][2];
static int ffd[NFILE + 1];
static int ufd = -1;
static int flavor_uffd;
static sigjmp_buf jb;
static volatile int hs, hc;
static volatile u64 ha;
static char altstk[65536] __attribute__((aligned(4096)));
static unsigned char usrc[4096] __attribute__((aligned(4096)));
static void onsig(int s, siginfo_t *i, void *u)
{
    (void)u;
    hs = s;
    hc = i->si_code;
    ha = (u64)i->si_addr;
    siglongjmp(jb, 1);
}
static void fill(unsigned char *p, u64 tag)
{
    for (int i = 0; i < 512; i++)
        ((u64 *)p)[i] = tag + (u64)i * 0x0101010101UL;
}
static u32 fnv(const unsigned char *p)
{
    u64 h = 0xcbf29ce484222325UL;
    int nz = 0;
    for (int i = 0; i < 4096; i++) {
        nz |= p[i];
        h = (h ^ p[i]) * 0x100000001b3UL;
    }
    return nz ? (u32)(h ^ (h >> 32)) : 0;
}
struct mv {
    u64 dst, src, len, mode;
    s64 r;
};
struct po {
    u64 start, len, mode;
    s64 r;
};
static void winof(u64 addr, s64 *v)
{
    v[0] = -1;
    v[1] = 0;
    for (int w = 0; w < 3; w++)
        if (addr >= WBASE[w] && addr < WBASE[w] + (u64)WPAGES[w] * PG) {
            v[0] = w;
            v[1] = (s64)((addr - WBASE[w]) / PG);
        }
}
static u64 A(s64 w, s64 page)
{
    return WBASE[w] + (u64)page * PG;
}
static void worker(int me)
{
    struct cmd c;
    struct rep r;
    int self = me;
    for (;;) {
        if (read(sk[self][1], &c, sizeof c) != sizeof c)
            _exit(0);
        memset(&r, 0, sizeof r);
        errno = 0;
        s64 *a = c.a;
        s64 x = 0;
        switch (c.op) {
            case OP_MMAP:
                x = (s64)syscall(SYS_mmap, A(a[0], a[1]), a[2] * (s64)PG, a[3], a[4], a[5] ? ffd[a[5]] : -1, a[6] * (s64)PG);
                break;
            case OP_MUNMAP: x = munmap((void *)A(a[0], a[1]), (size_t)a[2] * PG); break;
            case OP_MPROTECT: x = mprotect((void *)A(a[0], a[1]), (size_t)a[2] * PG, (int)a[3]); break;
            case OP_MREMAP:
                x = (s64)syscall(SYS_mremap, A(a[0], a[1]), a[2] * (s64)PG, a[3] * (s64)PG, a[4], A(a[0], a[5]));
                if (x > 0 || x < -4096) {
                    s64 v[2];
                    winof((u64)x, v);
                    if (v[0] < 0) {
                        r.n = 1;
                        munmap((void *)x, (size_t)a[3] * PG);
                        errno = 0;
                    }
                }
                break;
            case OP_MADVISE: x = madvise((void *)A(a[0], a[1]), (size_t)a[2] * PG, (int)a[3]); break;
            case OP_WRITE:
            case OP_READ:
                if (!sigsetjmp(jb, 1)) {
                    volatile u64 *p = (volatile u64 *)(A(a[0], a[1]) + (u64)a[2] * 8);
                    if (c.op == OP_WRITE)
                        *p = (u64)a[3];
                    else
                        r.val = *p;
                } else {
                    r.sig = hs;
                    r.code = hc;
                    s64 v[2];
                    winof(ha, v);
                    r.faddr = v[0] < 0 ? -1 : v[1];
                }
                break;
            case OP_READALL:
            case OP_SWAPIN: r.n = 0; break;
            case OP_FORK: {
                pid_t k = fork();
                if (k == 0) {
                    self = (int)a[0];
                    r.ret = getpid();
                    r.v[0] = self;
                    write(sk[self][1], &r, sizeof r);
                    continue;
                }
                x = k;
                break;
            }
            case OP_EXIT: _exit(0);
            case OP_BRK: {
                u64 cur = (u64)syscall(SYS_brk, 0);
                u64 want = cur + (u64)(a[0] * (s64)PG);
                u64 got = (u64)syscall(SYS_brk, want);
                x = ((s64)got - (s64)WBASE[2]) / (s64)PG;
                r.n = got == want;
                break;
            }
            case OP_MLOCK: x = mlock((void *)A(a[0], a[1]), (size_t)a[2] * PG); break;
            case OP_MLOCK2: x = syscall(SYS_mlock2, A(a[0], a[1]), (size_t)a[2] * PG, 1); break;
            case OP_MUNLOCK: x = munlock((void *)A(a[0], a[1]), (size_t)a[2] * PG); break;
            case OP_MINCORE: {
                unsigned char v[512];
                x = mincore((void *)A(a[0], a[1]), (size_t)a[2] * PG, v);
                if (!x) {
                    for (int i = 0; i < a[2]; i++)
                        r.buf[i] = (char)('0' + (v[i] & 1));
                }
                break;
            }
            case OP_MSYNC: x = msync((void *)A(a[0], a[1]), (size_t)a[2] * PG, (int)a[3]); break;
            case OP_FTRUNC: x = ftruncate(ffd[a[0]], a[1] * (s64)PG); break;
            case OP_PWRITE: {
                u64 v = (u64)a[3];
                x = pwrite(ffd[a[0]], &v, 8, a[1] * (s64)PG + a[2] * 8);
                break;
            }
            case OP_PUNCH: x = fallocate(ffd[a[0]], 3, a[1] * (s64)PG, a[2] * (s64)PG); break;
            case OP_RFP: x = syscall(SYS_remap_file_pages, A(a[0], a[1]), a[2] * (s64)PG, 0, a[3], 0); break;
            case OP_UREG: {
                u64 g[4] = {A(a[0], a[1]), (u64)a[2] * PG, (u64)a[3], 0};
                x = ioctl(ufd, _IOWR(0xAA, 0, u64[4]), g);
                break;
            }
            case OP_UUNREG: {
                u64 g[2] = {A(a[0], a[1]), (u64)a[2] * PG};
                x = ioctl(ufd, _IOR(0xAA, 1, u64[2]), g);
                break;
            }
            case OP_UCOPY: {
                fill(usrc, (u64)a[3]);
                struct {
                    u64 d, s, l, m;
                    s64 r;
                } g = {A(a[0], a[1]), (u64)usrc, PG, (u64)a[4], 0};
                x = ioctl(ufd, _IOWR(0xAA, 3, u64[5]), &g);
                break;
            }
            case OP_UZERO: {
                struct {
                    u64 d, l, m;
                    s64 r;
                } g = {A(a[0], a[1]), (u64)a[2] * PG, 0, 0};
                x = ioctl(ufd, _IOWR(0xAA, 4, u64[4]), &g);
                r.v[0] = g.r;
                r.n = 1;
                break;
            }
            case OP_UWP: {
                u64 g[3] = {A(a[0], a[1]), (u64)a[2] * PG, (u64)a[3]};
                x = ioctl(ufd, _IOWR(0xAA, 6, u64[3]), g);
                break;
            }
            case OP_UMOVE: {
                struct mv g = {A(a[0], a[1]), A(a[0], a[5]), (u64)a[2] * PG, (u64)a[3], 0};
                x = ioctl(ufd, _IOWR(0xAA, 5, u64[5]), &g);
                r.v[0] = g.r;
                r.n = 1;
                break;
            }
            case OP_UPOISON: {
                struct po g = {A(a[0], a[1]), (u64)a[2] * PG, 0, 0};
                x = ioctl(ufd, _IOWR(0xAA, 8, u64[4]), &g);
                r.v[0] = g.r;
                r.n = 1;
                break;
            }
            case OP_UCONT: {
                struct po g = {A(a[0], a[1]), (u64)a[2] * PG, 0, 0};
                x = ioctl(ufd, _IOWR(0xAA, 7, u64[4]), &g);
                r.v[0] = g.r;
                r.n = 1;
                break;
            }
            default: break;
        }
        r.ret = x;
        r.err = (x == -1 || (c.op == OP_MMAP && x == -1)) ? errno : 0;
        if (write(sk[self][1], &r, sizeof r) != sizeof r)
            _exit(0);
    }
}
