using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using MmKernel.Simulation;

namespace MmKernel.Benchmarks;

/// <summary>What one thread of an experiment did.</summary>
internal sealed class Tally
{
    private const int BatchSize = 32;

    private readonly Latencies _batches = new();
    private bool _stop;
    private long _batchStart = Stopwatch.GetTimestamp();

    /// <summary>Whether to go on.</summary>
    internal bool GoesOn => !Volatile.Read(ref _stop);

    /// <summary>How often the thread did what it is there for.</summary>
    internal long Done { get; private set; }

    /// <summary>Nanoseconds for one, in the median of all batches.</summary>
    internal double Typical => _batches.Quantile(0.5) / BatchSize;

    /// <summary>Nanoseconds in which the thread was ready to run and had no processor.</summary>
    internal long WaitedForCpu { get; set; }

    /// <summary>Nanoseconds in which the thread ran.</summary>
    internal long Ran { get; set; }

    /// <summary>How long each took, where that is measured.</summary>
    internal Latencies Latencies { get; } = new();

    /// <summary>The thread did once what it is there for.</summary>
    internal void Count()
    {
        if (++Done % BatchSize != 0)
            return;
        long now = Stopwatch.GetTimestamp();
        _batches.Add(Stopwatch.GetElapsedTime(_batchStart, now).TotalNanoseconds);
        _batchStart = now;
    }

    internal void Stop() => Volatile.Write(ref _stop, true);

    /// <summary>Does something and measures how long it takes.</summary>
    internal void Measure(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        Latencies.Add(Stopwatch.GetElapsedTime(start).TotalNanoseconds);
    }
}

/// <summary>What the threads of an experiment did in some time.</summary>
/// <param name="Seconds">The time.</param>
/// <param name="Tallies">One for each thread, in the order in which they were given.</param>
/// <param name="Switches">How often the host took the processor from a thread that slept (voluntary context switches).</param>
/// <param name="Yields">How often from one that did not: it gave way while spinning, or others came (involuntary ones).</param>
/// <param name="Locks">What happened to locks.</param>
internal sealed record Outcome(double Seconds, IReadOnlyList<Tally> Tallies, long Switches, long Yields, LockReport Locks)
{
    /// <summary>Which share of the time the threads had a processor when they wanted one: less than all of it means that others disturbed them.</summary>
    internal double Share => 1 - (Tallies.Sum(tally => tally.WaitedForCpu) / (Seconds * 1e9 * Tallies.Count));

    /// <summary>How often threads did per second what they are there for, those before one left out.</summary>
    internal double Rate(int first) => Tallies.Skip(first).Sum(tally => tally.Done) / Seconds;

    /// <summary>Nanoseconds that the first thread ran for each time; the same on a busy machine, as long as the thread waits for nobody.</summary>
    internal double CpuTimeForOne => Tallies[0].Ran / (double)Math.Max(1, Tallies[0].Done);

    /// <summary>A count for each 1,000 times that threads did what they are there for.</summary>
    internal double PerThousand(long count, int first) => count * 1000.0 / Math.Max(1, Tallies.Skip(first).Sum(tally => tally.Done));

    /// <summary>The latencies of all threads, those before one left out.</summary>
    internal Latencies Latencies(int first)
    {
        var all = new Latencies();
        foreach (var tally in Tallies.Skip(first))
            all.Add(tally.Latencies);
        return all;
    }
}

/// <summary>Threads that do things for some time.</summary>
internal static class Workers
{
    internal static Outcome Run(double seconds, params IReadOnlyList<Action<Tally>> bodies)
    {
        var tallies = bodies.Select(_ => new Tally()).ToArray();
        var failures = new Exception?[bodies.Count];
        long switches = 0;
        long yields = 0;
        using var start = new Barrier(bodies.Count + 1);
        var threads = bodies.Select((body, id) => new Thread(() =>
        {
            start.SignalAndWait();
            var before = CountSwitches();
            var (ran, waited) = ThreadTime();
            try
            {
                body(tallies[id]);
            }
            catch (InvalidOperationException e)
            {
                failures[id] = e;
            }

            var end = ThreadTime();
            tallies[id].Ran = end.Ran - ran;
            tallies[id].WaitedForCpu = end.Waited - waited;
            var after = CountSwitches();
            Interlocked.Add(ref switches, after.Voluntary - before.Voluntary);
            Interlocked.Add(ref yields, after.Others - before.Others);
        })).ToArray();
        foreach (var thread in threads)
            thread.Start();
        LockStatistics.Start();
        start.SignalAndWait();
        long began = Stopwatch.GetTimestamp();
        Thread.Sleep(TimeSpan.FromSeconds(seconds));
        foreach (var tally in tallies)
            tally.Stop();
        double elapsed = Stopwatch.GetElapsedTime(began).TotalSeconds;
        foreach (var thread in threads)
            thread.Join();
        var locks = LockStatistics.Stop();
        if (failures.FirstOrDefault(failure => failure != null) is { } first)
            throw new InvalidOperationException("A thread of the experiment failed.", first);
        return new Outcome(elapsed, tallies, switches, yields, locks);
    }

    /// <summary>
    /// Measures each policy several times, by turns, so that what else the machine does meets all of them, and gives the run of each in which most was
    /// done: the one that was disturbed least.
    /// </summary>
    /// <param name="seconds">For everything.</param>
    /// <param name="policies">The policies.</param>
    /// <param name="measure">Measures one for a time.</param>
    /// <param name="first">The first thread whose work counts.</param>
    internal static IReadOnlyList<Outcome> Compare<T>(double seconds, IReadOnlyList<T> policies, Func<T, double, Outcome> measure, int first = 0)
    {
        const int Rounds = 8;
        double each = seconds / (Rounds * policies.Count);
        var best = new Outcome?[policies.Count];
        for (int round = 0; round < Rounds; round++)
        {
            for (int i = 0; i < policies.Count; i++)
            {
                var outcome = measure(policies[i], each);
                if (best[i] == null || outcome.Rate(first) > best[i]!.Rate(first))
                    best[i] = outcome;
            }
        }

        return best!;
    }

    /// <summary>
    /// Nanoseconds that something takes on a machine whose other processor is busy with the same in a machine of its own: they share no lock, but caches,
    /// memory and perhaps a core.
    /// </summary>
    /// <param name="measure">Measures it, with one busy thread.</param>
    /// <param name="id">The busy thread.</param>
    internal static double CostBesideTwin(Func<Outcome> measure, int id)
    {
        var twin = new Thread(() => _ = measure());
        twin.Start();
        double cost = measure().Tallies[id].Typical;
        twin.Join();
        return cost;
    }

    /// <summary>Nanoseconds that the thread ran, and that it was ready to run without a processor.</summary>
    internal static (long Ran, long Waited) ThreadTime()
    {
        string[] fields = File.ReadAllText("/proc/thread-self/schedstat").Split(' ');
        return (long.Parse(fields[0], CultureInfo.InvariantCulture), long.Parse(fields[1], CultureInfo.InvariantCulture));
    }

    private static (long Voluntary, long Others) CountSwitches()
    {
        const string Field = "voluntary_ctxt_switches:";
        long voluntary = 0;
        long others = 0;
        foreach (string line in File.ReadLines("/proc/thread-self/status"))
        {
            int at = line.IndexOf(Field, StringComparison.Ordinal);
            if (at < 0)
                continue;
            long count = long.Parse(line.AsSpan(at + Field.Length).Trim(), CultureInfo.InvariantCulture);
            if (at == 0)
                voluntary = count;
            else
                others = count;
        }

        return (voluntary, others);
    }
}
