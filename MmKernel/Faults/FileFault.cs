using MmLint;
using static MmKernel.AnonPrepare;
using static MmKernel.AnonRmap;
using static MmKernel.PageTableWalk;

namespace MmKernel;

/// <summary>The first access to a page of a file mapping (<c>mm/memory.c</c>).</summary>
internal static class FileFault
{
    /// <summary>Tells reading, private writing and shared writing apart (<c>do_fault</c>).</summary>
    [FaultHandler]
    internal static VmFault DoFault(FaultContext vmf)
    {
        if (!AllocateTables(vmf.Vma, vmf.Address))
            return VmFault.Oom;
        if (vmf.Vma.File is { Mapping.Backing: not null })
            return DoBackedFault(vmf);
        if (vmf.IsWrite && !vmf.Vma.IsShared)
            return DoCowFault(vmf);
        return MapFilePage(vmf);
    }

    /// <summary>A file whose pages lie elsewhere: reading one may take long, so it is done without the VMA lock (<c>filemap_fault</c>).</summary>
    [FaultHandler]
    private static VmFault DoBackedFault(FaultContext vmf)
    {
        var file = vmf.Vma.File;
        if (file == null)
            return VmFault.Sigbus;
        ulong index = vmf.Vma.PageIndex(vmf.Address);
        if ((vmf.Flags & FaultFlag.VmaLock) != 0 && !file.Mapping.IsUpToDate(index))
        {
            file.File.Get();
            VmaLocking.VmaEndRead(vmf.Vma);
            var folio = file.Mapping.FindOrBringBack(index);
            if (folio != null)
                file.Mapping.Memory.Put(folio);
            Task.Current.DeferRelease(file.File);
            return VmFault.Retry;
        }

        if (vmf.IsWrite && vmf.Vma.IsShared)
            return SharedWrite.DoSharedFault(vmf, file.Mapping);
        return vmf.IsWrite ? DoCowFault(vmf) : MapFilePage(vmf);
    }

    /// <summary>
    /// Maps the page of the file itself (<c>do_read_fault</c>, <c>do_shared_fault</c>). Memory files need not hear of writes, so a shared
    /// writable mapping gets a writable entry at once.
    /// </summary>
    [MustHold("vmf.FaultLock"), MaySleep, Ensures("(result & VmFault.LockDropped) == 0")]
    private static VmFault MapFilePage(FaultContext vmf)
    {
        var file = vmf.Vma.File;
        if (file == null)
            return VmFault.Sigbus;
        if (!vmf.IsWrite)
            FaultAround.MapCachedNeighbours(vmf, file.Mapping);
        var folio = file.Mapping.GetLocked(vmf.Vma.PageIndex(vmf.Address), out var error);
        if (folio == null)
            return ErrorOf(error);
        bool mapped = InstallFilePage(vmf.Vma, vmf.Address, folio, vmf.Flags);
        folio.Unlock();
        if (mapped)
            folio.HandOverReference();
        else
            file.Mapping.Memory.Put(folio);
        return VmFault.None;
    }

    /// <summary>Maps a private copy of the page (<c>do_cow_fault</c>).</summary>
    [FaultHandler]
    private static VmFault DoCowFault(FaultContext vmf)
    {
        var result = VmfAnonPrepare(vmf);
        if (result != VmFault.None)
            return result;
        return MapPrivateCopy(vmf);
    }

    [MustHold("vmf.FaultLock"), Requires("vmf.Vma.AnonVma != null"), MaySleep, Ensures("(result & VmFault.LockDropped) == 0")]
    private static VmFault MapPrivateCopy(FaultContext vmf)
    {
        var file = vmf.Vma.File;
        if (file == null)
            return VmFault.Sigbus;
        var memory = file.Mapping.Memory;
        var copy = memory.Allocate();
        if (copy == null)
            return VmFault.Oom;
        var folio = file.Mapping.GetLocked(vmf.Vma.PageIndex(vmf.Address), out var error);
        if (folio == null)
        {
            memory.Put(copy);
            return ErrorOf(error);
        }

        memory.Copy(copy, folio);
        copy.Set(FolioFlags.UpToDate);
        if (!InstallPrivateCopy(vmf, copy))
            memory.Put(copy);
        folio.Unlock();
        memory.Put(folio);
        return VmFault.None;
    }

    /// <summary>Maps the locked page unless the entry is taken by now (<c>finish_fault</c>, <c>set_pte_range</c>).</summary>
    /// <returns>Whether the entry has taken the reference.</returns>
    [MustHold("vma.Anchored && folio")]
    internal static bool InstallFilePage(VmArea vma, ulong address, Folio folio, FaultFlag flags)
    {
        var pte = PteOffsetMapLock(vma, address);
        if (pte == null)
            return false;
        bool isFree = pte.Value == PageTableEntry.None;
        if (isFree)
        {
            vma.Mm.Rss.Add(RssCounters.KindOf(folio), 1);
            folio.AddMapping();
            ulong bits = PageTableEntry.ProtectionOf(vma.Flags);
            if (vma.IsShared && (vma.Flags & VmFlags.Write) != 0 && ((flags & FaultFlag.Write) != 0 || vma.File?.Mapping.Backing == null))
                bits |= PageTableEntry.Writable;
            if ((flags & FaultFlag.Write) != 0)
                bits |= PageTableEntry.Dirty;
            pte.Value = PageTableEntry.Make(folio.Frame, bits);
        }

        PteUnmapUnlock(pte);
        return isFree;
    }

    [MustHold("vmf.FaultLock && copy.Ref"), Requires("vmf.Vma.AnonVma != null"), Releases("copy.Ref", When = "result")]
    private static bool InstallPrivateCopy(FaultContext vmf, [Fresh] Folio copy)
    {
        var pte = PteOffsetMapLock(vmf.Vma, vmf.Address);
        if (pte == null)
            return false;
        if (pte.Value != PageTableEntry.None)
        {
            PteUnmapUnlock(pte);
            return false;
        }

        vmf.Vma.Mm.Rss.Add(RssKind.Anonymous, 1);
        FolioAddNewAnonRmap(copy, vmf.Vma, vmf.Address, pte);
        vmf.Vma.Mm.Machine.Memory.Lru?.Add(copy, vmf.Vma.Flags);
        ulong bits = PageTableEntry.ProtectionOf(vmf.Vma.Flags) | PageTableEntry.Dirty;
        if ((vmf.Vma.Flags & VmFlags.Write) != 0)
            bits |= PageTableEntry.Writable;
        pte.Value = PageTableEntry.Make(copy.Frame, bits);
        copy.HandOverReference();
        PteUnmapUnlock(pte);
        return true;
    }

    [Ensures("(result & VmFault.LockDropped) == 0")]
    internal static VmFault ErrorOf(VmFault error)
    {
        if ((error & VmFault.Oom) != 0)
            return VmFault.Oom;
        return VmFault.Sigbus;
    }
}
