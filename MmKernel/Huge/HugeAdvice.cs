using MmLint;
using static MmKernel.MadvisePages;
using static MmKernel.PageTableEntry;

namespace MmKernel;

/// <summary>
/// Advice about the pages of huge pages: it is followed for a huge page as a whole where it concerns all of it, else the folio is split if nobody
/// relies on it (<c>madvise_cold_or_pageout_pte_range</c>, <c>madvise_free_huge_pmd</c>).
/// </summary>
internal static class HugeAdvice
{
    /// <summary>MADV_COLD for the huge page at an address.</summary>
    /// <param name="vma">The VMA.</param>
    /// <param name="address">The first address that is left to deal with; what has been dealt with is left out of it.</param>
    /// <param name="end">Where the range ends.</param>
    /// <param name="lru">The lists.</param>
    /// <returns>Whether a huge page was dealt with.</returns>
    [MustHold("vma.Mm.MmapLock"), TakesRmap]
    internal static bool TryCool(VmArea vma, ref ulong address, ulong end, LruLists lru)
    {
        if (!TryLockWhole(vma, address, end, out ulong entry))
            return false;
        if (FolioMappedOnce(vma, entry) is { } folio)
        {
            HugeEntries.AndNot(vma, address, Accessed);
            lru.Deactivate(folio, isLazyFree: false);
        }

        vma.Mm.PageTableLock.Unlock();
        address += HugePages.Size;
        return true;
    }

    /// <summary>MADV_FREE for the huge page at an address.</summary>
    /// <param name="vma">The VMA.</param>
    /// <param name="address">The first address that is left to deal with; what has been dealt with is left out of it.</param>
    /// <param name="end">Where the range ends.</param>
    /// <param name="lru">The lists.</param>
    /// <returns>Whether a huge page was dealt with.</returns>
    [MustHold("vma.Mm.MmapLock"), TakesRmap]
    internal static bool TryFree(VmArea vma, ref ulong address, ulong end, LruLists lru)
    {
        if (!TryLockWhole(vma, address, end, out ulong entry))
            return false;
        if (FolioMappedOnce(vma, entry) is { } folio && folio.TryLock())
        {
            folio.Clear(FolioFlags.Dirty);
            folio.Unlock();

            // Clean before anybody can write again: a write from now on sets the dirty bit anew.
            HugeEntries.AndNot(vma, address, Accessed | Dirty);
            Tlb.Flush(vma.Mm);
            lru.Deactivate(folio, isLazyFree: true);
        }

        vma.Mm.PageTableLock.Unlock();
        address += HugePages.Size;
        return true;
    }

    /// <summary>Locks page_table_lock if all of a huge page lies in the range; else splits the folio at the address if there is a large one.</summary>
    [MustHold("vma.Mm.MmapLock"), Acquires("vma.Mm.PageTableLock", When = "result"), TakesRmap]
    private static bool TryLockWhole(VmArea vma, ulong address, ulong end, out ulong entry)
    {
        if (HugePages.AlignDown(address) == address && end - address >= HugePages.Size && HugeEntries.TryLock(vma, address, out entry))
            return true;
        entry = None;
        _ = HugeSplit.TrySplitAt(vma, address);
        return false;
    }
}
