namespace RetryWithLockHeld;

[Flags]
public enum VmFault
{
    None = 0,
    Sigbus = 1,

    /// <summary>Start again. The lock of the VMA is gone.</summary>
    Retry = 2,
}

public sealed class VmArea
{
    public RwSemaphore Lock { get; } = new();

    public int Pages { get; init; }
}

public static class PageCache
{
    /// <summary>Waits for a page that is being read; drops the lock to do so.</summary>
    [MustHold("vma.Lock"), Releases("vma.Lock", When = "(result & VmFault.Retry) != 0")]
    public static VmFault WaitOrRetry(VmArea vma, int page)
    {
        if (page < vma.Pages)
            return VmFault.None;
        vma.Lock.ReadUnlock();
        return VmFault.Retry;
    }
}
