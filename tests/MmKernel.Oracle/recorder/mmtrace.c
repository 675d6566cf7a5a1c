// Records random sequences of memory operations, executed by the kernel of the machine that it runs on, as JSON lines:
// a header, then one line for each operation with its result and the complete observable state of every process that
// changed. ../README.md describes the format. Needs root.
//
// usage: mmtrace FLAVOUR SEED OPERATIONS OUT.jsonl
//
// A seed always gives the same trace: windows lie at fixed addresses, all processes run on one processor, so that
// per-processor batches drain in a fixed order, and huge pages are off.
#include "protocol.h"
#include "random.h"
#include "worker.h"
#include "observe.h"
#include "generate.h"
#include "print.h"

static void settle_ksm(void)
{
    wrf("/sys/kernel/mm/ksm/run", "1");
    long f0 = rdf("/sys/kernel/mm/ksm/full_scans");
    for (int i = 0; i < 400 && rdf("/sys/kernel/mm/ksm/full_scans") < f0 + 5; i++)
        usleep(5000);
    wrf("/sys/kernel/mm/ksm/run", "0");
    usleep(2000);
}
static int rpc(int p, struct cmd *c, struct rep *r)
{
    if (write(sk[p][0], c, sizeof *c) != sizeof *c)
        return -1;
    return read(sk[p][0], r, sizeof *r) == sizeof *r ? 0 : -1;
}

