using System;
using System.Threading;
using MmLint;

namespace MmKernel;

/// <summary>All tasks, for those who must wait for each of them: RCU grace periods and TLB flushes.</summary>
internal static class TaskTable
{
    // A plain monitor: the validator behind the kernel's own locks asks for the current task, which is just being made in here.
    private static readonly Lock s_gate = new();

    // Copied on write, so that it is walked without the lock.
    [GuardedBy(nameof(s_gate)), ReadFreely] private static Task[] s_tasks = [];
    [GuardedBy(nameof(s_gate))] private static int s_created;

    /// <summary>The tasks that existed when this was called, those of ended threads perhaps among them.</summary>
    internal static ReadOnlySpan<Task> All => Volatile.Read(ref s_tasks);

    /// <summary>Adds a task and drops those whose threads have ended.</summary>
    /// <returns>How many tasks were registered before.</returns>
    internal static int Register(Task task)
    {
        lock (s_gate)
        {
            var tasks = Array.FindAll(s_tasks, static other => other.Thread.IsAlive);
            Array.Resize(ref tasks, tasks.Length + 1);
            tasks[^1] = task;
            Volatile.Write(ref s_tasks, tasks);
            return s_created++;
        }
    }
}
