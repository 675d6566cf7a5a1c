using System;

namespace MmKernel;

/// <summary>Protection of a mapping (<c>PROT_*</c>, <c>mmap(2)</c>).</summary>
[Flags]
public enum Prot
{
    /// <summary>No access.</summary>
    None = 0,

    /// <summary>Readable.</summary>
    Read = 1,

    /// <summary>Writable.</summary>
    Write = 2,

    /// <summary>Executable.</summary>
    Exec = 4,

    /// <summary>May be used for atomic operations; no effect on x86-64.</summary>
    Semaphore = 8,

    /// <summary>mprotect extends to the start of a mapping that grows down.</summary>
    GrowsDown = 0x0100_0000,

    /// <summary>mprotect extends to the end of a mapping that grows up.</summary>
    GrowsUp = 0x0200_0000,
}

/// <summary>Flags of <c>mmap(2)</c> (<c>MAP_*</c>).</summary>
[Flags]
public enum MapFlags
{
    /// <summary>Writes are shared.</summary>
    Shared = 0x01,

    /// <summary>Writes are private.</summary>
    Private = 0x02,

    /// <summary>Shared, and unknown flags are refused.</summary>
    SharedValidate = 0x03,

    /// <summary>Private, and the pages may be dropped when memory is short.</summary>
    Droppable = 0x08,

    /// <summary>The bits that say how writes are shared (<c>MAP_TYPE</c>).</summary>
    TypeMask = 0x0f,

    /// <summary>Exactly at the given address, replacing what is there.</summary>
    Fixed = 0x10,

    /// <summary>No file behind it.</summary>
    Anonymous = 0x20,

    /// <summary>In the low 2 GiB.</summary>
    Low32Bit = 0x40,

    /// <summary>Above the low 4 GiB.</summary>
    Above4G = 0x80,

    /// <summary>A stack: grows down on faults below it.</summary>
    GrowsDown = 0x0100,

    /// <summary>Ignored.</summary>
    DenyWrite = 0x0800,

    /// <summary>Ignored.</summary>
    Executable = 0x1000,

    /// <summary>Locked into memory.</summary>
    Locked = 0x2000,

    /// <summary>No commit charge.</summary>
    NoReserve = 0x4000,

    /// <summary>Populate page tables.</summary>
    Populate = 0x8000,

    /// <summary>With <see cref="Populate"/>: do not read ahead.</summary>
    NonBlock = 0x1_0000,

    /// <summary>Suited to a stack; no effect.</summary>
    Stack = 0x2_0000,

    /// <summary>Huge pages.</summary>
    HugeTlb = 0x4_0000,

    /// <summary>Synchronous page faults (DAX).</summary>
    Sync = 0x8_0000,

    /// <summary>Exactly at the given address, refusing to replace anything.</summary>
    FixedNoReplace = 0x10_0000,

    /// <summary>Not cleared; no effect on machines with an MMU.</summary>
    Uninitialized = 0x400_0000,

    /// <summary>Sizes of huge pages that x86-64 has (<c>MAP_HUGE_2MB</c>, <c>MAP_HUGE_1GB</c>).</summary>
    HugeSizes = (21 << 26) | (30 << 26),
}

/// <summary>Flags of <c>mremap(2)</c> (<c>MREMAP_*</c>).</summary>
[Flags]
public enum RemapFlags
{
    /// <summary>In place only.</summary>
    None = 0,

    /// <summary>May move.</summary>
    MayMove = 1,

    /// <summary>Moves to the given address.</summary>
    Fixed = 2,

    /// <summary>Keeps the old mapping, empty.</summary>
    DontUnmap = 4,
}

/// <summary>Advice of <c>madvise(2)</c> (<c>MADV_*</c>).</summary>
public enum Advice
{
    /// <summary>No special treatment.</summary>
    Normal = 0,

    /// <summary>Random access.</summary>
    Random = 1,

    /// <summary>Sequential access.</summary>
    Sequential = 2,

    /// <summary>Will be needed.</summary>
    WillNeed = 3,

    /// <summary>Not needed: drop the pages now.</summary>
    DontNeed = 4,

    /// <summary>Free the pages when memory is short.</summary>
    Free = 8,

    /// <summary>Punch a hole into the file behind.</summary>
    Remove = 9,

    /// <summary>Not inherited by children.</summary>
    DontFork = 10,

    /// <summary>Inherited by children.</summary>
    DoFork = 11,

    /// <summary>Poison pages.</summary>
    HwPoison = 100,

    /// <summary>Take pages offline.</summary>
    SoftOffline = 101,

    /// <summary>Same-page merging on.</summary>
    Mergeable = 12,

    /// <summary>Same-page merging off.</summary>
    Unmergeable = 13,

    /// <summary>Huge pages on.</summary>
    HugePage = 14,

    /// <summary>Huge pages off.</summary>
    NoHugePage = 15,

    /// <summary>Not in core dumps.</summary>
    DontDump = 16,

    /// <summary>In core dumps.</summary>
    DoDump = 17,

    /// <summary>Zero in children.</summary>
    WipeOnFork = 18,

    /// <summary>Undo <see cref="WipeOnFork"/>.</summary>
    KeepOnFork = 19,

    /// <summary>Deactivate pages.</summary>
    Cold = 20,

    /// <summary>Reclaim pages.</summary>
    PageOut = 21,

    /// <summary>Populate readable.</summary>
    PopulateRead = 22,

    /// <summary>Populate writable.</summary>
    PopulateWrite = 23,

    /// <summary>Like <see cref="DontNeed"/>, locked ranges included.</summary>
    DontNeedLocked = 24,

    /// <summary>Collapse into huge pages now.</summary>
    Collapse = 25,

    /// <summary>Install guard markers.</summary>
    GuardInstall = 102,

    /// <summary>Remove guard markers.</summary>
    GuardRemove = 103,
}

/// <summary>Flags of <c>msync(2)</c> (<c>MS_*</c>).</summary>
[Flags]
public enum SyncFlags
{
    /// <summary>Start writing.</summary>
    Async = 1,

    /// <summary>Invalidate other mappings.</summary>
    Invalidate = 2,

    /// <summary>Write and wait.</summary>
    Sync = 4,
}

/// <summary>Flags of <c>mlock2(2)</c> (<c>MLOCK_*</c>).</summary>
[Flags]
public enum MlockFlags
{
    /// <summary>Lock and populate now.</summary>
    None = 0,

    /// <summary>Lock pages as they are faulted in.</summary>
    OnFault = 1,
}

/// <summary>Flags of <c>mlockall(2)</c> (<c>MCL_*</c>).</summary>
[Flags]
public enum MlockAllFlags
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>All mappings that exist.</summary>
    Current = 1,

    /// <summary>All mappings to come.</summary>
    Future = 2,

    /// <summary>Lock pages as they are faulted in.</summary>
    OnFault = 4,
}

/// <summary>Which pages <c>move_pages(2)</c> moves (<c>linux/mempolicy.h</c>).</summary>
[Flags]
public enum MovePagesFlags
{
    /// <summary>None: it only tells where they are.</summary>
    None = 0,

    /// <summary>Pages that nobody else maps (<c>MPOL_MF_MOVE</c>).</summary>
    Move = 1 << 1,

    /// <summary>Pages that others map, too (<c>MPOL_MF_MOVE_ALL</c>).</summary>
    MoveAll = 1 << 2,
}
