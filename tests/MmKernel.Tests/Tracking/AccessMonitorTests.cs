using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace MmKernel.Tests;

/// <summary>Monitors find out which memory is used without looking at all of it.</summary>
public sealed class AccessMonitorTests : IDisposable
{
    private const ulong Base = 0x10_0000_0000;
    private const Prot ReadWrite = Prot.Read | Prot.Write;
    private const MapFlags Anonymous = MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed;
    private const int Pages = 256;

    private readonly Machine _machine = new(new MachineOptions { MemoryBytes = 16 << 20, Reclaim = ReclaimPolicy.Direct });
    private readonly Process _process;

    public AccessMonitorTests()
    {
        _process = _machine.CreateProcess();
        Assert.Equal((long)Base, _process.Mmap(Base, Pages * Page.Size, ReadWrite, Anonymous));
        Touch(0, Pages);
    }

    public void Dispose() => _machine.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void What_is_used_all_the_time_stands_out(ulong seed)
    {
        var monitor = AccessMonitor.OfProcess(_process, new MonitorOptions { Seed = seed, MaximumRegions = 40 });
        Run(monitor, aggregations: 12, () => Touch(64, 64));
        var last = monitor.LastAggregation;
        var hot = last.Where(region => region.Accesses > 10).ToList();
        var cold = last.Where(region => region.Accesses <= 10).ToList();
        ulong found = hot.Aggregate(0UL, (sum, region) => sum + Overlap(region, 64, 128));
        Assert.True(found >= 48 * Page.Size, $"of 64 used pages {found / Page.Size} are in regions found to be used\n{Describe(last)}");
        ulong wrong = hot.Aggregate(0UL, (sum, region) => sum + (region.End - region.Start)) - found;
        Assert.True(wrong <= 32 * Page.Size, $"{wrong / Page.Size} pages are in regions found to be used and were not\n{Describe(last)}");
        Assert.NotEmpty(cold);
        Truth.Check(_machine, _process);
    }

    [Fact]
    public void Regions_are_in_order_never_overlap_cover_all_and_keep_their_number()
    {
        var options = new MonitorOptions { MinimumRegions = 5, MaximumRegions = 20, SamplesPerAggregation = 5, Seed = 7 };
        var monitor = AccessMonitor.OfProcess(_process, options);
        var random = new Random(7);
        for (int i = 0; i < 30; i++)
        {
            Run(monitor, aggregations: 1, () => Touch((ulong)random.Next(200), 50));
            ulong at = Base;
            foreach (var region in monitor.LastAggregation)
            {
                Assert.Equal(at, region.Start);
                Assert.True(region.End > region.Start && Page.IsAligned(region.End));
                Assert.InRange(region.Accesses, 0, 5);
                Assert.True(region.End - region.Start <= Pages * Page.Size / 5 + Page.Size);
                at = region.End;
            }

            Assert.Equal(Base + (Pages * Page.Size), at);
            Assert.InRange(monitor.LastAggregation.Count, 5, 20);
        }
    }

    [Fact]
    public void Unused_memory_grows_old_and_one_use_makes_it_young()
    {
        var monitor = AccessMonitor.OfProcess(_process, new MonitorOptions { SamplesPerAggregation = 5 });
        Run(monitor, aggregations: 6, () => { });
        Assert.All(monitor.LastAggregation, region => Assert.Equal(0, region.Accesses));
        Assert.All(monitor.LastAggregation, region => Assert.InRange(region.Age, 4, 6));
        Run(monitor, aggregations: 1, () => Touch(0, Pages));
        Assert.All(monitor.LastAggregation, region => Assert.Equal(0, region.Age));
        Assert.All(monitor.LastAggregation, region => Assert.InRange(region.Accesses, 4, 5));
    }

    [Fact]
    public void What_is_mapped_later_is_watched_and_what_is_unmapped_is_not()
    {
        var monitor = AccessMonitor.OfProcess(_process, new MonitorOptions { SamplesPerAggregation = 4 });
        Run(monitor, aggregations: 1, () => { });
        Assert.Equal(0, _process.Munmap(Base, 128 * Page.Size));
        Assert.Equal((long)(Base << 1), _process.Mmap(Base << 1, 16 * Page.Size, ReadWrite, Anonymous));
        Run(monitor, aggregations: 2, () => { });
        Assert.Equal(Base + (128 * Page.Size), monitor.LastAggregation[0].Start);
        Assert.Equal((Base << 1) + (16 * Page.Size), monitor.LastAggregation[^1].End);
        Assert.Equal(144UL * Page.Size, monitor.LastAggregation.Aggregate(0UL, (sum, region) => sum + (region.End - region.Start)));
        _process.Exit();
        Run(monitor, aggregations: 2, () => { });
        Assert.Empty(monitor.LastAggregation);
    }

