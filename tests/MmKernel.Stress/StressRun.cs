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
/// <param name="FailuresMade">How many allocations were made to fail.</param>
/// <param name="Longest">The operation that took longest.</param>
/// <param name="Failure">The first broken invariant; null if there was none.</param>
internal sealed record StressReport(StressOptions Options, int Rounds, IReadOnlyDictionary<string, long> Counts, long Answers, long Checks, long FailuresMade, string Longest, string? Failure)
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
        text.AppendLine($"{"failures made",-24}{FailuresMade,14:N0}");
        text.AppendLine($"longest operation: {Longest}");
        if (Failure != null)
        {
            text.AppendLine($"BROKEN in round {Rounds + 1}: {Failure}");
            text.Append($"Again: --seed {Options.Seed} --threads {Options.Threads} --processes {Options.Processes} --swap {Options.SwapBytes >> 20} --faults {Options.FaultInterval}");
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
    // Round after round another one, so that huge pages of one mode are met by operations in another.
    private static readonly HugePageMode[] s_hugeModes = [HugePageMode.Madvise, HugePageMode.Always, HugePageMode.Madvise, HugePageMode.Never];

    internal static StressReport Run(StressOptions options)
    {
        var operations = OperationCatalogue.All;
        var counts = new long[operations.Count];
        var watch = new ProgressWatch(options.Threads, options.Patience);
        int rounds = 0;
        string? failure = null;
        var world = new StressWorld(options);
        var clock = Stopwatch.StartNew();
        while (failure == null && (rounds == 0 || clock.Elapsed < options.Time))
        {
            world.Machine.HugePages.Mode = s_hugeModes[rounds % s_hugeModes.Length];
            failure = Round(world, options, rounds, operations, counts, watch) ?? world.TryCheck();
            if (failure == null)
                rounds++;
        }

        failure ??= world.TryEnd();

        // Threads that hang still use what they wait for.
        if (failure == null)
            world.Dispose();
        var named = operations.Select((operation, i) => (operation.Name, Count: counts[i])).ToDictionary(entry => entry.Name, entry => entry.Count);
        return new StressReport(options, rounds, named, world.Handlers.Answers, watch.Rules, watch.FailuresMade, watch.Longest, failure);
    }

    private static FaultInjector? Injector(StressOptions options, int seed)
    {
        if (options.FaultInterval == 0)
            return null;
        var random = new Random(seed);
        return new FaultInjector(FaultPoint.Memory, random.Next(options.FaultInterval), () => random.Next(2 * options.FaultInterval));
    }

    private static string? Round(StressWorld world, StressOptions options, int round, IReadOnlyList<Operation> operations, long[] counts, ProgressWatch watch)
    {
        string? failure = null;
        long rules = 0;
        var threads = Enumerable.Range(0, options.Threads).Select(id => new Thread(() =>
        {
            var state = watch.Start(id);
            var stress = new StressThread(world, id, new Random((options.Seed * 31) + (round * 1009) + id));
            var done = new long[operations.Count];
            Task.Current.FaultInjector = Injector(options, stress.Random.Next());
            try
            {
                for (int i = 0; i < options.OperationsPerRound && Volatile.Read(ref failure) == null && world.Failure == null; i++)
                {
                    int next = OperationCatalogue.Pick(stress.Random);
                    state.Begin(operations[next].Name);
                    operations[next].Do(stress);
                    world.ReplaceKilled();
                    done[next]++;
                }
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref failure, $"thread {id}, {state.Doing}: {e}", null);
            }

            state.End();
            Interlocked.Add(ref watch.FailuresMade, Task.Current.FaultInjector?.Failures ?? 0);
            for (int i = 0; i < done.Length; i++)
                Interlocked.Add(ref counts[i], done[i]);
            Interlocked.Add(ref rules, Lockdep.ChecksOfThread);
        })
        { IsBackground = true, Name = $"stress {id}" }).ToArray();
        foreach (var thread in threads)
            thread.Start();
        if (!watch.TryJoin(threads))
            return $"{watch.Describe(world.Machine)}\n{failure ?? world.Failure}";
        watch.Rules += rules;
        return failure;
    }
}
