using MmLint;
using static MmKernel.AnonymousFault;
using static MmKernel.PageTableWalk;
using static MmKernel.WriteProtectFault;

namespace MmKernel;

/// <summary>From a fault with its VMA to the handler that it needs (<c>mm/memory.c</c>).</summary>
public static class FaultHandling
{
    /// <summary>
    /// Handles a fault (<c>handle_mm_fault</c>). Under the VMA lock only the current address space is handled: another one's thread of
    /// execution cannot be told apart from its writers.
    /// </summary>
    /// <returns>After <see cref="VmFault.Retry"/> and <see cref="VmFault.Completed"/> the lock is released and the VMA gone.</returns>
    [MustHold("(flags & FaultFlag.VmaLock) != 0 ? vma.Lock : vma.Mm.MmapLock"), MaySleep]
    [Requires("vma.Mm == Task.CurrentMm", When = "(flags & FaultFlag.VmaLock) != 0")]
    [Requires("(flags & FaultFlag.VmaLock) == 0 || (flags & FaultFlag.RetryNowait) == 0")]
    [Releases("(flags & FaultFlag.VmaLock) != 0 ? vma.Lock : vma.Mm.MmapLock", When = "(result & VmFault.LockDropped) != 0 && (flags & FaultFlag.RetryNowait) == 0")]
    public static VmFault HandleMmFault(VmArea vma, ulong address, FaultFlag flags)
    {
        Lockdep.AssertHeld((flags & FaultFlag.VmaLock) != 0 ? vma.Lock : vma.Mm.MmapLock, LockMode.Shared);
        var events = vma.Mm.Machine.Memory.Events;
        var vmf = FaultContext.Start(vma, address, flags);
        var result = HandlePteFault(vmf);
        vmf.Finish();

        // One that has to be started again is counted when it ends.
        if ((result & VmFault.Retry) == 0)
            events.Add(VmEvent.Pgfault);
        return result;
    }

    /// <summary>Tells by the entry what is to be done (<c>handle_pte_fault</c>).</summary>
    [FaultHandler, Assigns("vmf.OrigPte")]
    private static VmFault HandlePteFault(FaultContext vmf)
    {
        vmf.OrigPte = ReadEntry(vmf.Vma, vmf.Address);
        if (vmf.OrigPte == PageTableEntry.None)
            return DoPteMissing(vmf);
        if (!PageTableEntry.IsPresent(vmf.OrigPte))
            return DoNonPresent(vmf);
        if (PageTableEntry.IsHuge(vmf.OrigPte))
            return HugeFault.HandleHugeFault(vmf);

        // If somebody else handled the fault, or the processor set a bit, the access finds out.
        var pte = LockUnchanged(vmf);
        if (pte == null)
            return VmFault.None;
        if ((vmf.Flags & (FaultFlag.Write | FaultFlag.Unshare)) != 0 && !PageTableEntry.IsWritable(vmf.OrigPte))
            return DoWpPage(vmf, pte);

        // Spurious: a write found the entry writable by now.
        pte.Or(vmf.IsWrite ? PageTableEntry.Accessed | PageTableEntry.Dirty : PageTableEntry.Accessed);
        PteUnmapUnlock(pte);
        return VmFault.None;
    }

    /// <summary>Maps the entry of the fault and locks its table, if the entry is still what it was (<c>pte_same</c>).</summary>
    [MustHold("vmf.FaultLock"), Acquires("result && result.Ptl", When = "result != null")]
    internal static MappedPte? LockUnchanged(FaultContext vmf)
    {
        var pte = TryPteOffsetMapLock(vmf.Vma, vmf.Address);
        if (pte == null || pte.Value == vmf.OrigPte)
            return pte;
        PteUnmapUnlock(pte);
        return null;
    }

    /// <summary>The access is tried again when the page has been moved.</summary>
    [FaultHandler, Ensures("(result & VmFault.LockDropped) == 0")]
    private static VmFault AwaitMigration(FaultContext vmf)
    {
        MigrationWait.MigrationEntryWait(vmf.Vma, vmf.Address);
        return VmFault.None;
    }

    /// <summary>A page in swap comes back; a marker says that there must be no access.</summary>
    [FaultHandler, Assigns("vmf.OrigPte")]
    private static VmFault DoNonPresent(FaultContext vmf)
    {
        if (SwapEntry.IsIn(vmf.OrigPte))
            return SwapFault.DoSwapPage(vmf);
        if (MigrationEntry.IsIn(vmf.OrigPte))
            return AwaitMigration(vmf);
        return MarkerFault.HandlePteMarker(vmf);
    }

    /// <summary>The first access to a page (<c>do_pte_missing</c>).</summary>
    [FaultHandler]
    internal static VmFault DoPteMissing(FaultContext vmf)
    {
        if (vmf.Vma.IsAnonymous)
            return DoAnonymousPage(vmf);
        return FileFault.DoFault(vmf);
    }
}
