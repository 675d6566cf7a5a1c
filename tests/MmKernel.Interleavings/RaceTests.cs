using System;
using System.Globalization;
using Xunit;
using Xunit.Abstractions;

namespace MmKernel.Interleavings;

/// <summary>
/// Every race under every schedule with up to two preemptions, and random ones. To try more: MMKERNEL_SCHEDULES=n tries up to n of them for
/// each race, with up to three preemptions, and MMKERNEL_SEED=n draws other random ones.
/// </summary>
public sealed class RaceTests(ITestOutputHelper output)
{
    public static TheoryData<string> Names { get; } = [.. RaceCatalogue.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Invariants_hold_under_every_schedule(string name)
    {
        var result = Explorer.Explore(RaceCatalogue.Find(name), Effort(Number("MMKERNEL_SEED") ?? 1));
        output.WriteLine($"{result.Schedules} schedules of up to {result.LongestRun} decisions; all with up to {result.Preemptions} preemptions");
        Assert.True(result.Failure == null, result.Failure);
    }

    private static Effort Effort(int seed) => Number("MMKERNEL_SCHEDULES") is { } more
        ? new Effort(Preemptions: 3, Budget: more, RandomRuns: more, seed)
        : new Effort(Preemptions: 2, Budget: 800, RandomRuns: 150, seed);

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
