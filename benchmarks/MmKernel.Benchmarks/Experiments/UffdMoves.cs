using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using MmKernel.Simulation;

namespace MmKernel.Benchmarks;

/// <summary>
/// Experiment d: threads move pages by userfaultfd within one VMA, and one more thread makes first faults in a VMA beside it, which take the lock of
/// the same anon_vma: how long is the longest of them?
/// </summary>
/// <param name="options">What is asked for.</param>
/// <param name="costs">What locks cost.</param>
internal sealed class UffdMoves(ExperimentOptions options, Costs costs)
{
    private const ulong Base = 0x30_0000_0000;
    private const ulong Half = 2048;
    private const ulong PagesPerMover = 128;
    private const int LeastFaults = 200;
    private const ulong NextVma = Base + (2 * Half * Page.Size);

    private static readonly int[] s_movers = [1, 3];

    /// <summary>What another thread of the process does meanwhile.</summary>
    private enum Beside
    {
        /// <summary>First faults that need the same anon_vma.</summary>
        Faults,

        /// <summary>Accesses without faults, so that changed page tables concern it.</summary>
        Reader,

        Nobody,
    }

    internal void Run()
    {
        UffdMoveLocking[] policies = [UffdMoveLocking.AnonVmaLock, UffdMoveLocking.FolioLock];
        var cells = s_movers.SelectMany(movers => policies.Select(locking => (Locking: locking, Movers: movers))).ToList();
        var outcomes = Workers.Compare(options.Seconds, cells, (cell, time) => Measure(cell.Locking, cell.Movers, time), first: 1);
        Report.Print(
            "Moves within one VMA, and first faults beside it",
            ["policy", "movers", "moves/s", "faults/s", "fault, median", "99 %", "longest", "anon_vma lock", "its waits", "folio lock", "its waits", "page table waits", "switches", "yields", "had a CPU"],
            cells.Zip(outcomes, (cell, outcome) =>
            {
                var anonVma = outcome.Locks.Of(LockdepClass.AnonVma);
                var folio = outcome.Locks.Of(LockdepClass.Folio);
                var faults = outcome.Tallies[0].Latencies;
                return (IReadOnlyList<string>)
                [
                    NameOf(cell.Locking), $"{cell.Movers}", Report.Number(outcome.Rate(1)), Report.Number(outcome.Tallies[0].Done / outcome.Seconds),
                    Report.Time(faults.Quantile(0.5)), Report.Time(faults.Quantile(0.99)), Report.Time(faults.Longest),
                    Per(anonVma.Shared + anonVma.Exclusive), Per(anonVma.Waited), Per(folio.Exclusive), Per(folio.Waited),
                    Per(outcome.Locks.Of(LockdepClass.PageTable).Waited), Per(outcome.Switches), Per(outcome.Yields), Report.Share(outcome),
                ];

                string Per(long count) => Report.Number(outcome.PerThousand(count, 1));
            }));
        Console.WriteLine("Counts for 1,000 moves.");

        // The page tables are changed, and others told of it, under the lock of the folio; about half of the rest is before that.
        double alone = Workers.CostBesideTwin(() => Measure(UffdMoveLocking.FolioLock, 1, 0.3, Beside.Nobody), 1);
        double move = Measure(UffdMoveLocking.FolioLock, 1, 0.3, Beside.Reader).Tallies[1].Typical;
        double fault = Measure(UffdMoveLocking.FolioLock, 0, 0.2).Tallies[0].Latencies.Quantile(0.5);
        var chart = new Chart("d. Userfaultfd moves within one VMA", "processors", "99 % of first faults beside it take less than, ns") { IsLogarithmic = true };
        foreach (var locking in policies)
        {
            var measured = outcomes[cells.IndexOf((locking, 1))];
            var simulated = SimulatedRun.Cpus.Select(cpus => (Cpus: cpus, Result: Simulate(locking, alone / 2, move, fault, cpus))).ToList();
            Report.Print(
                $"{NameOf(locking)}, simulated from costs without contention (move {Report.Time(move)}, fault {Report.Time(fault)})",
                ["processors", "moves/s", "fault, median", "99 %", "longest", "moves/s against measured"],
                simulated.Select(each => (IReadOnlyList<string>)
                [
                    $"{each.Cpus}", Report.Number(each.Result.Moves), Report.Time(each.Result.Faults.Quantile(0.5)), Report.Time(each.Result.Faults.Quantile(0.99)),
                    Report.Time(each.Result.Faults.Longest), each.Cpus == 2 ? SimulatedRun.Compare(each.Result.Moves, measured.Rate(1), measured.Share) : "",
                ]));
            chart.Add(NameOf(locking), Origin.Measured, [(2, measured.Tallies[0].Latencies.Quantile(0.99))]);
            chart.Add(NameOf(locking), Origin.Simulated, [.. simulated.Select(each => ((double)each.Cpus, each.Result.Faults.Quantile(0.99)))]);
        }

        Report.Draw(options, "experiment-d", chart);
    }

