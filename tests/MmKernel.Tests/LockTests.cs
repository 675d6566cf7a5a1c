using System;
using System.Collections.Generic;
using System.Threading;
using LockKind = MmLint.LockKind;
using Xunit;

namespace MmKernel.Tests;

/// <summary>The locks, one by one.</summary>
public sealed class LockTests
{
    private static readonly LockdepClass s_class = LockdepClass.Create("test", LockKind.ReaderWriter);

    [Fact]
    public void Readers_share_and_writers_do_not()
    {
        var semaphore = new RwSemaphore(s_class);
        Assert.True(semaphore.TryReadLock());
        Assert.True(OnThread(() => Release(semaphore.TryReadLock(), semaphore.ReadUnlock)));
        Assert.False(OnThread(semaphore.TryWriteLock));
        semaphore.ReadUnlock();
        Assert.True(semaphore.TryWriteLock());
        Assert.False(OnThread(semaphore.TryReadLock));
        semaphore.WriteUnlock();
    }

    [Fact]
    public void A_queued_writer_holds_up_later_readers_and_comes_first()
    {
        var semaphore = new RwSemaphore(s_class);
        var order = new List<string>();
        semaphore.ReadLock();
        var writer = Start(() =>
        {
            semaphore.WriteLock();
            order.Add("writer");
            semaphore.WriteUnlock();
        });
        WaitUntil(() => semaphore.IsContended);
        Assert.False(OnThread(semaphore.TryReadLock));
        var reader = Start(() =>
        {
            semaphore.ReadLock();
            order.Add("reader");
            semaphore.ReadUnlock();
        });
        Assert.False(reader.Join(50));
        semaphore.ReadUnlock();
        Join(writer);
        Join(reader);
        Assert.Equal(["writer", "reader"], order);
    }

    [Fact]
    public void Downgrading_lets_readers_in_and_no_writer()
    {
        var semaphore = new RwSemaphore(s_class);
        semaphore.WriteLock();
        bool read = false;
        var reader = Start(() =>
        {
            semaphore.ReadLock();
            read = true;
            semaphore.ReadUnlock();
        });
        WaitUntil(() => semaphore.IsContended);
        semaphore.DowngradeWrite();
        Join(reader);
        Assert.True(read);
        Assert.False(OnThread(semaphore.TryWriteLock));
        semaphore.ReadUnlock();
        Assert.False(semaphore.IsLocked);
    }

    [Fact]
    public void A_killed_writer_leaves_the_queue_and_those_behind_it_run()
    {
        var semaphore = new RwSemaphore(s_class);
        semaphore.ReadLock();
        Task? task = null;
        int result = 0;
        var writer = Start(() =>
        {
            task = Task.Current;
            result = semaphore.WriteLockKillable();
        });
        WaitUntil(() => semaphore.IsContended);
        var reader = Start(() =>
        {
            semaphore.ReadLock();
            semaphore.ReadUnlock();
        });
        Assert.False(reader.Join(50));
        task!.Kill();
        Join(writer);
        Join(reader);
        Assert.Equal(-(int)Errno.EINTR, result);
        semaphore.ReadUnlock();
        Assert.False(semaphore.IsLocked);
        Assert.False(semaphore.IsContended);
    }

    [Fact]
    public void Write_sections_are_counted()
    {
        var semaphore = new RwSemaphore(s_class);
        Assert.Equal(0, semaphore.WriteSequence);
        semaphore.WriteLock();
        Assert.Equal(1, semaphore.WriteSequence);
        semaphore.DowngradeWrite();
        Assert.Equal(2, semaphore.WriteSequence);
        semaphore.ReadUnlock();
        Assert.Equal(2, semaphore.WriteSequence);
    }

    [Fact]
    public void The_semaphore_excludes_under_load()
    {
        var semaphore = new RwSemaphore(s_class);
        long first = 0;
        long second = 0;
        bool torn = false;
        var threads = new Thread[4];
        for (int i = 0; i < threads.Length; i++)
        {
            bool writes = i < 2;
            threads[i] = Start(() =>
            {
                for (int n = 0; n < 5_000; n++)
                {
                    if (writes)
                    {
                        semaphore.WriteLock();
                        first++;
                        second++;
                        semaphore.WriteUnlock();
                    }
                    else
                    {
                        semaphore.ReadLock();
                        torn |= first != second;
                        semaphore.ReadUnlock();
                    }
                }
            });
        }

        foreach (var thread in threads)
            Join(thread);
        Assert.False(torn);
        Assert.Equal(10_000, first);
    }

    [Fact]
    public void The_mutex_excludes_under_load()
    {
        var mutex = new Mutex(LockdepClass.Create("test mutex", LockKind.Mutex));
        var spin = new SpinLock(LockdepClass.Create("test spin", LockKind.Spin));
        int underMutex = 0;
        int underSpin = 0;
        var threads = new Thread[3];
        for (int i = 0; i < threads.Length; i++)
        {
            threads[i] = Start(() =>
            {
                for (int n = 0; n < 5_000; n++)
                {
                    mutex.Lock();
                    underMutex++;
                    mutex.Unlock();
                    spin.Lock();
                    underSpin++;
                    spin.Unlock();
                }
            });
        }

        foreach (var thread in threads)
            Join(thread);
        Assert.Equal(15_000, underMutex);
        Assert.Equal(15_000, underSpin);
        Assert.False(mutex.IsLocked);
    }

