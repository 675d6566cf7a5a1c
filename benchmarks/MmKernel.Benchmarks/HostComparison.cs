using System;
using System.Diagnostics;

namespace MmKernel.Benchmarks;

/// <summary>The same work on the host kernel and on MmKernel, in one process; a ratio above 1 means that MmKernel took less time.</summary>
internal static unsafe class HostComparison
{
    private const ulong Base = 0x30_0000_0000;
    private const ulong Small = 64;
    private const ulong Large = 32768;
    private const int Rounds = 7;

    internal static void Run()
    {
        using var machine = new Machine(new MachineOptions { MemoryBytes = 512L << 20 });
        var process = machine.CreateProcess();
        Console.WriteLine($"{"case",-36}{"host ns",12}{"ours ns",12}{"host/ours",11}");
        Compare("zero-page read, 64 pages", Small, 400, () => HostPopulate(Small, Advice.PopulateRead), () => Populate(process, Small, isWrite: false));
        Compare("write, 64 pages (cache-hot)", Small, 400, () => HostPopulate(Small, Advice.PopulateWrite), () => Populate(process, Small, isWrite: true));
        Compare("write, 128 MiB", Large, 1, () => HostPopulate(Large, Advice.PopulateWrite), () => Populate(process, Large, isWrite: true));
        Compare("touch read, 64 pages", Small, 400, () => HostTouch(Small, isWrite: false), () => Touch(process, Small, isWrite: false));
        Compare("touch write, 64 pages", Small, 400, () => HostTouch(Small, isWrite: true), () => Touch(process, Small, isWrite: true));
        Compare("map + unmap, 16 pages", 1, 4000, () => HostKernel.Unmap(HostKernel.Map(16 * Page.Size), 16 * Page.Size), () => MapAndUnmap(process, 16));
    }

    private static void Compare(string name, ulong units, int repeat, Action host, Action ours)
    {
        double hostTime = Median(host, repeat) / units;
        double ourTime = Median(ours, repeat) / units;
        Console.WriteLine($"{name,-36}{hostTime,12:N1}{ourTime,12:N1}{hostTime / ourTime,11:N2}");
    }

    /// <summary>Nanoseconds for one call, the median of several rounds after as many for warming up.</summary>
    private static double Median(Action action, int repeat)
    {
        var times = new double[Rounds];
        for (int round = -Rounds; round < Rounds; round++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < repeat; i++)
                action();
            if (round >= 0)
                times[round] = Stopwatch.GetElapsedTime(start).TotalNanoseconds / repeat;
        }

        Array.Sort(times);
        return times[Rounds / 2];
    }

    private static void HostPopulate(ulong pages, Advice advice)
    {
        byte* address = HostKernel.Map(pages * Page.Size);
        HostKernel.Advise(address, pages * Page.Size, advice);
        HostKernel.Unmap(address, pages * Page.Size);
    }

    private static void HostTouch(ulong pages, bool isWrite)
    {
        byte* address = HostKernel.Map(pages * Page.Size);
        for (ulong page = 0; page < pages; page++)
        {
            if (isWrite)
                address[page * Page.Size] = 1;
            else
                _ = System.Threading.Volatile.Read(ref address[page * Page.Size]);
        }

        HostKernel.Unmap(address, pages * Page.Size);
    }

    private static void Populate(Process process, ulong pages, bool isWrite)
    {
        Map(process, pages);
        if (process.Madvise(Base, pages * Page.Size, isWrite ? Advice.PopulateWrite : Advice.PopulateRead) != 0)
            throw new InvalidOperationException("populate failed");
        Unmap(process, pages);
    }

    private static void Touch(Process process, ulong pages, bool isWrite)
    {
        Map(process, pages);
        Span<byte> word = stackalloc byte[8];
        for (ulong page = 0; page < pages; page++)
        {
            var result = isWrite ? process.Write(Base + (page * Page.Size), word) : process.Read(Base + (page * Page.Size), word);
            if (!result.IsOk)
                throw new InvalidOperationException($"access failed: {result}");
        }

        Unmap(process, pages);
    }

    private static void MapAndUnmap(Process process, ulong pages)
    {
        Map(process, pages);
        Unmap(process, pages);
    }

    private static void Map(Process process, ulong pages)
    {
        long result = process.Mmap(Base, pages * Page.Size, Prot.Read | Prot.Write, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed);
        if (result < 0)
            throw new InvalidOperationException($"mmap failed: {result}");
    }

    private static void Unmap(Process process, ulong pages)
    {
        if (process.Munmap(Base, pages * Page.Size) != 0)
            throw new InvalidOperationException("munmap failed");
    }
}