int main(int ac, char **av)
{
    if (ac < 5) {
        fprintf(stderr, "mmtrace FLAVOR SEED OPS OUT.jsonl\n");
        return 2;
    }
    for (fl = 0; fl < 10 && strcmp(FL[fl], av[1]); fl++) {
    }
    if (fl == 10)
        return 2;
    u64 seed = strtoull(av[2], 0, 0);
    int nops = atoi(av[3]);
    FILE *o = fopen(av[4], "w");
    if (!o)
        return 2;
    rs = seed * 0x2545F4914F6CDD1DUL + (u64)fl;
    cpu_set_t cs;
    CPU_ZERO(&cs);
    CPU_SET(0, &cs);
    sched_setaffinity(0, sizeof cs, &cs); // one CPU: per-CPU LRU batches drain deterministically
    prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
    signal(SIGCHLD, SIG_IGN);
    umask(077);
    struct utsname un;
    uname(&un);
    int memlock = fl == FV_LOCK ? 16 : 0;
    for (int i = 1; i <= NFILE; i++) {
        char n[8];
        snprintf(n, 8, "f%d", i);
        int fd = memfd_create(n, 0);
        unsigned char b[4096];
        for (int k = 0; k < FPAGES[i]; k++) {
            fill(b, (u64)i * 1000 + (u64)k);
            if (write(fd, b, 4096) != 4096)
                return 3;
        }
        struct stat st;
        fstat(fd, &st);
        fino[i] = st.st_ino;
        if (i == 3) {
            char p[64];
            snprintf(p, 64, "/proc/self/fd/%d", fd);
            int ro = open(p, O_RDONLY);
            ffd[i] = ro;
        } else
            ffd[i] = fd;
        if (memlock)
            fchown(fd, 1000, 1000);
    }
    for (int i = 0; i < NPROC; i++)
        if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sk[i]))
            return 3;
    flavor_uffd = fl == FV_UFFD;
    if (fl == FV_KSM) {
        wrf("/sys/kernel/mm/ksm/run", "2");
        wrf("/sys/kernel/mm/ksm/smart_scan", "0");
        wrf("/sys/kernel/mm/ksm/use_zero_pages", "0");
        wrf("/sys/kernel/mm/ksm/sleep_millisecs", "0");
        wrf("/sys/kernel/mm/ksm/pages_to_scan", "1000");
        wrf("/sys/kernel/mm/ksm/run", "0");
    }
    u64 heap0 = (u64)sbrk(0); // heap of the worker is decided after fork: reported by a probe process below
    (void)heap0;
    int pp[2];
    if (pipe(pp))
        return 3;
    pid_t k = fork();
    if (k == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        stack_t ss = {.ss_sp = altstk, .ss_size = sizeof altstk};
        sigaltstack(&ss, 0);
        struct sigaction sa;
        memset(&sa, 0, sizeof sa);
        sa.sa_sigaction = onsig;
        sa.sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK;
        sigaction(SIGSEGV, &sa, 0);
        sigaction(SIGBUS, &sa, 0);
        u64 b = ((u64)syscall(SYS_brk, 0) + PG - 1) / PG * PG;
        b += 16 * PG;
        syscall(SYS_brk, b);
        munmap((void *)(b - 16 * PG), 16 * PG); // private gap before the heap window, so it cannot merge with malloc's heap
        WBASE[2] = b;
        if (write(pp[1], &b, 8) != 8)
            _exit(1);
        if (flavor_uffd) {
            ufd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
            u64 api[3] = {0xAA, (1 << 0) | (1 << 7) | (1 << 10) | (1 << 12) | (1 << 13) | (1 << 14) | (1 << 16), 0};
            if (ioctl(ufd, _IOWR(0xAA, 0x3f, u64[3]), api)) {
                perror("uffd");
                _exit(1);
            }
        }
        if (memlock) {
            struct rlimit rl = {(rlim_t)memlock * PG, (rlim_t)memlock * PG};
            setrlimit(RLIMIT_MEMLOCK, &rl);
            if (setuid(1000))
                _exit(1);
        }
        worker(0);
        _exit(0);
    }
    if (read(pp[0], &WBASE[2], 8) != 8)
        return 3;
    pid[0] = k;
    alive[0] = 1;
    fprintf(o,
        "{\"v\":1,\"flavor\":\"%s\",\"seed\":%lu,\"ops\":%d,\"kernel\":\"%s\",\"page\":4096,\"windows\":[{\"w\":0,\"base\":"
        "\"200000000000\",\"pages\":64},{\"w\":1,\"base\":\"210000000000\",\"pages\":320},{\"w\":2,\"base\":\"brk\",\"pages\":48}],"
        "\"files\":[{\"file\":1,\"pages\":24,\"mode\":\"rw\"},{\"file\":2,\"pages\":16,\"mode\":\"rw\"},{\"file\":3,\"pages\":8,\"mode\":"
        "\"ro\"}],\"memlock_pages\":%d,\"cap_ipc_lock\":%d,\"fault_around_pages\":16,\"overcommit\":%ld}\n",
        FL[fl], seed, nops, un.release, memlock, !memlock, rdf("/proc/sys/vm/overcommit_memory"));
    for (int i = 0; i < nops; i++) {
        struct cmd c;
        struct rep r;
        gen(&c, i);
        memset(&r, 0, sizeof r);
        u32 p = c.p;
        if (c.op == OP_KSM)
            settle_ksm();
        else if (c.op == OP_EXIT) {
            if (write(sk[p][0], &c, sizeof c) < 0) {
            }
            for (int t = 0; t < 2000; t++) {
                if (kill(pid[p], 0))
                    break;
                usleep(500);
            }
            alive[p] = 0;
            prev[p][0] = 0;
        } else {
            if (rpc((int)p, &c, &r)) {
                fprintf(stderr, "worker died: flavor %s seed %lu step %d op %s\n", av[1], seed, i, OPN[c.op]);
                return 4;
            }
            if (c.op == OP_FORK && !r.err) {
                struct rep r2;
                int j = (int)c.a[0];
                if (read(sk[j][0], &r2, sizeof r2) != sizeof r2)
                    return 4;
                pid[j] = (pid_t)r2.ret;
                alive[j] = 1;
                prev[j][0] = 0;
            }
        }
        fprintf(o, "{\"i\":%d,\"p\":%u,\"op\":\"%s\",\"a\":{", i, p, OPN[c.op]);
        emit_args(o, &c);
        fprintf(o, "},\"r\":");
        emit_ret(o, &c, &r);
        observe(o);
    }
    // final read-out: every page of every readable VMA is read by its own process (faults it in), contents must agree
    for (int p = 0; p < NPROC; p++)
        if (alive[p]) {
            smaps(pid[p]);
            struct vma cp[256];
            int n = nvm;
            memcpy(cp, vm, sizeof vm);
            fprintf(o, "{\"i\":%d,\"p\":%d,\"op\":\"readall\",\"a\":{},\"r\":[", nops + p, p);
            int first = 1;
            for (int i = 0; i < n; i++)
                for (int g = cp[i].s < 0 ? 0 : cp[i].s; g < cp[i].e && g < WPAGES[cp[i].w]; g++) {
                    struct cmd c = {OP_READ, (u32)p, {cp[i].w, g, 0}};
                    struct rep r;
                    u64 s[4];
                    int sig = 0, code = 0;
                    for (int q = 0; q < 4; q++) {
                        c.a[2] = q * 100;
                        if (rpc(p, &c, &r))
                            return 4;
                        s[q] = r.val;
                        if (r.sig) {
                            sig = r.sig;
                            code = r.code;
                        }
                    }
                    if (sig)
                        fprintf(o, "%s[%d,%d,\"%s\",%d]", first ? "" : ",", cp[i].w, g, sig == SIGSEGV ? "SEGV" : "BUS", code);
                    else if (s[0] | s[1] | s[2] | s[3])
                        fprintf(o, "%s[%d,%d,\"%lx\",\"%lx\",\"%lx\",\"%lx\"]", first ? "" : ",", cp[i].w, g, s[0], s[1], s[2], s[3]);
                    else
                        continue;
                    first = 0;
                }
            fprintf(o, "]");
            observe(o);
        }
    for (int p = 0; p < NPROC; p++)
        if (alive[p])
            kill(pid[p], SIGKILL);
    if (fl == FV_KSM) {
        wrf("/sys/kernel/mm/ksm/run", "2");
        wrf("/sys/kernel/mm/ksm/run", "0");
        wrf("/sys/kernel/mm/ksm/smart_scan", "1");
        wrf("/sys/kernel/mm/ksm/sleep_millisecs", "20");
        wrf("/sys/kernel/mm/ksm/pages_to_scan", "100");
    }
    fclose(o);
    return 0;
}
