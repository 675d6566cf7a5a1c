using System;

namespace MmKernel;

/// <summary>Properties of a VMA (<c>vm_flags</c>, <c>include/linux/mm.h</c>).</summary>
[Flags]
public enum VmFlags : ulong
{
    /// <summary>No flag.</summary>
    None = 0,

    /// <summary>Readable.</summary>
    Read = 0x1,

    /// <summary>Writable.</summary>
    Write = 0x2,

    /// <summary>Executable.</summary>
    Exec = 0x4,

    /// <summary>Writes are shared.</summary>
    Shared = 0x8,

    /// <summary>mprotect may set <see cref="Read"/>.</summary>
    MayRead = 0x10,

    /// <summary>mprotect may set <see cref="Write"/>.</summary>
    MayWrite = 0x20,

    /// <summary>mprotect may set <see cref="Exec"/>.</summary>
    MayExec = 0x40,

    /// <summary>The mapping was made shared, even where the file can only be read.</summary>
    MayShare = 0x80,

    /// <summary>Grows down on faults below it.</summary>
    GrowsDown = 0x100,

    /// <summary>userfaultfd handles missing pages.</summary>
    UffdMissing = 0x200,

    /// <summary>May hold guard markers.</summary>
    MaybeGuard = 0x800,

    /// <summary>userfaultfd handles writes to protected pages.</summary>
    UffdWriteProtect = 0x1000,

    /// <summary>Pages are locked into memory.</summary>
    Locked = 0x2000,

    /// <summary>Device memory.</summary>
    Io = 0x4000,

    /// <summary>Read sequentially.</summary>
    SequentialRead = 0x8000,

    /// <summary>Read at random.</summary>
    RandomRead = 0x1_0000,

    /// <summary>Not inherited by fork.</summary>
    DontCopy = 0x2_0000,

    /// <summary>mremap cannot grow it.</summary>
    DontExpand = 0x4_0000,

    /// <summary>Lock pages when they are faulted in.</summary>
    LockOnFault = 0x8_0000,

    /// <summary>Counted against the commit limit.</summary>
    Account = 0x10_0000,

    /// <summary>Not counted against the commit limit.</summary>
    NoReserve = 0x20_0000,

    /// <summary>Huge pages of hugetlbfs.</summary>
    HugeTlb = 0x40_0000,

    /// <summary>Synchronous page faults.</summary>
    Sync = 0x80_0000,

    /// <summary>Zero in children.</summary>
    WipeOnFork = 0x200_0000,

    /// <summary>Not in core dumps.</summary>
    DontDump = 0x400_0000,

    /// <summary>Written to since the soft-dirty bits were cleared.</summary>
    SoftDirty = 0x800_0000,

    /// <summary>Huge pages wanted.</summary>
    HugePage = 0x2000_0000,

    /// <summary>Huge pages not wanted.</summary>
    NoHugePage = 0x4000_0000,

    /// <summary>Same-page merging.</summary>
    Mergeable = 0x8000_0000,

    /// <summary>Pages may be dropped when memory is short (<c>VM_DROPPABLE</c>).</summary>
    Droppable = 0x100_0000_0000,

    /// <summary>userfaultfd handles pages that are in the cache but not mapped.</summary>
    UffdMinor = 0x200_0000_0000,

    /// <summary>Layout and protection are final (<c>mseal(2)</c>).</summary>
    Sealed = 0x400_0000_0000,

    /// <summary>Read, write and execute.</summary>
    AccessMask = Read | Write | Exec,

    /// <summary>What registration with a userfaultfd sets.</summary>
    UffdMask = UffdMissing | UffdWriteProtect | UffdMinor,

    /// <summary>What mlock sets.</summary>
    LockedMask = Locked | LockOnFault,
}
