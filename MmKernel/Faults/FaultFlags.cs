using System;

namespace MmKernel;

/// <summary>How a fault came about and how it may be handled (<c>enum fault_flag</c>).</summary>
[Flags]
public enum FaultFlag
{
    /// <summary>A read fault.</summary>
    None = 0,

    /// <summary>A write fault.</summary>
    Write = 0x1,

    /// <summary>The fault may release the lock and ask for a retry.</summary>
    AllowRetry = 0x4,

    /// <summary>A retry does not wait and keeps the lock.</summary>
    RetryNowait = 0x8,

    /// <summary>Waits end with a fatal signal.</summary>
    Killable = 0x10,

    /// <summary>From user mode.</summary>
    User = 0x40,

    /// <summary>In somebody else's address space.</summary>
    Remote = 0x80,

    /// <summary>An instruction fetch.</summary>
    Instruction = 0x100,

    /// <summary>Wants a private page of its own, without writing to it.</summary>
    Unshare = 0x400,

    /// <summary>Handled under the VMA lock instead of mmap_lock.</summary>
    VmaLock = 0x1000,
}

/// <summary>How a fault ended (<c>enum vm_fault_reason</c>).</summary>
[Flags]
public enum VmFault
{
    /// <summary>Handled, or to be tried again by the access itself.</summary>
    None = 0,

    /// <summary>Memory is exhausted.</summary>
    Oom = 0x1,

    /// <summary>Bad access: SIGBUS.</summary>
    Sigbus = 0x2,

    /// <summary>The page has a hardware error.</summary>
    HwPoison = 0x10,

    /// <summary>Bad access: SIGSEGV.</summary>
    Sigsegv = 0x40,

    /// <summary>The handler returns its page locked.</summary>
    Locked = 0x200,

    /// <summary>Must be started again; the lock has been released.</summary>
    Retry = 0x400,

    /// <summary>Done, and the lock has been released.</summary>
    Completed = 0x4000,

    /// <summary>The results after which the fault lock is gone.</summary>
    LockDropped = Retry | Completed,

    /// <summary>The results that raise a signal.</summary>
    Error = Oom | Sigbus | Sigsegv | HwPoison,
}
