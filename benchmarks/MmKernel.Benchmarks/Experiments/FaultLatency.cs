using System;
using System.Collections.Generic;
using System.Linq;
using MmKernel.Simulation;

namespace MmKernel.Benchmarks;

/// <summary>
/// Experiment f: how long faults take beside a thread that changes mappings, with VMA locks and without; it changes other VMAs, or the one that is
/// faulted.
/// </summary>
/// <param name="options">What is asked for.</param>
/// <param name="costs">What locks cost.</param>
internal sealed class FaultLatency(ExperimentOptions options, Costs costs)
{
    private const ulong Base = 0x30_0000_0000;
    private const ulong RegionPages = 1UL << 18;
    private const ulong OtherVma = 0x20_0000_0000;
    private const ulong PagesOfOther = 256;

    private static readonly double[] s_quantiles = [0.5, 0.9, 0.99, 0.999];

    internal void Run()
    {
        var cells = ((bool[])[false, true]).SelectMany(same => ((bool[])[false, true]).Select(locks => (PerVmaLocks: locks, IsSame: same))).ToList();
        var outcomes = Workers.Compare(options.Seconds, cells, (cell, time) => Measure(cell.PerVmaLocks, cell.IsSame, time), first: 1);
        Report.Print(
            "Read faults of one thread beside another that changes mappings all the time",
            ["policy", "what is changed", "faults/s", "changes/s", "median", "90 %", "99 %", "99.9 %", "longest", "mmap_lock shared", "waits", "VMA lock refused", "switches", "yields", "had a CPU"],
            cells.Zip(outcomes, (cell, outcome) =>
            {
                var mmap = outcome.Locks.Of(LockdepClass.MmapLock);
                var latencies = outcome.Latencies(1);
                return (IReadOnlyList<string>)
                [
                    NameOf(cell.PerVmaLocks), cell.IsSame ? "the same VMA" : "other VMAs", Report.Number(outcome.Rate(1)),
                    Report.Number(outcome.Tallies[0].Done / outcome.Seconds), .. s_quantiles.Select(share => Report.Time(latencies.Quantile(share))), Report.Time(latencies.Longest),
                    Per(mmap.Shared), Per(mmap.Waited), Per(outcome.Locks.Of(LockdepClass.VmaShared).Refused), Per(outcome.Switches), Per(outcome.Yields), Report.Share(outcome),
                ];

                string Per(long count) => Report.Number(outcome.PerThousand(count, 1));
            }));
        Console.WriteLine("Counts for 1,000 faults.");

        double underVmaLock = Workers.CostBesideTwin(() => Measure(perVmaLocks: true, isSame: false, 0.3, isActive: false), 1);
        double underMmapLock = Workers.CostBesideTwin(() => Measure(perVmaLocks: false, isSame: false, 0.3, isActive: false), 1);
        var chart = new Chart("f. Faults beside a writer of mmap_lock", "processors", "99 % of faults take less than, ns") { IsLogarithmic = true };
        foreach (var cell in cells)
        {
            double change = Measure(perVmaLocks: true, cell.IsSame, 0.3, readerStays: true).Tallies[0].Typical;
            var measured = outcomes[cells.IndexOf(cell)];
            string name = $"{NameOf(cell.PerVmaLocks)}, {(cell.IsSame ? "same VMA" : "other VMAs")}";
            var simulated = SimulatedRun.Cpus.Select(cpus => (Cpus: cpus, Result: Simulate(cell.PerVmaLocks, cell.IsSame, underVmaLock, underMmapLock, change, cpus))).ToList();
            Report.Print(
                $"{name}, simulated from costs without contention (fault {Report.Time(cell.PerVmaLocks ? underVmaLock : underMmapLock)}, change {Report.Time(change)})",
                ["processors", "faults/s", "median", "99 %", "99.9 %", "longest", "faults/s against measured"],
                simulated.Select(each => (IReadOnlyList<string>)
                [
                    $"{each.Cpus}", Report.Number(each.Result.Rate), Report.Time(each.Result.Faults.Quantile(0.5)), Report.Time(each.Result.Faults.Quantile(0.99)),
                    Report.Time(each.Result.Faults.Quantile(0.999)), Report.Time(each.Result.Faults.Longest),
                    each.Cpus == 2 ? SimulatedRun.Compare(each.Result.Rate, measured.Rate(1), measured.Share) : "",
                ]));
            chart.Add(name, Origin.Measured, [(2, measured.Latencies(1).Quantile(0.99))]);
            chart.Add(name, Origin.Simulated, [.. simulated.Select(each => ((double)each.Cpus, each.Result.Faults.Quantile(0.99)))]);
        }

        Report.Draw(options, "experiment-f", chart);
    }

