using System;
using System.Collections.Generic;

namespace MmKernel;

/// <summary>A region while it is being sampled.</summary>
internal sealed class SampledRegion
{
    internal ulong Start;
    internal ulong End;

    /// <summary>In how many samples of this aggregation it was found to be used.</summary>
    internal int Accesses;

    /// <summary>In how many of the last.</summary>
    internal int LastAccesses;

    /// <summary>For how many aggregations the number has been about the same.</summary>
    internal int Age;

    /// <summary>The page that stands for the region until the next sample; null before the first.</summary>
    internal ulong? Sampled;

    internal ulong Length => End - Start;
}

/// <summary>
/// The regions of a monitor, in address order: pages, never overlapping (<c>mm/damon/core.c</c>). They cover what is watched at the time.
/// </summary>
/// <param name="options">How many there may be.</param>
internal sealed class RegionList(MonitorOptions options)
{
    private ulong _random = options.Seed;
    private int _lastCount;

    internal List<SampledRegion> All { get; private set; } = [];

    /// <summary>Makes the regions cover given ranges, in order: what is new becomes regions, what is gone goes (<c>damon_set_regions</c>).</summary>
    internal void Cover(IReadOnlyList<(ulong Start, ulong End)> ranges)
    {
        ulong total = 0;
        foreach (var (start, end) in ranges)
            total += end - start;
        ulong most = Page.AlignUp(Math.Max(total / (ulong)options.MinimumRegions, Page.Size));
        var covered = new List<SampledRegion>();
        foreach (var (start, end) in ranges)
            CoverRange(covered, start, end, most);
        All = covered;
    }

    /// <summary>A page of a region, chosen at random.</summary>
    internal ulong Choose(SampledRegion region) => region.Start + ((Next() % (region.Length >> Page.Shift)) << Page.Shift);

    /// <summary>
    /// Joins neighbours that were used alike, as far as none becomes too large (<c>kdamond_merge_regions</c>). As long as there are too many regions,
    /// less alike ones are joined too.
    /// </summary>
    internal void Merge()
    {
        ulong total = 0;
        foreach (var region in All)
            total += region.Length;
        ulong most = Math.Max(total / (ulong)options.MinimumRegions, Page.Size);
        int threshold = options.SamplesPerAggregation / 10;
        foreach (var region in All)
            UpdateAge(region, threshold);
        MergeAlike(threshold, most);
        while (All.Count > options.MaximumRegions && threshold < options.SamplesPerAggregation)
        {
            threshold = Math.Max(1, threshold * 2);
            MergeAlike(threshold, most);
        }
    }

    internal MonitoredRegion[] Snapshot() => [.. All.ConvertAll(static region => new MonitoredRegion(region.Start, region.End, region.Accesses, region.Age))];

    /// <summary>Starts a new aggregation (<c>kdamond_reset_aggregated</c>).</summary>
    internal void Reset()
    {
        foreach (var region in All)
        {
            region.LastAccesses = region.Accesses;
            region.Accesses = 0;
        }
    }

    /// <summary>
    /// Cuts each region in two at random, or in three if that has led to nothing, unless there could be too many then
    /// (<c>kdamond_split_regions</c>).
    /// </summary>
    internal void Split()
    {
        if (All.Count > options.MaximumRegions / 2)
            return;
        int parts = _lastCount == All.Count && All.Count < options.MaximumRegions / 3 ? 3 : 2;
        _lastCount = All.Count;
        var split = new List<SampledRegion>();
        foreach (var region in All)
            SplitOne(split, region, parts);
        All = split;
    }

    private void CoverRange(List<SampledRegion> covered, ulong start, ulong end, ulong most)
    {
        ulong at = start;
        foreach (var region in All)
        {
            if (region.End <= start || region.Start >= end)
                continue;
            ulong from = Math.Max(region.Start, start);
            AddNew(covered, at, from, most);
            at = Math.Min(region.End, end);
            covered.Add(Part(region, from, at));
        }

        AddNew(covered, at, end, most);
    }

    private static void AddNew(List<SampledRegion> covered, ulong start, ulong end, ulong most)
    {
        for (; start < end; start += Math.Min(most, end - start))
            covered.Add(new SampledRegion { Start = start, End = start + Math.Min(most, end - start) });
    }

    private static SampledRegion Part(SampledRegion region, ulong start, ulong end) => new()
    {
        Start = start,
        End = end,
        Accesses = region.Accesses,
        LastAccesses = region.LastAccesses,
        Age = region.Age,
    };

    private static void UpdateAge(SampledRegion region, int threshold)
    {
        bool hasChanged = Math.Abs(region.Accesses - region.LastAccesses) > threshold || (region.Accesses == 0) != (region.LastAccesses == 0);
        region.Age = hasChanged ? 0 : region.Age + 1;
    }

    private void MergeAlike(int threshold, ulong most)
    {
        var merged = new List<SampledRegion>();
        foreach (var region in All)
        {
            var last = merged.Count == 0 ? null : merged[^1];
            bool isAlike = last != null && last.End == region.Start && Math.Abs(last.Accesses - region.Accesses) <= threshold
                && last.Length + region.Length <= most;
            if (!isAlike)
            {
                merged.Add(region);
                continue;
            }

            last!.Accesses = Average(last, last.Accesses, region, region.Accesses);
            last.LastAccesses = Average(last, last.LastAccesses, region, region.LastAccesses);
            last.Age = Average(last, last.Age, region, region.Age);
            last.End = region.End;
        }

        All = merged;
    }

    private static int Average(SampledRegion one, int ofOne, SampledRegion other, int ofOther) =>
        (int)((((ulong)ofOne * one.Length) + ((ulong)ofOther * other.Length)) / (one.Length + other.Length));

    private void SplitOne(List<SampledRegion> split, SampledRegion region, int parts)
    {
        ulong start = region.Start;
        for (int part = 1; part < parts && region.End - start > 2 * Page.Size; part++)
        {
            ulong length = Page.AlignDown((region.End - start) / 10 * (1 + (Next() % 9)));
            if (length == 0)
                continue;
            split.Add(Part(region, start, start + length));
            start += length;
        }

        split.Add(Part(region, start, region.End));
    }

    /// <summary>A random number (SplitMix64).</summary>
    private ulong Next()
    {
        ulong mixed = _random += 0x9E37_79B9_7F4A_7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58_476D_1CE4_E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D0_49BB_1331_11EB;
        return mixed ^ (mixed >> 31);
    }
}
