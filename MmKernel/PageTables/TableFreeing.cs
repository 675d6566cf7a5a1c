using System;
using System.Threading;
using MmLint;
using static MmKernel.PageTableEntry;
using static MmKernel.PageTableWalk;

namespace MmKernel;

/// <summary>Giving page tables back (<c>free_pgtables</c>, <c>mm/memory.c</c>).</summary>
internal static unsafe class TableFreeing
{
    /// <summary>
    /// Frees the tables that map only addresses between <paramref name="floor"/> and <paramref name="ceiling"/>, where no VMA is left, and
    /// meet [start, end) (<c>free_pgd_range</c>). Nothing is mapped there before the caller releases mmap_lock. Walkers without locks may
    /// still be in them, so the frames go after a grace period.
    /// </summary>
    [MustHold("mm.MmapLock")]
    internal static void FreeTables(MmStruct mm, ulong start, ulong end, ulong floor, ulong ceiling) =>
        FreeBelow(mm, mm.TopTable.Frame, TopLevel, start, end, floor, ceiling);

    [MustHold("mm.MmapLock")]
    private static void FreeBelow(MmStruct mm, ulong frame, int level, ulong start, ulong end, ulong floor, ulong ceiling)
    {
        ulong span = SpanOf(level);
        for (ulong address = start & ~(span - 1); address < end; address += span)
        {
            ulong* slot = EntryIn(mm.Machine.Memory, frame, address, level);
            ulong entry = Volatile.Read(ref *slot);
            if (!IsPresent(entry))
                continue;
            if (level > 1)
                FreeBelow(mm, FrameOf(entry), level - 1, Math.Max(start, address), Math.Min(end, address + span), floor, ceiling);
            if (address < floor || address + span > ceiling)
                continue;
            mm.PageTableLock.Lock();
            SetUpper(mm, slot, None);
            mm.PageTableLock.Unlock();
            FreeLater(mm, mm.Machine.Memory.FolioOf(FrameOf(entry)));
        }
    }

    /// <summary>Frees a table that no entry leads to any more, as soon as nobody can be in it (<c>pte_free_defer</c>).</summary>
    internal static void FreeLater(MmStruct mm, Folio table)
    {
        Interlocked.Decrement(ref mm.TableFrames);
        Rcu.Call(new DeferredTable(mm.Machine.Memory, table));
    }

    private sealed class DeferredTable(PhysicalMemory memory, Folio table) : RcuHead
    {
        [MaySleep]
        public override void Run() => memory.FreeTable(table);
    }
}
