using MmLint;

namespace MmKernel;

/// <summary>Recording which entries map anonymous folios (<c>mm/rmap.c</c>).</summary>
internal static class AnonRmap
{
    /// <summary>
    /// Records the first mapping of a new folio, which belongs to it alone (<c>folio_add_new_anon_rmap</c>). Nobody else can reach the folio
    /// until the entry is set, so its lock is not needed.
    /// </summary>
    [MustHold("pte && pte.Ptl && vma.Anchored"), Requires("vma.AnonVma != null")]
    internal static void FolioAddNewAnonRmap([Fresh, Borrowed] Folio folio, VmArea vma, ulong address, MappedPte pte)
    {
        folio.Mapping = vma.AnonVma;
        folio.Index = vma.PageIndex(address);
        folio.Set(FolioFlags.Anonymous | FolioFlags.SwapBacked | FolioFlags.AnonExclusive);
        folio.AddMapping();
    }

    /// <summary>
    /// Records a mapping of a folio that comes from swap; if it has just been read, it is given an anon_vma
    /// (<c>folio_add_anon_rmap_pte</c>, <c>__folio_set_anon</c>).
    /// </summary>
    [MustHold("folio && pte && pte.Ptl && vma.Anchored"), Requires("vma.AnonVma != null")]
    internal static void FolioAddAnonRmap(Folio folio, VmArea vma, ulong address, MappedPte pte, bool isExclusive)
    {
        if (!folio.IsAnonymous)
        {
            // A page that others have too must be found from where all of them descend.
            folio.Mapping = isExclusive ? vma.AnonVma : vma.AnonVma!.Root;
            folio.Index = vma.PageIndex(address);
        }

        folio.Set(isExclusive ? FolioFlags.Anonymous | FolioFlags.SwapBacked | FolioFlags.AnonExclusive : FolioFlags.Anonymous | FolioFlags.SwapBacked);
        folio.AddMapping();
        LockedPages.MlockVmaFolio(folio, vma);
    }

    /// <summary>Makes a folio that only <paramref name="vma"/> maps belong to its anon_vma (<c>folio_move_anon_rmap</c>).</summary>
    [MustHold("folio && pte && pte.Ptl && vma.Anchored"), Requires("vma.AnonVma != null")]
    internal static void FolioMoveAnonRmap(Folio folio, VmArea vma, MappedPte pte) => folio.Mapping = vma.AnonVma;

    /// <summary>
    /// Records that an entry no longer maps the page, which the VMA keeps in memory no more (<c>folio_remove_rmap_pte</c>). One of a large folio it never did, for
    /// the rest would have to stay too; but its frame may be idle now.
    /// </summary>
    [MustHold("pte && pte.Ptl && vma.Stable")]
    internal static void FolioRemoveRmap(Folio page, VmArea vma, MappedPte pte)
    {
        page.RemoveMapping();
        if (page.IsLarge)
            vma.Mm.Machine.Memory.Deferred.NoteUnmapped(page);
        else
            LockedPages.MunlockVmaFolio(page, vma);
    }
}
