using System;
using MmLint;
using static MmKernel.AnonRmap;
using static MmKernel.PageTableWalk;

namespace MmKernel;

/// <summary>Removing mappings from page tables (<c>mm/memory.c</c>).</summary>
internal static class Zap
{
    /// <summary>Clears every entry of [start, end), which lies in the VMA, and frees the pages (<c>zap_page_range_single</c>).</summary>
    [MustHold("vma.Stable"), MaySleep]
    internal static void ZapVmaRange(VmArea vma, ulong start, ulong end)
    {
        var gather = TlbGather.Start(vma.Mm);
        ZapRange(gather, vma, start, end);
        gather.Finish();
    }

    /// <summary>
    /// Clears every entry of [start, end), which lies in the VMA; the pages go when <paramref name="gather"/> flushes
    /// (<c>unmap_page_range</c>).
    /// </summary>
    [MustHold("vma.Stable"), MaySleep]
    internal static void ZapRange(TlbGather gather, VmArea vma, ulong start, ulong end)
    {
        while (start < end)
        {
            ulong stop = Math.Min(end, (start + TableSpan) & ~(TableSpan - 1));
            start = ZapTable(gather, vma, start, stop);
            if (gather.IsFull)
                gather.Flush();
        }
    }

    /// <summary>Clears entries of one table, until the end or until the gather is full.</summary>
    /// <returns>The address behind the last entry that was dealt with.</returns>
    [MustHold("vma.Stable")]
    private static ulong ZapTable(TlbGather gather, VmArea vma, ulong start, ulong end)
    {
        var pte = PteOffsetMapLock(vma, start);
        if (pte == null)
            return end;
        int anonymous = 0;
        int file = 0;
        while (start < end && !gather.IsFull)
        {
            if (pte.Value != PageTableEntry.None)
            {
                ulong old = Tlb.PtepGetAndClear(pte);
                if (PageTableEntry.IsPresent(old) && !PageTableEntry.IsSpecial(old))
                {
                    var folio = vma.Mm.Machine.Memory.FolioOf(PageTableEntry.FrameOf(old));
                    if (folio.IsAnonymous)
                        anonymous++;
                    else
                        file++;
                    if (!folio.IsAnonymous && (old & PageTableEntry.Dirty) != 0)
                        folio.Set(FolioFlags.Dirty);
                    FolioRemoveRmap(folio, pte);
                    gather.Add(folio);
                }
            }

            start += Page.Size;
            pte.Advance();
        }

        if (anonymous != 0)
            vma.Mm.Rss.Add(RssKind.Anonymous, -anonymous);
        if (file != 0)
            vma.Mm.Rss.Add(RssKind.File, -file);
        gather.OweFlush(pte);
        PteUnmapUnlock(pte);
        return start;
    }
}
