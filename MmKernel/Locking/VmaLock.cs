using System.Threading;
using MmLint;

namespace MmKernel;

/// <summary>
/// The lock of one VMA. Readers are counted and never wait. A writer holds mmap_lock exclusively, waits for the readers once and marks the
/// VMA with the number of the mmap_lock write section: when that section ends, by unlock or downgrade, every VMA marked with it is free
/// again, with no work per VMA (<c>vm_refcnt</c>, <c>vm_lock_seq</c> and <c>mm_lock_seq</c> in Linux).
/// </summary>
/// <param name="mmapLock">The mmap_lock of the address space.</param>
/// <remarks>
/// States of the count: 0 detached (in no tree, readers fail); 1 attached; 1 + n attached with n readers, some of which may be about to
/// notice a writer and leave; with <see cref="Excluding"/> a writer or detacher waits for readers, and new ones fail.
/// </remarks>
[Lock(LockKind.ReaderWriter)]
public sealed class VmaLock(RwSemaphore mmapLock)
{
    private const int Excluding = 1 << 30;
    private const int MaxReaders = Excluding - 2;
    private const long NeverWriteLocked = -1;

    [Atomic] private int _count;

    // The number of the write section in which the VMA was last write-locked; numbers start at 0.
    [Atomic] private long _writeSequence = NeverWriteLocked;

    /// <summary>The region in which new readers fail while a writer waits for the old ones.</summary>
    [Lock(LockKind.Section)]
    public LockName Exclusion => default;

    /// <summary>Whether the VMA is reachable; stable for holders of mmap_lock (<c>vma_is_attached</c>).</summary>
    public bool IsAttached => (Volatile.Read(ref _count) & ~Excluding) != 0;

    /// <summary>Number of readers; outdated as soon as it is returned.</summary>
    public int ReaderCount
    {
        get
        {
            int count = Volatile.Read(ref _count) & ~Excluding;
            return count == 0 ? 0 : count - 1;
        }
    }

    /// <summary>Whether the current mmap_lock write section has write-locked the VMA.</summary>
    public bool IsWriteLocked => Volatile.Read(ref _writeSequence) == mmapLock.WriteSequence;

    /// <summary>Read-locks the VMA if no writer is there (<c>vma_start_read</c>). False "no" answers are possible, false "yes" are not.</summary>
    [Acquires("shared(this)", When = "result", Try = true)]
    public bool TryReadLock()
    {
        Interleaving.Reach(SchedulePoint.Try, this);
        if (IsWriteLocked)
            return Refuse();
        Interleaving.Reach(SchedulePoint.LockFree, this);
        int count = Volatile.Read(ref _count);
        while (true)
        {
            if (count == 0 || count >= MaxReaders)
                return Refuse();
            int seen = Interlocked.CompareExchange(ref _count, count + 1, count);
            if (seen == count)
                break;
            count = seen;
        }

        Interleaving.Reach(SchedulePoint.LockFree, this);

        // The test before the count went up was a hint. This one decides: a writer that marked the VMA earlier is seen here, and one that
        // comes later waits for this reader.
        if (IsWriteLocked)
        {
            DropReader();
            return Refuse();
        }

        Lockdep.AcquireByTry(this, LockdepClass.VmaShared, LockMode.Shared);
        LockStatistics.Count(LockdepClass.VmaShared, LockEvent.Shared);
        return true;
    }

    /// <summary>Releases a read hold (<c>vma_end_read</c>).</summary>
    [Releases("shared(this)")]
    public void ReadUnlock()
    {
        Interleaving.Reach(SchedulePoint.Release, this);
        Lockdep.Release(this);
        DropReader();
    }

    /// <summary>Makes new readers fail, so that the old ones can be waited for (<c>__vma_start_exclude_readers</c>).</summary>
    [Acquires("Exclusion")]
    public void ExcludeReaders()
    {
        Interleaving.Reach(SchedulePoint.Acquire, this);
        Interlocked.Or(ref _count, Excluding);
    }

