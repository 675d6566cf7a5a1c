using System;
using System.Threading;
using MmLint;
using static MmKernel.PageTableEntry;
using static MmKernel.PageTableWalk;

namespace MmKernel;

/// <summary>How an attempt to collapse pages ended (<c>enum scan_result</c>).</summary>
internal enum CollapseResult
{
    /// <summary>There is a huge page now.</summary>
    Done,

    /// <summary>There was one before.</summary>
    AlreadyHuge,

    /// <summary>Nothing is mapped.</summary>
    NothingMapped,

    /// <summary>The VMA has no such range any more, or does not allow huge pages there.</summary>
    NotAllowed,

    /// <summary>Too many pages are missing for it to be worth the memory.</summary>
    TooManyMissing,

    /// <summary>Too many pages are in swap.</summary>
    TooManySwapped,

    /// <summary>Too many pages belong to others too.</summary>
    TooManyShared,

    /// <summary>No page was used lately.</summary>
    Unused,

    /// <summary>A page is no ordinary anonymous one, or an entry says something that a huge page cannot.</summary>
    Unfit,

    /// <summary>Somebody else works with a page.</summary>
    Busy,

    /// <summary>There is no huge page to be had.</summary>
    NoHugePage,
}

/// <summary>
/// Replaces 512 pages that lie one behind the other by a huge one with the same contents (<c>collapse_huge_page</c>, <c>mm/khugepaged.c</c>).
/// </summary>
/// <remarks>
/// It is looked at under mmap_lock held shared, whether that is worth while; the huge page is allocated with nothing held; and then mmap_lock is
/// taken exclusively. Each time the lock was gone, the VMA is looked up and judged anew. At last the entry of the table is cleared with every lock
/// held under which entries are found, so that the table belongs to this thread, and only who pins pages without locks can have been faster: that
/// shows in the reference counts.
/// </remarks>
internal static class Collapse
{
    /// <summary>Most pages that may be missing (<c>max_ptes_none</c>).</summary>
    internal const int MaxMissing = HugePages.PageCount - 1;

    /// <summary>Most pages that may be in swap (<c>max_ptes_swap</c>).</summary>
    internal const int MaxSwapped = HugePages.PageCount / 8;

    /// <summary>Most pages that others may have too (<c>max_ptes_shared</c>).</summary>
    internal const int MaxShared = HugePages.PageCount / 2;