    private static string NameOf(bool perVmaLocks) => perVmaLocks ? "VMA locks" : "mmap_lock only";

    private static Outcome Measure(bool perVmaLocks, bool isSame, double seconds, bool isActive = true, bool readerStays = false)
    {
        using var machine = new Machine(new MachineOptions { MemoryBytes = 256L << 20, Overcommit = OvercommitMode.Always, PerVmaLocks = perVmaLocks });
        var process = machine.CreateProcess();
        process.Map(Base, RegionPages);
        Action<Tally> change = tally =>
        {
            while (isActive && tally.GoesOn)
            {
                if (isSame)
                    Protect(process);
                else
                    Replace(process);
                tally.Count();
            }
        };
        var outcome = Workers.Run(seconds, [change, tally =>
        {
            if (readerStays)
                process.Stay(tally, Base);
            else
                Read(process, tally);
        }]);
        process.Exit();
        Rcu.Barrier();
        return outcome;
    }

    private static void Read(Process process, Tally tally)
    {
        while (tally.GoesOn)
        {
            for (ulong page = 0; page < RegionPages && tally.GoesOn; page++)
            {
                ulong address = Base + (page * Page.Size);
                tally.Measure(() => process.Load(address));
                tally.Count();
            }

            Calls.Check(process.Madvise(Base, RegionPages * Page.Size, Advice.DontNeed));
        }
    }

    /// <summary>Splits the VMA that is read, at its end, and makes one of it again.</summary>
    private static void Protect(Process process)
    {
        const ulong Tail = 16;
        ulong start = Base + ((RegionPages - Tail) * Page.Size);
        Calls.Check(process.Mprotect(start, Tail * Page.Size, Prot.Read));
        Calls.Check(process.Mprotect(start, Tail * Page.Size, Calls.ReadWrite));
    }

    private static void Replace(Process process)
    {
        process.Map(OtherVma, PagesOfOther);
        process.Unmap(OtherVma, PagesOfOther);
    }

    private (double Rate, Latencies Faults) Simulate(bool perVmaLocks, bool isSame, double underVmaLock, double underMmapLock, double change, int cpus)
    {
        var simulator = new Simulator();
        var mmapLock = costs.Semaphore(simulator);
        var vma = new SimulatedVmaLock(simulator, costs.Line(simulator), mmapLock, costs.Waiting);
        var faults = new Latencies();
        simulator.Start(self => Change(self, new Random(options.Seed)));
        var readers = Enumerable.Range(1, cpus - 1).Select(id => simulator.Start(self => Fault(self, new Random((options.Seed * 1000) + id)))).ToList();
        double rate = SimulatedRun.Rate(simulator, readers, () => faults = new Latencies());
        return (rate, faults);

        IEnumerable<Step> Change(SimulatedThread self, Random random)
        {
            while (true)
            {
                for (int call = 0; call < 2; call++)
                {
                    yield return mmapLock.Write;
                    if (isSame)
                        yield return vma.StartWrite;
                    yield return simulator.Work(random.Vary(Math.Max(0, (change / 2) - (2 * costs.Local))));
                    yield return mmapLock.EndWrite;
                }

                self.Done++;
            }
        }

        // All readers are in one VMA if it is the one that is changed; else each is in its own.
        IEnumerable<Step> Fault(SimulatedThread self, Random random)
        {
            var own = isSame ? vma : new SimulatedVmaLock(simulator, costs.Line(simulator), mmapLock, costs.Waiting);
            while (true)
            {
                double start = simulator.Now;
                self.Granted = false;
                if (perVmaLocks)
                    yield return own.TryRead;
                if (self.Granted)
                {
                    yield return simulator.Work(random.Vary(Math.Max(0, underVmaLock - (2 * costs.Local))));
                    yield return own.EndRead;
                }
                else
                {
                    yield return mmapLock.Read;
                    yield return simulator.Work(random.Vary(Math.Max(0, underMmapLock - (2 * costs.Local))));
                    yield return mmapLock.EndRead;
                }

                faults.Add(simulator.Now - start);
                self.Done++;
            }
        }
    }
}
