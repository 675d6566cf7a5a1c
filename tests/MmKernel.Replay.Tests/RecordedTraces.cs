using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Xunit;

namespace MmKernel.Replay.Tests;

/// <summary>MmKernel does what the host kernel did when the checked-in traces were recorded.</summary>
public sealed class RecordedTraces
{
    private static readonly Lazy<IReadOnlyList<Trace>> s_traces =
        new(() => [.. TraceSet.Open(Path.Combine(AppContext.BaseDirectory, "host-6.18.tar.gz"))]);

    [Theory]
    [InlineData("core")]
    [InlineData("mremap")]
    [InlineData("fork")]
    [InlineData("file")]
    [InlineData("lock")]
    [InlineData("stack")]
    [InlineData("swap")]
    [InlineData("uffd")]
    [InlineData("ksm")]
    public void Flavour_agrees_with_the_host(string flavor)
    {
        var explanation = new StringWriter();
        var report = new Report(explanation);
        foreach (var trace in Traces(flavor))
        {
            var result = Replayer.Replay(trace);
            report.Add(result);
            report.Explain(result, operations: 6);
        }

        Assert.True(report.BarsHold, explanation.ToString());
    }

    [Fact]
    public void The_set_holds_eight_traces_of_each_flavour() =>
        Assert.All(s_traces.Value.CountBy(t => t.Header.Flavor), count => Assert.Equal(8, count.Value));

    internal static IEnumerable<Trace> Traces(string flavor) => s_traces.Value.Where(t => t.Header.Flavor == flavor);
}
