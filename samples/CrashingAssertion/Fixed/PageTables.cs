namespace CrashingAssertion;

public sealed class PageTables
{
    private readonly Lock _lock = new();

    [GuardedBy(nameof(_lock))]
    private readonly ulong[] _entries = new ulong[512];

    public bool TryInstall(int index, ulong entry)
    {
        lock (_lock)
        {
            if (Assertions.VmWarnOnOnce(_entries[index] != 0))
                return false;
            _entries[index] = entry;
            return true;
        }
    }
}
