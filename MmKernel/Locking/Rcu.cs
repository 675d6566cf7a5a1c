using System;
using System.Threading;
using MmLint;

namespace MmKernel;

/// <summary>
/// Read-copy-update. A read section costs two plain stores to the task's own memory; whoever waits for readers pays for the ordering with a
/// process-wide memory barrier (the scheme of <c>membarrier(2)</c>).
/// </summary>
public static class Rcu
{
    [GuardedBy("CallbackLock")] private static RcuHead? s_first;
    [GuardedBy("CallbackLock")] private static RcuHead? s_last;
    [GuardedBy("CallbackLock")] private static bool s_workerRuns;
    [Atomic] private static long s_queued;
    [Atomic] private static long s_done;

    // A grace period costs the same for one callback and for many, so the first one waits a little for others to come.
    private const int MillisecondsToGather = 1;
    private const int EnoughGathered = 512;

    private static readonly SemaphoreSlim s_work = new(0);
    private static readonly ManualResetEventSlim s_hurry = new();

    /// <summary>The read section of the current task.</summary>
    [Lock(LockKind.Rcu, Reentrant = true)]
    public static LockName Section => default;

    internal static SpinLock CallbackLock { get; } = new(LockdepClass.RcuCallbacks);

    /// <summary>Starts a read section; sections nest (<c>rcu_read_lock</c>).</summary>
    [Acquires("shared(Section)")]
    public static void ReadLock() => Task.Current.EnterReadSection();

    /// <summary>Ends a read section (<c>rcu_read_unlock</c>).</summary>
    [Releases("Section")]
    public static void ReadUnlock() => Task.Current.LeaveReadSection();

    /// <summary>
    /// Waits until every read section that is running now has ended, and every access to user memory (<c>synchronize_rcu</c>).
    /// </summary>
    [MustNotHold("Section"), MaySleep]
    public static void Synchronize()
    {
        Lockdep.AssertMaySleep();
        bool done = false;
        Interleaving.Synchronize(ref done);
        if (done)
            return;
        Interlocked.MemoryBarrierProcessWide();
        var self = Task.Current;
        foreach (var task in TaskTable.All)
        {
            if (task == self)
                continue;

            // An access to user memory counts as a section: it walks page tables, which are freed after a grace period.
            AwaitSection(task);
            AwaitAccess(task);
        }

        Interlocked.MemoryBarrier();
    }

    private static void AwaitSection(Task task)
    {
        long phase = Volatile.Read(ref task.RcuPhase);
        if ((phase & 1) == 0)
            return;
        var self = Task.Current;
        self.BeginWait(task);
        var spinner = default(SpinWait);
        while (Volatile.Read(ref task.RcuPhase) == phase)
            spinner.SpinOnce();
        self.EndWait();
    }

    private static void AwaitAccess(Task task)
    {
        long phase = Volatile.Read(ref task.MmuPhase);
        if ((phase & 1) == 0)
            return;
        var self = Task.Current;
        self.BeginWait(task);
        var spinner = default(SpinWait);
        while (Volatile.Read(ref task.MmuPhase) == phase)
            spinner.SpinOnce();
        self.EndWait();
    }

    /// <summary>Has <see cref="RcuHead.Run"/> called once every read section that is running now has ended; in order (<c>call_rcu</c>).</summary>
    /// <param name="head">The callback; it is not queued twice at a time.</param>
    public static void Call(RcuHead head)
    {
        bool deferred = false;
        Interleaving.Defer(head, ref deferred);
        if (deferred)
            return;
        bool start;
        CallbackLock.Lock();
        bool isFirst = s_last == null;
        if (s_last == null)
            s_first = head;
        else
            s_last.Next = head;
        s_last = head;
        start = !s_workerRuns;
        s_workerRuns = true;
        CallbackLock.Unlock();
        long waiting = Interlocked.Increment(ref s_queued) - Volatile.Read(ref s_done);
        if (start)
            new Thread(RunCallbacks) { IsBackground = true, Name = "rcu" }.Start();
        if (isFirst)
            s_work.Release();
        if (waiting == EnoughGathered)
            s_hurry.Set();
    }

    /// <summary>Waits until every callback that is queued now has run (<c>rcu_barrier</c>).</summary>
    [MustNotHold("Section"), MaySleep]
    public static void Barrier()
    {
        Lockdep.AssertMaySleep();
        long target = Volatile.Read(ref s_queued);
        if (Volatile.Read(ref s_done) >= target)
            return;
        s_hurry.Set();
        var spinner = default(SpinWait);
        while (Volatile.Read(ref s_done) < target)
            spinner.SpinOnce();
    }

    [MaySleep]
    private static void RunCallbacks()
    {
        while (true)
        {
            s_work.Wait();
            s_hurry.Wait(MillisecondsToGather);
            s_hurry.Reset();
            CallbackLock.Lock();
            var head = s_first;
            s_first = null;
            s_last = null;
            CallbackLock.Unlock();
            if (head == null)
                continue;
            Synchronize();
            while (head != null)
            {
                // The callback may free or queue its head again, so the link is read first.
                var next = head.Next;
                head.Next = null;
                head.Run();
                Interlocked.Increment(ref s_done);
                head = next;
            }
        }
    }
}

/// <summary>What runs after a grace period (<c>struct rcu_head</c>). Objects derive from it, so that queueing allocates nothing.</summary>
public abstract class RcuHead
{
    /// <summary>The next head in the queue; it belongs to <see cref="Rcu"/> while queued.</summary>
    internal RcuHead? Next { get; set; }

    /// <summary>Runs once, after the grace period, in a task of its own that may sleep.</summary>
    [MaySleep]
    public abstract void Run();
}
