using MmLint;
using static MmKernel.AnonRmap;
using static MmKernel.PageTableEntry;
using static MmKernel.PageTableWalk;

namespace MmKernel;

/// <summary>Taking a folio out of all page tables (<c>mm/rmap.c</c>).</summary>
internal static class Unmapping
{
    /// <summary>
    /// Removes every mapping of a folio (<c>try_to_unmap</c>). In the place of an anonymous page remains its swap entry; pages of files are
    /// found again by the next fault.
    /// </summary>
    /// <returns>Whether nothing maps the folio any more. Locked memory, pins and writes to what was not wanted any more prevent it.</returns>
    [MustHold("folio"), TakesRmap]
    internal static bool TryToUnmap(Folio folio)
    {
        if (folio.MapCount != 0)
            RmapWalking.RmapWalk(folio, UnmapOne);
        return folio.MapCount == 0;
    }

    /// <summary>Removes one mapping (<c>try_to_unmap_one</c>).</summary>
    /// <returns>False if it has to stay, and with it the folio.</returns>
    [MustHold("folio && vma.AnyRmap"), MaySleep]
    private static bool UnmapOne(Folio folio, VmArea vma, ulong address)
    {
        var memory = vma.Mm.Machine.Memory;
        var pte = RmapWalking.LockMapping(folio, vma, address);
        if (pte == null)
            return true;
        if ((vma.Flags & VmFlags.Locked) != 0)
        {
            // Faulted in before the VMA was locked, or unlocked by another VMA: it belongs to the unevictable pages.
            PteUnmapUnlock(pte);
            memory.Lru?.Mlock(folio);
            return false;
        }

        // Flushed before the bits are looked at: what a processor wrote until now shows in them.
        ulong old = Tlb.PtepClearFlush(pte, vma.Mm);
        if ((old & Dirty) != 0)
            folio.Set(FolioFlags.Dirty);
        if (folio.IsAnonymous && !TryReplace(folio, vma, pte, old))
        {
            pte.Value = old;
            PteUnmapUnlock(pte);
            return false;
        }

        vma.Mm.Rss.Add(RssCounters.KindOf(folio), -1);
        FolioRemoveRmap(folio, vma, pte);
        PteUnmapUnlock(pte);
        folio.AdoptReference();
        memory.Put(folio);
        return true;
    }

    /// <summary>Puts what keeps the contents into the place of an anonymous page's entry, which has been cleared.</summary>
    /// <returns>False if the entry must be put back.</returns>
    [MustHold("folio && pte && pte.Ptl && vma.Stable")]
    private static bool TryReplace(Folio folio, VmArea vma, MappedPte pte, ulong old)
    {
        if (!folio.Has(FolioFlags.SwapBacked))
            return TryDiscard(folio);
        if (!folio.Has(FolioFlags.SwapCache))
            return false;
        bool isExclusive = folio.Has(FolioFlags.AnonExclusive);
        if (isExclusive && !TryShare(folio))
            return false;
        ulong entry = folio.Swap.ToEntry();
        if (isExclusive)
            entry |= SwapExclusive;
        if ((old & SoftDirty) != 0)
            entry |= SwapSoftDirty;
        if ((old & UffdWriteProtect) != 0)
            entry |= SwapUffdWriteProtect;
        vma.Mm.Machine.Memory.Swap.AddUser(folio.Swap);
        vma.Mm.Rss.Add(RssKind.Swap, 1);
        pte.Value = entry;
        return true;
    }

    /// <summary>Whether a page that is not wanted any more may go: nobody wrote to it since, and nobody is about to (MADV_FREE).</summary>
    [MustHold("folio")]
    private static bool TryDiscard(Folio folio)
    {
        // The caller's reference and those of the entries.
        if (!folio.Has(FolioFlags.Dirty) && folio.ReferenceCount == 1 + folio.MapCount)
            return true;
        if (folio.Has(FolioFlags.Dirty))
            folio.Set(FolioFlags.SwapBacked);
        return false;
    }

    /// <summary>
    /// Gives up that a page belongs to one mapping alone, unless somebody has pinned it and relies on that
    /// (<c>folio_try_share_anon_rmap_pte</c>).
    /// </summary>
    [MustHold("folio")]
    internal static bool TryShare(Folio folio)
    {
        folio.Clear(FolioFlags.AnonExclusive);
        if (!folio.IsPinned)
            return true;
        folio.Set(FolioFlags.AnonExclusive);
        return false;
    }
}
