// Draws the next operation. Ranges are biased to the borders of existing VMAs, and flags to those of their neighbours,
// so that splits and merges happen often; each flavour has its own weights.

static const char *FL[] = {"core", "mremap", "fork", "file", "lock", "stack", "uffd", "swap", "ksm", "mix"};
enum { FV_CORE, FV_MREMAP, FV_FORK, FV_FILE, FV_LOCK, FV_STACK, FV_UFFD, FV_SWAP, FV_KSM, FV_MIX };
static int fl;
static int alive[NPROC];
static int prot(void)
{
    static const int t[] = {3, 3, 3, 3, 3, 1, 1, 0, 7, 5};
    return t[R(10)];
}
static void range(struct cmd *c)
{
    int w = (int)c->a[0];
    int W = WPAGES[w];
    s64 s, n;
    // bias to boundaries of existing VMAs so that merges and splits happen often
    if (nvm && pct(70)) {
        struct vma *v = &vm[R(nvm)];
        if (v->w == w) {
            int q = R(5);
            s = q == 0 ? v->s : q == 1 ? v->e : q == 2 ? v->s + R(v->e - v->s) : q == 3 ? v->s - R(4) : v->e - 1 - R(3);
            n = pct(30) ? v->e - v->s : 1 + R(8);
            if (s < 0)
                s = 0;
            if (s >= W)
                s = W - 1;
            if (n < 1)
                n = 1;
            if (s + n > W)
                n = W - s;
            c->a[1] = s;
            c->a[2] = n;
            return;
        }
    }
    s = R(W - 1);
    n = 1 + R(pct(80) ? 8 : 20);
    if (s + n > W)
        n = W - s;
    c->a[1] = s;
    c->a[2] = n;
}
static struct vma *pick(int w, int need);
static void touchpage(struct cmd *c)
{
    int w = (int)c->a[0];
    struct vma *pv;
    if (pct(72) && (pv = pick(-1, c->op == OP_WRITE ? 1 : 2))) {
        c->a[0] = pv->w;
        c->a[1] = pv->s + R(pv->e - pv->s);
        c->a[2] = R(4) * 100;
        return;
    }
    if (nvm && pct(85)) {
        struct vma *v = &vm[R(nvm)];
        c->a[0] = v->w;
        w = v->w;
        s64 s = v->s < 0 ? 0 : v->s, e = v->e > WPAGES[w] ? WPAGES[w] : v->e;
        c->a[1] = s + R(e > s ? (int)(e - s) : 1);
        if (pct(10))
            c->a[1] = v->e;
        if (pct(5))
            c->a[1] = v->s - 1;
    } else
        c->a[1] = R(WPAGES[w]);
    if (c->a[1] < 0)
        c->a[1] = 0;
    if (c->a[1] >= WPAGES[c->a[0]])
        c->a[1] = WPAGES[c->a[0]] - 1;
    c->a[2] = R(4) * 100;
}
static struct vma *pick(int w, int need)
{ // need: 1 writable 2 readable 4 uffd-missing 8 private 16 uffd-wp 32 anonymous backing 64 uffd-minor 128 not uffd
    struct vma *c[256];
    int n = 0;
    for (int i = 0; i < nvm; i++) {
        struct vma *v = &vm[i];
        if (w >= 0 && v->w != w)
            continue;
        if (v->s < 0 || v->e > WPAGES[v->w])
            continue;
        if (need & 1 && v->perm[1] != 'w')
            continue;
        if (need & 2 && v->perm[0] != 'r')
            continue;
        if (need & 4 && !strstr(v->fl, "um"))
            continue;
        if (need & 16 && !strstr(v->fl, "uw"))
            continue;
        if (need & 64 && !strstr(v->fl, "ui"))
            continue;
        if (need & 128 && strchr(v->fl, 'u') && (strstr(v->fl, "um") || strstr(v->fl, "uw") || strstr(v->fl, "ui")))
            continue;
        if (need & 8 && v->perm[3] != 'p')
            continue;
        if (need & 32 && v->file)
            continue;
        c[n++] = v;
    }
    return n ? c[R(n)] : 0;
}
static int inside(struct cmd *c, struct vma *v, int span)
{
    if (!v)
        return 0;
    int s = v->s, e = v->e;
    if (span && pct(25))
        for (int i = (int)(v - vm) + 1; i < nvm && vm[i].w == v->w && vm[i].s == e && e - s < 24 && vm[i].e <= WPAGES[v->w]; i++)
            e = vm[i].e;
    int q = R(6), n = e - s;
    if (q == 1)
        s += R(n);
    else if (q == 2)
        e -= R(n);
    else if (q >= 3 && q < 5) {
        s += R(n);
        e = s + 1 + R(e - s);
    } else if (q == 5) {
        s += R(n);
        e = s + 1;
    }
    c->a[0] = v->w;
    c->a[1] = s;
    c->a[2] = e - s;
    return 1;
}
static void arange(struct cmd *c)
{
    if (pct(80) && inside(c, pick(pct(70) ? (int)c->a[0] : -1, 0), 1))
        return;
    range(c);
}
static const int MADV[] = {
    4, 4, 4, 4, 8, 0, 1, 2, 3, 10, 11, 18, 19, 22, 22, 23, 23, 102, 102, 103, 103, 16, 17, 20, 21, 24, 9, 12, 13, 14, 15, 99};
