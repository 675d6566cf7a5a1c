namespace Clean;

/// <summary>A lock of one's own, with readers, a try and a helper that returns with the lock held.</summary>
public sealed class Journal
{
    private readonly RwSemaphore _lock = new();

    [GuardedBy(nameof(_lock))]
    private int _entries;

    public int? EntriesIfFree()
    {
        if (!_lock.TryReadLock())
            return null;
        int entries = _entries;
        _lock.ReadUnlock();
        return entries;
    }

    public void Append()
    {
        Begin();
        _entries++;
        End();
    }

    [Acquires("exclusive(_lock)")]
    private void Begin() => _lock.WriteLock();

    [Releases("exclusive(_lock)")]
    private void End() => _lock.WriteUnlock();
}
