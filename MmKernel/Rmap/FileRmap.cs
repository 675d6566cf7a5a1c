using System;
using MmLint;
using static MmKernel.PageTableWalk;

namespace MmKernel;

/// <summary>Finding the VMAs that map a file (<c>mm/rmap.c</c>, <c>mm/memory.c</c>).</summary>
internal static class FileRmap
{
    /// <summary>Links a VMA to its file, and keeps the file for it (<c>vma_link_file</c>). Anonymous VMAs are left alone.</summary>
    [MustHold("exclusive(vma.Lock)"), MustNotHold("AddressSpace.ImapLock || AnonVma.Rwsem"), MaySleep]
    internal static void VmaLinkFile(VmArea vma)
    {
        var file = vma.File;
        if (file == null)
            return;
        file.File.Get();
        if (CanBeWrittenShared(vma.Flags))
            file.Mapping.AllowWritable();
        file.Mapping.ImapLock.WriteLock();
        InsertInterval(vma);
        file.Mapping.ImapLock.WriteUnlock();
    }

    /// <summary>Unlinks a VMA that is going away, and lets go of its file (<c>unlink_file_vma</c>).</summary>
    [MustHold("exclusive(vma.Lock)"), MustNotHold("AddressSpace.ImapLock || AnonVma.Rwsem"), MaySleep]
    internal static void UnlinkFileVma(VmArea vma)
    {
        var file = vma.File;
        if (file == null)
            return;
        file.Mapping.ImapLock.WriteLock();
        RemoveInterval(vma);
        file.Mapping.ImapLock.WriteUnlock();
        if (CanBeWrittenShared(vma.Flags))
            file.Mapping.UnmapWritable();
        Task.Current.DeferRelease(file.File);
    }

    /// <summary>Puts a VMA into the tree of its file, if it maps one (<c>vma_interval_tree_insert</c>).</summary>
    [MustHold("exclusive(vma.Lock)"), MustHold("exclusive(vma.File.Mapping.ImapLock)", When = "vma.File != null")]
    internal static void InsertInterval(VmArea vma)
    {
        if (vma.File != null)
            vma.FileNode = vma.File.Mapping.Vmas.Insert(vma, vma.PageOffset, vma.PageOffset + vma.PageCount - 1);
    }

    /// <summary>Takes a VMA out of the tree of its file, for good or until its range has changed (<c>vma_interval_tree_remove</c>).</summary>
    [MustHold("exclusive(vma.Lock)"), MustHold("exclusive(vma.File.Mapping.ImapLock)", When = "vma.File != null")]
    internal static void RemoveInterval(VmArea vma)
    {
        if (vma.File == null)
            return;
        vma.File.Mapping.Vmas.Remove(vma.FileNode);
        vma.FileNode = IntervalTree<VmArea>.None;
    }

    /// <summary>Records and counts a mapping of a file's page, which a locked VMA keeps in memory (<c>folio_add_file_rmap_pte</c>).</summary>
    [MustHold("folio && pte && pte.Ptl && vma.Anchored")]
    internal static void FolioAddFileRmap(Folio folio, VmArea vma, MappedPte pte)
    {
        vma.Mm.Rss.Add(RssCounters.KindOf(folio), 1);
        folio.AddMapping();
        LockedPages.MlockVmaFolio(folio, vma);
    }

    /// <summary>Whether stores through such a mapping can reach the file, now or after mprotect (<c>is_shared_maywrite</c>).</summary>
    internal static bool CanBeWrittenShared(VmFlags flags) => (flags & (VmFlags.Shared | VmFlags.MayWrite)) == (VmFlags.Shared | VmFlags.MayWrite);

    /// <summary>Removes the pages [first, end) of a file from every mapping (<c>unmap_mapping_pages</c>).</summary>
    [MustNotHold("AddressSpace.ImapLock || AnonVma.Rwsem"), MaySleep]
    internal static void UnmapMappingRange(AddressSpace mapping, ulong first, ulong end, ZapScope scope)
    {
        mapping.ImapLock.ReadLock();
        int node = IntervalTree<VmArea>.None;
        while ((node = mapping.Vmas.Next(node, first, end - 1)) != IntervalTree<VmArea>.None)
        {
            var vma = mapping.Vmas.ItemOf(node);
            AssertLinked(vma, mapping);
            UnmapInVma(vma, first, end, scope);
        }

        mapping.ImapLock.ReadUnlock();
    }

    /// <summary>Visits every VMA that maps the folio (<c>rmap_walk_file</c>).</summary>
    [MustHold("folio"), TakesRmap]
    internal static void RmapWalkFile(Folio folio, AddressSpace mapping, RmapOne one)
    {
        ulong index = folio.Index;
        mapping.ImapLock.ReadLock();
        int node = IntervalTree<VmArea>.None;
        while ((node = mapping.Vmas.Next(node, index, index)) != IntervalTree<VmArea>.None)
        {
            var vma = mapping.Vmas.ItemOf(node);
            AssertLinked(vma, mapping);
            if (!one(folio, vma, vma.Start + ((index - vma.PageOffset) << Page.Shift)))
                break;
        }

        mapping.ImapLock.ReadUnlock();
    }

    /// <summary>
    /// Takes the right to write from all mappings of a page, so that the next write is noticed (<c>folio_mkclean</c>). What was written until
    /// then is the page's, which is the caller's to write.
    /// </summary>
    /// <returns>How many entries had been written to or could have been.</returns>
    [MustHold("folio"), TakesRmap]
    internal static int FolioMkclean(Folio folio, AddressSpace mapping)
    {
        if (folio.MapCount == 0)
            return 0;
        int cleaned = 0;
        RmapWalkFile(folio, mapping, (page, vma, address) =>
        {
            if (vma.IsShared && MakeEntryClean(page, vma, address))
                cleaned++;
            return true;
        });
        return cleaned;
    }

    /// <summary>Does so in one mapping (<c>page_mkclean_one</c>).</summary>
    [MustHold("folio && vma.Stable")]
    private static bool MakeEntryClean(Folio folio, VmArea vma, ulong address)
    {
        var pte = RmapWalking.LockMapping(folio, vma, address);
        if (pte == null)
            return false;
        if ((pte.Value & (PageTableEntry.Dirty | PageTableEntry.Writable)) == 0)
        {
            PteUnmapUnlock(pte);
            return false;
        }

        ulong entry = Tlb.PtepClearFlush(pte, vma.Mm);
        pte.Value = entry & ~(PageTableEntry.Dirty | PageTableEntry.Writable);
        PteUnmapUnlock(pte);
        return true;
    }

    [MustHold("vma.Stable"), MaySleep]
    private static void UnmapInVma(VmArea vma, ulong first, ulong end, ZapScope scope)
    {
        ulong from = Math.Max(first, vma.PageOffset);
        ulong to = Math.Min(end, vma.PageOffset + vma.PageCount);
        if (from >= to)
            return;
        ulong start = vma.Start + ((from - vma.PageOffset) << Page.Shift);
        Zap.ZapVmaRange(vma, start, start + ((to - from) << Page.Shift), scope);
    }

    /// <summary>A VMA found in the list of a file maps that file, whose lock is the one held (checked, and assumed from here on).</summary>
    [MustHold("mapping.ImapLock"), AssertsHeld("vma.AnyRmap")]
    private static void AssertLinked(VmArea vma, AddressSpace mapping)
    {
        Lockdep.AssertHeld(mapping.ImapLock, LockMode.Shared);
        Lockdep.Assert(vma.File?.Mapping == mapping, "VMA in the list of a file that it does not map");
    }
}
