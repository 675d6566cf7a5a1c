using System;
using System.Collections.Generic;
using System.Linq;
using MmKernel.Simulation;

namespace MmKernel.Benchmarks;

/// <summary>What faults and mappings cost a thread that shares no lock, in nanoseconds: what the simulation of <see cref="FaultsBesideMapping"/> is made of.</summary>
/// <param name="UnderVmaLock">A fault under the VMA lock.</param>
/// <param name="UnderMmapLock">A fault under mmap_lock.</param>
/// <param name="Attempt">An attempt under the VMA lock that the early check ends.</param>
/// <param name="MapPair">One mmap and one munmap.</param>
internal sealed record FaultCosts(double UnderVmaLock, double UnderMmapLock, double Attempt, double MapPair);

/// <summary>
/// Threads that only read, each in memory of its own that has no anon_vma, while one more thread of the process maps and unmaps. With the early check
/// each of their faults goes back to mmap_lock; with the late one none does.
/// </summary>
/// <param name="options">What is asked for.</param>
/// <param name="costs">What locks cost.</param>
internal abstract class FaultsBesideMapping(ExperimentOptions options, Costs costs)
{
    private const ulong MappedByMapper = 0x20_0000_0000;

    private static readonly int[] s_threads = [2, 4];

    /// <summary>The letter.</summary>
    protected abstract string Letter { get; }

    /// <summary>What is compared.</summary>
    protected abstract string Title { get; }

    /// <summary>The policy with the early check.</summary>
    protected abstract AnonVmaCheck Early { get; }

    protected ExperimentOptions Options => options;

    protected Costs Costs => costs;

    /// <summary>Makes what the threads read.</summary>
    protected abstract Action<Process, Tally, int> Prepare(Machine machine);

    internal void Run()
    {
        AnonVmaCheck[] policies = [Early, AnonVmaCheck.LateWithoutTry, AnonVmaCheck.Late];
        var cells = s_threads.SelectMany(threads => policies.Select(check => (Check: check, Threads: threads))).ToList();
        var outcomes = Workers.Compare(options.Seconds, cells, (cell, time) => Measure(cell.Check, cell.Threads, time), first: 1);
        Report.Print(
            $"{Title}: threads that read beside one that maps",
            [
                "policy", "threads", "faults/s", "maps/s", "VMA lock", "mmap_lock shared", "mmap_lock exclusive", "mmap_lock waits", "went back", "switches", "yields", "had a CPU",
            ],
            cells.Zip(outcomes, Row));
        Console.WriteLine("Locks, waits, faults that went back to mmap_lock and context switches, voluntary ones and yields: for 1,000 faults.");

        var faults = MeasureCosts();
        var chart = new Chart($"{Letter}. {Title}", "processors", "faults per second") { IsLogarithmic = true };
        foreach (var check in (ReadOnlySpan<AnonVmaCheck>)[Early, AnonVmaCheck.Late])
        {
            double measured = outcomes[cells.IndexOf((check, 2))].Rate(1);
            double shares = outcomes[cells.IndexOf((check, 2))].Share;
            var simulated = SimulatedRun.Cpus.Select(cpus => (Cpus: cpus, Result: Simulate(check, faults, cpus))).ToList();
            Report.Print(
                $"{NameOf(check)}, simulated from costs without contention (fault {Report.Time(check == Early ? faults.UnderMmapLock + faults.Attempt : faults.UnderVmaLock)}, map and unmap {Report.Time(faults.MapPair)})",
                ["processors", "faults/s", "maps/s", "sleeps for 1,000 faults", "against measured"],
                simulated.Select(each => (IReadOnlyList<string>)
                [
                    $"{each.Cpus}", Report.Number(each.Result.Faults), Report.Number(each.Result.Maps), Report.Number(each.Result.Sleeps),
                    each.Cpus == 2 ? SimulatedRun.Compare(each.Result.Faults, measured, shares) : "",
                ]));
            chart.Add(NameOf(check), Origin.Measured, [(2, measured)]);
            chart.Add(NameOf(check), Origin.Simulated, [.. simulated.Select(each => ((double)each.Cpus, each.Result.Faults))]);
        }

        Report.Draw(options, $"experiment-{Letter}", chart);
        RunMore();
    }

    /// <summary>What else belongs to the experiment.</summary>
    protected virtual void RunMore()
    {
    }

    protected static string NameOf(AnonVmaCheck check) => check switch
    {
        AnonVmaCheck.Early => "early",
        AnonVmaCheck.EarlyPrivate => "early, every private VMA",
        AnonVmaCheck.LateWithoutTry => "late, no try",
        _ => "late, mmap_lock tried",
    };