    private static string NameOf(UffdMoveLocking locking) => locking == UffdMoveLocking.FolioLock ? "folio lock only" : "anon_vma write lock";

    private static Outcome Measure(UffdMoveLocking locking, int movers, double seconds, Beside beside = Beside.Faults)
    {
        using var machine = new Machine(new MachineOptions { MemoryBytes = 64L << 20, UffdMoveLocking = locking });
        var process = machine.CreateProcess();
        process.Map(Base, 2 * Half);
        var userfaultfd = process.CreateUserfaultfd();
        Calls.Check(process.UffdApi(userfaultfd, UffdFeatures.None, out _));
        Calls.Check(process.UffdRegister(userfaultfd, Base, 2 * Half * Page.Size, UffdRegisterMode.WriteProtect));
        for (ulong page = 0; page < (ulong)movers * PagesPerMover; page++)
            process.Store(Base + (page * Page.Size));

        // The first page gives the VMA its anon_vma, whatever is moved.
        process.Store(Base + ((Half - 1) * Page.Size));
        var bodies = new List<Action<Tally>>
        {
            tally =>
            {
                if (beside == Beside.Faults)
                    Fault(process, userfaultfd, tally);
                else if (beside == Beside.Reader)
                    process.Stay(tally, Base + ((Half - 1) * Page.Size));
            },
        };
        for (int id = 0; id < movers; id++)
        {
            ulong first = (ulong)id * PagesPerMover;
            bodies.Add(tally => Move(process, userfaultfd, tally, first));
        }

        var outcome = Workers.Run(seconds, bodies);
        process.Exit();
        Rcu.Barrier();
        return outcome;
    }

    /// <summary>Swings pages between both halves.</summary>
    private static void Move(Process process, Userfaultfd userfaultfd, Tally tally, ulong first)
    {
        ulong from = 0;
        while (tally.GoesOn)
        {
            for (ulong page = first; page < first + PagesPerMover; page++)
            {
                ulong source = Base + ((from + page) * Page.Size);
                ulong target = Base + ((Half - from + page) * Page.Size);
                Calls.Check(process.UffdMove(userfaultfd, target, source, Page.Size, UffdMoveMode.None, out _));
                tally.Count();
            }

            from = Half - from;
        }
    }

    /// <summary>A neighbour that differs only in what may be done with it takes over the anon_vma, under its lock.</summary>
    private static void Fault(Process process, Userfaultfd userfaultfd, Tally tally)
    {
        while (tally.GoesOn)
        {
            process.Map(NextVma, 1, Calls.ReadWrite | Prot.Exec);
            Calls.Check(process.UffdRegister(userfaultfd, NextVma, Page.Size, UffdRegisterMode.WriteProtect));
            tally.Measure(() => process.Store(NextVma));
            process.Unmap(NextVma, 1);
            tally.Count();
            Thread.SpinWait(200);
        }
    }

    private (double Moves, Latencies Faults) Simulate(UffdMoveLocking locking, double before, double move, double fault, int cpus)
    {
        var simulator = new Simulator();
        var anonVma = costs.Semaphore(simulator);
        var vma = costs.Line(simulator);
        var changing = costs.Line(simulator);
        var faults = new Latencies();
        simulator.Start(self => Faults(self, new Random(options.Seed)));
        var movers = Enumerable.Range(1, cpus - 1).Select(id => simulator.Start(self => Moves(self, new Random((options.Seed * 1000) + id)))).ToList();
        double rate = SimulatedRun.Rate(simulator, movers, () => faults = new Latencies(), () => faults.Count >= LeastFaults);
        return (rate, faults);

        IEnumerable<Step> Moves(SimulatedThread self, Random random)
        {
            // What is under the folio lock the policy puts under the anon_vma's as well.
            double unlocked = Math.Max(0, before - (4 * costs.Local));
            double locked = Math.Max(0, move - before);
            while (true)
            {
                yield return vma.Touch;
                yield return changing.Touch;
                yield return simulator.Work(random.Vary(unlocked));
                if (locking == UffdMoveLocking.AnonVmaLock)
                    yield return anonVma.Write;
                yield return simulator.Work(random.Vary(locked));
                if (locking == UffdMoveLocking.AnonVmaLock)
                    yield return anonVma.EndWrite;
                yield return changing.Touch;
                yield return vma.Touch;
                self.Done++;
            }
        }

        IEnumerable<Step> Faults(SimulatedThread self, Random random)
        {
            while (true)
            {
                double start = simulator.Now;
                yield return simulator.Work(random.Vary(fault / 2));
                yield return anonVma.Write;
                yield return simulator.Work(random.Vary(fault / 4));
                yield return anonVma.EndWrite;
                yield return simulator.Work(random.Vary(fault / 4));
                faults.Add(simulator.Now - start);
                yield return simulator.Work(random.Vary(2 * fault));
            }
        }
    }
}
