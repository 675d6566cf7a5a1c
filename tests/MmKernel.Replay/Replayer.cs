using System;
using System.Collections.Generic;
using System.Linq;

namespace MmKernel.Replay;

/// <summary>How far a replay agreed with the host.</summary>
/// <param name="Trace">The trace.</param>
/// <param name="Agreed">For each level the number of steps before the first difference of that level or a lower one.</param>
/// <param name="First">The first difference of each level that broke, with the step where it showed.</param>
/// <param name="AllowedSteps">Steps that agreed only because fault-around may differ.</param>
public sealed record ReplayResult(
    Trace Trace, IReadOnlyDictionary<Level, int> Agreed, IReadOnlyList<(int Step, Difference Difference)> First, int AllowedSteps)
{
    /// <summary>Whether every step agreed.</summary>
    /// <param name="level">At this level.</param>
    /// <returns>Whether all steps of the trace agree.</returns>
    public bool IsWhole(Level level) => Agreed[level] == Trace.Steps.Count;
}

/// <summary>Executes a trace on MmKernel and compares every step. A level stops at its first difference, the trace at that of geometry.</summary>
public static class Replayer
{
    /// <summary>Replays one trace on a machine of its own.</summary>
    /// <param name="trace">The trace.</param>
    /// <returns>How far it agreed.</returns>
    public static ReplayResult Replay(Trace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        using var guest = new Guest(trace.Header);
        var comparer = new Comparer();
        var expected = new SortedDictionary<int, ProcessState> { [0] = new([], []) };
        var agreed = Enum.GetValues<Level>().ToDictionary(l => l, _ => trace.Steps.Count);
        var first = new List<(int, Difference)>();

        for (int i = 0; i < trace.Steps.Count && agreed[Level.Geometry] == trace.Steps.Count; i++)
        {
            var step = trace.Steps[i];
            string result = Execute(guest, step);
            Follow(comparer, step, expected);
            foreach (var difference in comparer.Compare(step, result, expected, guest.Observe()))
            {
                if (agreed[difference.Level] < trace.Steps.Count) continue;
                first.Add((i, difference));
                foreach (var level in Enum.GetValues<Level>().Where(l => l >= difference.Level && agreed[l] == trace.Steps.Count))
                    agreed[level] = i;
            }
        }

        return new ReplayResult(trace, agreed, first, comparer.AllowedSteps);
    }

    // A crash of the replay is a difference like any other, so that the other traces still count.
    private static string Execute(Guest guest, TraceStep step)
    {
        try
        {
            return guest.Execute(step);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return $"{{\"exception\":\"{e}\"}}";
        }
    }

    private static void Follow(Comparer comparer, TraceStep step, SortedDictionary<int, ProcessState> expected)
    {
        bool succeeded = !step.Result.StartsWith("{\"err\"", default) && !step.Result.StartsWith("{\"sig\"", default);
        switch (step.Operation)
        {
            case "fork" when succeeded:
                comparer.Fork(step.Process, (int)step["child"]);
                expected[(int)step["child"]] = new([], []);
                break;
            case "exit":
                expected.Remove(step.Process);
                break;
            case "read" or "write" when succeeded:
                comparer.Touch(step.Process, (int)step["w"], (int)step["page"]);
                break;
        }

        foreach (var (process, state) in step.States) expected[process] = state;
    }
}