    /// <summary>Waits until no reader is left (<c>rcuwait</c> on <c>vma_writer_wait</c>).</summary>
    [MustHold("Exclusion"), MaySleep]
    public void WaitForReaders() => _ = Wait(killable: false);

    /// <summary>Waits until no reader is left or a fatal signal arrives.</summary>
    /// <returns>0 or −EINTR.</returns>
    [MustHold("Exclusion"), MaySleep]
    public int WaitForReadersKillable() => FaultInjector.Kills() ? -(int)Errno.EINTR : Wait(killable: true);

    /// <summary>Marks the VMA as write-locked until the mmap_lock write section ends.</summary>
    [MustHold("Exclusion"), Acquires("exclusive(this)", Idempotent = true)]
    public void MarkWriteLocked()
    {
        Lockdep.AcquireUntilReleaseOf(this, LockdepClass.VmaExclusive, mmapLock);
        Interleaving.Reach(SchedulePoint.LockFree, this);
        Volatile.Write(ref _writeSequence, mmapLock.WriteSequence);
        LockStatistics.Count(LockdepClass.VmaExclusive, LockEvent.Exclusive);
    }

    /// <summary>Lets readers in again (<c>__vma_end_exclude_readers</c>).</summary>
    [Releases("Exclusion")]
    public void ReadmitReaders()
    {
        Interleaving.Reach(SchedulePoint.LockFree, this);
        Interlocked.And(ref _count, ~Excluding);
    }

    /// <summary>Makes a detached VMA reachable (<c>vma_mark_attached</c>).</summary>
    [MustHold("exclusive(this)")]
    public void MarkAttached()
    {
        Interleaving.Reach(SchedulePoint.LockFree, this);
        Interlocked.Increment(ref _count);
    }

    /// <summary>
    /// Makes an attached VMA unreachable. Readers that are about to notice the writer are waited for, since one of them would make the
    /// count look attached to the next (<c>vma_mark_detached</c>).
    /// </summary>
    [MustHold("exclusive(this)"), MaySleep]
    public void MarkDetached()
    {
        ExcludeReaders();
        WaitForReaders();
        Interlocked.Decrement(ref _count);
        ReadmitReaders();
    }

    /// <summary>Run-time check that the VMA is write-locked (<c>vma_assert_write_locked</c>).</summary>
    [AssertsHeld("exclusive(this)")]
    public void AssertWriteHeld() => Lockdep.Assert(IsWriteLocked, "VMA is not write-locked");

    private static bool Refuse()
    {
        LockStatistics.Count(LockdepClass.VmaShared, LockEvent.Refused);
        return false;
    }

    private void DropReader()
    {
        int now = Interlocked.Decrement(ref _count);
        if ((now & Excluding) != 0 && (now & ~Excluding) <= 1)
            WakeWriter();
    }

    private bool HasReaders => (Volatile.Read(ref _count) & ~Excluding) > 1;

    [MaySleep]
    private int Wait(bool killable)
    {
        var task = Task.Current;
        var bucket = WaitTable.For(this);
        while (HasReaders)
        {
            bucket.Lock.Lock();
            bool waits = HasReaders;
            if (waits)
            {
                LockStatistics.Count(LockdepClass.VmaExclusive, LockEvent.Waited);
                bucket.Enqueue(task, this, exclusive: true);
            }

            bucket.Lock.Unlock();
            if (!waits || task.SleepUntilWoken(killable))
                continue;

            bucket.Lock.Lock();
            bool woken = task.IsWoken;
            if (!woken)
                bucket.Remove(task);
            bucket.Lock.Unlock();
            if (!woken)
                return -(int)Errno.EINTR;
        }

        return 0;
    }

    private void WakeWriter()
    {
        var bucket = WaitTable.For(this);
        bucket.Lock.Lock();
        if (bucket.FirstFor(this) is { } writer)
            bucket.Grant(writer);
        bucket.Lock.Unlock();
    }
}
