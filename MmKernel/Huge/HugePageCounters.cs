using System;
using System.Threading;

namespace MmKernel;

/// <summary>What happens to huge pages, as <c>/proc/vmstat</c> names it.</summary>
public enum HugePageEvent
{
    /// <summary>A fault got a huge page (<c>thp_fault_alloc</c>).</summary>
    FaultAlloc,

    /// <summary>A fault should have had a huge page, and there was none (<c>thp_fault_fallback</c>).</summary>
    FaultFallback,

    /// <summary>A huge page was allocated to collapse pages into (<c>thp_collapse_alloc</c>).</summary>
    CollapseAlloc,

    /// <summary>Pages were to be collapsed, and there was no huge page (<c>thp_collapse_alloc_failed</c>).</summary>
    CollapseAllocFailed,

    /// <summary>A folio was split (<c>thp_split_page</c>).</summary>
    SplitPage,

    /// <summary>A folio could not be split (<c>thp_split_page_failed</c>).</summary>
    SplitPageFailed,

    /// <summary>A folio was put on the list of those to split when memory is short (<c>thp_deferred_split_page</c>).</summary>
    DeferredSplitPage,

    /// <summary>An entry that maps a huge page became a table (<c>thp_split_pmd</c>).</summary>
    SplitPmd,

    /// <summary>The huge page of zeros was made (<c>thp_zero_page_alloc</c>).</summary>
    ZeroPageAlloc,

    /// <summary>The huge page of zeros could not be made (<c>thp_zero_page_alloc_failed</c>).</summary>
    ZeroPageAllocFailed,
}

/// <summary>How often each thing happened since the machine was built.</summary>
public sealed class HugePageCounters
{
    private readonly long[] _counts = new long[Enum.GetValues<HugePageEvent>().Length];

    /// <summary>How often it happened.</summary>
    /// <param name="what">What.</param>
    public long this[HugePageEvent what] => Volatile.Read(ref _counts[(int)what]);

    internal void Add(HugePageEvent what) => Interlocked.Increment(ref _counts[(int)what]);
}