    [Fact]
    public void A_vma_write_lock_waits_for_readers_and_ends_with_mmap_lock()
    {
        using var machine = new Machine();
        var mm = machine.CreateProcess().Mm;
        var vma = new VmArea(mm);
        mm.MmapLock.WriteLock();
        VmaLocking.VmaStartWrite(vma);
        VmaLocking.VmaMarkAttached(vma);
        Assert.False(OnThread(vma.Lock.TryReadLock));
        mm.MmapLock.WriteUnlock();
        Assert.False(vma.Lock.IsWriteLocked);

        Assert.True(vma.Lock.TryReadLock());
        var writer = Start(() =>
        {
            mm.MmapLock.WriteLock();
            VmaLocking.VmaStartWrite(vma);
            mm.MmapLock.DowngradeWrite();
            mm.MmapLock.ReadUnlock();
        });
        Assert.False(writer.Join(50));
        Assert.False(OnThread(vma.Lock.TryReadLock), "a waiting writer turns readers away");
        vma.Lock.ReadUnlock();
        Join(writer);
        Assert.True(OnThread(() => Release(vma.Lock.TryReadLock(), vma.Lock.ReadUnlock)));
    }

    [Fact]
    public void A_detached_vma_cannot_be_read_locked()
    {
        using var machine = new Machine();
        var mm = machine.CreateProcess().Mm;
        var vma = new VmArea(mm);
        Assert.False(vma.Lock.TryReadLock());
        mm.MmapLock.WriteLock();
        VmaLocking.VmaStartWrite(vma);
        VmaLocking.VmaMarkAttached(vma);
        VmaLocking.VmaMarkDetached(vma);
        mm.MmapLock.WriteUnlock();
        Assert.False(vma.Lock.TryReadLock());
        Assert.False(vma.Lock.IsAttached);
    }

    [Fact]
    public void A_folio_lock_is_handed_over_and_may_be_released_by_anybody()
    {
        using var machine = new Machine();
        var folio = machine.Memory.FolioOf(5);
        folio.Lock();
        Assert.False(OnThread(folio.TryLock));
        bool got = false;
        var waiter = Start(() =>
        {
            folio.Lock();
            got = true;
            folio.Unlock();
        });
        Assert.False(waiter.Join(50));
        Assert.True(OnThread(() =>
        {
            folio.Unlock();
            return true;
        }));
        Join(waiter);
        Assert.True(got);
        Assert.False(folio.IsLocked);
    }

    [Fact]
    public void An_rcu_grace_period_waits_for_readers_that_are_inside()
    {
        using var inside = new ManualResetEventSlim();
        using var leave = new ManualResetEventSlim();
        var reader = Start(() =>
        {
            Rcu.ReadLock();
            Rcu.ReadLock();
            Rcu.ReadUnlock();
            inside.Set();
            leave.Wait();
            Rcu.ReadUnlock();
        });
        inside.Wait();
        var synchronizer = Start(Rcu.Synchronize);
        Assert.False(synchronizer.Join(50));
        leave.Set();
        Join(synchronizer);
        Join(reader);
    }

    [Fact]
    public void Rcu_callbacks_run_in_order_and_the_barrier_waits_for_them()
    {
        var seen = new List<int>();
        for (int i = 0; i < 100; i++)
            Rcu.Call(new Recorder(seen, i));
        Rcu.Barrier();
        Assert.Equal(100, seen.Count);
        Assert.True(seen.TrueForAll(n => seen[n] == n));
    }

    [Fact]
    public void A_sequence_count_tells_readers_that_a_writer_was_there()
    {
        var count = new SeqCount();
        long undisturbed = count.ReadBegin();
        Assert.False(count.ReadRetry(undisturbed));
        long disturbed = count.ReadBegin();
        count.WriteBegin();
        Assert.False(count.TryReadBegin(out _));
        count.WriteEnd();
        Assert.True(count.ReadRetry(disturbed));
    }

    private static bool Release(bool held, Action release)
    {
        if (held)
            release();
        return held;
    }

    private static bool OnThread(Func<bool> function)
    {
        bool result = false;
        Join(Start(() => result = function()));
        return result;
    }

    private static Thread Start(Action action)
    {
        var thread = new Thread(() => action());
        thread.Start();
        return thread;
    }

    private static void Join(Thread thread) => Assert.True(thread.Join(30_000), "a thread hangs");

    private static void WaitUntil(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(condition, 5000));

    private sealed class Recorder(List<int> seen, int number) : RcuHead
    {
        public override void Run() => seen.Add(number);
    }
}