    [Fact]
    public void Of_several_gaps_the_two_largest_are_left_out()
    {
        Assert.Equal(
            [(1000UL, 2000UL), (5000UL, 8000UL), (20000UL, 30000UL)],
            ProcessTarget.AroundGaps([(1000, 1500), (1600, 2000), (5000, 6000), (7000, 8000), (20000, 30000)]));
        Assert.Equal([(1000UL, 3000UL)], ProcessTarget.AroundGaps([(1000, 2000), (2000, 3000)]));
        Assert.Empty(ProcessTarget.AroundGaps([]));
    }

    [Fact]
    public void Physical_memory_is_watched_by_frame()
    {
        var monitor = AccessMonitor.OfMemory(_machine, new MonitorOptions { Seed = 3, MaximumRegions = 100 });
        Run(monitor, aggregations: 15, () => Touch(0, Pages));
        var frames = Enumerable.Range(0, Pages).Select(page => FrameOf((ulong)page) << Page.Shift).ToHashSet();
        int found = frames.Count(address => monitor.LastAggregation.Any(region => region.Accesses > 10 && address >= region.Start && address < region.End));
        Assert.True(found >= Pages / 2, $"{found} of {Pages} used frames are in regions found to be used\n{Describe(monitor.LastAggregation)}");
        var free = monitor.LastAggregation.Where(region => !frames.Any(address => address >= region.Start && address < region.End));
        Assert.All(free, region => Assert.InRange(region.Accesses, 0, 4));
        Truth.Check(_machine, _process);
    }

    [Fact]
    public void A_busy_page_is_not_waited_for_and_counts_as_unused()
    {
        using var machine = new Machine(new MachineOptions { MemoryBytes = 4 << 20 });
        var process = machine.CreateProcess();
        Assert.Equal((long)Base, process.Mmap(Base, Page.Size, ReadWrite, Anonymous));
        Assert.True(process.Write(Base, [1]).IsOk);
        var entries = new PagemapEntry[1];
        process.Pagemap(Base, entries);
        var folio = machine.Memory.FolioOf((ulong)(entries[0] & PagemapEntry.FrameMask));
        var monitor = AccessMonitor.OfProcess(process, new MonitorOptions { SamplesPerAggregation = 4 });
        monitor.Sample();
        while (monitor.Aggregations == 0)
        {
            Assert.True(process.Read(Base, new byte[1]).IsOk);
            Assert.True(folio.TryLock());
            Locked(monitor.Sample);
            folio.Unlock();
        }

        Assert.Equal(0, Assert.Single(monitor.LastAggregation).Accesses);
        long before = monitor.Aggregations;
        while (monitor.Aggregations == before)
        {
            Assert.True(process.Read(Base, new byte[1]).IsOk);
            monitor.Sample();
        }

        Assert.InRange(Assert.Single(monitor.LastAggregation).Accesses, 3, 4);
    }

    /// <summary>Runs something while the calling thread has a folio locked.</summary>
    private static void Locked(Action action)
    {
        Exception? failure = null;
        var thread = new System.Threading.Thread(() => failure = Record.Exception(action));
        thread.Start();
        thread.Join();
        Assert.Null(failure);
    }

    private static void Run(AccessMonitor monitor, int aggregations, Action use)
    {
        for (long until = monitor.Aggregations + aggregations; monitor.Aggregations < until;)
        {
            use();
            monitor.Sample();
        }
    }

    private static ulong Overlap(MonitoredRegion region, ulong first, ulong end)
    {
        ulong from = Math.Max(region.Start, Base + (first * Page.Size));
        ulong to = Math.Min(region.End, Base + (end * Page.Size));
        return from < to ? to - from : 0;
    }

    private static string Describe(IEnumerable<MonitoredRegion> regions) =>
        string.Join('\n', regions.Select(region => $"{region.Start:x}-{region.End:x} {region.Accesses} {region.Age}"));

    private void Touch(ulong first, int count)
    {
        for (ulong page = first; page < first + (ulong)count; page++)
            Assert.True(_process.Write(Base + (page * Page.Size), [1]).IsOk);
    }

    private ulong FrameOf(ulong page)
    {
        var entries = new PagemapEntry[1];
        _process.Pagemap(Base + (page * Page.Size), entries);
        return (ulong)(entries[0] & PagemapEntry.FrameMask);
    }
}
