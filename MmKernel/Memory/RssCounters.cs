using System;
using System.Threading;
using MmLint;

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

/// <summary>
/// Counters of mapped pages, one set for each processor on a cache line of its own, so that threads that fault at the same time do not meet
/// (<c>percpu_counter</c>).
/// </summary>
internal sealed class RssCounters
{
    private const int Stride = 16;

    private readonly long[] _values = new long[Environment.ProcessorCount * Stride];

    /// <summary>What a mapped folio counts as (<c>mm_counter</c>).</summary>
    internal static RssKind KindOf(Folio folio)
    {
        if (folio.IsAnonymous)
            return RssKind.Anonymous;
        return folio.Has(FolioFlags.SwapBacked) ? RssKind.SharedMemory : RssKind.File;
    }

    /// <summary>Changes a counter; the lock of the page table with the entry that is counted is held.</summary>
    internal void Add(RssKind kind, long pages) =>
        Interlocked.Add(ref _values[(Task.Current.Cpu * Stride) + (int)kind], pages);

    /// <summary>The sum over all processors; exact only while nothing changes.</summary>
    internal long this[RssKind kind]
    {
        get
        {
            long sum = 0;
            for (int cpu = 0; cpu < _values.Length; cpu += Stride)
                sum += Volatile.Read(ref _values[cpu + (int)kind]);
            return sum;
        }
    }
}
