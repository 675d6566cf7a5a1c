namespace CrashingAssertion;

public sealed class PageTables
{
    private readonly Lock _lock = new();

    [GuardedBy(nameof(_lock))]
    private readonly ulong[] _entries = new ulong[512];

    // Wrong: a second page at one address is a defect, but not one to die of with the page-table lock held.
    public void Install(int index, ulong entry)
    {
        lock (_lock)
        {
            Assertions.VmBugOn(_entries[index] != 0);
            _entries[index] = entry;
        }
    }

    // Right: reported once, and survived.
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
