using System;
using System.Collections.Generic;
using System.Linq;

namespace MmKernel.Benchmarks;

/// <summary>Experiment a: first reads of anonymous memory, and small allocations of which each is written.</summary>
/// <param name="options">What is asked for.</param>
/// <param name="costs">What locks cost.</param>
internal sealed class AnonymousReads(ExperimentOptions options, Costs costs) : FaultsBesideMapping(options, costs)
{
    private const ulong Base = 0x30_0000_0000;
    private const ulong RegionPages = 1UL << 18;
    private const ulong AllocationPages = 4;
    private const int LiveAllocations = 64;

    protected override string Letter => "a";

    protected override string Title => "Read faults on anonymous memory";

    protected override AnonVmaCheck Early => AnonVmaCheck.Early;

    protected override Action<Process, Tally, int> Prepare(Machine machine) => static (process, tally, id) =>
    {
        ulong start = Base + ((ulong)id << 36);
        while (tally.GoesOn)
        {
            process.Map(start, RegionPages);
            for (ulong page = 0; page < RegionPages && tally.GoesOn; page++)
            {
                process.Load(start + (page * Page.Size));
                tally.Count();
            }

            process.Unmap(start, RegionPages);
        }
    };

    /// <summary>Here the anon_vma is needed, once for each allocation, so that trying mmap_lock has a use.</summary>
    protected override void RunMore()
    {
        AnonVmaCheck[] policies = [Early, AnonVmaCheck.LateWithoutTry, AnonVmaCheck.Late];
        var cells = ((int[])[2, 4]).SelectMany(threads => policies.Select(check => (Check: check, Threads: threads))).ToList();
        var outcomes = Workers.Compare(Options.Seconds / 2, cells, (cell, time) => Allocate(cell.Check, cell.Threads, time));
        Report.Print(
            "Small allocations: each thread maps four pages, writes one, reads three, and unmaps older ones",
            ["policy", "threads", "allocations/s", "VMA lock", "mmap_lock shared", "mmap_lock refused", "mmap_lock exclusive", "mmap_lock waits", "stopped early", "retried", "switches", "yields", "had a CPU"],
            cells.Zip(outcomes, (cell, outcome) =>
            {
                var mmap = outcome.Locks.Of(LockdepClass.MmapLock);
                return (IReadOnlyList<string>)
                [
                    NameOf(cell.Check), $"{cell.Threads}", Report.Number(outcome.Rate(0)), Per(outcome.Locks.Of(LockdepClass.VmaShared).Shared), Per(mmap.Shared),
                    Per(mmap.Refused), Per(mmap.Exclusive), Per(mmap.Waited), Per(outcome.Locks.Aborted), Per(outcome.Locks.Retried), Per(outcome.Switches), Per(outcome.Yields), Report.Share(outcome),
                ];

                string Per(long count) => Report.Number(outcome.PerThousand(count, 0));
            }));
        Console.WriteLine("Counts for 1,000 allocations.");
    }

    private static Outcome Allocate(AnonVmaCheck check, int threads, double seconds)
    {
        using var machine = new Machine(new MachineOptions { MemoryBytes = 64L << 20, AnonVmaCheck = check });
        var process = machine.CreateProcess();
        var outcome = Workers.Run(seconds, [.. Enumerable.Range(0, threads).Select<int, Action<Tally>>(id => tally => Allocate(process, tally, id))]);
        process.Exit();
        Rcu.Barrier();
        return outcome;
    }

    private static void Allocate(Process process, Tally tally, int id)
    {
        // A hole between any two, so that none is merged with another or takes over its anon_vma.
        ulong start = Base + ((ulong)id << 36);
        for (int i = 0; tally.GoesOn; i++)
        {
            ulong at = start + ((ulong)(i % LiveAllocations) * 2 * AllocationPages * Page.Size);
            if (i >= LiveAllocations)
                process.Unmap(at, AllocationPages);
            process.Map(at, AllocationPages);
            for (ulong page = 1; page < AllocationPages; page++)
                process.Load(at + (page * Page.Size));
            process.Store(at);
            tally.Count();
        }
    }
}
