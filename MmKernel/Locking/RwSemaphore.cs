using System.Threading;
using MmLint;

namespace MmKernel;

/// <summary>
/// A sleeping reader-writer lock: a queued writer holds up readers that come after it (<c>struct rw_semaphore</c>). It also counts its write
/// sections, which is what per-VMA locks are released by.
/// </summary>
/// <remarks>
/// Handing the lock to a sleeping task leaves it idle until that task runs. So a writer that runs anyway may take a free lock before the queued
/// one that is being woken, until that one has lost <see cref="MostLostRaces"/> times; then the lock is handed over. Readers are never passed
/// over that way: the writer that leaves turns its hold into theirs, all those that are queued at once.
/// </remarks>
/// <param name="lockClass">The class under which the run-time validator orders it.</param>
[Lock(LockKind.ReaderWriter)]
public sealed class RwSemaphore(LockdepClass lockClass)
{
    /// <summary>
    /// How often a woken writer finds the lock taken again before it is handed over. Counted, not timed, so that it is the same in every run of
    /// one schedule; a lost race costs about as much as a wakeup, some ten microseconds (<c>RWSEM_WAIT_TIMEOUT</c> is 4 ms).
    /// </summary>
    internal const int MostLostRaces = 8;

    // About as long as a short critical section and far shorter than going to sleep.
    private const int SpinRounds = 60;
    private const int SpinsPerRound = 8;

    // The state word: bit 0 a writer holds the lock, bit 1 somebody is queued in the wait table, from bit 2 up the number of readers.
    // Bit 1 changes only under the bucket lock. With it set no reader acquires but by Grant.
    private const long Writer = 1;
    private const long Queued = 2;
    private const long Reader = 4;

    [Atomic] private long _state;
    [Atomic] private long _writeSequence;

    /// <summary>The class under which the run-time validator orders it.</summary>
    internal LockdepClass Class => lockClass;

    /// <summary>
    /// Odd while held exclusively; raised at every exclusive acquire, release and downgrade (<c>mm_lock_seq</c>).
    /// </summary>
    public long WriteSequence => Volatile.Read(ref _writeSequence);

    /// <summary>Whether a writer holds the lock; outdated as soon as it is returned.</summary>
    public bool IsWriteLocked => (Volatile.Read(ref _state) & Writer) != 0;

    /// <summary>Whether anybody holds the lock; outdated as soon as it is returned (<c>rwsem_is_locked</c>).</summary>
    public bool IsLocked => (Volatile.Read(ref _state) & ~Queued) != 0;

    /// <summary>Whether somebody waits (<c>rwsem_is_contended</c>): a hint for those who hold the lock for long.</summary>
    public bool IsContended => (Volatile.Read(ref _state) & Queued) != 0;

    /// <summary>Acquires the lock shared (<c>down_read</c>).</summary>
    [Acquires("shared(this)"), MaySleep]
    public void ReadLock()
    {
        Lockdep.Acquire(this, lockClass, LockMode.Shared);
        Interleaving.Reach(SchedulePoint.Acquire, this);
        if (!TryAcquireShared() && !SpinShared())
            _ = WaitShared(killable: false);
        LockStatistics.Count(lockClass, LockEvent.Shared);
    }

    /// <summary>Acquires the lock shared unless a fatal signal arrives (<c>down_read_killable</c>).</summary>
    /// <returns>0, or −EINTR with nothing held.</returns>
    [Acquires("shared(this)", When = "result == 0"), MaySleep]
    public int ReadLockKillable()
    {
        if (FaultInjector.Kills())
            return -(int)Errno.EINTR;
        Lockdep.Acquire(this, lockClass, LockMode.Shared);
        Interleaving.Reach(SchedulePoint.Acquire, this);
        int error = TryAcquireShared() || SpinShared() ? 0 : WaitShared(killable: true);
        if (error != 0)
            Lockdep.Release(this);
        else
            LockStatistics.Count(lockClass, LockEvent.Shared);
        return error;
    }

