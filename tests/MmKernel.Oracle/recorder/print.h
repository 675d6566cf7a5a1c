// Writes operations, results and states as JSON.

static void emit_args(FILE *o, struct cmd *c)
{
    s64 *a = c->a;
    switch (c->op) {
        case OP_MMAP:
            fprintf(o, "\"w\":%ld,\"page\":%ld,\"len\":%ld,\"prot\":%ld,\"flags\":%ld,\"file\":%ld,\"off\":%ld", a[0], a[1], a[2], a[3],
                a[4], a[5], a[6]);
            break;
        case OP_MREMAP:
            fprintf(
                o, "\"w\":%ld,\"page\":%ld,\"len\":%ld,\"newlen\":%ld,\"flags\":%ld,\"newpage\":%ld", a[0], a[1], a[2], a[3], a[4], a[5]);
            break;
        case OP_MPROTECT: fprintf(o, "\"w\":%ld,\"page\":%ld,\"len\":%ld,\"prot\":%ld", a[0], a[1], a[2], a[3]); break;
        case OP_MADVISE: fprintf(o, "\"w\":%ld,\"page\":%ld,\"len\":%ld,\"advice\":%ld", a[0], a[1], a[2], a[3]); break;
        case OP_WRITE: fprintf(o, "\"w\":%ld,\"page\":%ld,\"slot\":%ld,\"val\":%ld", a[0], a[1], a[2], a[3]); break;
        case OP_READ: fprintf(o, "\"w\":%ld,\"page\":%ld,\"slot\":%ld", a[0], a[1], a[2]); break;
        case OP_FORK: fprintf(o, "\"child\":%ld", a[0]); break;
        case OP_BRK: fprintf(o, "\"delta\":%ld", a[0]); break;
        case OP_FTRUNC: fprintf(o, "\"file\":%ld,\"pages\":%ld", a[0], a[1]); break;
        case OP_PWRITE: fprintf(o, "\"file\":%ld,\"page\":%ld,\"slot\":%ld,\"val\":%ld", a[0], a[1], a[2], a[3]); break;
        case OP_PUNCH: fprintf(o, "\"file\":%ld,\"page\":%ld,\"len\":%ld", a[0], a[1], a[2]); break;
        case OP_RFP: fprintf(o, "\"w\":%ld,\"page\":%ld,\"len\":%ld,\"pgoff\":%ld", a[0], a[1], a[2], a[3]); break;
        case OP_UREG:
        case OP_UWP:
        case OP_MSYNC: fprintf(o, "\"w\":%ld,\"page\":%ld,\"len\":%ld,\"mode\":%ld", a[0], a[1], a[2], a[3]); break;
        case OP_UCOPY: fprintf(o, "\"w\":%ld,\"page\":%ld,\"tag\":%ld,\"mode\":%ld", a[0], a[1], a[3], a[4]); break;
        case OP_UMOVE: fprintf(o, "\"w\":%ld,\"page\":%ld,\"len\":%ld,\"src\":%ld,\"mode\":%ld", a[0], a[1], a[2], a[5], a[3]); break;
        case OP_EXIT:
        case OP_KSM:
        case OP_READALL:
        case OP_INIT: fprintf(o, "\"x\":0"); break;
        default: fprintf(o, "\"w\":%ld,\"page\":%ld,\"len\":%ld", a[0], a[1], a[2]);
    }
}
static const char *en(int e)
{
    switch (e) {
        case EINVAL: return "EINVAL";
        case ENOMEM: return "ENOMEM";
        case EFAULT: return "EFAULT";
        case EACCES: return "EACCES";
        case EEXIST: return "EEXIST";
        case EBUSY: return "EBUSY";
        case EPERM: return "EPERM";
        case EAGAIN: return "EAGAIN";
        case EBADF: return "EBADF";
        case ENOENT: return "ENOENT";
        case EOPNOTSUPP: return "EOPNOTSUPP";
        case EIO: return "EIO";
        case EHWPOISON: return "EHWPOISON";
        case ESRCH: return "ESRCH";
        case ENOSPC: return "ENOSPC";
        case EOVERFLOW: return "EOVERFLOW";
        default: {
            static char b[16];
            snprintf(b, 16, "E%d", e);
            return b;
        }
    }
}
static void emit_ret(FILE *o, struct cmd *c, struct rep *r)
{
    if (r->err) {
        fprintf(o, "{\"err\":\"%s\"", en(r->err));
        if (r->n && (c->op >= OP_UCOPY && c->op <= OP_UCONT))
            fprintf(o, ",\"done\":%ld", r->v[0] < 0 ? 0 : r->v[0] / (s64)PG);
        fprintf(o, "}");
        return;
    }
    switch (c->op) {
        case OP_MMAP:
        case OP_MREMAP: {
            s64 v[2];
            winof((u64)r->ret, v);
            if (v[0] < 0)
                fprintf(o, "{\"outside\":1%s}", c->op == OP_MREMAP ? ",\"then\":\"munmapped\"" : "");
            else
                fprintf(o, "{\"w\":%ld,\"page\":%ld}", v[0], v[1]);
            break;
        }
        case OP_WRITE:
        case OP_READ:
            if (r->sig)
                fprintf(o, "{\"sig\":\"%s\",\"code\":%d,\"page\":%ld}", r->sig == SIGSEGV ? "SEGV" : "BUS", r->code, (long)r->faddr);
            else if (c->op == OP_READ)
                fprintf(o, "{\"val\":\"%lx\"}", r->val);
            else
                fprintf(o, "{\"ok\":1}");
            break;
        case OP_MINCORE: fprintf(o, "{\"vec\":\"%s\"}", r->buf); break;
        case OP_BRK: fprintf(o, "{\"brk\":%ld,\"granted\":%d}", r->ret, r->n); break;
        case OP_UZERO:
        case OP_UMOVE:
        case OP_UPOISON:
        case OP_UCONT: fprintf(o, "{\"done\":%ld}", r->v[0] / (s64)PG); break;
        default: fprintf(o, "{\"ok\":1}");
    }
}
static void observe(FILE *o)
{
    int first = 1;
    static char b[65536];
    fprintf(o, ",\"s\":{");
    for (int i = 0; i < NPROC; i++)
        if (alive[i]) {
            snap(i, b, 0);
            if (strcmp(b, prev[i])) {
                fprintf(o, "%s\"%d\":%s", first ? "" : ",", i, b);
                first = 0;
                strcpy(prev[i], b);
            }
        }
    fprintf(o, "}}\n");
}
