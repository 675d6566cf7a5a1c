using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Threading;
using MmLint;

namespace MmKernel;

/// <summary>What happens to a lock, or to whom it is wanted by.</summary>
internal enum LockEvent
{
    /// <summary>Taken shared.</summary>
    Shared,

    /// <summary>Taken exclusively.</summary>
    Exclusive,

    /// <summary>Tried, and not had.</summary>
    Refused,

    /// <summary>Waited for: a task that cannot have it at once queued or, for a spinlock, spun.</summary>
    Waited,
}

/// <summary>How far a user's fault came under the VMA lock (the kernel's <c>VMA_LOCK_*</c> events).</summary>
internal enum FaultEvent
{
    /// <summary>All the way (<c>VMA_LOCK_SUCCESS</c>).</summary>
    Handled,

    /// <summary>The VMA was not found, or could not be locked, or the policy forbade it (<c>VMA_LOCK_ABORT</c>).</summary>
    Aborted,

    /// <summary>The handler gave up and asked for another start, under mmap_lock (<c>VMA_LOCK_RETRY</c>).</summary>
    Retried,
}

/// <summary>What happened to the locks of one class.</summary>
/// <param name="Name">The class, by its name in the lock order.</param>
/// <param name="Shared">How often one was taken shared.</param>
/// <param name="Exclusive">How often one was taken exclusively.</param>
/// <param name="Refused">How often a try failed.</param>
/// <param name="Waited">How often somebody had to wait.</param>
public sealed record LockCount(string Name, long Shared, long Exclusive, long Refused, long Waited);

/// <summary>What <see cref="LockStatistics"/> counted.</summary>
/// <param name="Locks">Each class of which anything was counted.</param>
/// <param name="Handled">Faults that were handled under the VMA lock.</param>
/// <param name="Aborted">Faults for which the VMA lock could not be had.</param>
/// <param name="Retried">Faults that started under the VMA lock and went back for mmap_lock.</param>
public sealed record LockReport(IReadOnlyList<LockCount> Locks, long Handled, long Aborted, long Retried)
{
    /// <summary>The counts of one class; zeros if nothing was counted.</summary>
    /// <param name="lockClass">The class.</param>
    public LockCount Of(LockdepClass lockClass)
    {
        foreach (var count in Locks)
        {
            if (count.Name == lockClass.Name)
                return count;
        }

        return new LockCount(lockClass.Name, 0, 0, 0, 0);
    }
}

/// <summary>
/// Counts what tasks do to locks, while somebody wants to know (<c>CONFIG_LOCK_STAT</c>). Each task counts for itself, so that counting makes no
/// traffic between processors; otherwise it costs a test at each lock.
/// </summary>
public static class LockStatistics
{
    // The counters of each task that counted anything in this period; a new period starts with none.
    [Atomic] private static ConcurrentBag<TaskLockCounts>? s_period;

    /// <summary>Starts to count from zero.</summary>
    public static void Start() => Volatile.Write(ref s_period, []);

    /// <summary>Stops, and adds up what all tasks counted. Exact if they are idle.</summary>
    public static LockReport Stop()
    {
        var all = Interlocked.Exchange(ref s_period, null) ?? [];
        var locks = new List<LockCount>();
        foreach (var lockClass in LockdepClass.All)
        {
            var sum = new long[4];
            foreach (var counts in all)
            {
                for (int i = 0; i < sum.Length; i++)
                    sum[i] += counts.Of(lockClass, (LockEvent)i);
            }

            if (Array.Exists(sum, static count => count != 0))
                locks.Add(new LockCount(lockClass.Name, sum[0], sum[1], sum[2], sum[3]));
        }

        var faults = new long[3];
        foreach (var counts in all)
        {
            for (int i = 0; i < faults.Length; i++)
                faults[i] += counts.Of((FaultEvent)i);
        }

        return new LockReport(locks, faults[0], faults[1], faults[2]);
    }

    /// <summary>The current task did this to a lock of the class.</summary>
    internal static void Count(LockdepClass lockClass, LockEvent what)
    {
        if (Volatile.Read(ref s_period) is { } period)
            CountsOf(Task.Current, period).Add(lockClass, what);
    }

    /// <summary>The current task came so far with a fault.</summary>
    internal static void Count(FaultEvent what)
    {
        if (Volatile.Read(ref s_period) is { } period)
            CountsOf(Task.Current, period).Add(what);
    }

    private static TaskLockCounts CountsOf(Task task, ConcurrentBag<TaskLockCounts> period)
    {
        if (task.LockCounts is { } counts && counts.Period == period)
            return counts;
        counts = new TaskLockCounts(period);
        task.LockCounts = counts;
        period.Add(counts);
        return counts;
    }
}

/// <summary>What one task counted in one period. Only the task itself writes; others read when it is over.</summary>
/// <param name="period">The period, by its identity.</param>
internal sealed class TaskLockCounts(object period)
{
    private const int EventsOfLock = 4;

    private readonly long[] _locks = new long[LockdepClass.Most * EventsOfLock];
    private readonly long[] _faults = new long[3];

    internal object Period { get; } = period;

    internal void Add(LockdepClass lockClass, LockEvent what) => _locks[(lockClass.Number * EventsOfLock) + (int)what]++;

    internal void Add(FaultEvent what) => _faults[(int)what]++;

    internal long Of(LockdepClass lockClass, LockEvent what) => _locks[(lockClass.Number * EventsOfLock) + (int)what];

    internal long Of(FaultEvent what) => _faults[(int)what];
}