    /// <summary>Acquires the lock shared if that takes no waiting (<c>down_read_trylock</c>).</summary>
    [Acquires("shared(this)", When = "result", Try = true)]
    public bool TryReadLock()
    {
        Interleaving.Reach(SchedulePoint.Try, this);
        if (!TryAcquireShared())
        {
            LockStatistics.Count(lockClass, LockEvent.Refused);
            return false;
        }

        Lockdep.AcquireByTry(this, lockClass, LockMode.Shared);
        LockStatistics.Count(lockClass, LockEvent.Shared);
        return true;
    }

    /// <summary>Releases a shared hold (<c>up_read</c>).</summary>
    [Releases("shared(this)")]
    public void ReadUnlock()
    {
        Interleaving.Reach(SchedulePoint.Release, this);
        Lockdep.Release(this);
        long now = Interlocked.Add(ref _state, -Reader);
        if ((now & Queued) != 0 && now < Reader)
            GrantQueued();
    }

    /// <summary>Acquires the lock exclusively (<c>down_write</c>).</summary>
    [Acquires("exclusive(this)"), MaySleep]
    public void WriteLock()
    {
        Lockdep.Acquire(this, lockClass, LockMode.Exclusive);
        Interleaving.Reach(SchedulePoint.Acquire, this);
        if (!TryAcquireExclusive() && !SpinExclusive())
            _ = WaitExclusive(killable: false);
        BeginWriteSection();
    }

    /// <summary>Acquires the lock exclusively unless a fatal signal arrives (<c>down_write_killable</c>).</summary>
    /// <returns>0, or −EINTR with nothing held.</returns>
    [Acquires("exclusive(this)", When = "result == 0"), MaySleep]
    public int WriteLockKillable()
    {
        if (FaultInjector.Kills())
            return -(int)Errno.EINTR;
        Lockdep.Acquire(this, lockClass, LockMode.Exclusive);
        Interleaving.Reach(SchedulePoint.Acquire, this);
        int error = TryAcquireExclusive() || SpinExclusive() ? 0 : WaitExclusive(killable: true);
        if (error != 0)
            Lockdep.Release(this);
        else
            BeginWriteSection();
        return error;
    }

    /// <summary>Acquires the lock exclusively while another one of its class is held (<c>down_write_nested</c>).</summary>
    /// <param name="outer">The lock of the same class that the caller holds.</param>
    [Acquires("exclusive(this)", Inside = "outer"), MaySleep]
    public void WriteLockNested(RwSemaphore outer)
    {
        Lockdep.AcquireInside(this, lockClass, LockMode.Exclusive, outer);
        Interleaving.Reach(SchedulePoint.Acquire, this);
        if (!TryAcquireExclusive() && !SpinExclusive())
            _ = WaitExclusive(killable: false);
        BeginWriteSection();
    }

    /// <summary>Acquires the lock exclusively if that takes no waiting (<c>down_write_trylock</c>).</summary>
    [Acquires("exclusive(this)", When = "result", Try = true)]
    public bool TryWriteLock()
    {
        Interleaving.Reach(SchedulePoint.Try, this);
        if (!TryAcquireExclusive())
        {
            LockStatistics.Count(lockClass, LockEvent.Refused);
            return false;
        }

        Lockdep.AcquireByTry(this, lockClass, LockMode.Exclusive);
        BeginWriteSection();
        return true;
    }

    /// <summary>Releases an exclusive hold (<c>up_write</c>).</summary>
    [Releases("exclusive(this)")]
    public void WriteUnlock()
    {
        Interleaving.Reach(SchedulePoint.Release, this);
        Lockdep.Release(this);
        EndWriteSection();
        if (Interlocked.CompareExchange(ref _state, 0, Writer) != Writer)
            LeaveToQueued();
    }

