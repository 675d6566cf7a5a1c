using System;
using MmLint;
using static MmKernel.PageTableEntry;
using static MmKernel.PageTableWalk;

namespace MmKernel;

/// <summary>Advice that concerns the pages of a range rather than its VMAs: COLD, PAGEOUT, FREE, WILLNEED (<c>mm/madvise.c</c>).</summary>
internal static class MadvisePages
{
    private const int Batch = 32;

    /// <summary>Makes pages the next ones to be reclaimed (<c>madvise_cold</c>). Pages that others map too are left alone.</summary>
    [MustHold("vma.Mm.MmapLock"), TakesRmap]
    internal static void Cool(VmArea vma, ulong start, ulong end)
    {
        var lru = vma.Mm.Machine.Memory.Lru;
        if (lru == null)
            return;
        lru.DrainLocal();
        for (ulong address = start; address < end; address += Page.Size)
        {
            while (address < end && HugeAdvice.TryCool(vma, ref address, end, lru))
            {
            }

            if (address >= end)
                break;
            var pte = PteOffsetMapLock(vma, address);
            if (pte == null)
                continue;
            var folio = FolioMappedOnce(vma, pte.Value);
            if (folio != null)
            {
                pte.AndNot(Accessed);
                lru.Deactivate(folio, isLazyFree: false);
            }

            PteUnmapUnlock(pte);
        }
    }

    /// <summary>Reclaims pages now, however recently they were used (<c>madvise_pageout</c>).</summary>
    [MustHold("vma.Mm.MmapLock"), TakesRmap]
    internal static void PageOut(VmArea vma, ulong start, ulong end)
    {
        var memory = vma.Mm.Machine.Memory;
        if (memory.Lru == null || memory.Reclaimer == null)
            return;
        memory.Lru.DrainLocal();
        var folios = new Folio?[Batch];
        int count = 0;
        for (ulong address = start; address < end; address += Page.Size)
        {
            _ = HugeSplit.TrySplitAt(vma, address);
            var folio = TryIsolate(vma, address, memory.Lru);
            if (folio == null)
                continue;
            folio.HandOverReference();
            folios[count++] = folio;
            if (count < Batch)
                continue;
            memory.Reclaimer.ReclaimPages(folios);
            count = 0;
        }

        memory.Reclaimer.ReclaimPages(folios.AsSpan(0, count));
    }

    /// <summary>
    /// Says that the contents are not wanted any more, unless they are written to again: reclaim may drop the pages without writing them
    /// (<c>madvise_free_single_vma</c>). What is in swap goes at once.
    /// </summary>
    [MustHold("vma.Mm.MmapLock"), TakesRmap]
    internal static void Free(VmArea vma, ulong start, ulong end)
    {
        var memory = vma.Mm.Machine.Memory;
        if (memory.Lru == null)
            return;
        memory.Lru.DrainLocal();
        for (ulong address = start; address < end; address += Page.Size)
        {
            while (address < end && HugeAdvice.TryFree(vma, ref address, end, memory.Lru))
            {
            }

            if (address >= end)
                break;
            var pte = PteOffsetMapLock(vma, address);
            if (pte == null)
                continue;
            if (SwapEntry.IsIn(pte.Value))
                Zap.FreeSwapEntry(vma, pte);
            else if (FolioMappedOnce(vma, pte.Value) is { } folio && MayDrop(memory, folio))
                MarkLazyFree(vma, pte, folio, memory.Lru);
            PteUnmapUnlock(pte);
        }
    }

    /// <summary>Reads what a range has in swap into memory, for accesses to come (<c>madvise_willneed</c>).</summary>
    [MustHold("vma.Mm.MmapLock"), AllocatesPages]
    internal static void WillNeed(VmArea vma, ulong start, ulong end)
    {
        var lru = vma.Mm.Machine.Memory.Lru;
        if (lru == null)
            return;
        if (vma.File == null)
            SwapIn.ReadRange(vma, start, end);
        else
            vma.File.Mapping.ReadSwapped(vma.PageIndex(start), vma.PageIndex(end));
        lru.DrainLocal();
    }

    /// <summary>The folio that an entry, huge or not, maps as a whole, if it is on a list and nobody else maps it.</summary>
    internal static Folio? FolioMappedOnce(VmArea vma, ulong entry)
    {
        if (!MapsPage(entry))
            return null;
        var folio = vma.Mm.Machine.Memory.FolioOf(FrameOf(entry));
        return folio.MapCount == 1 && folio.IsLarge == IsHuge(entry) && folio.Has(FolioFlags.Lru) ? folio : null;
    }

    [MustHold("vma.Mm.MmapLock"), Acquires("result.Ref", When = "result != null")]
    private static Folio? TryIsolate(VmArea vma, ulong address, LruLists lru)
    {
        var pte = PteOffsetMapLock(vma, address);
        if (pte == null)
            return null;
        var folio = FolioMappedOnce(vma, pte.Value);
        if (folio == null || folio.Has(FolioFlags.Mlocked))
        {
            PteUnmapUnlock(pte);
            return null;
        }

        // The entry's own reference keeps the folio while the table is locked.
        folio.Get();
        if (!lru.TryIsolate(folio))
        {
            PteUnmapUnlock(pte);
            vma.Mm.Machine.Memory.Put(folio);
            return null;
        }

        folio.Clear(FolioFlags.Referenced);
        PteUnmapUnlock(pte);
        return folio;
    }

    /// <summary>Whether the folio is in no swap cache, and clean from here on.</summary>
    private static bool MayDrop(PhysicalMemory memory, Folio folio)
    {
        if (!folio.IsAnonymous || !folio.TryLock())
            return false;
        bool mayDrop = !folio.Has(FolioFlags.SwapCache) || memory.Swap.TryFree(memory, folio);
        if (mayDrop)
            folio.Clear(FolioFlags.Dirty);
        folio.Unlock();
        return mayDrop;
    }

    [MustHold("pte && pte.Ptl && vma.Mm.MmapLock")]
    private static void MarkLazyFree(VmArea vma, MappedPte pte, Folio folio, LruLists lru)
    {
        // Taken out for a moment and flushed: a write from now on sets the dirty bit anew.
        ulong entry = Tlb.PtepClearFlush(pte, vma.Mm);
        pte.Value = entry & ~(Accessed | Dirty);
        lru.Deactivate(folio, isLazyFree: true);
        lru.Memory.Events.Add(VmEvent.Pglazyfree);
    }
}
