using System;
using System.Diagnostics;
using System.Linq;
using System.Threading;

namespace MmKernel.Benchmarks;

/// <summary>How fast threads of one process fault, and what that allocates.</summary>
internal static class FaultRate
{
    private const ulong Base = 0x30_0000_0000;
    private const ulong PagesPerThread = 8192;
    private const int Rounds = 9;

    internal static void Run()
    {
        Console.WriteLine($"{"case",-28}{"threads",8}{"faults/s",14}{"ns/fault",10}{"bytes/fault",13}");
        foreach (int threads in new[] { 1, 2 })
        {
            Measure("zero-page read", threads, isWrite: false);
            Measure("write", threads, isWrite: true);
        }
    }

    private static void Measure(string name, int threads, bool isWrite)
    {
        using var machine = new Machine(new MachineOptions { MemoryBytes = 512L << 20 });
        var process = machine.CreateProcess();
        var times = new double[Rounds];
        long bytes = 0;
        for (int round = -3; round < Rounds; round++)
        {
            for (int i = 0; i < threads; i++)
                MapOne(process, i);
            using var start = new Barrier(threads + 1);
            long allocated = 0;
            var workers = Enumerable.Range(0, threads).Select(i => new Thread(() =>
            {
                // The first fault of a thread makes its task and its scratch objects.
                Touch(process, Base + ((ulong)i << 32), 1, isWrite);
                start.SignalAndWait();
                long before = GC.GetAllocatedBytesForCurrentThread();
                Touch(process, Base + ((ulong)i << 32) + Page.Size, PagesPerThread - 1, isWrite);
                Interlocked.Add(ref allocated, GC.GetAllocatedBytesForCurrentThread() - before);
            })).ToArray();
            foreach (var worker in workers)
                worker.Start();
            start.SignalAndWait();
            long began = Stopwatch.GetTimestamp();
            foreach (var worker in workers)
                worker.Join();
            if (round >= 0)
            {
                times[round] = Stopwatch.GetElapsedTime(began).TotalSeconds;
                bytes += allocated;
            }

            for (int i = 0; i < threads; i++)
                _ = process.Munmap(Base + ((ulong)i << 32), PagesPerThread * Page.Size);
            Rcu.Barrier();
        }

        Array.Sort(times);
        double faults = (PagesPerThread - 1) * (double)threads;
        double median = times[Rounds / 2];
        Console.WriteLine($"{name,-28}{threads,8}{faults / median,14:N0}{median / faults * threads * 1e9,10:N1}{bytes / (faults * Rounds),13:N3}");
    }

    private static void MapOne(Process process, int index)
    {
        long result = process.Mmap(
            Base + ((ulong)index << 32),
            PagesPerThread * Page.Size,
            Prot.Read | Prot.Write,
            MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed);
        if (result < 0)
            throw new InvalidOperationException($"mmap failed: {result}");
    }

    private static void Touch(Process process, ulong address, ulong pages, bool isWrite)
    {
        Span<byte> word = stackalloc byte[8];
        for (ulong page = 0; page < pages; page++)
        {
            var result = isWrite ? process.Write(address + (page * Page.Size), word) : process.Read(address + (page * Page.Size), word);
            if (!result.IsOk)
                throw new InvalidOperationException($"access failed: {result}");
        }
    }
}