static void gen(struct cmd *c, int step)
{
    memset(c, 0, sizeof *c);
    int np = 0, list[NPROC];
    for (int i = 0; i < NPROC; i++)
        if (alive[i])
            list[np++] = i;
    c->p = (u32)list[R(np)];
    smaps(pid[c->p]);
    int w = 0;
    if (fl == FV_STACK)
        w = R(10) < 5 ? 1 : R(10) < 4 ? 2 : 0;
    c->a[0] = w;
    //          mmap munmap mprot mremap madv write read fork exit brk lock mincore msync ftrunc pwrite punch uffd ksm rfp
    static const int WT[10][19] = {/*core*/ {22, 12, 18, 6, 14, 14, 8, 0, 0, 0, 2, 3, 1, 0, 0, 0, 0, 0, 0},
        /*mremap*/ {18, 5, 8, 34, 8, 16, 8, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0},
        /*fork*/ {12, 6, 10, 8, 10, 26, 12, 9, 4, 0, 1, 1, 0, 1, 1, 0, 0, 0, 0},
        /*file*/ {18, 6, 10, 8, 12, 16, 12, 2, 1, 0, 1, 3, 2, 5, 4, 3, 0, 0, 2},
        /*lock*/ {16, 8, 8, 10, 10, 10, 5, 2, 1, 0, 26, 2, 3, 0, 0, 0, 0, 0, 0},
        /*stack*/ {16, 8, 8, 5, 6, 24, 8, 2, 1, 14, 4, 2, 0, 0, 0, 0, 0, 0, 0},
        /*uffd*/ {10, 3, 5, 5, 7, 14, 10, 1, 1, 0, 0, 0, 0, 0, 1, 1, 32, 0, 0},
        /*swap*/ {10, 5, 8, 6, 26, 22, 12, 6, 3, 0, 2, 2, 0, 0, 0, 0, 0, 0, 0},
        /*ksm*/ {10, 5, 7, 7, 16, 24, 8, 5, 2, 0, 1, 0, 0, 0, 0, 0, 0, 10, 0},
        /*mix*/ {16, 7, 12, 10, 12, 14, 8, 4, 2, 0, 5, 2, 1, 2, 2, 2, 0, 0, 1}};
    int t = 0, k, x;
    for (k = 0; k < 19; k++)
        t += WT[fl][k];
    x = R(t);
    for (k = 0; k < 19 && x >= WT[fl][k]; k++)
        x -= WT[fl][k];
    if (step < 4 || fl == FV_UFFD && step < 8)
        k = 0;
    switch (k) {
        case 0: {
            c->op = OP_MMAP;
            if (w == 2)
                w = 0;
            c->a[0] = w;
            range(c);
            if (fl == FV_UFFD && step < 12) {
                c->a[1] = 5 * step;
                c->a[2] = 4;
            }
            int f = fl == FV_UFFD && pct(60) || fl == FV_STACK || fl == FV_CORE && pct(70) || fl == FV_KSM || fl == FV_SWAP && pct(80) ? 0
                    : pct(55)                                                                                                          ? 0
                              : 1 + R(NFILE);
            int shared = f ? pct(50) : pct(20);
            c->a[3] = prot();
            c->a[4] = (shared ? MAP_SHARED : MAP_PRIVATE) | (f ? 0 : MAP_ANONYMOUS) | (pct(12) ? 0x100000 : MAP_FIXED);
            if (pct(8))
                c->a[4] |= MAP_NORESERVE;
            if (pct(8))
                c->a[4] |= MAP_POPULATE;
            if (fl == FV_LOCK && pct(15))
                c->a[4] |= MAP_LOCKED;
            {
                struct vma *v;
                if (c->a[4] & MAP_FIXED && pct(45) && (v = pick(w, f ? 0 : 32)) &&
                    !(f == 0 && v->perm[3] == 's')) { // continue an existing mapping, so that it should merge
                    int up = pct(60), n = 1 + R(6);
                    int st = up ? v->e : v->s - n;
                    if (st >= 0 && st + n <= WPAGES[w]) {
                        c->a[1] = st;
                        c->a[2] = n;
                        if (pct(80))
                            c->a[3] = (v->perm[0] == 'r') | (v->perm[1] == 'w') << 1 | (v->perm[2] == 'x') << 2;
                        c->a[4] &= ~(s64)(MAP_NORESERVE);
                        if (strstr(v->fl, "nr"))
                            c->a[4] |= MAP_NORESERVE;
                        if (v->file && v->file <= NFILE) {
                            c->a[5] = v->file;
                            f = v->file;
                            c->a[4] = (c->a[4] & ~(s64)(MAP_ANONYMOUS | 3)) | (v->perm[3] == 's' ? 1 : 2);
                            s64 of = v->off + (st - v->s);
                            c->a[6] = of < 0 ? 0 : of;
                            shared = v->perm[3] == 's';
                            goto placed;
                        } else if (!v->file) {
                            c->a[5] = 0;
                            f = 0;
                            c->a[6] = 0;
                            c->a[4] = (c->a[4] & ~(s64)3) | 2 | MAP_ANONYMOUS;
                            shared = 0;
                            goto placed;
                        }
                    }
                }
            }
            if (fl == FV_STACK && !f && !shared && pct(w == 1 ? 60 : 10)) {
                c->a[4] |= MAP_GROWSDOWN;
                if (w == 1) {
                    c->a[1] = pct(70) ? 258 + R(60) : R(250);
                    c->a[2] = 1 + R(3);
                    if (c->a[1] + c->a[2] > WPAGES[1])
                        c->a[2] = 1;
                }
            }
            c->a[5] = f;
            c->a[6] = f ? (pct(60) ? c->a[1] % 8 : R(FPAGES[f])) : 0;
            if (pct(1))
                c->a[2] = 0;
        placed:
            break;
        }
        case 1:
            c->op = OP_MUNMAP;
            range(c);
            if (pct(2))
                c->a[2] = 0;
            break;
        case 2: {
            c->op = OP_MPROTECT;
            arange(c);
            c->a[3] = prot();
            if (pct(50))
                for (int i = 0; i < nvm; i++)
                    if (vm[i].w == c->a[0] && (vm[i].e == c->a[1] || vm[i].s == c->a[1] + c->a[2])) {
                        c->a[3] = (vm[i].perm[0] == 'r') | (vm[i].perm[1] == 'w') << 1 | (vm[i].perm[2] == 'x') << 2;
                        if (pct(50))
                            break;
                    }
            break;
        }
        case 3: {
            c->op = OP_MREMAP;
            if (w == 2)
                w = c->a[0] = 0;
            range(c);
            int q = R(10);
            int W = WPAGES[w];
            c->a[3] = c->a[2];
            c->a[4] = 0;
            c->a[5] = 0;
            if (nvm && pct(60)) {
                struct vma *v = &vm[R(nvm)];
                if (v->w == w) {
                    c->a[1] = v->s;
                    c->a[2] = v->e - v->s;
                    if (c->a[1] < 0)
                        c->a[1] = 0;
                    if (c->a[1] + c->a[2] > W)
                        c->a[2] = W - c->a[1];
                    if (pct(40)) {
                        int o = R((int)c->a[2]);
                        c->a[1] += o;
                        c->a[2] -= o;
                    }
                    if (pct(30))
                        c->a[2] = 1 + R((int)c->a[2]);
                    c->a[3] = c->a[2];
                }
            }
            if (q < 3) {
                c->a[3] = c->a[2] + 1 + R(6);
            } else if (q < 5) {
                c->a[3] = 1 + R((int)c->a[2]);
            } else {
                c->a[4] = 3;
                if (q >= 8)
                    c->a[4] |= 4;
                else if (pct(30))
                    c->a[3] = 1 + R((int)c->a[2] + 4);
                c->a[5] = R(W);
            }
            if (q < 2 && pct(50))
                c->a[4] = 1;
            if (c->a[4] & 2) {
                if (c->a[5] + c->a[3] > W)
                    c->a[5] = W - c->a[3] < 0 ? 0 : W - c->a[3];
            } else if (c->a[1] + c->a[3] > W)
                c->a[3] = W - c->a[1];
            if (pct(3))
                c->a[2] = 0;
            if (c->a[3] < 0)
                c->a[3] = 0;
            break;
        }
        case 4: {
            c->op = OP_MADVISE;
            arange(c);
            c->a[3] = MADV[R((int)(sizeof MADV / sizeof *MADV))];
            if (pct(25))
                for (int i = 0; i < nvm; i++)
                    if (vm[i].w == c->a[0] && vm[i].s <= c->a[1] && vm[i].e > c->a[1]) {
                        const char *g = vm[i].fl; // undo an attribute, so that neighbours can merge again
                        if (strstr(g, "wf"))
                            c->a[3] = 19;
                        else if (strstr(g, "dc"))
                            c->a[3] = 11;
                        else if (strstr(g, "dd"))
                            c->a[3] = 17;
                        else if (strstr(g, "mg"))
                            c->a[3] = 13;
                        else if (strstr(g, "rr") || strstr(g, "sr"))
                            c->a[3] = 0;
                        break;
                    }
            if (fl == FV_SWAP && pct(60))
                c->a[3] = 21;
            if (fl == FV_KSM && pct(60))
                c->a[3] = pct(80) ? 12 : 13;
            if (c->a[3] == 21 && fl != FV_SWAP)
                c->a[3] = 20;
            if (fl == FV_SWAP && c->a[3] == 8)
                c->a[3] = 4;
            if (fl == FV_LOCK && pct(20))
                c->a[3] = 24;
            break;
        }
        case 5:
            c->op = OP_WRITE;
            touchpage(c);
            c->a[3] = fl == FV_KSM ? 1 + R(3) : (s64)(rnd() & 0xffffffff);
            if (fl == FV_KSM)
                c->a[2] = 0;
            break;
        case 6:
            c->op = OP_READ;
            touchpage(c);
            break;
        case 7: {
            int j;
            for (j = 0; j < NPROC && alive[j]; j++) {
            }
            if (j == NPROC) {
                c->op = OP_WRITE;
                touchpage(c);
                c->a[3] = step;
            } else {
                c->op = OP_FORK;
                c->a[0] = j;
            }
            break;
        }
        case 8:
            if (np < 2) {
                c->op = OP_READ;
                touchpage(c);
            } else
                c->op = OP_EXIT;
            break;
        case 9:
            c->op = OP_BRK;
            c->a[0] = pct(60) ? 1 + R(8) : -1 - R(6);
            break;
        case 10: {
            int q = R(10);
            c->op = q < 4 ? OP_MLOCK : q < 7 ? OP_MLOCK2 : OP_MUNLOCK;
            arange(c);
            break;
        }
        case 11:
            c->op = OP_MINCORE;
            arange(c);
            break;
        case 12:
            c->op = OP_MSYNC;
            arange(c);
            c->a[3] = pct(50) ? 4 : pct(50) ? 6 : 1;
            break;
        case 13:
            c->op = OP_FTRUNC;
            c->a[0] = 1 + R(2);
            c->a[1] = R(FPAGES[c->a[0]] + 8);
            break;
        case 14:
            c->op = OP_PWRITE;
            c->a[0] = 1 + R(2);
            c->a[1] = R(FPAGES[c->a[0]]);
            c->a[2] = R(4) * 100;
            c->a[3] = (s64)(rnd() & 0xffffffff);
            break;
        case 15:
            c->op = OP_PUNCH;
            c->a[0] = 1 + R(2);
            c->a[1] = R(FPAGES[c->a[0]]);
            c->a[2] = 1 + R(4);
            break;
        case 16: {
            int q = R(20);
            struct vma *v;
            int forced = 0;
            if (alive[0] && c->p && pct(85)) {
                c->p = 0;
                smaps(pid[0]);
            }
            range(c);
            c->a[0] = 0;
            if (!pick(0, 4 | 1 | 8 | 32) && pct(80)) {
                q = 0;
                forced = 1;
            }
            if (q < 5) {
                c->op = OP_UREG;
                c->a[3] = forced ? (pct(80) ? 1 : 3) : pct(45) ? 1 : pct(50) ? 2 : pct(40) ? 3 : 4;
                v = forced && pct(90)         ? pick(0, 1 | 8 | 32 | 128)
                    : c->a[3] == 4 && pct(80) ? 0
                                              : pick(0, pct(85) ? 128 | (c->a[3] == 4 ? 0 : 8) : 0);
                if (c->a[3] == 4 && !v)
                    for (int i = 0; i < nvm; i++)
                        if (vm[i].w == 0 && vm[i].file && vm[i].perm[3] == 's') {
                            v = &vm[i];
                            if (pct(50))
                                break;
                        }
                if (pct(90))
                    inside(c, v, 1);
            } else if (q < 6) {
                c->op = OP_UUNREG;
                if (pct(70))
                    inside(c, pick(0, pct(50) ? 4 : 16), 1);
            } else if (q < 10) {
                c->op = OP_UCOPY;
                v = pick(0, pct(85) ? 4 : 16);
                if (!v || pct(10))
                    touchpage(c);
                else {
                    c->a[0] = 0;
                    c->a[1] = v->s + R(v->e - v->s);
                }
                c->a[3] = (s64)(rnd() & 0xffff);
                c->a[4] = pct(20) ? 2 : 0;
                c->a[2] = 1;
            } else if (q < 12) {
                c->op = OP_UZERO;
                if (pct(85))
                    inside(c, pick(0, 4), 0);
            } else if (q < 15) {
                c->op = OP_UWP;
                c->a[3] = pct(60);
                if (pct(85))
                    inside(c, pick(0, 16), 0);
                c->a[3] = pct(60);
            } else if (q < 18) {
                c->op = OP_UMOVE;
                v = pick(0, 4 | 8 | 32 | 1);
                if (v && pct(85))
                    inside(c, v, 0);
                struct vma *sv = pick(0, pct(80) ? 1 | 8 | 32 | 128 : 1 | 8 | 32);
                c->a[5] = R(WPAGES[0] - 8);
                if (sv && pct(90)) {
                    int o = R(sv->e - sv->s);
                    c->a[5] = sv->s + o;
                    if (c->a[2] > sv->e - c->a[5])
                        c->a[2] = sv->e - c->a[5];
                }
                c->a[3] = pct(60) ? 2 : 0;
            } else if (q < 19) {
                c->op = OP_UPOISON;
                if (pct(85))
                    inside(c, pick(0, 4), 0);
            } else {
                c->op = OP_UCONT;
                if (pct(80))
                    inside(c, pick(0, pct(60) ? 64 : 4), 0);
            }
            if (c->op == OP_UREG && c->a[3] == 0)
                c->a[3] = 1;
            break;
        }
        case 17: c->op = OP_KSM; break;
        case 18:
            c->op = OP_RFP;
            range(c);
            c->a[3] = R(8);
            break;
    }
}
