using System;
using MmLint;

namespace MmKernel;

/// <summary>
/// How much is read around a page that comes back from swap (<c>mm/swap_state.c</c>). Each VMA remembers where its last such fault was, how
/// many pages were read then, and how many of those have been of use since; that decides about the next time.
/// </summary>
internal static class SwapReadahead
{
    // Pages at most (page_cluster 3).
    private const int MaxWindow = 8;

    // Layout of what a VMA remembers: a page address, with the window in bits 6 to 11 and the hits in bits 0 to 5.
    private const int FieldBits = 6;
    private const long FieldMask = (1 << FieldBits) - 1;

    // A VMA without history is taken for one with hits, so that its first fault reads a full window.
    private const long NoHistory = 4;

    /// <summary>Remembers that a fault found its page in memory, and whether that was because it had been read ahead (<c>swap_update_readahead</c>).</summary>
    [MustHold("vma.Anchored")]
    internal static void Hit(VmArea vma, ulong address, Folio folio)
    {
        long history = HistoryOf(vma);
        long hits = history & FieldMask;
        if (folio.Has(FolioFlags.Readahead))
        {
            vma.Mm.Machine.Memory.Events.Add(VmEvent.SwapRaHit);
            folio.Clear(FolioFlags.Readahead);
            hits = Math.Min(hits + 1, FieldMask);
        }

        vma.SwapHistory = Pack(address, WindowOf(history), hits);
    }

    /// <summary>Which pages to read for a fault (<c>swap_vma_ra_win</c>).</summary>
    /// <returns>The range, at least the page itself, within the VMA and one page table.</returns>
    [MustHold("vma.Anchored")]
    internal static (ulong Start, ulong End) Next(VmArea vma, ulong address)
    {
        long history = HistoryOf(vma);
        ulong page = address >> Page.Shift;
        ulong last = (ulong)history >> Page.Shift;
        int window = Size(page == last + 1 || page == last - 1, (int)(history & FieldMask), WindowOf(history));
        vma.SwapHistory = Pack(address, window, hits: 0);

        // Forwards or backwards as the faults go, else to both sides.
        ulong before = page == last + 1 ? 0UL : page == last - 1 ? (ulong)(window - 1) : (ulong)((window - 1) / 2);
        ulong first = Math.Max(page - Math.Min(before, page), Math.Max(vma.Start, address & ~(PageTableWalk.TableSpan - 1)) >> Page.Shift);
        ulong end = Math.Min(page - before + (ulong)window, PageTableWalk.TableEnd(address, vma.End) >> Page.Shift);
        return (first << Page.Shift, end << Page.Shift);
    }

    /// <summary>Pages of a window: more after hits, one after a jump without, never less than half of the last (<c>__swapin_nr_pages</c>).</summary>
    internal static int Size(bool isAdjacent, int hits, int lastWindow)
    {
        int pages = isAdjacent ? 2 : 1;
        if (hits > 0)
        {
            pages = 4;
            while (pages < hits + 2)
                pages *= 2;
        }

        return Math.Max(Math.Min(pages, MaxWindow), lastWindow / 2);
    }

    private static long HistoryOf(VmArea vma) => vma.SwapHistory == 0 ? NoHistory : vma.SwapHistory;

    private static int WindowOf(long history) => (int)((history >> FieldBits) & FieldMask);

    private static long Pack(ulong address, int window, long hits) => (long)Page.AlignDown(address) | ((long)window << FieldBits) | hits;
}
