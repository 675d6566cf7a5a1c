using MmLint;

namespace MmKernel;

/// <summary>
/// Making large free blocks out of scattered free frames (<c>mm/compaction.c</c>): one scanner goes up from the first frame and takes pages that
/// can be moved, another one comes down from the last and takes free frames for them; where they meet, all pages lie above and the free frames
/// below.
/// </summary>
internal static class Compaction
{
    /// <summary>What is asked of <see cref="CompactZone"/> if it is to go on to the end (<c>cc->order</c> of −1).</summary>
    internal const int EveryOrder = -1;

    /// <summary>Frames after which it is looked whether there is enough (<c>pageblock_nr_pages</c>).</summary>
    private const ulong FramesBetweenLooks = HugePages.PageCount;

    /// <summary>Compacts memory (<c>compact_zone</c>). Pages that are in use at the moment stay where they are.</summary>
    /// <param name="memory">The memory.</param>
    /// <param name="order">A free block of this order is enough; or all of it is to be compacted.</param>
    /// <returns>Number of pages moved.</returns>
    [TakesRmap]
    internal static int CompactZone(PhysicalMemory memory, int order = EveryOrder)
    {
        if (memory.Lru == null)
            return 0;
        memory.Lru.DrainAll();
        memory.DrainCpuLists();
        int moved = 0;
        ulong free = (ulong)memory.FrameCount;
        for (ulong frame = 1; frame < free; frame++)
        {
            if (order != EveryOrder && frame % FramesBetweenLooks == 0)
            {
                memory.DrainCpuLists();
                if (memory.HasBlock(order))
                    break;
            }

            memory.Events.Add(VmEvent.CompactMigrateScanned);
            var source = IsolateMovable(memory, memory.Lru, frame);
            if (source == null)
                continue;
            var target = IsolateFree(memory, frame, ref free);
            if (target == null)
            {
                memory.Lru.PutBack(source);
                break;
            }

            memory.Events.Add(VmEvent.CompactIsolated, 2);
            if (FolioMigration.MigrateTo(memory, source, target) == 0)
                moved++;
        }

        memory.Lru.DrainAll();
        memory.DrainCpuLists();
        return moved;
    }

    /// <summary>The folio in a frame, taken off its list, if it can be moved (<c>isolate_migratepages_block</c>).</summary>
    /// <returns>With a reference; null if the frame is free, or no page of that kind.</returns>
    [Acquires("result.Ref", When = "result != null")]
    private static Folio? IsolateMovable(PhysicalMemory memory, LruLists lru, ulong frame)
    {
        if (!memory.FolioOf(frame).Has(FolioFlags.Lru) || memory.TryGetFolio(frame) is not { } folio)
            return null;
        if (!folio.IsLarge && !folio.IsPinned && lru.TryIsolate(folio))
            return folio;
        memory.Put(folio);
        return null;
    }

    /// <summary>The highest free frame above another one (<c>isolate_freepages</c>).</summary>
    /// <param name="memory">The memory.</param>
    /// <param name="above">The other frame.</param>
    /// <param name="free">Where the scanner is: frames from here on have been looked at.</param>
    /// <returns>With a reference; null if there is none.</returns>
    [Acquires("result.Ref", When = "result != null")]
    private static Folio? IsolateFree(PhysicalMemory memory, ulong above, ref ulong free)
    {
        while (free > above + 1)
        {
            free--;
            memory.Events.Add(VmEvent.CompactFreeScanned);
            var folio = memory.TryAllocateAt(free);
            if (folio != null)
                return folio;
        }

        return null;
    }
}
