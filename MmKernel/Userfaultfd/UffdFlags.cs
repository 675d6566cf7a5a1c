using System;

namespace MmKernel;

/// <summary>Flags of <c>userfaultfd(2)</c>.</summary>
[Flags]
public enum UffdFlags
{
    /// <summary>Faults of system calls are delivered as well.</summary>
    None = 0,

    /// <summary>Only faults of user mode are delivered; others fail (<c>UFFD_USER_MODE_ONLY</c>).</summary>
    UserModeOnly = 1,
}

/// <summary>What a userfaultfd can do, and is asked to do (<c>UFFD_FEATURE_*</c>, <c>UFFDIO_API(2const)</c>).</summary>
[Flags]
public enum UffdFeatures : ulong
{
    /// <summary>The first version's abilities.</summary>
    None = 0,

    /// <summary>Messages tell write-protect faults apart.</summary>
    PagefaultFlagWp = 1UL << 0,

    /// <summary>Forks are reported, and children keep the registration.</summary>
    EventFork = 1UL << 1,

    /// <summary>Moves by mremap are reported, and keep the registration.</summary>
    EventRemap = 1UL << 2,

    /// <summary>Discarding by madvise is reported.</summary>
    EventRemove = 1UL << 3,

    /// <summary>Unmapping is reported.</summary>
    EventUnmap = 1UL << 6,

    /// <summary>Faults raise SIGBUS instead of being delivered.</summary>
    Sigbus = 1UL << 7,

    /// <summary>Shared memory can be registered for missing pages.</summary>
    MissingShmem = 1UL << 5,

    /// <summary>Messages name the thread that faulted.</summary>
    ThreadId = 1UL << 8,

    /// <summary>Shared memory can be registered for minor faults.</summary>
    MinorShmem = 1UL << 10,

    /// <summary>Messages carry the exact address, not that of the page.</summary>
    ExactAddress = 1UL << 11,

    /// <summary>Shared memory can be registered for write protection.</summary>
    WpHugetlbfsShmem = 1UL << 12,

    /// <summary>Write protection covers pages that are not there yet.</summary>
    WpUnpopulated = 1UL << 13,

    /// <summary>Pages can be poisoned.</summary>
    Poison = 1UL << 14,

    /// <summary>Writes to protected pages are let through, and only clear the mark.</summary>
    WpAsync = 1UL << 15,

    /// <summary>Pages can be moved.</summary>
    Move = 1UL << 16,

    /// <summary>All that this kernel can do.</summary>
    All = PagefaultFlagWp | EventFork | EventRemap | EventRemove | EventUnmap | Sigbus | MissingShmem | ThreadId | MinorShmem | ExactAddress
        | WpHugetlbfsShmem | WpUnpopulated | Poison | WpAsync | Move,
}

/// <summary>Which faults a range is registered for (<c>UFFDIO_REGISTER_MODE_*</c>).</summary>
[Flags]
public enum UffdRegisterMode
{
    /// <summary>None, which is refused.</summary>
    None = 0,

    /// <summary>Pages that are not there.</summary>
    Missing = 1,

    /// <summary>Writes to protected pages.</summary>
    WriteProtect = 2,

    /// <summary>Pages that are in the cache of the file but not mapped.</summary>
    Minor = 4,

    /// <summary>All modes.</summary>
    All = Missing | WriteProtect | Minor,
}

/// <summary>Modes of the calls that fill pages (<c>UFFDIO_COPY_MODE_*</c> and the same numbers of its siblings).</summary>
[Flags]
public enum UffdFillMode
{
    /// <summary>Fill and wake.</summary>
    None = 0,

    /// <summary>Waiting threads are not woken.</summary>
    DontWake = 1,

    /// <summary>The page is write-protected from the start.</summary>
    WriteProtect = 2,
}

/// <summary>Modes of <c>UFFDIO_WRITEPROTECT</c>.</summary>
[Flags]
public enum UffdProtectMode
{
    /// <summary>Take the protection away and wake.</summary>
    None = 0,

    /// <summary>Protect.</summary>
    WriteProtect = 1,

    /// <summary>Waiting threads are not woken.</summary>
    DontWake = 2,
}

/// <summary>Modes of <c>UFFDIO_MOVE</c>.</summary>
[Flags]
public enum UffdMoveMode
{
    /// <summary>Move and wake.</summary>
    None = 0,

    /// <summary>Waiting threads are not woken.</summary>
    DontWake = 1,

    /// <summary>Holes in the source are skipped.</summary>
    AllowSourceHoles = 2,
}
