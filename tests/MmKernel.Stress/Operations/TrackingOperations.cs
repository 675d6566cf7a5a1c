using System;
using System.Collections.Generic;
using Xunit;

namespace MmKernel.Stress;

/// <summary>Memory is compacted, and somebody looks which pages are used and what they are.</summary>
internal static class TrackingOperations
{
    internal static IReadOnlyList<Operation> All { get; } =
    [
        new("compact", 1, Compact),
        new("idle pages", 1, LookForIdlePages),
        new("monitor accesses", 1, Monitor),
        new("pagemap scan", 2, thread => thread.InSome(process => ScanPagemap(thread, process.Process))),
    ];

    private static void Compact(StressThread thread)
    {
        if (thread.Random.Next(8) == 0)
            Assert.True(thread.World.Machine.CompactMemory() >= 0);
    }

    private static void Monitor(StressThread thread)
    {
        var monitor = thread.Random.Next(2) == 0 ? AccessMonitor.OfMemory(thread.World.Machine) : AccessMonitor.OfProcess(thread.World.Peek(thread.AnySlot()).Process);
        for (int i = 0; i < 4; i++)
            monitor.Sample();
    }

    private static void LookForIdlePages(StressThread thread)
    {
        var machine = thread.World.Machine;
        ulong first = (ulong)thread.Random.Next(machine.Memory.FrameCount / 64) * 64;
        ulong[] bitmap = [(ulong)thread.Random.NextInt64()];
        if (thread.Random.Next(2) == 0)
            Assert.Equal(1, machine.PageIdle.Mark(first, bitmap));
        else
            Assert.Equal(1, machine.PageIdle.Read(first, bitmap));
    }

    private static void ScanPagemap(StressThread thread, Process process)
    {
        var area = Area.All[thread.Random.Next(Area.All.Count)];
        var regions = new PageRegion[(int)area.PageCount];
        var request = new PagemapScanRequest { Start = area.Start, End = area.Start + area.Length, Required = PageCategories.Present, Returned = PageCategories.All };
        long count = process.PagemapScan(request, regions, out ulong end);
        Assert.InRange(count, 0, (long)area.PageCount);
        Assert.Equal(request.End, end);
        for (int i = 1; i < count; i++)
            Assert.True(regions[i].Start >= regions[i - 1].End, "regions overlap");
    }
}
