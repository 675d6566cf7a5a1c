using MmLint;
using static MmKernel.VmaLocking;

namespace MmKernel;

/// <summary>
/// Writes to shared mappings of files that want to hear of them: the page is mapped read-only until the file has agreed (<c>mm/memory.c</c>).
/// </summary>
internal static class SharedWrite
{
    /// <summary>The first access is a write (<c>do_shared_fault</c>).</summary>
    [FaultHandler, AllocatesPages]
    internal static VmFault DoSharedFault(FaultContext vmf, AddressSpace mapping)
    {
        var folio = mapping.GetLocked(vmf.Vma.PageIndex(vmf.Address), out var error);
        if (folio == null)
            return FileFault.ErrorOf(error);
        folio.Unlock();
        var result = DoPageMkwrite(vmf, folio, mapping);
        if (result != VmFault.Locked)
        {
            mapping.Memory.Put(folio);
            return result;
        }

        bool mapped = FileFault.InstallFilePage(vmf.Vma, vmf.Address, folio, vmf.Flags, vmf.OrigPte);
        if (mapped)
            folio.Set(FolioFlags.Dirty);
        folio.Unlock();
        if (!mapped)
            mapping.Memory.Put(folio);
        return Throttle(vmf, mapping);
    }

    /// <summary>The page is mapped read-only (<c>wp_page_shared</c>); the caller's reference ends in here.</summary>
    [FaultHandler, MustHold("folio.Ref"), Releases("folio.Ref")]
    internal static VmFault WpPageShared(FaultContext vmf, Folio folio, AddressSpace mapping)
    {
        var result = DoPageMkwrite(vmf, folio, mapping);
        if (result != VmFault.Locked)
        {
            mapping.Memory.Put(folio);
            return result;
        }

        if (FinishMkwrite(vmf, folio))
            folio.Set(FolioFlags.Dirty);
        folio.Unlock();
        mapping.Memory.Put(folio);
        return Throttle(vmf, mapping);
    }

    /// <summary>Asks the file (<c>do_page_mkwrite</c>).</summary>
    /// <returns><see cref="VmFault.Locked"/> with the folio locked; nothing if it is not the file's any more; an error.</returns>
    [MustHold("vmf.FaultLock && folio.Ref"), MaySleep, Acquires("folio", When = "result == VmFault.Locked"), Ensures("(result & VmFault.LockDropped) == 0")]
    private static VmFault DoPageMkwrite(FaultContext vmf, Folio folio, AddressSpace mapping)
    {
        int error = mapping.Backing == null ? 0 : mapping.Backing.PrepareWrite(vmf.Vma.PageIndex(vmf.Address));
        if (error == -(int)Errno.ENOMEM)
            return VmFault.Oom;
        if (error != 0)
            return VmFault.Sigbus;
        folio.Lock();
        if (folio.Mapping == mapping)
            return VmFault.Locked;
        folio.Unlock();
        return VmFault.None;
    }

    /// <summary>Makes the entry writable if it still is what it was (<c>finish_mkwrite_fault</c>). The folio stays the file's for that time.</summary>
    [MustHold("vmf.FaultLock && folio")]
    private static bool FinishMkwrite(FaultContext vmf, Folio folio)
    {
        Lockdep.AssertHeld(folio, LockMode.Exclusive);
        var pte = FaultHandling.LockUnchanged(vmf);
        if (pte == null)
            return false;

        WriteProtectFault.WpPageReuse(vmf, pte);
        return true;
    }

    /// <summary>Lets the file slow writers down, without the VMA lock where that is what is held (<c>fault_dirty_shared_page</c>).</summary>
    [FaultHandler]
    private static VmFault Throttle(FaultContext vmf, AddressSpace mapping)
    {
        var backing = mapping.Backing;
        if (backing == null)
            return VmFault.None;
        if ((vmf.Flags & FaultFlag.VmaLock) != 0)
        {
            VmaEndRead(vmf.Vma);
            backing.PageDirtied();
            return VmFault.Completed;
        }

        backing.PageDirtied();
        return VmFault.None;
    }
}
