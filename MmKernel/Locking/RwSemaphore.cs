using System.Threading;
using MmLint;

namespace MmKernel;

/// <summary>
/// A sleeping reader-writer lock, fair in the order of arrival: a queued writer holds up readers that come after it
/// (<c>struct rw_semaphore</c>). It also counts its write sections, which is what per-VMA locks are released by.
/// </summary>
/// <param name="lockClass">The class under which the run-time validator orders it.</param>
[Lock(LockKind.ReaderWriter)]
public sealed class RwSemaphore(LockdepClass lockClass)
{
    // The state word: bit 0 a writer holds the lock, bit 1 somebody is queued in the wait table, from bit 2 up the number of readers.
    // With bit 1 set no fast path acquires, so only Grant, under the bucket lock, hands the lock out: that is what makes it fair.
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
        if (!TryAcquireShared())
            _ = Wait(exclusive: false, killable: false);
    }

    /// <summary>Acquires the lock shared unless a fatal signal arrives (<c>down_read_killable</c>).</summary>
    /// <returns>0, or −EINTR with nothing held.</returns>
    [Acquires("shared(this)", When = "result == 0"), MaySleep]
    public int ReadLockKillable()
    {
        Lockdep.Acquire(this, lockClass, LockMode.Shared);
        Interleaving.Reach(SchedulePoint.Acquire, this);
        int error = TryAcquireShared() ? 0 : Wait(exclusive: false, killable: true);
        if (error != 0)
            Lockdep.Release(this);
        return error;
    }

    /// <summary>Acquires the lock shared if that takes no waiting (<c>down_read_trylock</c>).</summary>
    [Acquires("shared(this)", When = "result", Try = true)]
    public bool TryReadLock()
    {
        Interleaving.Reach(SchedulePoint.Try, this);
        if (!TryAcquireShared())
            return false;
        Lockdep.AcquireByTry(this, lockClass, LockMode.Shared);
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
        if (!TryAcquireExclusive())
            _ = Wait(exclusive: true, killable: false);
        BeginWriteSection();
    }

    /// <summary>Acquires the lock exclusively unless a fatal signal arrives (<c>down_write_killable</c>).</summary>
    /// <returns>0, or −EINTR with nothing held.</returns>
    [Acquires("exclusive(this)", When = "result == 0"), MaySleep]
    public int WriteLockKillable()
    {
        Lockdep.Acquire(this, lockClass, LockMode.Exclusive);
        Interleaving.Reach(SchedulePoint.Acquire, this);
        int error = TryAcquireExclusive() ? 0 : Wait(exclusive: true, killable: true);
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
        if (!TryAcquireExclusive())
            _ = Wait(exclusive: true, killable: false);
        BeginWriteSection();
    }

    /// <summary>Acquires the lock exclusively if that takes no waiting (<c>down_write_trylock</c>).</summary>
    [Acquires("exclusive(this)", When = "result", Try = true)]
    public bool TryWriteLock()
    {
        Interleaving.Reach(SchedulePoint.Try, this);
        if (!TryAcquireExclusive())
            return false;
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
        long now = Interlocked.Add(ref _state, -Writer);
        if ((now & Queued) != 0)
            GrantQueued();
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

    private void BeginWriteSection() => Volatile.Write(ref _writeSequence, Volatile.Read(ref _writeSequence) + 1);

    private void EndWriteSection() => Volatile.Write(ref _writeSequence, Volatile.Read(ref _writeSequence) + 1);

    [MaySleep]
    private int Wait(bool exclusive, bool killable)
    {
        var task = Task.Current;
        var bucket = WaitTable.For(this);
        bucket.Lock.Lock();
        Interlocked.Or(ref _state, Queued);
        bucket.Enqueue(task, this, exclusive);
        Grant(bucket);
        bucket.Lock.Unlock();
        if (task.SleepUntilWoken(killable))
            return 0;

        bucket.Lock.Lock();
        bool granted = task.IsWoken;
        if (!granted)
        {
            // Whoever queued behind this task may be able to run now.
            bucket.Remove(task);
            Grant(bucket);
        }

        bucket.Lock.Unlock();
        return granted ? 0 : -(int)Errno.EINTR;
    }

    private void GrantQueued()
    {
        var bucket = WaitTable.For(this);
        bucket.Lock.Lock();
        Grant(bucket);
        bucket.Lock.Unlock();
    }

    /// <summary>Hands the lock to the longest waiting writer, or to all readers before the next writer.</summary>
    [MustHold("bucket.Lock")]
    private void Grant(WaitBucket bucket)
    {
        Task? first;
        while ((first = bucket.FirstFor(this)) != null)
        {
            long state = Volatile.Read(ref _state);
            if ((state & Writer) != 0 || (first.WaitsExclusively && state >= Reader))
                return;
            long share = first.WaitsExclusively ? Writer : Reader;
            Interlocked.Add(ref _state, share);
            bucket.Grant(first);
        }

        Interlocked.And(ref _state, ~Queued);
    }
}
