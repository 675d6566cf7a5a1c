namespace ForkWithoutWriteLock;

public static class Fork
{
    /// <summary>Write-locks the source, however alone the process seems: the lock ends by itself, and there is no test to get wrong.</summary>
    [MustHold("exclusive(source.Mm.MmapLock)")]
    public static int Copy([Fresh, Borrowed] VmArea target, VmArea source)
    {
        StartWrite(source);
        return PageTables.CopyRange(target, source);
    }

    [MustHold("exclusive(vma.Mm.MmapLock)"), Acquires("exclusive(vma.Lock)", Idempotent = true)]
    private static void StartWrite(VmArea vma) => vma.Lock.WriteLock();
}
