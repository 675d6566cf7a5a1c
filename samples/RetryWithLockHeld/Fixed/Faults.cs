namespace RetryWithLockHeld;

/// <summary>The retry protocol, kept: Retry is returned exactly where the lock is gone.</summary>
public static class Faults
{
    [MustHold("vma.Lock"), Releases("vma.Lock", When = "(result & VmFault.Retry) != 0")]
    public static VmFault GiveUpEarly(VmArea vma, int page)
    {
        if (page < 0)
        {
            vma.Lock.ReadUnlock();
            return VmFault.Retry;
        }

        return PageCache.WaitOrRetry(vma, page);
    }

    [MustHold("vma.Lock"), Releases("vma.Lock", When = "(result & VmFault.Retry) != 0")]
    public static VmFault PassRetryOn(VmArea vma, int page)
    {
        var ret = PageCache.WaitOrRetry(vma, page);
        if ((ret & VmFault.Retry) != 0)
            return ret;
        return ret != VmFault.None ? VmFault.Sigbus : VmFault.None;
    }

    public static VmFault UnlockOnce(VmArea vma, int page)
    {
        vma.Lock.ReadLock();
        var ret = PageCache.WaitOrRetry(vma, page);
        if ((ret & VmFault.Retry) == 0)
            vma.Lock.ReadUnlock();
        return ret;
    }
}
