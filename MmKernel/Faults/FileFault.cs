using MmLint;
using static MmKernel.AnonPrepare;
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
        bool isMissing = !file.Mapping.IsUpToDate(index);
        if (isMissing)
            file.Mapping.Memory.Events.Add(VmEvent.Pgmajfault);
        if ((vmf.Flags & FaultFlag.VmaLock) != 0 && isMissing)
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
    [FaultHandler]
    private static VmFault MapFilePage(FaultContext vmf)
    {
        var file = vmf.Vma.File;
        if (file == null)
            return VmFault.Sigbus;
        if (!vmf.IsWrite && (vmf.Vma.Flags & (VmFlags.UffdWriteProtect | VmFlags.UffdMinor)) == 0)
            FaultAround.MapCachedNeighbours(vmf, file.Mapping);
        var folio = GetFilePage(vmf, file.Mapping, out var error, out var reason);
        if (folio == null)
            return reason == VmFlags.None ? ErrorOf(error) : UserfaultHandling.HandleUserfault(vmf, reason);
        bool mapped = InstallFilePage(vmf.Vma, vmf.Address, folio, vmf.Flags, vmf.OrigPte);
        folio.Unlock();
        if (!mapped)
            file.Mapping.Memory.Put(folio);
        return VmFault.None;
    }

    /// <summary>The page of the file for a fault, unless that is for a userfaultfd to supply (<c>shmem_get_folio_gfp</c>).</summary>
    /// <param name="vmf">The fault.</param>
    /// <param name="mapping">The file.</param>
    /// <param name="error">Why there is none.</param>
    /// <param name="reason">What the VMA is registered for if the handler is to be asked; else none.</param>
    /// <returns>Locked and with a reference; null after an error, and if the handler is to be asked.</returns>
    [MustHold("vmf.FaultLock"), MaySleep, Acquires("result && result.Ref", When = "result != null"), Ensures("result.Mapping == mapping")]
    private static Folio? GetFilePage(FaultContext vmf, AddressSpace mapping, out VmFault error, out VmFlags reason)
    {
        ulong index = vmf.Vma.PageIndex(vmf.Address);
        reason = VmFlags.None;
        if ((vmf.Vma.Flags & (VmFlags.UffdMissing | VmFlags.UffdMinor)) == 0)
            return mapping.GetLocked(index, out error);

        error = VmFault.Sigbus;
        if (mapping.IsBeyondEnd(index))
            return null;
        var folio = mapping.FindLocked(index);
        if (folio != null && (vmf.Vma.Flags & VmFlags.UffdMinor) == 0)
            return folio;
        if (folio != null)
        {
            folio.Unlock();
            mapping.Memory.Put(folio);
            reason = VmFlags.UffdMinor;
            return null;
        }

        if ((vmf.Vma.Flags & VmFlags.UffdMissing) == 0)
            return mapping.GetLocked(index, out error);
        reason = VmFlags.UffdMissing;
        return null;
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

    [FaultHandler, Requires("vmf.Vma.AnonVma != null")]
    private static VmFault MapPrivateCopy(FaultContext vmf)
    {
        var file = vmf.Vma.File;
        if (file == null)
            return VmFault.Sigbus;
        var memory = file.Mapping.Memory;
        var copy = memory.Allocate();
        if (copy == null)
            return VmFault.Oom;
        var folio = GetFilePage(vmf, file.Mapping, out var error, out var reason);
        if (folio == null)
        {
            memory.Put(copy);
            return reason == VmFlags.None ? ErrorOf(error) : UserfaultHandling.HandleUserfault(vmf, reason);
        }

        memory.Copy(copy, folio);
        copy.Set(FolioFlags.UpToDate);
        if (!InstallPrivateCopy(vmf, copy))
            memory.Put(copy);
        folio.Unlock();
        memory.Put(folio);
        return VmFault.None;
    }

    /// <summary>Maps the locked page unless the entry has changed (<c>finish_fault</c>, <c>set_pte_range</c>).</summary>
    /// <returns>Whether the entry has taken the reference.</returns>
    [MustHold("vma.Anchored && folio && folio.Ref"), Releases("folio.Ref", When = "result")]
    internal static bool InstallFilePage(VmArea vma, ulong address, Folio folio, FaultFlag flags, ulong expected)
    {
        var pte = PteOffsetMapLock(vma, address);
        if (pte == null)
            return false;
        bool isFree = pte.Value == expected;
        if (isFree)
        {
            FileRmap.FolioAddFileRmap(folio, vma, pte);
            ulong bits = PageTableEntry.ProtectionOf(vma.Flags);
            if (expected == PageTableEntry.UffdMarker)
                bits |= PageTableEntry.UffdWriteProtect;
            else if (vma.IsShared && (vma.Flags & VmFlags.Write) != 0 && ((flags & FaultFlag.Write) != 0 || vma.File?.Mapping.Backing == null))
                bits |= PageTableEntry.Writable;
            if ((flags & FaultFlag.Write) != 0)
                bits |= PageTableEntry.Dirty;
            pte.Value = PageTableEntry.Make(folio.Frame, bits);
            folio.HandOverReference();
        }

        PteUnmapUnlock(pte);
        return isFree;
    }

    [MustHold("vmf.FaultLock && copy.Ref"), Requires("vmf.Vma.AnonVma != null"), Releases("copy.Ref", When = "result")]
    private static bool InstallPrivateCopy(FaultContext vmf, [Fresh] Folio copy)
    {
        var pte = FaultHandling.LockUnchanged(vmf);
        if (pte == null)
            return false;

        AnonymousFault.Install(vmf, copy, pte);
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