    /// <summary>Turns an exclusive hold into a shared one without letting a writer in between (<c>downgrade_write</c>).</summary>
    [Downgrades("this")]
    public void DowngradeWrite()
    {
        Interleaving.Reach(SchedulePoint.Release, this);
        Lockdep.Downgrade(this);
        EndWriteSection();
        long now = Interlocked.Add(ref _state, Reader - Writer);
        if ((now & Queued) != 0)
            GrantQueued();
    }

    /// <summary>Run-time check that the lock is held in some mode (<c>rwsem_assert_held</c>).</summary>
    [AssertsHeld("this")]
    public void AssertHeld() => Lockdep.AssertHeld(this, LockMode.Shared);

    /// <summary>Run-time check that the lock is held exclusively (<c>rwsem_assert_held_write</c>).</summary>
    [AssertsHeld("exclusive(this)")]
    public void AssertWriteHeld() => Lockdep.AssertHeld(this, LockMode.Exclusive);

    private bool TryAcquireShared()
    {
        long state = Volatile.Read(ref _state);
        while ((state & (Writer | Queued)) == 0)
        {
            long seen = Interlocked.CompareExchange(ref _state, state + Reader, state);
            if (seen == state)
                return true;
            state = seen;
        }

        return false;
    }

    private bool TryAcquireExclusive() => Interlocked.CompareExchange(ref _state, Writer, 0) == 0;

    /// <summary>Takes a lock that nobody holds, though somebody may be queued for it.</summary>
    private bool TrySteal()
    {
        long state = Volatile.Read(ref _state);
        return (state & ~Queued) == 0 && Interlocked.CompareExchange(ref _state, state | Writer, state) == state;
    }

    /// <summary>Tries for a while to take the lock without sleeping (<c>rwsem_optimistic_spin</c>).</summary>
    private bool SpinExclusive()
    {
        for (int round = Interleaving.IsHosted ? SpinRounds : 0; round < SpinRounds; round++)
        {
            if (TrySteal())
                return true;
            Thread.SpinWait(SpinsPerRound);
        }

        return TrySteal();
    }

    /// <summary>Tries for a while to get in behind a writer without sleeping, unless somebody is queued already.</summary>
    private bool SpinShared()
    {
        for (int round = Interleaving.IsHosted ? SpinRounds : 0; round < SpinRounds && (Volatile.Read(ref _state) & Queued) == 0; round++)
        {
            if (TryAcquireShared())
                return true;
            Thread.SpinWait(SpinsPerRound);
        }

        return false;
    }

    private void BeginWriteSection()
    {
        LockStatistics.Count(lockClass, LockEvent.Exclusive);
        Volatile.Write(ref _writeSequence, Volatile.Read(ref _writeSequence) + 1);
    }

    private void EndWriteSection() => Volatile.Write(ref _writeSequence, Volatile.Read(ref _writeSequence) + 1);

    [MaySleep]
    private int WaitShared(bool killable)
    {
        var task = Task.Current;
        var bucket = WaitTable.For(this);
        Enqueue(bucket, task, exclusive: false);
        if (task.SleepUntilWoken(killable))
            return 0;
        return Withdraw(bucket, task);
    }

    /// <summary>Sleeps until the lock is handed over, or until it is found free after a wakeup.</summary>
    [MaySleep]
    private int WaitExclusive(bool killable)
    {
        var task = Task.Current;
        var bucket = WaitTable.For(this);
        Enqueue(bucket, task, exclusive: true);
        while (task.SleepUntilWoken(killable))
        {
            bucket.Lock.Lock();
            bool done = !task.IsQueued || TryTakeQueued(bucket, task);
            if (!done)
                task.WaitAgain(bucket);
            bucket.Lock.Unlock();
            if (done)
                return 0;
        }

        return Withdraw(bucket, task);
    }

