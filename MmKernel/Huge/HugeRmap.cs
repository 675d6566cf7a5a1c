using System;
using MmLint;
using static MmKernel.PageTableEntry;
using static MmKernel.PageTableWalk;

namespace MmKernel;

/// <summary>
/// Reverse mapping of large folios (<c>mm/rmap.c</c>). A VMA may map one by one entry of the second level, or page by page, or parts of it only.
/// </summary>
internal static class HugeRmap
{
    /// <summary>Records the first mapping of a new huge page, which belongs to it alone (<c>folio_add_new_anon_rmap</c>).</summary>
    [MustHold("vma.Anchored && vma.Mm.PageTableLock"), Requires("vma.AnonVma != null")]
    internal static void FolioAddNewHugeRmap([Fresh, Borrowed] Folio folio, VmArea vma, ulong start)
    {
        folio.Mapping = vma.AnonVma;
        folio.Index = vma.PageIndex(start);
        folio.Set(FolioFlags.Anonymous | FolioFlags.SwapBacked | FolioFlags.AnonExclusive | FolioFlags.UpToDate);
        folio.AddEntireMapping();
    }

    /// <summary>Records that an entry no longer maps the huge page (<c>folio_remove_rmap_pmd</c>).</summary>
    [MustHold("vma.Stable && vma.Mm.PageTableLock")]
    internal static void FolioRemoveHugeRmap(Folio folio, VmArea vma)
    {
        folio.RemoveEntireMapping();
        vma.Mm.Machine.Memory.Deferred.NoteUnmapped(folio);
        LockedPages.MunlockVmaFolio(folio, vma);
    }

    /// <summary>
    /// Where the VMA stops mapping the folio, seen from an address at which it may map a page of it.
    /// </summary>
    [MustHold("folio && vma.Stable")]
    internal static ulong EndIn(Folio folio, VmArea vma, ulong address)
    {
        // A merged page may be anywhere, whatever its index.
        if (!folio.IsLarge)
            return address + Page.Size;
        return new HugeRange(folio.Frame, folio.Index, (ulong)folio.PageCount).EndIn(vma, address);
    }

    /// <summary>Clears the accessed bits of all entries that map the folio or a page of it (<c>folio_referenced_one</c>).</summary>
    [MustHold("folio && vma.AnyRmap")]
    internal static bool ClearAccessed(Folio folio, VmArea vma, ulong address)
    {
        bool referenced = false;
        ulong end = EndIn(folio, vma, address);
        while (address < end)
        {
            ulong stop = TableEnd(address, end);
            if (HugeEntries.TryLock(vma, address, out ulong entry))
            {
                if (RmapWalking.Maps(entry, folio) && (entry & Accessed) != 0)
                {
                    HugeEntries.AndNot(vma, address, Accessed);
                    referenced = true;
                }

                vma.Mm.PageTableLock.Unlock();
            }
            else
            {
                referenced |= ClearAccessed(folio, vma, address, stop);
            }

            address = stop;
        }

        return referenced;
    }

    [MustHold("vma.AnyRmap")]
    private static bool ClearAccessed(Folio folio, VmArea vma, ulong start, ulong end)
    {
        var pte = TryPteOffsetMapLock(vma, start);
        if (pte == null)
            return false;
        bool referenced = false;
        for (ulong address = start; address < end; address += Page.Size, pte.Advance())
        {
            if (!RmapWalking.Maps(pte.Value, folio) || (pte.Value & Accessed) == 0)
                continue;
            pte.AndNot(Accessed);
            referenced = true;
        }

        PteUnmapUnlock(pte);
        return referenced;
    }
}
