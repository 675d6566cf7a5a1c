using System;
using MmLint;
using static MmKernel.PageTableWalk;

namespace MmKernel;

/// <summary>Moving pages on demand (<c>move_pages(2)</c>, <c>mm/migrate.c</c>). There is one node, number 0: what changes is the frame.</summary>
internal static class MovePagesCalls
{
    /// <summary>Moves the page at an address, if the flags say so, and tells where it is.</summary>
    /// <returns>
    /// 0, the node; or why the page is where it was: −EFAULT: no mapping, or the zero page; −ENOENT: no page; −EACCES: others map it too; −EBUSY,
    /// −EAGAIN: in use; −ENOMEM.
    /// </returns>
    [MustHold("mm.Users"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), AllocatesPages]
    internal static int MovePage(MmStruct mm, ulong address, MovePagesFlags flags)
    {
        mm.MmapLock.ReadLock();
        int status = -(int)Errno.EFAULT;
        Folio? folio = null;
        if (mm.Vmas.Walk(address) is { } vma)
        {
            if (flags != MovePagesFlags.None)
                _ = HugeSplit.TrySplitAt(vma, address);
            folio = Isolate(vma, address, flags, out status);
        }

        mm.MmapLock.ReadUnlock();
        return folio == null ? status : FolioMigration.Migrate(mm.Machine.Memory, folio);
    }

    /// <summary>Where no entry of its own is, there may be a huge page, which stays where it is if it could not be split.</summary>
    [MustHold("vma.Mm.MmapLock")]
    private static int StatusWithoutEntry(VmArea vma, ulong address, MovePagesFlags flags)
    {
        ulong entry = ReadEntry(vma, address);
        if (entry == PageTableEntry.None)
            return -(int)Errno.ENOENT;
        if (PageTableEntry.IsSpecial(entry))
            return -(int)Errno.EFAULT;
        return flags == MovePagesFlags.None ? 0 : -(int)Errno.EBUSY;
    }

    /// <summary>The page at an address, taken off its list (<c>add_folio_for_migration</c>).</summary>
    /// <returns>With a reference; null if it is not to be moved, or cannot be.</returns>
    [MustHold("vma.Mm.MmapLock"), Acquires("result.Ref", When = "result != null")]
    private static Folio? Isolate(VmArea vma, ulong address, MovePagesFlags flags, out int status)
    {
        var pte = TryPteOffsetMapLock(vma, address);
        if (pte == null)
        {
            status = StatusWithoutEntry(vma, address, flags);
            return null;
        }

        status = -(int)Errno.ENOENT;
        ulong entry = pte.Value;
        if (!PageTableEntry.MapsPage(entry))
        {
            PteUnmapUnlock(pte);
            if (PageTableEntry.IsPresent(entry))
                status = -(int)Errno.EFAULT;
            return null;
        }

        var memory = vma.Mm.Machine.Memory;
        var folio = memory.FolioOf(PageTableEntry.FrameOf(entry));
        bool isShared = folio.PageMapCount > 1 && (flags & MovePagesFlags.MoveAll) == 0;
        status = isShared && flags != MovePagesFlags.None ? -(int)Errno.EACCES : 0;
        if (isShared || flags == MovePagesFlags.None)
        {
            PteUnmapUnlock(pte);
            return null;
        }

        // The entry's own reference keeps the folio while the table is locked. Only single pages are moved.
        folio.Get();
        bool isIsolated = !folio.IsLarge && (memory.Lru == null || memory.Lru.TryIsolate(folio));
        PteUnmapUnlock(pte);
        if (isIsolated)
            return folio;
        memory.Put(folio);
        status = -(int)Errno.EBUSY;
        return null;
    }
}
