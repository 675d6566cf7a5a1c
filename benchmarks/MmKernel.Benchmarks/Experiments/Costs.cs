using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using MmKernel.Simulation;
using MmLint;

namespace MmKernel.Benchmarks;

/// <summary>What locks cost on this machine, in nanoseconds: what simulations are calibrated by.</summary>
/// <param name="Local">An atomic change of a lock that the same processor changed last.</param>
/// <param name="Transfer">One that another processor changed last, while both want it all the time.</param>
/// <param name="Wake">From the release of a lock to a sleeper that has it.</param>
/// <param name="Spin">How long a waiter spins before it sleeps.</param>
internal sealed record Costs(double Local, double Transfer, double Wake, double Spin)
{
    private const int Rounds = 5;

    internal static Costs Measure()
    {
        double spin = Best(Rounds, () => Time(1000, () => Thread.SpinWait(8 * 60)));
        double local = Best(Rounds, () => Pairs(threads: 1)) / 2;
        double transfer = Best(Rounds, () => Pairs(threads: 2)) / 2;
        return new Costs(local, Math.Max(local, transfer), MeasureWake(), spin);
    }

    internal void Print() => Report.Print(
        "Costs of locks, measured in this run",
        ["what", "time"],
        [
            ["atomic change of a lock, own cache line", Report.Time(Local)],
            ["the same, line of another processor", Report.Time(Transfer)],
            ["waking a sleeper", Report.Time(Wake)],
            ["spinning before sleeping", Report.Time(Spin)],
        ]);

    /// <summary>The least of several measurements: the one that was disturbed least.</summary>
    internal static double Best(int rounds, Func<double> measure) => Enumerable.Range(0, rounds).Min(_ => measure());

    /// <summary>Nanoseconds for one of many runs.</summary>
    internal static double Time(int count, Action action)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < count; i++)
            action();
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / count;
    }

    /// <summary>A new simulation with the state word of a lock in it.</summary>
    internal SimulatedSemaphore Semaphore(Simulator simulator) => new(simulator, Line(simulator), Spin, Wake);

    internal CacheLine Line(Simulator simulator) => new(simulator, Local, Transfer);

    /// <summary>Nanoseconds for taking and releasing one lock shared, all threads taken together.</summary>
    private static double Pairs(int threads)
    {
        var semaphore = new RwSemaphore(LockdepClass.Create("calibration", LockKind.ReaderWriter));
        var outcome = Workers.Run(0.1, [.. Enumerable.Repeat<Action<Tally>>(
            tally =>
            {
                while (tally.GoesOn)
                {
                    for (int i = 0; i < 100; i++)
                    {
                        semaphore.ReadLock();
                        semaphore.ReadUnlock();
                    }

                    tally.Done += 100;
                }
            },
            threads)]);
        return 1e9 / outcome.Rate(0);
    }

    private static double MeasureWake()
    {
        const int Samples = 200;
        var semaphore = new RwSemaphore(LockdepClass.Create("calibration", LockKind.ReaderWriter));
        var times = new List<double>();
        long released = 0;
        using var turn = new Barrier(2);
        var sleeper = new Thread(() =>
        {
            for (int i = 0; i < Samples; i++)
            {
                turn.SignalAndWait();
                semaphore.ReadLock();
                times.Add(Stopwatch.GetElapsedTime(Volatile.Read(ref released)).TotalNanoseconds);
                semaphore.ReadUnlock();
                turn.SignalAndWait();
            }
        });
        sleeper.Start();
        for (int i = 0; i < Samples; i++)
        {
            semaphore.WriteLock();
            turn.SignalAndWait();
            Thread.Sleep(1);
            Volatile.Write(ref released, Stopwatch.GetTimestamp());
            semaphore.WriteUnlock();
            turn.SignalAndWait();
        }

        sleeper.Join();
        times.Sort();
        return times[Samples / 2];
    }
}
