using System;
using System.Threading;
using MmLint;

namespace MmKernel;

/// <summary>All tasks, for those who must wait for each of them: RCU grace periods and TLB flushes.</summary>
internal static class TaskTable
{
    // Copied on write, so that it is walked without the lock.
    [GuardedBy("Lock"), ReadFreely] private static Task[] s_tasks = [];
    [Atomic] private static int s_created;

    internal static SpinLock Lock { get; } = new(LockdepClass.TaskTable);

    /// <summary>The tasks that existed when this was called, those of ended threads perhaps among them.</summary>
    internal static ReadOnlySpan<Task> All => Volatile.Read(ref s_tasks);

    /// <summary>A processor for a new task: they take turns.</summary>
    internal static int NextCpu() => (Interlocked.Increment(ref s_created) & int.MaxValue) % Environment.ProcessorCount;

    /// <summary>Adds the current task and drops those whose threads have ended.</summary>
    internal static void Register(Task task)
    {
        Lock.Lock();
        var tasks = Array.FindAll(s_tasks, static other => other.Thread.IsAlive);
        Array.Resize(ref tasks, tasks.Length + 1);
        tasks[^1] = task;
        Volatile.Write(ref s_tasks, tasks);
        Lock.Unlock();
    }
}
