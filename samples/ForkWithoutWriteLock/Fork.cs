namespace ForkWithoutWriteLock;

public static class Fork
{
    // Wrong: a user count of one proves nothing, since somebody who holds a reference of another kind may still fault pages in.
    [MustHold("exclusive(source.Mm.MmapLock)")]
    public static int CopyUnlessAlone([Fresh, Borrowed] VmArea target, VmArea source)
    {
        if (Volatile.Read(ref source.Mm.Users) > 1)
            StartWrite(source);
        return PageTables.CopyRange(target, source);
    }

    [MustHold("exclusive(source.Mm.MmapLock)")]
    public static int Copy([Fresh, Borrowed] VmArea target, VmArea source)
    {
        StartWrite(source);
        return PageTables.CopyRange(target, source);
    }

    [MustHold("exclusive(vma.Mm.MmapLock)"), Acquires("exclusive(vma.Lock)", Idempotent = true)]
    private static void StartWrite(VmArea vma) => vma.Lock.WriteLock();
}
