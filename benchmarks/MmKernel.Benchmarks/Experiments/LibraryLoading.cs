using System;
using System.Collections.Generic;
using System.Linq;

namespace MmKernel.Benchmarks;

/// <summary>
/// Experiment e: a process maps libraries as a loader does and forks; anon_vmas are made with the first own page, or with each private mapping.
/// </summary>
/// <param name="options">What is asked for.</param>
internal sealed class LibraryLoading(ExperimentOptions options)
{
    private const ulong Base = 0x30_0000_0000;
    private const int Libraries = 200;
    private const ulong TextPages = 16;
    private const ulong ConstantPages = 8;
    private const ulong DataPages = 2;
    private const ulong ZeroPages = 2;
    private const ulong FilePages = TextPages + ConstantPages + (2 * DataPages);
    private const ulong LibraryPages = FilePages + ZeroPages + 4;

    internal void Run()
    {
        AnonVmaCreation[] policies = [AnonVmaCreation.Lazy, AnonVmaCreation.Eager];
        var objects = policies.Select(Count).ToList();
        var outcomes = Workers.Compare(options.Seconds, policies, Measure);
        Report.Print(
            $"{Libraries} libraries, each text, constants, relocated data, data and zeros; two of the five are written",
            [
                "policy", "VMAs", "anon_vmas", "links", "after fork: anon_vmas", "links", "bytes/VMA", "CPU, fork and exit", "bytes/fork", "anon_vma lock/fork",
            ],
            policies.Select((policy, i) => (IReadOnlyList<string>)
            [
                NameOf(policy), $"{objects[i].Vmas:N0}", $"{objects[i].AnonVmas:N0}", $"{objects[i].Links:N0}", $"{objects[i].AnonVmasWithChild:N0}",
                $"{objects[i].LinksWithChild:N0}", Report.Number(objects[i].LoadBytes / (double)objects[i].Vmas),
                Report.Time(outcomes[i].CpuTimeForOne), $"{objects[i].ForkBytes:N0}",
                Report.Number(outcomes[i].Locks.Of(LockdepClass.AnonVma).Exclusive / (double)outcomes[i].Tallies[0].Done),
            ]));
        var chart = new Chart("e. Loading libraries and forking", "", "objects, or microseconds")
        {
            Categories = ["anon_vmas", "links", "anon_vmas with child", "links with child", "fork and exit, µs"],
        };
        for (int i = 0; i < policies.Length; i++)
        {
            chart.Add(NameOf(policies[i]), Origin.Measured,
                [(0, objects[i].AnonVmas), (1, objects[i].Links), (2, objects[i].AnonVmasWithChild), (3, objects[i].LinksWithChild), (4, outcomes[i].CpuTimeForOne / 1e3)]);
        }

        Report.Draw(options, "experiment-e", chart);
    }

    private static string NameOf(AnonVmaCreation policy) => policy == AnonVmaCreation.Lazy ? "with the first page" : "with the mapping";

    private static Outcome Measure(AnonVmaCreation policy, double seconds)
    {
        using var machine = NewMachine(policy);
        var process = machine.CreateProcess();
        Load(process, NewLibrary(machine));
        var outcome = Workers.Run(seconds, tally =>
        {
            do
            {
                process.Child().Exit();
                tally.Count();
            }
            while (tally.GoesOn);
        });
        process.Exit();
        Rcu.Barrier();
        return outcome;
    }

    /// <summary>Loads and forks once, and counts what there is then.</summary>
    private static Census Count(AnonVmaCreation policy)
    {
        using var machine = NewMachine(policy);
        var library = NewLibrary(machine);

        // Once before, so that no code is compiled in what is measured.
        var rehearsal = machine.CreateProcess();
        Load(rehearsal, library);
        rehearsal.Child().Exit();
        rehearsal.Exit();

        var process = machine.CreateProcess();
        long bytes = GC.GetAllocatedBytesForCurrentThread();
        Load(process, library);
        long loaded = GC.GetAllocatedBytesForCurrentThread();
        var alone = ObjectsOf(process);
        long before = GC.GetAllocatedBytesForCurrentThread();
        var child = process.Child();
        long forked = GC.GetAllocatedBytesForCurrentThread();
        var both = ObjectsOf(process, child);
        child.Exit();
        var census = new Census(process.Mm.MapCount, alone.AnonVmas, alone.Links, both.AnonVmas, both.Links, loaded - bytes, forked - before);
        process.Exit();
        Rcu.Barrier();
        return census;
    }

    private static Machine NewMachine(AnonVmaCreation policy) => new(new MachineOptions { MemoryBytes = 64L << 20, AnonVmaCreation = policy });

    private static MemoryFile NewLibrary(Machine machine) => machine.CreateMemoryFile(FilePages * Page.Size);

    /// <summary>What a loader does with each library, and what the program then writes.</summary>
    private static void Load(Process process, MemoryFile library)
    {
        for (int i = 0; i < Libraries; i++)
        {
            ulong at = Base + ((ulong)i * LibraryPages * Page.Size);
            ulong offset = 0;
            Segment(TextPages, Prot.Read | Prot.Exec);
            Segment(ConstantPages, Prot.Read);

            // Addresses in here are set once, and then it is made read-only.
            ulong relocated = at;
            Segment(DataPages, Calls.ReadWrite);
            process.Store(relocated);
            Calls.Check(process.Mprotect(relocated, DataPages * Page.Size, Prot.Read));
            Segment(DataPages, Calls.ReadWrite);
            process.Map(at, ZeroPages);
            process.Store(at);

            void Segment(ulong pages, Prot prot)
            {
                process.MapText(at, pages, library, prot, offset * Page.Size);
                at += pages * Page.Size;
                offset += pages;
            }
        }
    }

    private static (int AnonVmas, int Links) ObjectsOf(params Process[] processes)
    {
        var anonVmas = new HashSet<AnonVma>();
        int links = 0;
        foreach (var process in processes)
        {
            for (var vma = process.Mm.Vmas.Find(0); vma != null; vma = process.Mm.Vmas.Find(vma.End))
            {
                links += vma.AnonVmaChain.Length;
                foreach (var link in vma.AnonVmaChain)
                    anonVmas.Add(link.AnonVma);
            }
        }

        return (anonVmas.Count, links);
    }

    /// <summary>What there is.</summary>
    private sealed record Census(
        int Vmas, int AnonVmas, int Links, int AnonVmasWithChild, int LinksWithChild, long LoadBytes, long ForkBytes);
}
