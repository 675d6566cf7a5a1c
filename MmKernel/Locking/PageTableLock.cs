using MmLint;

namespace MmKernel;

/// <summary>
/// The spinlock of one page table, split so that faults in different tables do not meet (<c>ptl</c>, <c>split PTE locks</c>).
/// </summary>
[Lock(LockKind.Spin)]
public sealed class PageTableLock : ISpinning
{
    private SpinWord _word;

    /// <summary>The frame number of the table: two tables are locked in ascending order of it.</summary>
    public required ulong Order { get; init; }

    /// <summary>
    /// The duty to flush: held from the moment an entry was cleared or restricted while a processor may still use the old one. The lock is
    /// not given back with the duty outstanding.
    /// </summary>
    [Lock(LockKind.Section)]
    public LockName FlushPending => default;

    /// <summary>An entry was cleared or restricted: a flush is owed.</summary>
    [Acquires("FlushPending", Idempotent = true)]
    internal void OweFlush()
    {
    }

    /// <summary>The flush was done, or somebody undertook to do it before what the entry led to is freed.</summary>
    [Releases("FlushPending", Idempotent = true)]
    internal void FlushDone()
    {
    }

    /// <summary>Whether somebody holds the lock; outdated as soon as it is returned.</summary>
    public bool IsHeld => _word.IsHeld;

    /// <summary>Acquires the lock.</summary>
    [Acquires("this")]
    public void Lock()
    {
        Lockdep.Acquire(this, LockdepClass.PageTable, LockMode.Exclusive);
        Interleaving.Acquire(this);
        if (_word.Acquire())
            LockStatistics.Count(LockdepClass.PageTable, LockEvent.Waited);
        LockStatistics.Count(LockdepClass.PageTable, LockEvent.Exclusive);
    }

    /// <summary>Acquires the lock if that takes no waiting.</summary>
    [Acquires("this", When = "result", Try = true)]
    public bool TryLock()
    {
        Interleaving.Reach(SchedulePoint.Try, this);
        if (!_word.TryAcquire())
        {
            LockStatistics.Count(LockdepClass.PageTable, LockEvent.Refused);
            return false;
        }

        Lockdep.AcquireByTry(this, LockdepClass.PageTable, LockMode.Exclusive);
        LockStatistics.Count(LockdepClass.PageTable, LockEvent.Exclusive);
        return true;
    }

    /// <summary>Releases the lock.</summary>
    [Releases("this"), MustNotHold("FlushPending")]
    public void Unlock()
    {
        Interleaving.Reach(SchedulePoint.Release, this);
        Lockdep.Release(this);
        _word.Release();
    }
}
