using System;
using MmLint;
using static MmKernel.PageTableEntry;
using static MmKernel.PageTableWalk;

namespace MmKernel;

/// <summary>
/// Making single pages of a large folio (<c>split_huge_page</c>, <c>mm/huge_memory.c</c>). An entry of a page table can be split by whoever meets
/// it; the folio can be split only if nobody relies on it being one, so this may fail.
/// </summary>
/// <remarks>
/// The mappings are replaced by migration entries, which make accesses wait; then the caller's reference is the only one, and with the count frozen
/// at zero nobody can get another. What was known of the folio becomes known of each page, and the mappings return. The lock of the anon_vma's root
/// is held all the time, so that the mappings that return are those that went.
/// </remarks>
internal static class HugeSplit
{
    /// <summary>Splits an anonymous folio. The caller keeps the lock of the first page and its reference to it.</summary>
    /// <returns>Whether it is split; not if a page is pinned or somebody else has a reference.</returns>
    [MustHold("folio && folio.Ref"), TakesRmap]
    internal static bool TrySplit(PhysicalMemory memory, Folio folio)
    {
        bool split = folio.Mapping is AnonVma anonVma && TrySplit(memory, folio, anonVma);
        memory.HugeEvents.Add(split ? HugePageEvent.SplitPage : HugePageEvent.SplitPageFailed);
        return split;
    }

    /// <summary>Splits the folio that an address maps a page of, if it is a large one.</summary>
    /// <returns>False if it is large still.</returns>
    [MustHold("vma.Anchored"), MustNotHold("Folio"), TakesRmap]
    internal static bool TrySplitAt(VmArea vma, ulong address)
    {
        var memory = vma.Mm.Machine.Memory;
        ulong seen = ReadEntry(vma, address);
        if (!MapsPage(seen) || !memory.FolioOf(FrameOf(seen)).IsLarge)
            return true;
        var folio = Get(vma, address);
        if (folio == null)
            return true;
        folio.Lock();
        bool split = !folio.IsLarge || TrySplit(memory, folio);
        folio.Unlock();
        memory.Put(folio);
        return split;
    }

    /// <summary>The large folio that an address maps a page of.</summary>
    /// <returns>With a reference; null if there is none any more.</returns>
    [MustHold("vma.Anchored"), Acquires("result.Ref", When = "result != null")]
    private static Folio? Get(VmArea vma, ulong address)
    {
        var pte = PteOffsetMapLock(vma, address);
        if (pte == null)
            return null;
        ulong entry = pte.Value;
        var folio = MapsPage(entry) ? pte.WholeFolioIn(vma.Mm.Machine.Memory, entry) : null;
        if (folio == null || !folio.IsLarge)
        {
            PteUnmapUnlock(pte);
            return null;
        }

        folio.Get();
        PteUnmapUnlock(pte);
        return folio;
    }

    [MustHold("folio && folio.Ref"), TakesRmap]
    private static bool TrySplit(PhysicalMemory memory, Folio folio, AnonVma anonVma)
    {
        var pages = new HugeRange(folio.Frame, folio.Index, (ulong)folio.PageCount);
        anonVma.Lock.WriteLock();
        bool split = TrySplitLocked(memory, folio, anonVma, pages);
        anonVma.Lock.WriteUnlock();
        if (split)
            Release(memory, pages);
        return split;
    }

    /// <summary>Splits it while no reverse mapping looks for its pages.</summary>
    [MustHold("folio && folio.Ref && exclusive(anonVma.Lock)"), MaySleep]
    private static bool TrySplitLocked(PhysicalMemory memory, Folio folio, AnonVma anonVma, HugeRange pages)
    {
        // This early test spares mappings that would have to return at once (can_split_folio).
        if (folio.ReferenceCount != folio.MapCount + 1)
            return false;
        RmapWalking.RmapWalkAnonLocked(folio, anonVma, pages, (whole, vma, address) => TakeOut(whole, pages, vma, address));
        bool split = folio.MapCount == 0 && TryScatter(memory, folio);
        RmapWalking.RmapWalkAnonLocked(folio, anonVma, pages, (_, vma, address) => PutBack(pages, vma, address));
        return split;
    }

    /// <summary>Makes single pages of the folio, unless somebody has a reference besides the caller (<c>__folio_split</c>).</summary>
    [MustHold("folio && folio.Ref")]
    private static bool TryScatter(PhysicalMemory memory, Folio folio)
    {
        if (!folio.TryFreezeAlone())
            return false;
        memory.Deferred.Remove(folio);
        if (memory.Lru != null)
            memory.Lru.Scatter(folio);
        else
            folio.Scatter(memory);
        folio.Unfreeze();
        return true;
    }

