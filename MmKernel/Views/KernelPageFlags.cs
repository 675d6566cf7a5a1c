using System;

namespace MmKernel;

/// <summary>What <c>/proc/kpageflags</c> says about a frame; the values are those of Linux (<c>include/uapi/linux/kernel-page-flags.h</c>).</summary>
[Flags]
public enum KernelPageFlags : ulong
{
    /// <summary>None of these.</summary>
    None = 0,

    /// <summary>The folio is locked.</summary>
    Locked = 1UL << 0,

    /// <summary>Used since reclaim last looked.</summary>
    Referenced = 1UL << 2,

    /// <summary>The contents are valid.</summary>
    UpToDate = 1UL << 3,

    /// <summary>The contents are newer than what they were read from.</summary>
    Dirty = 1UL << 4,

    /// <summary>On a list of reclaim.</summary>
    Lru = 1UL << 5,

    /// <summary>On an active list.</summary>
    Active = 1UL << 6,

    /// <summary>Mapped by some page table.</summary>
    Mmap = 1UL << 11,

    /// <summary>Anonymous memory.</summary>
    Anon = 1UL << 12,

    /// <summary>In the swap cache.</summary>
    SwapCache = 1UL << 13,

    /// <summary>Backed by swap.</summary>
    SwapBacked = 1UL << 14,

    /// <summary>The first page of a large folio.</summary>
    CompoundHead = 1UL << 15,

    /// <summary>Another page of a large folio.</summary>
    CompoundTail = 1UL << 16,

    /// <summary>Not to be reclaimed.</summary>
    Unevictable = 1UL << 18,

    /// <summary>Merged with equal pages.</summary>
    Ksm = 1UL << 21,

    /// <summary>A page of a transparent huge page.</summary>
    Thp = 1UL << 22,

    /// <summary>A page of zeros that is mapped instead of allocating, single or huge.</summary>
    ZeroPage = 1UL << 24,
}

/// <summary>Describes frames (<c>stable_page_flags</c>, <c>fs/proc/page.c</c>).</summary>
internal static class KernelPageFlagsView
{
    private static readonly (FolioFlags Flag, KernelPageFlags Name)[] s_flags =
    [
        (FolioFlags.Locked, KernelPageFlags.Locked), (FolioFlags.Referenced, KernelPageFlags.Referenced),
        (FolioFlags.UpToDate, KernelPageFlags.UpToDate), (FolioFlags.Dirty, KernelPageFlags.Dirty), (FolioFlags.Lru, KernelPageFlags.Lru),
        (FolioFlags.Active, KernelPageFlags.Active), (FolioFlags.SwapCache, KernelPageFlags.SwapCache),
        (FolioFlags.SwapBacked, KernelPageFlags.SwapBacked), (FolioFlags.Mlocked, KernelPageFlags.Unevictable),
        (FolioFlags.Zero, KernelPageFlags.ZeroPage),
    ];

    /// <summary>The flags of a page; what concerns the folio as a whole is the same for all its pages.</summary>
    internal static KernelPageFlags Describe(Folio page)
    {
        var folio = page.Head;
        if (folio.ReferenceCount == 0)
            return KernelPageFlags.None;
        var flags = KernelPageFlags.None;
        foreach (var (flag, name) in s_flags)
            flags |= folio.Has(flag) ? name : KernelPageFlags.None;
        if (page.PageMapCount != 0)
            flags |= KernelPageFlags.Mmap;
        if (folio.IsAnonymous)
            flags |= KernelPageFlags.Anon;
        if (folio.KsmNode != null)
            flags |= KernelPageFlags.Ksm;
        if (folio.IsLarge)
            flags |= KernelPageFlags.Thp | (page == folio ? KernelPageFlags.CompoundHead : KernelPageFlags.CompoundTail);
        return flags;
    }
}
