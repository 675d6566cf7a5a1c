using System;
using MmLint;
using static MmKernel.AnonRmap;
using static MmKernel.PageTableWalk;

namespace MmKernel;

/// <summary>Removing mappings from page tables (<c>mm/memory.c</c>).</summary>
internal static class Zap
{
    /// <summary>Clears the entries of [start, end), which lies in the VMA, and frees the pages (<c>zap_page_range_single</c>).</summary>
    [MustHold("vma.Stable"), MaySleep]
    internal static void ZapVmaRange(VmArea vma, ulong start, ulong end, ZapScope scope)
    {
        var gather = TlbGather.Start(vma.Mm);
        ZapRange(gather, vma, start, end, scope);
        gather.Finish();
    }

    /// <summary>
    /// Clears the entries of [start, end), which lies in the VMA; the pages go when <paramref name="gather"/> flushes
    /// (<c>unmap_page_range</c>).
    /// </summary>
    [MustHold("vma.Stable"), MaySleep]
    internal static void ZapRange(TlbGather gather, VmArea vma, ulong start, ulong end, ZapScope scope)
    {
        while (start < end)
        {
            ulong stop = TableEnd(start, end);
            start = HugePages.IsWhole(start, stop) && HugeZap.TryZap(gather, vma, start, scope) ? stop : ZapTable(gather, vma, start, stop, scope);
            if (gather.IsFull)
                gather.Flush();
        }
    }

    /// <summary>Clears entries of one table, until the end or until the gather is full.</summary>
    /// <returns>The address behind the last entry that was dealt with.</returns>
    [MustHold("vma.Stable")]
    private static ulong ZapTable(TlbGather gather, VmArea vma, ulong start, ulong end, ZapScope scope)
    {
        var pte = PteOffsetMapLock(vma, start);
        if (pte == null)
            return end;
        var memory = vma.Mm.Machine.Memory;
        while (start < end && !gather.IsFull)
        {
            if (IsInScope(memory, vma, pte.Value, scope))
                ZapEntry(gather, vma, pte, scope);
            start += Page.Size;
            pte.Advance();
        }

        gather.OweFlush(pte);
        PteUnmapUnlock(pte);
        return start;
    }

    [MustHold("vma.Stable && pte && pte.Ptl"), Acquires("pte.Ptl.FlushPending", Idempotent = true)]
    private static void ZapEntry(TlbGather gather, VmArea vma, MappedPte pte, ZapScope scope)
    {
        ulong old = Tlb.PtepGetAndClear(pte);
        if (scope != ZapScope.Everything && KeepsMark(vma, old))
            pte.Value = PageTableEntry.UffdMarker;
        if (SwapEntry.IsIn(old))
            FreeSwapOf(vma, old);
        if (MigrationEntry.IsIn(old))
            vma.Mm.Rss.Add(RssCounters.KindOf(vma.Mm.Machine.Memory.FolioOf(PageTableEntry.FrameOf(old))), -1);
        if (!PageTableEntry.MapsPage(old))
            return;
        var folio = vma.Mm.Machine.Memory.FolioOf(PageTableEntry.FrameOf(old));
        if (!folio.IsAnonymous && (old & PageTableEntry.Dirty) != 0)
            folio.Set(FolioFlags.Dirty);
        vma.Mm.Rss.Add(RssCounters.KindOf(folio), -1);
        FolioRemoveRmap(folio, vma, pte);
        gather.Add(folio);
    }

    /// <summary>Clears a swap entry and gives up what it stands for.</summary>
    [MustHold("pte && pte.Ptl && vma.Stable")]
    internal static void FreeSwapEntry(VmArea vma, MappedPte pte)
    {
        ulong old = pte.Exchange(PageTableEntry.None);
        FreeSwapOf(vma, old);
    }

    private static void FreeSwapOf(VmArea vma, ulong old)
    {
        var memory = vma.Mm.Machine.Memory;
        vma.Mm.Rss.Add(RssKind.Swap, -1);
        memory.Swap.RemoveUserAndCache(memory, SwapEntry.Of(old));
    }

    /// <summary>Whether the page of a file stays write-protected when it goes (<c>pte_install_uffd_wp_if_needed</c>).</summary>
    [MustHold("vma.Stable")]
    private static bool KeepsMark(VmArea vma, ulong entry) =>
        !vma.IsAnonymous && (vma.Flags & VmFlags.UffdWriteProtect) != 0
        && ((PageTableEntry.IsPresent(entry) && (entry & PageTableEntry.UffdWriteProtect) != 0)
            || (MigrationEntry.IsIn(entry) && (entry & PageTableEntry.SwapUffdWriteProtect) != 0));

    private static bool IsInScope(PhysicalMemory memory, VmArea vma, ulong entry, ZapScope scope)
    {
        if (entry == PageTableEntry.None)
            return false;
        if (scope == ZapScope.Everything)
            return true;
        if (entry == PageTableEntry.UffdMarker)
            return vma.IsAnonymous;
        if (entry == PageTableEntry.Poison)
            return scope == ZapScope.Pages;
        if (!PageTableEntry.IsPresent(entry) && !MigrationEntry.IsIn(entry))
            return scope == ZapScope.Pages && !PageTableEntry.IsGuard(entry);
        return scope == ZapScope.Pages || (!PageTableEntry.IsSpecial(entry) && !memory.FolioOf(PageTableEntry.FrameOf(entry)).IsAnonymous);
    }
}