    /// <summary>Tries to have a huge page at <paramref name="start"/>.</summary>
    /// <param name="mm">The address space.</param>
    /// <param name="start">A multiple of the size of a huge page.</param>
    /// <param name="use">Who wants it: the thread keeps to limits, MADV_COLLAPSE does not.</param>
    [MustHold("mm.Users"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    internal static CollapseResult Try(MmStruct mm, ulong start, HugePageUse use)
    {
        mm.Machine.Memory.Lru?.DrainAll();
        var result = Look(mm, start, use, out bool hasSwapped);
        if (result != CollapseResult.Done)
            return result;
        var counters = mm.Machine.HugePages.Counters;
        var folio = mm.Machine.Memory.AllocateHuge(compacts: true);
        if (folio == null)
        {
            counters.Add(HugePageEvent.CollapseAllocFailed);
            return CollapseResult.NoHugePage;
        }

        counters.Add(HugePageEvent.CollapseAlloc);
        if (!HugeEntries.TryDeposit(mm))
        {
            mm.Machine.Memory.Put(folio);
            return CollapseResult.NoHugePage;
        }

        if (hasSwapped)
            result = BringBack(mm, start, use);
        if (result == CollapseResult.Done)
            result = Replace(mm, start, use, folio);
        if (result == CollapseResult.Done)
            return result;
        HugeEntries.CancelDeposits(mm, 1);
        mm.Machine.Memory.Put(folio);
        return result;
    }

    /// <summary>The VMA, as long as it still allows a huge page there (<c>hugepage_vma_revalidate</c>).</summary>
    [MustHold("mm.MmapLock && mm.Users"), Ensures("result.Mm == mm"), Ensures("result.AnonVma != null", When = "result != null")]
    [return: ValidWhileHeld("mm.MmapLock")]
    private static VmArea? Revalidate(MmStruct mm, ulong start, HugePageUse use)
    {
        var vma = VmaLookup.LookupVma(mm, start);
        if (vma == null || vma.AnonVma == null || !mm.Machine.HugePages.IsAllowed(vma, start, use))
            return null;
        return vma;
    }

    /// <summary>Whether it is worth while (<c>hpage_collapse_scan_pmd</c>).</summary>
    [MustHold("mm.Users"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    private static CollapseResult Look(MmStruct mm, ulong start, HugePageUse use, out bool hasSwapped)
    {
        hasSwapped = false;
        mm.MmapLock.ReadLock();
        var vma = Revalidate(mm, start, use);
        var result = vma == null ? CollapseResult.NotAllowed : Look(vma, start, use, out hasSwapped);
        mm.MmapLock.ReadUnlock();
        return result;
    }

    [MustHold("vma.Mm.MmapLock")]
    private static CollapseResult Look(VmArea vma, ulong start, HugePageUse use, out bool hasSwapped)
    {
        hasSwapped = false;
        var pte = TryPteOffsetMapLock(vma, start);
        if (pte == null)
            return IsHuge(HugeEntries.Peek(vma, start)) ? CollapseResult.AlreadyHuge : CollapseResult.NothingMapped;
        var tally = default(CollapseTally);
        var result = tally.CountAll(vma, pte);
        PteUnmapUnlock(pte);
        hasSwapped = tally.Swapped != 0;
        return result == CollapseResult.Done ? tally.Judge(vma, use) : result;
    }

    /// <summary>Reads the pages that are in swap (<c>__collapse_huge_page_swapin</c>).</summary>
    [MustHold("mm.Users"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    private static CollapseResult BringBack(MmStruct mm, ulong start, HugePageUse use)
    {
        mm.MmapLock.ReadLock();
        var vma = Revalidate(mm, start, use);
        if (vma == null)
        {
            mm.MmapLock.ReadUnlock();
            return CollapseResult.NotAllowed;
        }

        for (ulong address = start; address < start + HugePages.Size; address += Page.Size)
        {
            if (!SwapEntry.IsIn(ReadEntry(vma, address)))
                continue;
            var fault = FaultHandling.HandleMmFault(vma, address, FaultFlag.Remote);
            if ((fault & VmFault.LockDropped) != 0)
                return CollapseResult.Busy;
            if ((fault & VmFault.Error) == 0)
                continue;
            mm.MmapLock.ReadUnlock();
            return CollapseResult.Busy;
        }

        mm.MmapLock.ReadUnlock();

        // On their way to the lists the pages have a reference that nothing accounts for.
        mm.Machine.Memory.Lru?.DrainAll();
        return CollapseResult.Done;
    }

    [MustHold("mm.Users && folio.Ref"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), Releases("folio.Ref", When = "result == CollapseResult.Done"), MaySleep]
    private static CollapseResult Replace(MmStruct mm, ulong start, HugePageUse use, [Fresh] Folio folio)
    {
        mm.MmapLock.WriteLock();
        var result = CollapseResult.NotAllowed;
        var vma = Revalidate(mm, start, use);
        if (vma != null)
        {
            VmaLocking.VmaStartWrite(vma);
            result = Replace(vma, start, use, folio);
        }

        mm.MmapLock.WriteUnlock();
        return result;
    }

    [MustHold("exclusive(vma.Mm.MmapLock) && exclusive(vma.Lock) && folio.Ref"), Releases("folio.Ref", When = "result == CollapseResult.Done"), MaySleep]
    private static CollapseResult Replace(VmArea vma, ulong start, HugePageUse use, [Fresh] Folio folio)
    {
        var anonVma = vma.AnonVma;
        if (anonVma == null)
            return CollapseResult.NotAllowed;
        anonVma.Lock.WriteLock();
        var result = ReplaceTable(vma, start, use, folio);
        anonVma.Lock.WriteUnlock();
        return result;
    }

    /// <summary>Takes the table out, and puts the huge page or the same table in its place.</summary>
    [MustHold("exclusive(vma.Mm.MmapLock) && exclusive(vma.Lock) && exclusive(vma.AnonVma.Lock) && folio.Ref"), Requires("vma.AnonVma != null")]
    [Releases("folio.Ref", When = "result == CollapseResult.Done")]
    private static CollapseResult ReplaceTable(VmArea vma, ulong start, HugePageUse use, [Fresh] Folio folio)
    {
        var mm = vma.Mm;
        ulong link = HugeEntries.Peek(vma, start);
        if (!IsPresent(link))
            return CollapseResult.NothingMapped;
        if (IsHuge(link))
            return CollapseResult.AlreadyHuge;
        mm.PageTableLock.Lock();
        HugeEntries.ClearFlush(vma, start);
        mm.PageTableLock.Unlock();
        var pages = new Folio?[HugePages.PageCount];
        var result = EmptyTable(vma, start, use, folio, FrameOf(link), pages);
        mm.PageTableLock.Lock();
        if (result != CollapseResult.Done)
        {
            HugeEntries.Set(vma, start, link);
            mm.PageTableLock.Unlock();
            return result;
        }

        HugeFault.Install(vma, start, folio);
        mm.PageTableLock.Unlock();
        TableFreeing.FreeLater(mm, mm.Machine.Memory.FolioOf(FrameOf(link)));
        Release(mm.Machine.Memory, pages);
        return result;
    }

    /// <summary>Copies the pages of a table that nobody else can find, and empties it; or leaves it as it is.</summary>
    /// <param name="vma">The VMA.</param>
    /// <param name="start">The address of the first page.</param>
    /// <param name="use">Who wants it.</param>
    /// <param name="target">The huge page.</param>
    /// <param name="table">The frame of the table.</param>
    /// <param name="pages">Gets the pages, whose entries' references are the caller's to give back.</param>
    [MustHold("vma.Lock && vma.Mm.MmapLock")]
    private static CollapseResult EmptyTable(VmArea vma, ulong start, HugePageUse use, Folio target, ulong table, Span<Folio?> pages)
    {
        var memory = vma.Mm.Machine.Memory;
        var result = Judge(vma, use, table);
        if (result != CollapseResult.Done)
            return result;
        var pte = MapDetached(memory, table);
        for (int page = 0; page < HugePages.PageCount; page++, pte.Advance())
        {
            ulong entry = pte.Value;
            pte.Value = None;
            if (entry == None || IsSpecial(entry))
                continue;
            var folio = memory.FolioOf(FrameOf(entry));
            memory.Copy(memory.FolioOf(target.Frame + (ulong)page), folio);
            vma.Mm.Rss.Add(RssKind.Anonymous, -1);
            AnonRmap.FolioRemoveRmap(folio, vma, pte);
            pages[page] = folio;
        }

        PteUnmapUnlock(pte);
        return result;
    }

    /// <summary>
    /// Whether the pages are still fit, and nobody has a reference whom no mapping or cache accounts for: who pinned one without locks before the
    /// table was taken out goes on working with it (<c>__collapse_huge_page_isolate</c>).
    /// </summary>
    [MustHold("vma.Lock && vma.Mm.MmapLock")]
    private static CollapseResult Judge(VmArea vma, HugePageUse use, ulong table)
    {
        var tally = default(CollapseTally);
        var pte = MapDetached(vma.Mm.Machine.Memory, table);
        var result = tally.CountAll(vma, pte);
        PteUnmapUnlock(pte);
        if (result == CollapseResult.Done && tally.Swapped != 0)
            result = CollapseResult.Busy;
        return result == CollapseResult.Done ? tally.Judge(vma, use) : result;
    }

    private static void Release(PhysicalMemory memory, ReadOnlySpan<Folio?> pages)
    {
        foreach (var folio in pages)
        {
            if (folio == null)
                continue;
            folio.AdoptReference();
            memory.Swap.FreeCache(memory, folio);
            memory.Put(folio);
        }
    }
}
