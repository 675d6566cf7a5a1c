using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace MmKernel.Replay;

/// <summary>Collects results and prints, for each flavour and level, the share of steps and of whole traces that agree.</summary>
/// <param name="output">Where to print.</param>
public sealed class Report(TextWriter output)
{
    // Flavours without a bar are shown and decide nothing.
    private static readonly string[] Barred = ["core", "mremap", "fork", "file", "lock", "stack", "swap", "uffd", "ksm"];

    private static readonly Dictionary<Level, double> Bars = new()
    {
        [Level.Geometry] = 1.00,
        [Level.Contents] = 1.00,
        [Level.Paging] = 0.99,
        [Level.Flags] = 0.98,
    };

    private readonly List<ReplayResult> _results = [];

    /// <summary>Whether every barred flavour that was replayed reaches every bar.</summary>
    public bool BarsHold =>
        _results.Count > 0
        && _results.Where(r => Barred.Contains(r.Trace.Header.Flavor)).GroupBy(r => r.Trace.Header.Flavor)
            .All(flavor => Bars.All(bar => StepShare([.. flavor], bar.Key) >= bar.Value));

    /// <summary>Adds one result.</summary>
    /// <param name="result">The result.</param>
    public void Add(ReplayResult result) => _results.Add(result);

    /// <summary>Prints the table.</summary>
    public void PrintTable()
    {
        output.WriteLine("flavour  traces   steps    L1 geometry       L2 contents       L3 paging         L4 flags        (steps, whole traces)");
        foreach (var flavor in _results.GroupBy(r => r.Trace.Header.Flavor))
            PrintRow(flavor.Key, [.. flavor]);
        if (_results.Select(r => r.Trace.Header.Flavor).Distinct().Count() > 1) PrintRow("all", _results);
        int allowed = _results.Sum(r => r.AllowedSteps);
        output.WriteLine($"{allowed} steps agree only because file entries that nobody touched may differ.");
    }

    /// <summary>Explains the first difference of each level of a trace: expected, got, and the operations that led there.</summary>
    /// <param name="result">The trace.</param>
    /// <param name="operations">How many of the last operations to show.</param>
    public void Explain(ReplayResult result, int operations)
    {
        foreach (var (step, difference) in result.First)
        {
            output.WriteLine($"{result.Trace.Name}: level {(int)difference.Level} ({difference.Level}) differs at step {step}: {difference.What}");
            output.WriteLine($"  expected {difference.Expected}");
            output.WriteLine($"  got      {difference.Got}");
            for (int i = Math.Max(0, step - operations + 1); i <= step; i++)
                output.WriteLine($"    {result.Trace.Steps[i]}");
        }
    }

    private void PrintRow(string name, List<ReplayResult> results)
    {
        int steps = results.Sum(r => r.Trace.Steps.Count);
        output.Write(string.Create(CultureInfo.InvariantCulture, $"{name,-8} {results.Count,6} {steps,7}"));
        foreach (var level in Enum.GetValues<Level>())
        {
            string share = StepShare(results, level).ToString("P2", CultureInfo.InvariantCulture);
            string whole = $"{results.Count(r => r.IsWhole(level))}/{results.Count}";
            output.Write($"   {share,9} {whole,-7}");
        }

        output.WriteLine();
    }

    private static double StepShare(List<ReplayResult> results, Level level) =>
        (double)results.Sum(r => r.Agreed[level]) / results.Sum(r => r.Trace.Steps.Count);
}