    [MustNotHold("bucket.Lock")]
    private void Enqueue(WaitBucket bucket, Task task, bool exclusive)
    {
        LockStatistics.Count(lockClass, LockEvent.Waited);
        bucket.Lock.Lock();
        Interlocked.Or(ref _state, Queued);
        bucket.Enqueue(task, this, exclusive);
        Grant(bucket);
        bucket.Lock.Unlock();
    }

    /// <summary>Ends a wait that a fatal signal has interrupted.</summary>
    /// <returns>−EINTR, or 0 if the lock was handed over before.</returns>
    [MustNotHold("bucket.Lock")]
    private int Withdraw(WaitBucket bucket, Task task)
    {
        bucket.Lock.Lock();
        bool granted = !task.IsQueued;
        if (!granted)
        {
            // Whoever queued behind this task may be able to run now.
            bucket.Remove(task);
            Grant(bucket);
        }

        bucket.Lock.Unlock();
        return granted ? 0 : -(int)Errno.EINTR;
    }

    /// <summary>Takes the lock for a queued writer that has been woken.</summary>
    [MustHold("bucket.Lock")]
    private bool TryTakeQueued(WaitBucket bucket, Task task)
    {
        if (bucket.FirstFor(this) != task || !TrySteal())
            return false;
        bucket.Remove(task);
        EndQueue(bucket);
        return true;
    }

    /// <summary>Ends an exclusive hold with somebody queued.</summary>
    private void LeaveToQueued()
    {
        var bucket = WaitTable.For(this);
        bucket.Lock.Lock();
        if (bucket.FirstFor(this) is { WaitsExclusively: true, LostRaces: >= MostLostRaces } starved)
        {
            bucket.Grant(starved);
            EndQueue(bucket);
        }
        else if (bucket.FirstFor(this) is { WaitsExclusively: false })
        {
            // The hold becomes that of the first reader in one step, so that no writer comes between.
            Interlocked.Add(ref _state, Reader - Writer);
            bucket.Grant(bucket.FirstFor(this)!);
            GrantReaders(bucket);
        }
        else
        {
            Interlocked.Add(ref _state, -Writer);
            Grant(bucket);
        }

        bucket.Lock.Unlock();
    }

    private void GrantQueued()
    {
        var bucket = WaitTable.For(this);
        bucket.Lock.Lock();
        Grant(bucket);
        bucket.Lock.Unlock();
    }

    /// <summary>Wakes the writer that has waited longest, or lets all readers in.</summary>
    [MustHold("bucket.Lock")]
    private void Grant(WaitBucket bucket)
    {
        var first = bucket.FirstFor(this);
        long state = Volatile.Read(ref _state);
        if (first != null && (state & Writer) == 0)
        {
            if (!first.WaitsExclusively)
            {
                GrantReaders(bucket);
                return;
            }

            if (state < Reader)
            {
                if (first.LostRaces < MostLostRaces)
                    first.Nudge();
                else if (TrySteal())
                    bucket.Grant(first);
            }
        }

        EndQueue(bucket);
    }

    /// <summary>Lets all queued readers in, those behind writers too: they hold the lock together, so one section serves them all.</summary>
    [MustHold("bucket.Lock")]
    private void GrantReaders(WaitBucket bucket)
    {
        while (bucket.FirstReaderFor(this) is { } reader && TryAddReader())
            bucket.Grant(reader);
        EndQueue(bucket);
    }

    private bool TryAddReader()
    {
        long state = Volatile.Read(ref _state);
        while ((state & Writer) == 0)
        {
            long seen = Interlocked.CompareExchange(ref _state, state + Reader, state);
            if (seen == state)
                return true;
            state = seen;
        }

        return false;
    }

    [MustHold("bucket.Lock")]
    private void EndQueue(WaitBucket bucket)
    {
        if (bucket.FirstFor(this) == null)
            Interlocked.And(ref _state, ~Queued);
    }
}
