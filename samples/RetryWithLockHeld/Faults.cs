namespace RetryWithLockHeld;

/// <summary>The retry protocol: who gets Retry must not touch the lock again, who gets anything else still has it.</summary>
public static class Faults
{
    // Wrong: the caller takes Retry to mean that the lock is gone, and nobody ever unlocks.
    [MustHold("vma.Lock"), Releases("vma.Lock", When = "(result & VmFault.Retry) != 0")]
    public static VmFault GiveUpEarly(VmArea vma, int page)
    {
        if (page < 0)
            return VmFault.Retry;
        return PageCache.WaitOrRetry(vma, page);
    }

    // Wrong: the lock went with the retry of the callee, but the caller is told to release it.
    [MustHold("vma.Lock"), Releases("vma.Lock", When = "(result & VmFault.Retry) != 0")]
    public static VmFault HideRetry(VmArea vma, int page)
    {
        var ret = PageCache.WaitOrRetry(vma, page);
        return ret != VmFault.None ? VmFault.Sigbus : VmFault.None;
    }

    // Wrong: releases what the retry has released already.
    public static VmFault UnlockTwice(VmArea vma, int page)
    {
        vma.Lock.ReadLock();
        var ret = PageCache.WaitOrRetry(vma, page);
        vma.Lock.ReadUnlock();
        return ret;
    }

    // Right.
    public static VmFault Fault(VmArea vma, int page)
    {
        vma.Lock.ReadLock();
        var ret = PageCache.WaitOrRetry(vma, page);
        if ((ret & VmFault.Retry) == 0)
            vma.Lock.ReadUnlock();
        return ret;
    }
}
