using static MmLint.LockKind;

/// <summary>A lock that any number of readers or one writer hold.</summary>
[Lock(ReaderWriter)]
public sealed class RwSemaphore
{
    private const int Writer = -1;
    private readonly object _gate = new();

    [GuardedBy(nameof(_gate))]
    private int _holders;

    [Acquires("shared(this)")]
    public void ReadLock()
    {
        lock (_gate)
        {
            while (_holders == Writer)
                Monitor.Wait(_gate);
            _holders++;
        }
    }

    [Acquires("shared(this)", When = "result", Try = true)]
    public bool TryReadLock()
    {
        lock (_gate)
        {
            if (_holders == Writer)
                return false;
            _holders++;
            return true;
        }
    }

    [Releases("shared(this)")]
    public void ReadUnlock()
    {
        lock (_gate)
        {
            _holders--;
            Monitor.PulseAll(_gate);
        }
    }

    [Acquires("exclusive(this)")]
    public void WriteLock()
    {
        lock (_gate)
        {
            while (_holders != 0)
                Monitor.Wait(_gate);
            _holders = Writer;
        }
    }

    [Releases("exclusive(this)")]
    public void WriteUnlock()
    {
        lock (_gate)
        {
            _holders = 0;
            Monitor.PulseAll(_gate);
        }
    }
}