    /// <summary>Puts migration entries into the place of the pages that a VMA maps (<c>unmap_folio</c>).</summary>
    /// <returns>False if a page is pinned: then the walk ends.</returns>
    [MustHold("folio && vma.AnyRmap")]
    private static bool TakeOut(Folio folio, HugeRange pages, VmArea vma, ulong address)
    {
        ulong end = pages.EndIn(vma, address);
        bool done = true;
        while (address < end && done)
        {
            ulong stop = TableEnd(address, end);
            done = TakeOutOfTable(folio, vma, address, stop);
            address = stop;
        }

        return done;
    }

    [MustHold("folio && vma.AnyRmap")]
    private static bool TakeOutOfTable(Folio folio, VmArea vma, ulong start, ulong end)
    {
        var pte = PteOffsetMapLock(vma, start);
        if (pte == null)
            return true;
        var entries = Task.Current.TakeEntryBuffer();
        int count = (int)((end - start) >> Page.Shift);
        for (int i = 0; i < count; i++, pte.Advance())
            entries[i] = RmapWalking.Maps(pte.Value, folio) ? Tlb.PtepGetAndClear(pte) : None;

        // Once for the table, before pins are looked for: who pins without a lock looks at the entry again after that.
        Tlb.FlushTlbPage(pte, vma.Mm);
        pte.GoBack(count);
        bool done = true;
        int taken = 0;
        for (int i = 0; i < count; i++, pte.Advance())
        {
            if (entries[i] == None)
                continue;
            done = done && TryTakeOut(folio, vma, pte, entries[i]);
            if (done)
                taken++;
            else
                pte.Value = entries[i];
        }

        PteUnmapUnlock(pte);
        Task.Current.ReturnEntryBuffer(entries);
        for (; taken > 0; taken--)
        {
            folio.AdoptReference();
            vma.Mm.Machine.Memory.Put(folio);
        }

        return done;
    }

    /// <summary>Puts a migration entry into the place of one that has been cleared.</summary>
    [MustHold("folio && vma.AnyRmap && pte && pte.Ptl")]
    private static bool TryTakeOut(Folio folio, VmArea vma, MappedPte pte, ulong entry)
    {
        var page = vma.Mm.Machine.Memory.FolioOf(FrameOf(entry));
        bool isExclusive = page.Has(FolioFlags.AnonExclusive);
        page.Clear(FolioFlags.AnonExclusive);
        if (isExclusive && folio.IsPinned)
        {
            page.Set(FolioFlags.AnonExclusive);
            return false;
        }

        pte.Value = MigrationEntry.Replacing(entry, isExclusive);
        page.RemoveMapping();
        return true;
    }

    /// <summary>Maps the pages again where migration entries wait for them (<c>remap_page</c>).</summary>
    [MustHold("vma.AnyRmap")]
    private static bool PutBack(HugeRange pages, VmArea vma, ulong address)
    {
        ulong end = pages.EndIn(vma, address);
        while (address < end)
        {
            ulong stop = TableEnd(address, end);
            PutBackIntoTable(pages, vma, address, stop);
            address = stop;
        }

        return true;
    }

    [MustHold("vma.AnyRmap")]
    private static void PutBackIntoTable(HugeRange pages, VmArea vma, ulong start, ulong end)
    {
        var pte = TryPteOffsetMapLock(vma, start);
        if (pte == null)
            return;
        for (ulong address = start; address < end; address += Page.Size, pte.Advance())
        {
            ulong entry = pte.Value;
            if (MigrationEntry.IsIn(entry) && pages.Contains(FrameOf(entry)))
                MigrationRmap.Restore(vma.Mm.Machine.Memory.FolioOf(FrameOf(entry)), vma, pte);
        }

        PteUnmapUnlock(pte);
    }

    /// <summary>Ends what the split holds of all pages but the first. Those that nobody maps are freed.</summary>
    private static void Release(PhysicalMemory memory, HugeRange pages)
    {
        for (ulong frame = pages.Frame + 1; frame < pages.Frame + pages.Count; frame++)
        {
            var page = memory.FolioOf(frame);
            page.AdoptLock();
            page.Unlock();
            page.AdoptReference();
            memory.Put(page);
        }
    }
}