    private static IReadOnlyList<string> Row((AnonVmaCheck Check, int Threads) cell, Outcome outcome)
    {
        var mmap = outcome.Locks.Of(LockdepClass.MmapLock);
        var vma = outcome.Locks.Of(LockdepClass.VmaShared);
        return
        [
            NameOf(cell.Check), $"{cell.Threads}", Report.Number(outcome.Rate(1)), Report.Number(outcome.Tallies[0].Done / outcome.Seconds),
            Per(vma.Shared), Per(mmap.Shared), Per(mmap.Exclusive), Per(mmap.Waited), Per(outcome.Locks.Aborted + outcome.Locks.Retried), Per(outcome.Switches), Per(outcome.Yields), Report.Share(outcome),
        ];

        string Per(long count) => Report.Number(outcome.PerThousand(count, 1));
    }

    private Outcome Measure(AnonVmaCheck check, int threads, double seconds, bool withMapper = true, bool perVmaLocks = true, bool readersStay = false)
    {
        using var machine = new Machine(new MachineOptions { MemoryBytes = 256L << 20, Overcommit = OvercommitMode.Always, AnonVmaCheck = check, PerVmaLocks = perVmaLocks });
        var process = machine.CreateProcess();
        var read = Prepare(machine);
        process.Map(MappedByMapper - Page.Size, 1, Prot.Read);
        var bodies = new List<Action<Tally>> { tally => Map(process, tally, withMapper) };
        for (int id = 1; id < threads; id++)
        {
            int number = id;
            bodies.Add(tally =>
            {
                if (readersStay)
                    process.Stay(tally, MappedByMapper - Page.Size);
                else
                    read(process, tally, number);
            });
        }

        var outcome = Workers.Run(seconds, bodies);
        process.Exit();
        Rcu.Barrier();
        return outcome;
    }

    private static void Map(Process process, Tally tally, bool isActive)
    {
        while (isActive && tally.GoesOn)
        {
            process.Map(MappedByMapper, 16);
            process.Unmap(MappedByMapper, 16);
            tally.Count();
        }
    }

    private FaultCosts MeasureCosts()
    {
        const double Time = 0.3;
        double underVmaLock = Workers.CostBesideTwin(() => Measure(AnonVmaCheck.Late, 2, Time, withMapper: false), 1);
        double early = Workers.CostBesideTwin(() => Measure(Early, 2, Time, withMapper: false), 1);
        double underMmapLock = Workers.CostBesideTwin(() => Measure(AnonVmaCheck.Late, 2, Time, withMapper: false, perVmaLocks: false), 1);
        double pair = Measure(AnonVmaCheck.Late, 2, Time, readersStay: true).Tallies[0].Typical;
        return new FaultCosts(underVmaLock, underMmapLock, Math.Max(0, early - underMmapLock), pair);
    }

    private (double Faults, double Maps, double Sleeps) Simulate(AnonVmaCheck check, FaultCosts faults, int cpus)
    {
        var simulator = new Simulator();
        var mmapLock = costs.Semaphore(simulator);
        var mapper = simulator.Start(self => Mapper(self, new Random(options.Seed)));
        var readers = Enumerable.Range(1, cpus - 1).Select(id => simulator.Start(self => Reader(self, new Random((options.Seed * 1000) + id)))).ToList();
        double rate = SimulatedRun.Rate(simulator, readers, () => Forget(mapper, readers));
        long done = readers.Sum(reader => reader.Done);
        double maps = rate * mapper.Done / Math.Max(1, done);
        return (rate, maps, (mapper.Sleeps + readers.Sum(reader => reader.Sleeps)) * 1000.0 / Math.Max(1, done));

        IEnumerable<Step> Mapper(SimulatedThread self, Random random)
        {
            while (true)
            {
                for (int call = 0; call < 2; call++)
                {
                    yield return mmapLock.Write;
                    yield return simulator.Work(random.Vary(Math.Max(0, (faults.MapPair / 2) - (2 * costs.Local))));
                    yield return mmapLock.EndWrite;
                }

                self.Done++;
            }
        }

        IEnumerable<Step> Reader(SimulatedThread self, Random random)
        {
            var own = costs.Line(simulator);
            while (true)
            {
                if (check == Early)
                {
                    yield return simulator.Work(random.Vary(faults.Attempt));
                    yield return mmapLock.Read;
                    yield return simulator.Work(random.Vary(Math.Max(0, faults.UnderMmapLock - (2 * costs.Local))));
                    yield return mmapLock.EndRead;
                }
                else
                {
                    yield return own.Touch;
                    yield return simulator.Work(random.Vary(Math.Max(0, faults.UnderVmaLock - (2 * costs.Local))));
                    yield return own.Touch;
                }

                self.Done++;
            }
        }
    }

    private static void Forget(SimulatedThread mapper, IReadOnlyList<SimulatedThread> readers)
    {
        mapper.Done = 0;
        mapper.Sleeps = 0;
        foreach (var reader in readers)
            reader.Sleeps = 0;
    }
}
