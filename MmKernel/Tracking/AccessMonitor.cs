using System;
using System.Collections.Generic;
using MmLint;

namespace MmKernel;

/// <summary>
/// Watches which memory is used, at a cost that does not grow with the memory (<c>mm/damon/core.c</c>): addresses are divided into regions, and one
/// page of each, another one for each sample, stands for all of it. After some samples neighbours that were used alike become one region, and all
/// regions are cut at random, so that in time their borders are where use changes. Whoever owns a monitor decides when a sample is taken; one thread
/// at a time.
/// </summary>
public sealed class AccessMonitor
{
    private readonly PhysicalMemory _memory;
    private readonly MonitorTarget _target;
    private readonly MonitorOptions _options;
    private readonly RegionList _regions;
    private int _samples;

    private AccessMonitor(PhysicalMemory memory, MonitorTarget target, MonitorOptions? options)
    {
        _memory = memory;
        _target = target;
        _options = options ?? new MonitorOptions();
        _regions = new RegionList(_options);
    }

    /// <summary>What the last aggregation found, in address order; empty before the first.</summary>
    public IReadOnlyList<MonitoredRegion> LastAggregation { get; private set; } = [];

    /// <summary>Number of aggregations so far.</summary>
    public long Aggregations { get; private set; }

    /// <summary>A monitor of all physical memory; its addresses are those of frames (<c>DAMON_OPS_PADDR</c>).</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="options">How it works; null for the defaults.</param>
    [MaySleep]
    public static AccessMonitor OfMemory(Machine machine, MonitorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(machine);
        return Start(machine.Memory, new MemoryTarget(machine.Memory), options);
    }

    /// <summary>A monitor of a process (<c>DAMON_OPS_VADDR</c>). Once the process has ended nothing is used any more.</summary>
    /// <param name="process">The process.</param>
    /// <param name="options">How it works; null for the defaults.</param>
    [MaySleep]
    public static AccessMonitor OfProcess(Process process, MonitorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(process);
        return Start(process.Machine.Memory, new ProcessTarget(process.Mm), options);
    }

    /// <summary>
    /// Looks whether the pages that were chosen last time have been used, and chooses others (<c>kdamond_fn</c>). After as many samples as make an
    /// aggregation the regions change.
    /// </summary>
    [MustNotHold("MmStruct.MmapLock || VmArea.Lock"), TakesRmap]
    public void Sample()
    {
        foreach (var region in _regions.All)
        {
            if (region.Sampled is { } address && WasUsed(address))
                region.Accesses++;
        }

        if (++_samples > _options.SamplesPerAggregation)
            Aggregate();
        foreach (var region in _regions.All)
        {
            ulong address = _regions.Choose(region);
            region.Sampled = address;
            MakeOld(address);
        }
    }

    [MaySleep]
    private static AccessMonitor Start(PhysicalMemory memory, MonitorTarget target, MonitorOptions? options)
    {
        var monitor = new AccessMonitor(memory, target, options);
        monitor._regions.Cover(target.Ranges());
        return monitor;
    }

    /// <summary>Ends an aggregation: what was found is kept, regions are joined and cut, and cover what is mapped by now.</summary>
    [MaySleep]
    private void Aggregate()
    {
        // This sample was the last of the one and is the first of the next.
        _samples = 1;
        _regions.Merge();
        LastAggregation = _regions.Snapshot();
        Aggregations++;
        _regions.Reset();
        _regions.Cover(_target.Ranges());
        _regions.Split();
    }

    [MustNotHold("MmStruct.MmapLock || VmArea.Lock"), TakesRmap]
    private bool WasUsed(ulong address)
    {
        var folio = _target.PageAt(address);
        if (folio == null)
            return false;
        bool isYoung = FolioAge.IsYoung(folio);
        _memory.Put(folio);
        return isYoung;
    }

    [MustNotHold("MmStruct.MmapLock || VmArea.Lock"), TakesRmap]
    private void MakeOld(ulong address)
    {
        var folio = _target.PageAt(address);
        if (folio == null)
            return;
        FolioAge.MakeOld(folio);
        _memory.Put(folio);
    }
}
