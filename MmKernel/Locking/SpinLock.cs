using MmLint;

namespace MmKernel;

/// <summary>A lock whose waiters spin (<c>spinlock_t</c>). Nothing may sleep while it is held.</summary>
/// <param name="lockClass">The class under which the run-time validator orders it.</param>
[Lock(LockKind.Spin)]
public sealed class SpinLock(LockdepClass lockClass) : ISpinning
{
    private SpinWord _word;

    /// <summary>The class under which the run-time validator orders it.</summary>
    internal LockdepClass Class => lockClass;

    /// <summary>Whether somebody holds the lock; outdated as soon as it is returned.</summary>
    public bool IsHeld => _word.IsHeld;

    /// <summary>Acquires the lock (<c>spin_lock</c>).</summary>
    [Acquires("this")]
    public void Lock()
    {
        Lockdep.Acquire(this, lockClass, LockMode.Exclusive);
        Interleaving.Acquire(this);
        if (_word.Acquire())
            LockStatistics.Count(lockClass, LockEvent.Waited);
        LockStatistics.Count(lockClass, LockEvent.Exclusive);
    }

    /// <summary>Acquires the lock if that takes no waiting (<c>spin_trylock</c>).</summary>
    [Acquires("this", When = "result", Try = true)]
    public bool TryLock()
    {
        Interleaving.Reach(SchedulePoint.Try, this);
        if (!_word.TryAcquire())
        {
            LockStatistics.Count(lockClass, LockEvent.Refused);
            return false;
        }

        Lockdep.AcquireByTry(this, lockClass, LockMode.Exclusive);
        LockStatistics.Count(lockClass, LockEvent.Exclusive);
        return true;
    }

    /// <summary>Releases the lock (<c>spin_unlock</c>).</summary>
    [Releases("this")]
    public void Unlock()
    {
        Interleaving.Reach(SchedulePoint.Release, this);
        Lockdep.Release(this);
        _word.Release();
    }
}
