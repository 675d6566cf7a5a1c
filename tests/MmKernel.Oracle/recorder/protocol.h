// What the recorder and its workers share: the layout of the windows and files, the operations and the messages
// that carry one operation to the worker that performs it and its result back.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

typedef uint64_t u64;
typedef int64_t s64;
typedef uint32_t u32;
#define PG 4096UL
#define NPROC 4
#define NFILE 3
// window 0: general arena, window 1: grows-down arena, window 2: heap (brk)
static const int WPAGES[3] = {64, 320, 48};
static u64 WBASE[3] = {0x200000000000UL, 0x210000000000UL, 0};
static const int FPAGES[NFILE + 1] = {0, 24, 16, 8}; // files 1,2 rw; file 3 is open read-only

enum {
    OP_NOP,
    OP_MMAP,
    OP_MUNMAP,
    OP_MPROTECT,
    OP_MREMAP,
    OP_MADVISE,
    OP_WRITE,
    OP_READ,
    OP_FORK,
    OP_EXIT,
    OP_BRK,
    OP_MLOCK,
    OP_MLOCK2,
    OP_MUNLOCK,
    OP_MINCORE,
    OP_MSYNC,
    OP_FTRUNC,
    OP_PWRITE,
    OP_PUNCH,
    OP_READALL,
    OP_UREG,
    OP_UUNREG,
    OP_UCOPY,
    OP_UZERO,
    OP_UWP,
    OP_UMOVE,
    OP_UPOISON,
    OP_UCONT,
    OP_KSM,
    OP_RFP,
    OP_INIT,
    OP_SWAPIN
};
static const char *OPN[] = {"nop", "mmap", "munmap", "mprotect", "mremap", "madvise", "write", "read", "fork", "exit", "brk", "mlock",
    "mlock2", "munlock", "mincore", "msync", "ftruncate", "pwrite", "punch_hole", "readall", "uffd_register", "uffd_unregister",
    "uffd_copy", "uffd_zeropage", "uffd_writeprotect", "uffd_move", "uffd_poison", "uffd_continue", "ksm_settle", "remap_file_pages",
    "init", "swapin"};

struct cmd {
    u32 op, p;
    s64 a[8];
};
struct rep {
    s64 ret;
    int err;
    int sig, code;
    s64 faddr;
    u64 val;
    int n;
    s64 v[2];
    char buf[512];
};
