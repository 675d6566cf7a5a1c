using MmLint;
using static MmKernel.VmaLocking;

namespace MmKernel;

/// <summary>Handing faults to user space (<c>fs/userfaultfd.c</c>).</summary>
internal static class UserfaultHandling
{
    /// <summary>
    /// Tells the handler of the VMA about the fault and waits until it woke the thread; then the access is tried again
    /// (<c>handle_userfault</c>). No page table is locked: the handler will want it.
    /// </summary>
    /// <param name="vmf">The fault.</param>
    /// <param name="reason">What the VMA is registered for that made it a fault of the handler's; one flag.</param>
    /// <returns>
    /// <see cref="VmFault.Retry"/> after the wait; <see cref="VmFault.Sigbus"/> where nobody may wait or the handler asked for it.
    /// </returns>
    [FaultHandler]
    internal static VmFault HandleUserfault(FaultContext vmf, VmFlags reason)
    {
        var context = vmf.Vma.Userfault;
        if (context == null || context.Has(UffdFeatures.Sigbus) || (vmf.Flags & FaultFlag.AllowRetry) == 0)
            return VmFault.Sigbus;
        if ((vmf.Flags & FaultFlag.User) == 0 && context.Flags == UffdFlags.UserModeOnly)
            return VmFault.Sigbus;
        if ((vmf.Flags & FaultFlag.RetryNowait) != 0)
            return VmFault.Retry;
        bool isKillable = (vmf.Flags & FaultFlag.Killable) != 0;
        var wait = new UserfaultWait(Task.Current, MessageOf(vmf, context, reason));
        context.AddFault(wait);

        // The handler may have filled the page before it could see this thread, and will not wake it for that.
        bool mustWait = !context.IsReleased && MustWait(vmf, reason);
        ReleaseFaultLock(vmf);
        if (mustWait)
        {
            context.WakeReaders();
            if (wait.Task.SleepUntilWoken(isKillable))
                return VmFault.Retry;
        }

        context.Forget(wait);
        return VmFault.Retry;
    }

    /// <summary>Whether the fault still is one (<c>userfaultfd_must_wait</c>).</summary>
    [MustHold("vmf.FaultLock")]
    private static bool MustWait(FaultContext vmf, VmFlags reason)
    {
        ulong entry = PageTableWalk.ReadEntry(vmf.Vma, vmf.Address);
        if (entry is PageTableEntry.None or PageTableEntry.UffdMarker)
            return true;
        return reason == VmFlags.UffdWriteProtect && PageTableEntry.IsPresent(entry) && !PageTableEntry.IsWritable(entry);
    }

    /// <summary>Releases the lock that the fault runs under (<c>release_fault_lock</c>).</summary>
    [MustHold("vmf.FaultLock"), Releases("vmf.FaultLock")]
    private static void ReleaseFaultLock(FaultContext vmf)
    {
        if ((vmf.Flags & FaultFlag.VmaLock) != 0)
            VmaEndRead(vmf.Vma);
        else
            vmf.Vma.Mm.MmapLock.ReadUnlock();
    }

    private static UffdMessage MessageOf(FaultContext vmf, UserfaultContext context, VmFlags reason)
    {
        var flags = vmf.IsWrite ? UffdFaultFlags.Write : UffdFaultFlags.None;
        if (reason == VmFlags.UffdWriteProtect)
            flags |= UffdFaultFlags.WriteProtect;
        if (reason == VmFlags.UffdMinor)
            flags |= UffdFaultFlags.Minor;
        return new UffdMessage
        {
            Event = UffdEvent.Pagefault,
            Flags = flags,
            Address = context.Has(UffdFeatures.ExactAddress) ? vmf.RealAddress : vmf.Address,
            ThreadId = context.Has(UffdFeatures.ThreadId) ? System.Environment.CurrentManagedThreadId : 0,
        };
    }
}
