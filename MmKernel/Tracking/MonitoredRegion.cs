namespace MmKernel;

/// <summary>What an access monitor found out about a range of addresses (<c>damon_region</c>).</summary>
/// <param name="Start">First address.</param>
/// <param name="End">First address behind it.</param>
/// <param name="Accesses">In how many samples of the last aggregation the page that stood for the region had been used (<c>nr_accesses</c>).</param>
/// <param name="Age">For how many aggregations that has been about so (<c>age</c>).</param>
public readonly record struct MonitoredRegion(ulong Start, ulong End, int Accesses, int Age);

/// <summary>How an access monitor works (<c>damon_attrs</c>).</summary>
public sealed record MonitorOptions
{
    /// <summary>Samples that make an aggregation (<c>aggr_interval</c> in units of <c>sample_interval</c>).</summary>
    public int SamplesPerAggregation { get; init; } = 20;

    /// <summary>Least number of regions: none is larger than this part of the whole (<c>min_nr_regions</c>).</summary>
    public int MinimumRegions { get; init; } = 10;

    /// <summary>Most regions, which bounds what a sample costs (<c>max_nr_regions</c>).</summary>
    public int MaximumRegions { get; init; } = 1000;

    /// <summary>Where the choice of pages and of places to split starts from.</summary>
    public ulong Seed { get; init; } = 1;
}
