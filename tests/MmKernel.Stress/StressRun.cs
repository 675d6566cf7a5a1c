using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Text;
using System.Threading;
using MmKernel.Tests;

namespace MmKernel.Stress;

/// <summary>What happened.</summary>
/// <param name="Options">What was asked for.</param>
/// <param name="Rounds">How often all threads paused and everything was compared with recomputed truth.</param>
/// <param name="Counts">How often each operation was done.</param>
/// <param name="Answers">How many faults and events handlers of userfaultfds answered.</param>
/// <param name="Checks">How many rules the lock validator checked.</param>
/// <param name="Failure">The first broken invariant; null if there was none.</param>
internal sealed record StressReport(StressOptions Options, int Rounds, IReadOnlyDictionary<string, long> Counts, long Answers, long Checks, string? Failure)
{
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var (name, count) in Counts.OrderByDescending(entry => entry.Value))
            text.AppendLine($"{name,-24}{count,14:N0}");
        text.AppendLine($"{"all operations",-24}{Counts.Values.Sum(),14:N0}");
        text.AppendLine($"{"faults answered",-24}{Answers,14:N0}");
        text.AppendLine($"{"lock rules checked",-24}{Checks,14:N0}");
        text.AppendLine($"{"quiescent checks",-24}{Rounds,14:N0}");
        if (Failure != null)
        {
            text.AppendLine($"BROKEN in round {Rounds + 1}: {Failure}");
            text.Append($"Again: --seed {Options.Seed} --threads {Options.Threads} --processes {Options.Processes} --swap {Options.SwapBytes >> 20}");
        }

        return text.ToString();
    }
}

/// <summary>
/// Threads do random operations in rounds. Between two rounds nothing runs, and everything that the kernel counts is compared with what its page
/// tables say; at the end all processes exit, and all memory must be free.
/// </summary>
internal static class StressRun
{
    // An operation takes far less than a second; where no thread ends one for so long, they wait for something that nobody is going to do.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    internal static StressReport Run(StressOptions options)
    {
        var operations = OperationCatalogue.All;
        var counts = new long[operations.Count];
        long checks = 0;
        int rounds = 0;
        string? failure = null;
        using var world = new StressWorld(options);
        var clock = Stopwatch.StartNew();
        while (failure == null && (rounds == 0 || clock.Elapsed < options.Time))
        {
            failure = Round(world, options, rounds, operations, counts, ref checks) ?? world.TryCheck();
            if (failure == null)
                rounds++;
        }

        failure ??= world.TryEnd();
        var named = operations.Select((operation, i) => (operation.Name, Count: counts[i])).ToDictionary(entry => entry.Name, entry => entry.Count);
        return new StressReport(options, rounds, named, world.Handlers.Answers, checks, failure);
    }

    private static string? Round(StressWorld world, StressOptions options, int round, IReadOnlyList<Operation> operations, long[] counts, ref long checks)
    {
        string? failure = null;
        long rules = 0;
        var threadStates = new ThreadState?[options.Threads];
        var threads = Enumerable.Range(0, options.Threads).Select(id => new Thread(() =>
        {
            var state = threadStates[id] = new ThreadState(Task.Current);
            var stress = new StressThread(world, id, new Random((options.Seed * 31) + (round * 1009) + id));
            var done = new long[operations.Count];
            try
            {
                for (int i = 0; i < options.OperationsPerRound && Volatile.Read(ref failure) == null && world.Failure == null; i++)
                {
                    int next = OperationCatalogue.Pick(stress.Random);
                    state.Begin(operations[next].Name);
                    operations[next].Do(stress);
                    done[next]++;
                }
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref failure, $"thread {id}, {state.Doing}: {e}", null);
            }

            for (int i = 0; i < done.Length; i++)
                Interlocked.Add(ref counts[i], done[i]);
            Interlocked.Add(ref rules, Lockdep.ChecksOfThread);
        })
        { IsBackground = true }).ToArray();
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
        {
            long before = -1;
            while (!thread.Join(s_patience))
            {
                long now = threadStates.Sum(state => state?.Begun ?? 0);
                if (now == before)
                    return Hang(threadStates, failure ?? world.Failure);
                before = now;
            }
        }

        checks += rules;
        return failure;
    }

    private static string Hang(ThreadState?[] states, string? failure)
    {
        var text = new StringBuilder("a thread hangs");
        for (int id = 0; id < states.Length; id++)
        {
            if (states[id] is not { } state)
                continue;
            var task = state.Task;
            text.Append($"\nthread {id}: {state.Doing}, operation {state.Begun}, waits for {task.WaitKey?.GetType().Name ?? "nothing"}, woken {task.IsWoken};");
            foreach (var held in task.HeldLocks.ToArray())
                text.Append($" {held.Class} {held.Mode};");
        }

        return failure == null ? text.ToString() : $"{text}\n{failure}";
    }

    /// <summary>How far a thread is.</summary>
    private sealed class ThreadState(Task task)
    {
        private string _doing = "nothing";
        private long _begun;

        internal Task Task { get; } = task;

        internal string Doing => Volatile.Read(ref _doing);

        internal long Begun => Volatile.Read(ref _begun);

        internal void Begin(string operation)
        {
            Volatile.Write(ref _doing, operation);
            Volatile.Write(ref _begun, _begun + 1);
        }
    }
}
