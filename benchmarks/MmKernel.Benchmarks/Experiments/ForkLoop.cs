using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;

namespace MmKernel.Benchmarks;

/// <summary>Experiment c: a process with 10,000 VMAs forks in a loop, with and without write-locking each of them.</summary>
/// <param name="options">What is asked for.</param>
internal sealed class ForkLoop(ExperimentOptions options)
{
    private const ulong Base = 0x30_0000_0000;
    private const int Vmas = 10_000;

    internal void Run()
    {
        (ForkLocking Locking, bool HasCompany)[] cells =
        [
            (ForkLocking.Always, false), (ForkLocking.SkipWhenAlone, false), (ForkLocking.Always, true), (ForkLocking.SkipWhenAlone, true),
        ];
        var taken = new long[cells.Length];
        var skipped = new long[cells.Length];
        var outcomes = Workers.Compare(options.Seconds, cells, (cell, time) =>
        {
            int index = Array.IndexOf(cells, cell);
            var outcome = Measure(cell.Locking, cell.HasCompany, time, out var forks);
            taken[index] += forks.Taken;
            skipped[index] += forks.Skipped;
            return outcome;
        });
        Report.Print(
            $"Fork of {Vmas:N0} VMAs, of which every second one has a page",
            ["policy", "threads", "CPU ms/fork", "ms/fork", "VMA locks taken by fork", "skipped", "VMA locks exclusive, child's too", "mmap_lock exclusive"],
            cells.Select((cell, i) => (IReadOnlyList<string>)
            [
                NameOf(cell.Locking), cell.HasCompany ? "2" : "1", $"{outcomes[i].CpuTimeForOne / 1e6:N2}", $"{1e3 / outcomes[i].Rate(0):N2}", $"{taken[i]:N0}", $"{skipped[i]:N0}",
                Report.Number(outcomes[i].Locks.Of(LockdepClass.VmaExclusive).Exclusive / (double)outcomes[i].Tallies[0].Done),
                Report.Number(outcomes[i].Locks.Of(LockdepClass.MmapLock).Exclusive / (double)outcomes[i].Tallies[0].Done),
            ]));
        Console.WriteLine("Locks taken and skipped: in all runs. The last two columns: per fork and exit of the child. With two threads the other one sleeps in the kernel.");
        Console.WriteLine($"Skipping saves {(1 - (outcomes[1].CpuTimeForOne / outcomes[0].CpuTimeForOne)) * 100:N1} % of the processor time.");

        var chart = new Chart("c. Fork of 10,000 VMAs", "", "processor time per fork and exit, ms") { Categories = ["one thread", "two threads"] };
        foreach (var locking in (ReadOnlySpan<ForkLocking>)[ForkLocking.Always, ForkLocking.SkipWhenAlone])
        {
            chart.Add(NameOf(locking), Origin.Measured,
                [(0, outcomes[Array.IndexOf(cells, (locking, false))].CpuTimeForOne / 1e6), (1, outcomes[Array.IndexOf(cells, (locking, true))].CpuTimeForOne / 1e6)]);
        }

        Report.Draw(options, "experiment-c", chart);
    }

    private static string NameOf(ForkLocking locking) => locking == ForkLocking.Always ? "always" : "skipped when alone";

    private static Outcome Measure(ForkLocking locking, bool hasCompany, double seconds, out ForkCounters forks)
    {
        using var machine = new Machine(new MachineOptions { MemoryBytes = 256L << 20, ForkLocking = locking });
        forks = machine.Forks;
        var process = machine.CreateProcess();
        for (int i = 0; i < Vmas; i++)
        {
            ulong address = Base + ((ulong)i * Page.Size);
            process.Map(address, 1, i % 2 == 0 ? Prot.Read : Calls.ReadWrite);
            if (i % 2 != 0)
                process.Store(address);
        }

        var userfaultfd = process.CreateUserfaultfd();
        Calls.Check(process.UffdApi(userfaultfd, UffdFeatures.None, out _));
        var company = new Thread(() => _ = process.UffdRead(userfaultfd, out _));
        if (hasCompany)
            company.Start();
        while (hasCompany && (company.ThreadState & ThreadState.WaitSleepJoin) == 0)
            Thread.Yield();

        var outcome = Workers.Run(seconds, tally =>
        {
            do
            {
                process.Child().Exit();
                tally.Count();
            }
            while (tally.GoesOn);
        });
        process.UffdClose(userfaultfd);
        if (hasCompany)
            company.Join();
        process.Exit();
        Rcu.Barrier();
        return outcome;
    }
}
