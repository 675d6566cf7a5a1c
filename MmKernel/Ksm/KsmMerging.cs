using MmLint;
using static MmKernel.AnonRmap;
using static MmKernel.PageTableEntry;
using static MmKernel.PageTableWalk;

namespace MmKernel;

/// <summary>Replacing pages by merged ones (<c>mm/ksm.c</c>).</summary>
internal static class KsmMerging
{
    /// <summary>Whether pages of a VMA may be merged (<c>vma_ksm_compatible</c> and the flag).</summary>
    [MustHold("vma.Anchored"), Ensures("vma.AnonVma != null", When = "result")]
    internal static bool IsMergeable(VmArea vma) => (vma.Flags & VmFlags.Mergeable) != 0 && vma.AnonVma != null;

    /// <summary>The VMA at an address whose pages may be merged (<c>find_mergeable_vma</c>); none in an address space that has ended.</summary>
    [MustHold("mm.MmapLock"), Ensures("result.Mm == mm"), Ensures("result.AnonVma != null", When = "result != null")]
    [return: ValidWhileHeld("mm.MmapLock")]
    internal static VmArea? FindMergeableVma(MmStruct mm, ulong address) =>
        !mm.IsExiting && VmaLookup.LookupVma(mm, address) is { } vma && IsMergeable(vma) ? vma : null;

    /// <summary>The anonymous page at an address, which may be one of a large folio, if it is not on its way to swap or back (<c>ksm_next_page_pmd_entry</c>).</summary>
    /// <returns>With a reference; null if there is none.</returns>
    [MustHold("vma.Mm.MmapLock"), MaySleep, Acquires("result.Ref", When = "result != null")]
    internal static Folio? FollowAnonymous(VmArea vma, ulong address)
    {
        while (true)
        {
            ulong seen = ReadEntry(vma, address);
            if (MigrationEntry.IsIn(seen))
            {
                // A merged page that were not found here would be forgotten.
                MigrationWait.MigrationEntryWait(vma, address);
                continue;
            }

            if (!MapsPage(seen))
                return null;
            if (HugeEntries.TryLock(vma, address, out ulong huge))
            {
                var page = IsSpecial(huge) ? null : Get(HugeEntries.FolioIn(vma, HugeEntries.PageOf(huge, address)));
                vma.Mm.PageTableLock.Unlock();
                return page;
            }

            var pte = TryPteOffsetMapLock(vma, address);
            if (pte == null)
                continue;
            ulong entry = pte.Value;
            var folio = MapsPage(entry) ? Get(pte.FolioIn(vma.Mm.Machine.Memory, entry)) : null;
            PteUnmapUnlock(pte);
            if (folio != null || !MigrationEntry.IsIn(entry))
                return folio;
        }
    }

    /// <summary>Keeps a page, as long as the entry does that maps it, if it is one that may be merged.</summary>
    [Acquires("result.Ref", When = "result != null")]
    private static Folio? Get(Folio mapped)
    {
        if (!mapped.IsAnonymous || mapped.Has(FolioFlags.SwapCache))
            return null;
        mapped.Get();
        return mapped;
    }

