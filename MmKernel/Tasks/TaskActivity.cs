using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;

namespace MmKernel;

/// <summary>
/// What a task waits for, what it holds and what it has done so far (<c>kernel/hung_task.c</c>, with the blocker that it names). Two looks at one task tell
/// waiting, going round in circles and being slow from each other.
/// </summary>
/// <param name="Name">The thread's name or number.</param>
/// <param name="WaitsFor">What it sleeps or spins for; null if it runs, or waits for a spinlock, which is then the last that it holds.</param>
/// <param name="Waited">For how long.</param>
/// <param name="Holders">Who holds that, as far as the validator knows.</param>
/// <param name="Held">What the task itself holds.</param>
/// <param name="RulesChecked">How often the validator was asked; each lock counts.</param>
/// <param name="Faults">Faults of user accesses that it has taken.</param>
/// <param name="AllocationStalls">How often it found no memory and tried to free some.</param>
public sealed record TaskActivity(
    string Name, string? WaitsFor, TimeSpan Waited, IReadOnlyList<string> Holders, IReadOnlyList<string> Held, long RulesChecked, long Faults, long AllocationStalls)
{
    /// <summary>Looks at all tasks while they run, so that each line is true of its own moment.</summary>
    public static IReadOnlyDictionary<int, TaskActivity> OfAll()
    {
        var tasks = TaskTable.All.ToArray();
        var held = tasks.Select(HeldBy).ToArray();
        var found = new Dictionary<int, TaskActivity>();
        for (int i = 0; i < tasks.Length; i++)
        {
            var task = tasks[i];
            if (!task.Thread.IsAlive)
                continue;
            object? awaited = Volatile.Read(ref task.Awaits);
            var waited = awaited == null ? TimeSpan.Zero : Stopwatch.GetElapsedTime(Volatile.Read(ref task.WaitsSince));
            var holders = tasks.Where((_, other) => awaited != null && Array.Exists(held[other], entry => entry.Lock == awaited)).Select(NameOf);
            found[task.Thread.ManagedThreadId] = new TaskActivity(
                NameOf(task), awaited == null ? null : Describe(awaited), waited, [.. holders], [.. held[i].Select(entry => $"{entry.Class} {entry.Mode} {NumberOf(entry.Lock)}")],
                Volatile.Read(ref task.RulesChecked), Volatile.Read(ref task.FaultsTaken), Volatile.Read(ref task.AllocationStalls));
        }

        return found;
    }

    /// <summary>What the task did since an earlier look, and where it is now.</summary>
    public string Since(TaskActivity? earlier)
    {
        string did = $"{RulesChecked - (earlier?.RulesChecked ?? 0):N0} rules, {Faults - (earlier?.Faults ?? 0):N0} faults, "
            + $"{AllocationStalls - (earlier?.AllocationStalls ?? 0):N0} stalls";
        string waits = WaitsFor == null ? "runs" : $"waits {Waited.TotalSeconds:F1} s for {WaitsFor} of {(Holders.Count == 0 ? "nobody known" : string.Join(", ", Holders))}";
        return $"{Name}: {did}; {waits}; holds {(Held.Count == 0 ? "nothing" : string.Join(", ", Held))}";
    }

    private static string NameOf(Task task) => $"{task.Thread.Name ?? "thread"} #{task.Thread.ManagedThreadId}";

    private static string Describe(object awaited) => awaited switch
    {
        Task other => $"the access or read section of {NameOf(other)}",
        RwSemaphore semaphore => $"{semaphore.Class} {NumberOf(awaited)}",
        UserfaultWait wait => $"the handler, {wait.Message.Event} at {wait.Message.Address:x}",
        _ => $"{awaited.GetType().Name} {NumberOf(awaited)}",
    };

    private static string NumberOf(object @lock) => $"@{RuntimeHelpers.GetHashCode(@lock):x}";

    /// <summary>The list changes while it is read, which may go wrong, and then is done again.</summary>
    private static HeldLock[] HeldBy(Task task)
    {
        for (int attempt = 0; attempt < 8; attempt++)
        {
            try
            {
                return [.. task.HeldLocks];
            }
            catch (Exception e) when (e is InvalidOperationException or ArgumentException or IndexOutOfRangeException)
            {
            }
        }

        return [];
    }
}
