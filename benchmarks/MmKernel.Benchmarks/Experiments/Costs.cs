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
/// <param name="Waiting">Spinning, and waking a sleeper.</param>
internal sealed record Costs(double Local, double Transfer, WaitCosts Waiting)
{
    private const int Rounds = 5;

    internal static Costs Measure()
    {
        double spin = Best(Rounds, () => Time(1000, static () => Thread.SpinWait(8 * 60)));
        double spinQueued = Best(4 * Rounds, MeasureSpinQueued);
        double local = Best(Rounds, MeasureLocal);
        return new Costs(local, MeasureTransfer() is var transfer and < double.MaxValue ? Math.Max(local, transfer) : local, new WaitCosts(spin, spinQueued, MeasureWake()));
    }

    internal void Print() => Report.Print(
        "Costs of locks, measured in this run",
        ["what", "time"],
        [
            ["atomic change of a lock, own cache line", Report.Time(Local)],
            ["the same, line of another processor", Report.Time(Transfer)],
            ["waking a sleeper", Report.Time(Waiting.Wake)],
            ["spinning before queueing", Report.Time(Waiting.Spin)],
            ["spinning in the queue before sleeping", Report.Time(Waiting.SpinQueued)],
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
    internal SimulatedSemaphore Semaphore(Simulator simulator) => new(simulator, Line(simulator), Waiting);

    internal CacheLine Line(Simulator simulator) => new(simulator, Local, Transfer);

    /// <summary>Sleepers spin first and give way between; with a processor of one's own nobody takes it then, so only running counts.</summary>
    private static double MeasureSpinQueued()
    {
        const int SpinsBeforeSleep = 40;
        var spinner = default(SpinWait);
        long start = Workers.ThreadTime().Ran;
        while (spinner.Count < SpinsBeforeSleep)
            spinner.SpinOnce(sleep1Threshold: -1);
        return Workers.ThreadTime().Ran - start;
    }

    private static double MeasureLocal()
    {
        var semaphore = new RwSemaphore(LockdepClass.Create("calibration", LockKind.ReaderWriter));
        return Time(1_000_000, () =>
        {
            semaphore.ReadLock();
            semaphore.ReadUnlock();
        }) / 2;
    }

    /// <summary>Two threads count one word up by turns. The fastest hundred turns are those in which both had a processor.</summary>
    private static double MeasureTransfer()
    {
        const int TurnsInBatch = 100;
        int word = 0;
        double best = double.MaxValue;
        bool stop = false;
        var threads = ((int[])[0, 1]).Select(parity => new Thread(() => Count(parity))).ToArray();
        foreach (var thread in threads)
            thread.Start();
        Thread.Sleep(1500);
        Volatile.Write(ref stop, true);
        foreach (var thread in threads)
            thread.Join();
        return best;

        void Count(int parity)
        {
            long start = Stopwatch.GetTimestamp();
            for (int turn = parity; !Volatile.Read(ref stop); turn += 2)
            {
                while (Volatile.Read(ref word) != turn && !Volatile.Read(ref stop))
                    Thread.SpinWait(1);
                Volatile.Write(ref word, turn + 1);
                if (parity != 0 || turn % TurnsInBatch != 0)
                    continue;
                if (turn != 0)
                    best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds / TurnsInBatch);
                start = Stopwatch.GetTimestamp();
            }
        }
    }

    private static double MeasureWake()
    {
        const int Samples = 60;
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
        return times.Min();
    }
}