    /// <summary>Where a page is mapped, as reverse mapping is going to look for it.</summary>
    /// <returns>Null if the place may not be merged any more.</returns>
    [MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    internal static KsmLink? FindPlace(KsmRmapItem item)
    {
        var mm = item.Mm;
        mm.MmapLock.ReadLock();
        KsmLink? place = null;
        if (FindMergeableVma(mm, item.Address) is { } vma)
            place = new KsmLink(mm, item.Address, vma.AnonVma!);
        mm.MmapLock.ReadUnlock();
        return place;
    }

    /// <summary>Makes a page a merged one, of which more mappings may be made (<c>try_to_merge_one_page</c> without a second page).</summary>
    /// <returns>Where it is mapped; null if it is in use otherwise.</returns>
    [MustHold("ksm.Mutex && folio.Ref"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    internal static KsmLink? MakeMerged(Ksm ksm, KsmRmapItem item, Folio folio)
    {
        var mm = item.Mm;
        mm.MmapLock.ReadLock();
        KsmLink? place = null;
        if (FindMergeableVma(mm, item.Address) is { } vma && folio.TryLock())
        {
            if (folio.KsmNode == null && !folio.Has(FolioFlags.SwapCache) && !FaultInjector.Fails(FaultPoint.Merging)
                && WriteProtectPage(vma, item.Address, folio, out _))
            {
                folio.Mapping = new KsmStableNode(folio);
                place = new KsmLink(mm, item.Address, vma.AnonVma!);
            }

            folio.Unlock();
        }

        mm.MmapLock.ReadUnlock();
        return place;
    }

    /// <summary>Maps a merged page, or the zero page, in place of one with the same contents (<c>try_to_merge_with_ksm_page</c>).</summary>
    /// <param name="ksm">Whose merging it is.</param>
    /// <param name="item">Where the page is.</param>
    /// <param name="folio">The page.</param>
    /// <param name="merged">The merged page; null for the zero page.</param>
    /// <returns>Where it is mapped; null if the contents differ by now or the old page is in use otherwise.</returns>
    [MustHold("ksm.Mutex && folio.Ref"), MustHold("merged.Ref", When = "merged != null"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    internal static KsmLink? Merge(Ksm ksm, KsmRmapItem item, Folio folio, Folio? merged)
    {
        var mm = item.Mm;
        mm.MmapLock.ReadLock();
        KsmLink? place = null;
        if (FindMergeableVma(mm, item.Address) is { } vma && folio.TryLock())
        {
            // Write-protected, the contents stay as they are, so this comparison counts.
            bool done = folio.KsmNode == null && !folio.Has(FolioFlags.SwapCache)
                && WriteProtectPage(vma, item.Address, folio, out ulong entry)
                && ksm.Memory.IsSame(folio, merged ?? ksm.Memory.FolioOf(PhysicalMemory.ZeroFrame))
                && ReplacePage(vma, item.Address, folio, merged, entry);
            if (done)
                place = new KsmLink(mm, item.Address, vma.AnonVma!);
            folio.Unlock();
        }

        mm.MmapLock.ReadUnlock();
        return place;
    }

    /// <summary>
    /// Takes the right to write from the page's only writer (<c>write_protect_page</c>). References that no mapping accounts for are somebody's
    /// who may write without asking the page table; then nothing is changed.
    /// </summary>
    [MustHold("vma.Mm.MmapLock && folio && folio.Ref")]
    private static bool WriteProtectPage(VmArea vma, ulong address, Folio folio, out ulong entry)
    {
        entry = None;
        var pte = PteOffsetMapLock(vma, address);
        if (pte == null)
            return false;
        ulong old = pte.Value;
        bool isMapped = MapsPage(old) && FrameOf(old) == folio.Frame;
        if (isMapped && ((old & (Writable | Dirty)) != 0 || folio.Has(FolioFlags.AnonExclusive)))
        {
            old = Tlb.PtepClearFlush(pte, vma.Mm);
            isMapped = folio.MapCount + 1 == folio.ReferenceCount;
            if (isMapped)
            {
                folio.Clear(FolioFlags.AnonExclusive);
                folio.Set(FolioFlags.Dirty);
                old &= ~(Writable | Dirty);
            }

            pte.Value = old;
        }

        PteUnmapUnlock(pte);
        entry = old;
        return isMapped;
    }

    /// <summary>Maps another page, or the zero page, if the entry still is what it was (<c>replace_page</c>).</summary>
    [MustHold("vma.Mm.MmapLock && folio && folio.Ref")]
    private static bool ReplacePage(VmArea vma, ulong address, Folio folio, Folio? merged, ulong entry)
    {
        var pte = PteOffsetMapLock(vma, address);
        if (pte == null)
            return false;
        if ((pte.Value & ~Accessed) != (entry & ~Accessed))
        {
            PteUnmapUnlock(pte);
            return false;
        }

        _ = Tlb.PtepClearFlush(pte, vma.Mm);
        if (merged == null)
        {
            // Dirty tells it from the zero page of a read fault, for those who unmerge.
            vma.Mm.Rss.Add(RssKind.Anonymous, -1);
            pte.Value = Make(PhysicalMemory.ZeroFrame, ProtectionOf(vma.Flags) | Special | Dirty);
        }
        else
        {
            merged.Get();
            merged.AddMapping();
            LockedPages.MlockVmaFolio(merged, vma);
            pte.Value = Make(merged.Frame, ProtectionOf(vma.Flags));
            merged.HandOverReference();
        }

        FolioRemoveRmap(folio, vma, pte);
        PteUnmapUnlock(pte);

        // The reference that the old entry had.
        folio.AdoptReference();
        vma.Mm.Machine.Memory.Put(folio);
        return true;
    }
}
