using System.Threading;
using MmLint;

namespace MmKernel;

/// <summary>A sleeping lock with one holder, fair in the order of arrival (<c>struct mutex</c>).</summary>
/// <param name="lockClass">The class under which the run-time validator orders it.</param>
[Lock(LockKind.Mutex)]
public sealed class Mutex(LockdepClass lockClass)
{
    // Bit 0: held. Bit 1: somebody is queued, so the lock is handed over instead of being freed.
    private const int Held = 1;
    private const int Queued = 2;

    [Atomic] private int _state;

    /// <summary>The class under which the run-time validator orders it.</summary>
    internal LockdepClass Class => lockClass;

    /// <summary>Whether somebody holds the mutex; outdated as soon as it is returned.</summary>
    public bool IsLocked => (Volatile.Read(ref _state) & Held) != 0;

    /// <summary>Acquires the mutex (<c>mutex_lock</c>).</summary>
    [Acquires("this"), MaySleep]
    public void Lock()
    {
        Lockdep.Acquire(this, lockClass, LockMode.Exclusive);
        Interleaving.Reach(SchedulePoint.Acquire, this);
        if (!TryAcquire())
            Wait();
        LockStatistics.Count(lockClass, LockEvent.Exclusive);
    }

    /// <summary>Acquires the mutex if that takes no waiting (<c>mutex_trylock</c>).</summary>
    [Acquires("this", When = "result", Try = true)]
    public bool TryLock()
    {
        Interleaving.Reach(SchedulePoint.Try, this);
        if (!TryAcquire())
        {
            LockStatistics.Count(lockClass, LockEvent.Refused);
            return false;
        }

        Lockdep.AcquireByTry(this, lockClass, LockMode.Exclusive);
        LockStatistics.Count(lockClass, LockEvent.Exclusive);
        return true;
    }

    /// <summary>Releases the mutex (<c>mutex_unlock</c>).</summary>
    [Releases("this")]
    public void Unlock()
    {
        Interleaving.Reach(SchedulePoint.Release, this);
        Lockdep.Release(this);
        if (Interlocked.CompareExchange(ref _state, 0, Held) == Held)
            return;
        var bucket = WaitTable.For(this);
        bucket.Lock.Lock();
        Interlocked.And(ref _state, ~Held);
        Grant(bucket);
        bucket.Lock.Unlock();
    }

    private bool TryAcquire() => Interlocked.CompareExchange(ref _state, Held, 0) == 0;

    [MaySleep]
    private void Wait()
    {
        LockStatistics.Count(lockClass, LockEvent.Waited);
        var task = Task.Current;
        var bucket = WaitTable.For(this);
        bucket.Lock.Lock();
        Interlocked.Or(ref _state, Queued);
        bucket.Enqueue(task, this, exclusive: true);
        Grant(bucket);
        bucket.Lock.Unlock();
        _ = task.SleepUntilWoken(killable: false);
    }

    /// <summary>Hands a free mutex to the longest waiting task.</summary>
    [MustHold("bucket.Lock")]
    private void Grant(WaitBucket bucket)
    {
        if ((Volatile.Read(ref _state) & Held) == 0 && bucket.FirstFor(this) is { } first)
        {
            Interlocked.Or(ref _state, Held);
            bucket.Grant(first);
        }

        if (bucket.FirstFor(this) == null)
            Interlocked.And(ref _state, ~Queued);
    }
}
