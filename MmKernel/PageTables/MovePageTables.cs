using System;
using MmLint;
using static MmKernel.PageTableWalk;

namespace MmKernel;

/// <summary>Moves page-table entries from one range to another (<c>move_page_tables</c>, <c>mm/mremap.c</c>).</summary>
internal static class MovePageTables
{
    private const int EntriesPerTable = 512;

    /// <summary>Makes the tables that a move is going to need, so that it cannot fail halfway.</summary>
    /// <returns>False if memory is exhausted.</returns>
    [MustHold("exclusive(source.Mm.MmapLock) && exclusive(source.Lock) && exclusive(target.Lock)"), Requires("target.Mm == source.Mm"), MaySleep]
    internal static bool Prepare(VmArea source, VmArea target, ulong from, ulong to, ulong length)
    {
        int huge = 0;
        ulong extent;
        for (ulong done = 0; done < length; done += extent)
        {
            extent = ExtentAt(from + done, to + done, length - done);
            bool isReady = false;
            bool prepared = (extent != HugePages.Size || HugeMove.TryPrepare(source, target, from + done, to + done, out isReady))
                && (isReady || !HasTable(source, from + done) || AllocateTables(target, to + done));
            if (!prepared)
            {
                HugeEntries.CancelDeposits(source.Mm, huge);
                return false;
            }

            huge += isReady ? 1 : 0;
        }

        return true;
    }

    /// <summary>
    /// Moves what is mapped at [from, from + length) to <paramref name="to"/>. Reverse mapping is kept out meanwhile: it would look for a
    /// page in one range while the page is on its way to the other.
    /// </summary>
    [MustHold("exclusive(source.Mm.MmapLock) && exclusive(source.Lock) && exclusive(target.Lock)"), Requires("target.Mm == source.Mm"), MaySleep]
    internal static void Move(VmArea source, VmArea target, ulong from, ulong to, ulong length)
    {
        Span<ulong> entries = stackalloc ulong[EntriesPerTable];
        ulong extent;
        for (ulong done = 0; done < length; done += extent)
        {
            extent = ExtentAt(from + done, to + done, length - done);
            MoveExtent(source, target, from + done, to + done, entries[..(int)(extent >> Page.Shift)]);
        }
    }

    [MustHold("exclusive(source.Mm.MmapLock) && exclusive(source.Lock) && exclusive(target.Lock)"), Requires("target.Mm == source.Mm"), MaySleep]
    private static void MoveExtent(VmArea source, VmArea target, ulong from, ulong to, Span<ulong> entries)
    {
        var file = source.File;
        var anonVma = source.AnonVma;
        if (file != null)
            file.Mapping.ImapLock.WriteLock();
        if (anonVma == null)
        {
            Carry(source, target, from, to, entries);
        }
        else
        {
            anonVma.Lock.WriteLock();
            Carry(source, target, from, to, entries);
            anonVma.Lock.WriteUnlock();
        }

        if (file != null)
            file.Mapping.ImapLock.WriteUnlock();
    }

    [MustHold("exclusive(source.Lock) && target.Anchored && exclusive(source.RmapLocks)"), Requires("target.Mm == source.Mm")]
    private static void Carry(VmArea source, VmArea target, ulong from, ulong to, Span<ulong> entries)
    {
        if (entries.Length == EntriesPerTable && HugeMove.TryMove(source, target, from, to))
            return;
        if (!TakeOut(source, from, entries))
            return;
        if (source.Userfault != null && !source.Userfault.Has(UffdFeatures.EventRemap))
            DropMarks(entries);
        PutIn(target, to, entries);
    }

    /// <summary>A userfaultfd that does not hear of the move loses the pages, so its marks on them would stay for ever.</summary>
    private static void DropMarks(Span<ulong> entries)
    {
        foreach (ref ulong entry in entries)
            entry = UffdWriteProtection.WithoutMark(entry);
    }

    /// <summary>Bytes from two addresses on that lie in one table each (<c>get_extent</c>).</summary>
    private static ulong ExtentAt(ulong from, ulong to, ulong length) => Math.Min(TableEnd(from, from + length) - from, TableEnd(to, to + length) - to);

    /// <summary>Takes entries out of a table; one flush is enough for all.</summary>
    /// <returns>Whether there was any.</returns>
    [MustHold("vma.Stable")]
    private static bool TakeOut(VmArea vma, ulong address, Span<ulong> entries)
    {
        var pte = PteOffsetMapLock(vma, address);
        if (pte == null)
            return false;
        bool any = false;
        for (int i = 0; i < entries.Length; i++, pte.Advance())
        {
            entries[i] = pte.Value == PageTableEntry.None ? PageTableEntry.None : Tlb.PtepGetAndClear(pte);
            any |= entries[i] != PageTableEntry.None;
        }

        Tlb.FlushTlbPage(pte, vma.Mm);
        PteUnmapUnlock(pte);
        return any;
    }

    /// <summary>Puts entries into a table, which is there and empty: both VMAs are write-locked, so nobody faults.</summary>
    [MustHold("vma.Anchored")]
    private static void PutIn(VmArea vma, ulong address, Span<ulong> entries)
    {
        var pte = PteOffsetMapLock(vma, address);
        if (pte == null)
            return;
        for (int i = 0; i < entries.Length; i++, pte.Advance())
        {
            if (entries[i] != PageTableEntry.None)
                pte.Value = PageTableEntry.IsPresent(entries[i]) ? entries[i] | PageTableEntry.SoftDirty : entries[i];
        }

        PteUnmapUnlock(pte);
    }
}
