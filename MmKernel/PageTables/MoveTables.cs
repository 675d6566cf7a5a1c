using System;
using MmLint;
using static MmKernel.PageTableWalk;

namespace MmKernel;

/// <summary>Moving entries from one VMA to another, for mremap (<c>mm/mremap.c</c>).</summary>
internal static class MoveTables
{
    /// <summary>
    /// Moves the entries of <paramref name="length"/> bytes (<c>move_page_tables</c>). Both VMAs are of one address space and map the same
    /// pages of the same object there; the reverse map finds both, or is kept out by the caller.
    /// </summary>
    /// <returns>How many bytes were moved: fewer only if there was no memory for page tables.</returns>
    [MustHold("exclusive(source.Lock) && exclusive(target.Lock)"), MaySleep]
    internal static ulong MovePageTables(VmArea source, ulong from, VmArea target, ulong to, ulong length)
    {
        ulong moved = 0;
        while (moved < length)
        {
            ulong extent = Math.Min(
                length - moved,
                Math.Min(TableSpan - ((from + moved) & (TableSpan - 1)), TableSpan - ((to + moved) & (TableSpan - 1))));
            if (!MoveExtent(source, from + moved, target, to + moved, extent))
                break;
            moved += extent;
        }

        return moved;
    }

    /// <summary>Moves entries of one source table to one target table.</summary>
    /// <returns>False if there was no memory for the target table.</returns>
    [MustHold("exclusive(source.Lock) && exclusive(target.Lock)"), MaySleep]
    private static bool MoveExtent(VmArea source, ulong from, VmArea target, ulong to, ulong length)
    {
        for (ulong offset = 0; offset < length; offset += Page.Size)
        {
            if (ReadEntry(source, from + offset) == PageTableEntry.None)
                continue;
            if (!AllocateTables(target, to + offset))
                return false;
            ulong entry = Take(source, from + offset);
            Put(target, to + offset, entry);
        }

        return true;
    }

    /// <summary>
    /// Takes an entry out. Both VMAs being write-locked, no fault fills the hole before the entry has its new place, and the two tables need
    /// not be locked at once.
    /// </summary>
    [MustHold("exclusive(source.Lock)")]
    private static ulong Take(VmArea source, ulong address)
    {
        var pte = PteOffsetMapLock(source, address);
        if (pte == null)
            return PageTableEntry.None;
        ulong entry = Tlb.PtepGetAndClear(pte);
        Tlb.FlushTlbPage(pte, source.Mm);
        PteUnmapUnlock(pte);
        return entry;
    }

    [MustHold("exclusive(target.Lock)")]
    private static void Put(VmArea target, ulong address, ulong entry)
    {
        var pte = PteOffsetMapLock(target, address);
        if (pte == null)
            throw new InvalidOperationException("A page table of a write-locked VMA is gone.");
        pte.Value = entry;
        PteUnmapUnlock(pte);
    }
}
