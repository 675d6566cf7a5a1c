using static MmLint.LockKind;

namespace RmapWalkUnlocked;

/// <summary>A run of pages. Its lock is the folio itself, and whoever ends an I/O may release it.</summary>
[Lock(LockKind.Mutex, Owner = LockOwner.Anyone)]
public sealed class Folio
{
    private readonly SemaphoreBit _bit = new();

    [Lock(Reference)]
    public LockName Ref => default;

    public bool IsAnonymous { get; init; }

    public bool IsKsm { get; init; }

    [Acquires("this")]
    public void Lock() => _bit.Wait();

    [Acquires("this", When = "result", Try = true)]
    public bool TryLock() => _bit.TrySet();

    [Releases("this")]
    public void Unlock() => _bit.Clear();
}

/// <summary>A bit that one thread sets and any thread clears.</summary>
public sealed class SemaphoreBit
{
    private int _set;

    public bool TrySet() => Interlocked.Exchange(ref _set, 1) == 0;

    public void Wait()
    {
        while (!TrySet())
            Thread.Yield();
    }

    public void Clear() => Volatile.Write(ref _set, 0);
}

public static class Rmap
{
    /// <summary>Visits every mapping of the folio. The folio lock keeps its anon_vma from being replaced meanwhile.</summary>
    [MustHold("folio")]
    public static int Walk(Folio folio) => folio.IsKsm ? 2 : 1;
}
