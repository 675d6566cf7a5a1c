using System.Threading;
using MmLint;
using static MmKernel.FaultHandling;
using static MmKernel.VmaLocking;
using static MmKernel.VmaLookup;

namespace MmKernel;

/// <summary>Where faults of user accesses enter the kernel (<c>arch/x86/mm/fault.c</c>).</summary>
internal static class UserFault
{
    private const FaultFlag UserDefaults = FaultFlag.User | FaultFlag.AllowRetry | FaultFlag.Killable;

    /// <summary>
    /// Handles a fault of the current task in its own address space, under the VMA lock if that is possible
    /// (<c>do_user_addr_fault</c>).
    /// </summary>
    /// <returns>Success means: try the access again.</returns>
    [MustHold("mm.Users && mm.Residents"), Requires("mm == Task.CurrentMm"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    internal static AccessResult HandleUserFault(MmStruct mm, ulong address, FaultFlag access)
    {
        var task = Task.Current;
        Volatile.Write(ref task.FaultsTaken, Volatile.Read(ref task.FaultsTaken) + 1);
        if (mm.IsOomVictim)
            return new AccessResult(Signal.SIGKILL, 0, address);
        if (mm.Machine.Options.PerVmaLocks)
        {
            var vma = LockVmaForFault(mm, address);
            if (vma != null)
            {
                if (IsAccessError(vma, access))
                {
                    VmaEndRead(vma);
                    return new AccessResult(Signal.SIGSEGV, SignalCode.SEGV_ACCERR, address);
                }

                var result = HandleMmFault(vma, address, UnderVmaLock(access));
                if ((result & VmFault.LockDropped) == 0)
                    VmaEndRead(vma);
                LockStatistics.Count((result & VmFault.Retry) == 0 ? FaultEvent.Handled : FaultEvent.Retried);
                if ((result & VmFault.Retry) == 0)
                    return ToAccessResult(mm, result, address);
                if (Task.Current.IsFatalSignalPending)
                    return new AccessResult(Signal.SIGKILL, 0, address);
            }
            else
            {
                LockStatistics.Count(FaultEvent.Aborted);
            }
        }

        return HandleUnderMmapLock(mm, address, access);
    }

    /// <summary>The VMA to handle the fault under, as far as the policy allows.</summary>
    [MustHold("mm.Users && mm.Residents"), Acquires("shared(result.Lock)", When = "result != null", Try = true), Ensures("result.Mm == mm")]
    [return: ValidWhileHeld("result.Lock")]
    private static VmArea? LockVmaForFault(MmStruct mm, ulong address)
    {
        var vma = LockVmaUnderRcu(mm, address);
        if (vma == null)
            return null;
        if (vma.AnonVma == null && IsCheckedEarly(vma, mm.Machine.Options.AnonVmaCheck))
        {
            VmaEndRead(vma);
            return null;
        }

        return vma;
    }

    private static bool IsCheckedEarly(VmArea vma, AnonVmaCheck check) => check switch
    {
        AnonVmaCheck.Early => vma.IsAnonymous,
        AnonVmaCheck.EarlyPrivate => !vma.IsShared,
        _ => false,
    };

    [MustHold("mm.Users"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    private static AccessResult HandleUnderMmapLock(MmStruct mm, ulong address, FaultFlag access)
    {
        while (true)
        {
            if (mm.MmapLock.ReadLockKillable() != 0)
                return new AccessResult(Signal.SIGKILL, 0, address);
            var vma = FindVma(mm, address);
            if (vma != null && vma.Start > address && (vma.Flags & VmFlags.GrowsDown) != 0)
            {
                vma = StackGrowth.ExpandStack(mm, address);
                if (vma == null)
                    return new AccessResult(Signal.SIGSEGV, SignalCode.SEGV_MAPERR, address);
            }

            if (vma == null || vma.Start > address)
            {
                mm.MmapLock.ReadUnlock();
                return new AccessResult(Signal.SIGSEGV, SignalCode.SEGV_MAPERR, address);
            }

            if (IsAccessError(vma, access))
            {
                mm.MmapLock.ReadUnlock();
                return new AccessResult(Signal.SIGSEGV, SignalCode.SEGV_ACCERR, address);
            }

            var result = HandleMmFault(vma, address, UnderMmapLock(access));
            if ((result & VmFault.LockDropped) == 0)
                mm.MmapLock.ReadUnlock();
            if ((result & VmFault.Retry) == 0)
                return ToAccessResult(mm, result, address);
            if (Task.Current.IsFatalSignalPending)
                return new AccessResult(Signal.SIGKILL, 0, address);
        }
    }

    /// <summary>The flags of a fault handled under the VMA lock.</summary>
    [Ensures("(result & FaultFlag.VmaLock) != 0"), Ensures("(result & FaultFlag.RetryNowait) == 0")]
    private static FaultFlag UnderVmaLock(FaultFlag access)
    {
        if ((access & FaultFlag.Write) != 0)
            return UserDefaults | FaultFlag.Write | FaultFlag.VmaLock;
        if ((access & FaultFlag.Instruction) != 0)
            return UserDefaults | FaultFlag.Instruction | FaultFlag.VmaLock;
        return UserDefaults | FaultFlag.VmaLock;
    }

    /// <summary>The flags of a fault handled under mmap_lock.</summary>
    [Ensures("(result & FaultFlag.VmaLock) == 0"), Ensures("(result & FaultFlag.RetryNowait) == 0")]
    private static FaultFlag UnderMmapLock(FaultFlag access)
    {
        if ((access & FaultFlag.Write) != 0)
            return UserDefaults | FaultFlag.Write;
        if ((access & FaultFlag.Instruction) != 0)
            return UserDefaults | FaultFlag.Instruction;
        return UserDefaults;
    }

    /// <summary>Whether the VMA forbids the access (<c>access_error</c>).</summary>
    [MustHold("vma.Anchored")]
    private static bool IsAccessError(VmArea vma, FaultFlag flags)
    {
        if ((flags & FaultFlag.Write) != 0)
            return (vma.Flags & VmFlags.Write) == 0;
        if ((flags & FaultFlag.Instruction) != 0)
            return (vma.Flags & VmFlags.Exec) == 0;
        return (vma.Flags & VmFlags.AccessMask) == 0;
    }

    private static AccessResult ToAccessResult(MmStruct mm, VmFault result, ulong address)
    {
        if ((result & VmFault.Error) == 0)
            return default;

        // Whatever else went wrong, the fatal signal comes first.
        if ((result & VmFault.Oom) != 0 || mm.IsOomVictim)
            return new AccessResult(Signal.SIGKILL, 0, address);
        if ((result & VmFault.Sigsegv) != 0)
            return new AccessResult(Signal.SIGSEGV, SignalCode.SEGV_MAPERR, address);

        // A kernel without memory-failure handling, such as this one, does not tell poison apart.
        return new AccessResult(Signal.SIGBUS, SignalCode.BUS_ADRERR, address);
    }
}
