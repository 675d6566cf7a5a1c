using MmLint;

namespace MmKernel;

/// <summary>A lock whose waiters spin (<c>spinlock_t</c>). Nothing may sleep while it is held.</summary>
/// <param name="lockClass">The class under which the run-time validator orders it.</param>
[Lock(LockKind.Spin)]
public sealed class SpinLock(LockdepClass lockClass)
{
    private SpinWord _word;

    /// <summary>Whether somebody holds the lock; outdated as soon as it is returned.</summary>
    public bool IsHeld => _word.IsHeld;

    /// <summary>Acquires the lock (<c>spin_lock</c>).</summary>
    [Acquires("this")]
    public void Lock()
    {
        Lockdep.Acquire(this, lockClass, LockMode.Exclusive);
        _word.Acquire();
    }

    /// <summary>Acquires the lock if that takes no waiting (<c>spin_trylock</c>).</summary>
    [Acquires("this", When = "result", Try = true)]
    public bool TryLock()
    {
        if (!_word.TryAcquire())
            return false;
        Lockdep.AcquireByTry(this, lockClass, LockMode.Exclusive);
        return true;
    }

    /// <summary>Releases the lock (<c>spin_unlock</c>).</summary>
    [Releases("this")]
    public void Unlock()
    {
        Lockdep.Release(this);
        _word.Release();
    }
}
