using System;

namespace MmKernel;

/// <summary>What a mapped page counts as (<c>MM_FILEPAGES</c> and so on).</summary>
internal enum RssKind
{
    /// <summary>Pages of files.</summary>
    File,

    /// <summary>Anonymous pages.</summary>
    Anonymous,

    /// <summary>Swap entries.</summary>
    Swap,

    /// <summary>Pages of shared memory.</summary>
    SharedMemory,
}

/// <summary>How many pages of each kind an address space has mapped (<c>rss_stat</c>).</summary>
internal sealed class RssCounters
{
    private static readonly int s_kinds = Enum.GetValues<RssKind>().Length;

    private readonly PerCpuCounters _pages = new(s_kinds);

    /// <summary>What a mapped folio counts as (<c>mm_counter</c>).</summary>
    internal static RssKind KindOf(Folio folio)
    {
        if (folio.IsAnonymous)
            return RssKind.Anonymous;
        return folio.Has(FolioFlags.SwapBacked) ? RssKind.SharedMemory : RssKind.File;
    }

    /// <summary>Changes a counter; the lock of the page table with the entry that is counted is held.</summary>
    internal void Add(RssKind kind, long pages) => _pages.Add((int)kind, pages);

    /// <summary>The sum over all processors; exact only while nothing changes.</summary>
    internal long this[RssKind kind] => _pages[(int)kind];
}
