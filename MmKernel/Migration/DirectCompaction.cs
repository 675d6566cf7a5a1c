using System;
using System.Threading;
using MmLint;

namespace MmKernel;

/// <summary>
/// Compaction by whoever needs a large block now (<c>__alloc_pages_direct_compact</c>). After it was in vain the next ones do without, more of them
/// each time, because what is in the way seldom goes soon (<c>defer_compaction</c>).
/// </summary>
/// <param name="memory">The memory.</param>
internal sealed class DirectCompaction(PhysicalMemory memory)
{
    /// <summary>At most every 64th attempt is made (<c>COMPACT_MAX_DEFER_SHIFT</c>).</summary>
    private const int MaxDeferShift = 6;

    // Counted without a lock: one attempt more or fewer does not matter.
    [Atomic] private int _deferShift;
    [Atomic] private int _considered;

    /// <summary>Compacts memory until a block is free.</summary>
    /// <param name="order">log2 of its frames.</param>
    /// <returns>Whether it is worth looking for one.</returns>
    [TakesRmap]
    internal bool TryMakeBlock(int order)
    {
        // Moving pages takes free frames, and what is free beside them must be enough for others (compaction_suitable).
        if (memory.Lru == null || memory.FreeInZone < memory.Watermarks.Low + (2L << order) || IsDeferred())
            return false;
        memory.Events.Add(VmEvent.CompactStall);
        _ = Compaction.CompactZone(memory, order);
        bool isMade = memory.HasBlock(order);
        memory.Events.Add(isMade ? VmEvent.CompactSuccess : VmEvent.CompactFail);
        Volatile.Write(ref _deferShift, isMade ? 0 : Math.Min(Volatile.Read(ref _deferShift) + 1, MaxDeferShift));
        Volatile.Write(ref _considered, 0);
        return isMade;
    }

    private bool IsDeferred() => Interlocked.Increment(ref _considered) < 1 << Volatile.Read(ref _deferShift);
}
