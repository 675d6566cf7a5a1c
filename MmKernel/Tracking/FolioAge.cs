using MmLint;
using static MmKernel.PageTableEntry;
using static MmKernel.PageTableWalk;

namespace MmKernel;

/// <summary>
/// Finding out whether pages are used, by the accessed bits of their mappings (<c>mm/page_idle.c</c>, <c>mm/damon/ops-common.c</c>). Bits that are
/// cleared here are remembered by <see cref="FolioFlags.Young"/>, so that reclaim does not take a page for unused because somebody looked. The folio
/// is locked by trying only, whatever its kind: who has it locked is more important than a look.
/// </summary>
internal static class FolioAge
{
    /// <summary>Notes whether an idle page was used, which it is not any more then (<c>page_idle_clear_pte_refs</c>). A busy folio is passed over.</summary>
    [MustHold("folio.Ref"), TakesRmap]
    internal static void ClearReferences(Folio folio)
    {
        if (folio.MapCount == 0 || !folio.TryLock())
            return;
        bool isReferenced = false;
        RmapWalking.RmapWalk(folio, (page, vma, address) =>
        {
            isReferenced |= RmapWalking.TestAndClearYoung(page, vma, address);
            return true;
        });
        if (isReferenced)
        {
            folio.Clear(FolioFlags.Idle);
            folio.Set(FolioFlags.Young);
        }

        folio.Unlock();
    }

    /// <summary>Makes a page look unused from now on (<c>damon_folio_mkold</c>). A busy folio is left as it is.</summary>
    [MustHold("folio.Ref"), TakesRmap]
    internal static void MakeOld(Folio folio)
    {
        if (folio.MapCount == 0)
        {
            folio.Set(FolioFlags.Idle);
            return;
        }

        if (!folio.TryLock())
            return;
        RmapWalking.RmapWalk(folio, (page, vma, address) =>
        {
            if (RmapWalking.TestAndClearYoung(page, vma, address))
                page.Set(FolioFlags.Young);
            return true;
        });
        folio.Set(FolioFlags.Idle);
        folio.Unlock();
    }

    /// <summary>Whether a page was used since it was made old (<c>damon_folio_young</c>). A busy folio counts as not used.</summary>
    [MustHold("folio.Ref"), TakesRmap]
    internal static bool IsYoung(Folio folio)
    {
        if (folio.MapCount == 0)
            return !folio.Has(FolioFlags.Idle);
        if (!folio.TryLock())
            return false;
        bool isYoung = !folio.Has(FolioFlags.Idle);
        if (!isYoung)
        {
            RmapWalking.RmapWalk(folio, (page, vma, address) =>
            {
                isYoung = IsAccessed(page, vma, address);
                return !isYoung;
            });
        }

        folio.Unlock();
        return isYoung;
    }

    /// <summary>Whether an entry that maps the folio has its accessed bit set (<c>damon_folio_young_one</c>).</summary>
    [MustHold("folio && vma.AnyRmap")]
    private static bool IsAccessed(Folio folio, VmArea vma, ulong address)
    {
        for (ulong end = HugeRmap.EndIn(folio, vma, address); address < end; address += Page.Size)
        {
            ulong entry = ReadEntry(vma, address);
            if (RmapWalking.Maps(entry, folio) && (entry & Accessed) != 0)
                return true;
        }

        return false;
    }
}
