namespace ForkWithoutWriteLock;

public sealed class MmStruct
{
    public RwSemaphore MmapLock { get; } = new();

    /// <summary>How many users the address space has. Anybody may raise it at any time.</summary>
    [Atomic]
    public int Users;
}

public sealed class VmArea
{
    public required MmStruct Mm { get; init; }

    /// <summary>A write hold has no unlock of its own: it ends with the write hold of the address space.</summary>
    [ReleasedWith("Mm.MmapLock", LockMode.Exclusive)]
    public RwSemaphore Lock { get; } = new();
}

public static class PageTables
{
    /// <summary>Copies the entries of one VMA. A fault that runs meanwhile would see them half shared.</summary>
    [MustHold("exclusive(source.Lock)")]
    public static int CopyRange([Fresh, Borrowed] VmArea target, VmArea source) => ReferenceEquals(target, source) ? -1 : 0;
}
