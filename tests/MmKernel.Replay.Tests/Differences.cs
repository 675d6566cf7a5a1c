using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace MmKernel.Replay.Tests;

/// <summary>The replayer notices what differs from the host, and says at which level.</summary>
public sealed class Differences
{
    private static readonly Trace s_trace = RecordedTraces.Traces("core").First();

    [Fact]
    public void An_unchanged_trace_agrees() => Assert.Empty(Replayer.Replay(s_trace).First);

    [Fact]
    public void A_different_result_is_geometry() =>
        Assert.Equal(Level.Geometry, FirstLevel(ChangeStep(0, s => s with { Result = "{\"err\":\"EINVAL\"}" })));

    [Fact]
    public void A_VMA_that_ends_elsewhere_is_geometry() =>
        Assert.Equal(Level.Geometry, FirstLevel(ChangeVma(v => v with { End = v.End + 1 })));

    [Fact]
    public void Different_contents_are_contents() =>
        Assert.Equal(Level.Contents, FirstLevel(ChangePage(p => p with { Digest = p.Digest ^ 1 })));

    [Fact]
    public void A_page_that_is_not_mapped_exclusively_is_paging() =>
        Assert.Equal(Level.Paging, FirstLevel(ChangePage(p => p with { Kind = p.Kind.Replace("x", "", StringComparison.Ordinal) })));

    [Fact]
    public void A_different_resident_size_is_paging() => Assert.Equal(Level.Paging, FirstLevel(ChangeVma(v => v with { Rss = v.Rss + 1 })));

    [Fact]
    public void A_different_VmFlag_is_flags() => Assert.Equal(Level.Flags, FirstLevel(ChangeVma(v => v with { Flags = v.Flags + " dd" })));

    [Fact]
    public void Steps_before_the_first_difference_count()
    {
        int step = StepWithPage();
        var result = Replayer.Replay(ChangePage(p => p with { Digest = p.Digest ^ 1 }));
        Assert.Equal(s_trace.Steps.Count, result.Agreed[Level.Geometry]);
        Assert.Equal(step, result.Agreed[Level.Contents]);
        Assert.Equal(step, result.Agreed[Level.Flags]);
    }

    private static Level FirstLevel(Trace trace) => Replayer.Replay(trace).First[0].Difference.Level;

    private static Trace ChangeVma(Func<VmaState, VmaState> change) =>
        ChangeState(s_trace.Steps.TakeWhile(s => s.States.Count == 0).Count(), s => s with { Vmas = [change(s.Vmas[0]), .. s.Vmas.Skip(1)] });

    private static Trace ChangePage(Func<PageState, PageState> change) =>
        ChangeState(StepWithPage(), s => s with { Pages = [.. s.Pages.Select(p => p.Kind == "ax" ? change(p) : p)] });

    private static int StepWithPage() =>
        s_trace.Steps.TakeWhile(s => !s.States.Values.Any(state => state.Pages.Any(p => p.Kind == "ax"))).Count();

    private static Trace ChangeState(int step, Func<ProcessState, ProcessState> change) => ChangeStep(
        step,
        s => s with { States = s.States.ToDictionary(pair => pair.Key, pair => change(pair.Value)) });

    private static Trace ChangeStep(int step, Func<TraceStep, TraceStep> change)
    {
        var steps = new List<TraceStep>(s_trace.Steps);
        steps[step] = change(steps[step]);
        return s_trace with { Steps = steps };
    }
}
