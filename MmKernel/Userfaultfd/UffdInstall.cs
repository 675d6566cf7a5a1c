using MmLint;
using static MmKernel.AnonRmap;
using static MmKernel.PageTableWalk;

namespace MmKernel;

/// <summary>Putting pages into entries that are free for them (<c>mfill_atomic_install_pte</c> and its siblings).</summary>
internal static class UffdInstall
{
    /// <summary>Maps a new page of a private VMA, which has an anon_vma.</summary>
    /// <returns>0: the entry has the reference; −EEXIST, −EFAULT (the file ends before), −EAGAIN (the table is gone).</returns>
    [MustHold("vma.Lock && folio.Ref"), Requires("vma.IsShared || vma.AnonVma != null"), Releases("folio.Ref", When = "result == 0")]
    internal static long NewPrivatePage(VmArea vma, ulong address, [Fresh] Folio folio, bool protect)
    {
        if (vma.AnonVma == null)
            return -(long)Errno.EAGAIN;
        var pte = PteOffsetMapLock(vma, address);
        if (pte == null)
            return -(long)Errno.EAGAIN;
        long error = CheckFree(vma, address, pte.Value);
        if (error != 0)
        {
            PteUnmapUnlock(pte);
            return error;
        }

        vma.Mm.Rss.Add(RssKind.Anonymous, 1);
        FolioAddNewAnonRmap(folio, vma, address, pte);
        vma.Mm.Machine.Memory.Lru?.Add(folio, vma.Flags);
        pte.Value = PageTableEntry.Make(folio.Frame, BitsOf(vma, protect, mayWrite: true));
        folio.HandOverReference();
        PteUnmapUnlock(pte);
        return 0;
    }

    /// <summary>Adds a new page to the file of a shared VMA and maps it (<c>shmem_mfill_atomic_pte</c>).</summary>
    /// <returns>0: the entry has the reference; −EEXIST, −EFAULT, −EAGAIN.</returns>
    [MustHold("vma.Lock && folio.Ref"), Releases("folio.Ref", When = "result == 0"), MaySleep]
    internal static long NewSharedPage(VmArea vma, ulong address, [Fresh] Folio folio, bool protect)
    {
        var file = vma.File;
        if (file == null)
            return -(long)Errno.EINVAL;
        long error = file.Mapping.Add(folio, vma.PageIndex(address));
        if (error != 0)
            return error;
        error = CachedPage(vma, address, folio, protect);
        if (error != 0)
            file.Mapping.Remove(folio);
        folio.Unlock();
        return error;
    }

    /// <summary>Maps the page that the file has (<c>mfill_atomic_pte_continue</c>).</summary>
    /// <returns>0; −EFAULT: it has none; −EINVAL: the file ends before; −EEXIST, −EAGAIN.</returns>
    [MustHold("vma.Lock"), MaySleep]
    internal static long Continue(VmArea vma, ulong address, bool protect)
    {
        var mapping = vma.File!.Mapping;
        ulong index = vma.PageIndex(address);
        if (mapping.IsBeyondEnd(index))
            return -(long)Errno.EINVAL;
        var folio = mapping.FindLocked(index);
        if (folio == null)
            return -(long)Errno.EFAULT;
        long error = CachedPage(vma, address, folio, protect);
        folio.Unlock();
        if (error != 0)
            mapping.Memory.Put(folio);
        return error;
    }

    /// <summary>Maps the zero page (<c>mfill_atomic_pte_zeropage</c>).</summary>
    /// <returns>0; −EEXIST, −EFAULT (the file ends before), −EAGAIN.</returns>
    [MustHold("vma.Lock")]
    internal static long ZeroPage(VmArea vma, ulong address) => Empty(
        vma, address, PageTableEntry.Make(PhysicalMemory.ZeroFrame, PageTableEntry.ProtectionOf(vma.Flags) | PageTableEntry.Special));

    /// <summary>Makes accesses fail (<c>mfill_atomic_pte_poison</c>).</summary>
    /// <returns>0; −EEXIST, −EFAULT (the file ends before), −EAGAIN.</returns>
    [MustHold("vma.Lock")]
    internal static long Marker(VmArea vma, ulong address) => Empty(vma, address, PageTableEntry.Poison);

    /// <summary>Fills an entry only if nothing at all is there, no marker either.</summary>
    [MustHold("vma.Lock")]
    private static long Empty(VmArea vma, ulong address, ulong entry)
    {
        var pte = PteOffsetMapLock(vma, address);
        if (pte == null)
            return -(long)Errno.EAGAIN;
        long error = IsBehindFile(vma, address) ? -(long)Errno.EFAULT : pte.Value == PageTableEntry.None ? 0 : -(long)Errno.EEXIST;
        if (error == 0)
            pte.Value = entry;
        PteUnmapUnlock(pte);
        return error;
    }

    /// <summary>Maps a page of the file, which is locked.</summary>
    /// <returns>0: the entry has the reference; −EEXIST, −EFAULT, −EAGAIN.</returns>
    [MustHold("vma.Lock && folio && folio.Ref"), Releases("folio.Ref", When = "result == 0")]
    private static long CachedPage(VmArea vma, ulong address, Folio folio, bool protect)
    {
        var pte = PteOffsetMapLock(vma, address);
        if (pte == null)
            return -(long)Errno.EAGAIN;
        long error = CheckFree(vma, address, pte.Value);
        if (error == 0)
        {
            FileRmap.FolioAddFileRmap(folio, vma, pte);
            pte.Value = PageTableEntry.Make(folio.Frame, BitsOf(vma, protect, vma.IsShared));
            folio.HandOverReference();
        }

        PteUnmapUnlock(pte);
        return error;
    }

    [MustHold("vma.Lock")]
    private static long CheckFree(VmArea vma, ulong address, ulong entry)
    {
        if (IsBehindFile(vma, address))
            return -(long)Errno.EFAULT;
        return PageTableEntry.IsNoneMostly(entry) ? 0 : -(long)Errno.EEXIST;
    }

    /// <summary>Whether the file ends before the page (<c>mfill_file_over_size</c>); tested under the lock of the table, which truncation takes.</summary>
    [MustHold("vma.Lock")]
    private static bool IsBehindFile(VmArea vma, ulong address) => vma.File != null && vma.File.Mapping.IsBeyondEnd(vma.PageIndex(address));

    [MustHold("vma.Lock")]
    private static ulong BitsOf(VmArea vma, bool protect, bool mayWrite)
    {
        ulong bits = PageTableEntry.ProtectionOf(vma.Flags) | PageTableEntry.Dirty;
        if (protect)
            return bits | PageTableEntry.UffdWriteProtect;
        return mayWrite && (vma.Flags & VmFlags.Write) != 0 ? bits | PageTableEntry.Writable : bits;
    }
}
