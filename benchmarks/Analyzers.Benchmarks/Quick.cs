using System;
using System.Collections.Generic;
using System.Linq;
using Spectre.Console;

namespace AnalyzerBenchmarks;

/// <summary>All figures in a few minutes, each the best of some rounds, so that the code that checks has been compiled by then, as in a compiler server or an editor.</summary>
internal static class Quick
{
    public static void Run()
    {
        Table workloads = TableOf("code", "lines", "compile ms", "check ms", "share", "own ms", "own ms/kloc", "alloc MB", "findings");
        Row(workloads, Workload.Named("kernel"), 15);
        Row(workloads, Workload.Named("annotated"), 10);
        Row(workloads, Workload.Named("mixed"), 10);
        Row(workloads, Workload.Named("plain"), 10);
        Row(workloads, Workload.Of("plain", Sources.Plain(86)), 5);
        AnsiConsole.Write(workloads);

        Conditions();
        Curve("sections of one method", [10, 20, 40, 80, 160], Sources.LongMethod);
        Curve("annotated files", [5, 10, 20, 40], Sources.Annotated);
        Curve("plain files", [10, 20, 40, 80], Sources.Plain);
    }

    /// <summary>What a method costs in which many conditions each decide about a lock of their own: a power of their number, not of two.</summary>
    public static void Conditions() => Curve("correlated conditions", [2, 4, 8, 12, 16, 20, 24, 28, 32], Sources.Conditions);

    private static void Row(Table table, Workload workload, int rounds)
    {
        Measurement cost = Measurement.Of(workload, rounds);
        double share = cost.Check / cost.Compile;
        table.AddRow(
            workload.Name, $"{workload.Lines}", $"{cost.Compile.TotalMilliseconds:F0}", $"{cost.Check.TotalMilliseconds:F0}", $"{share:P0}", $"{cost.Own.TotalMilliseconds:F1}",
            $"{cost.Own.TotalMilliseconds * 1000 / workload.Lines:F2}", $"{cost.Allocated / 1048576.0:F1}", $"{cost.Diagnostics.Length}");
    }

    private static void Curve(string over, int[] sizes, Func<int, System.Collections.Generic.IEnumerable<string>> sources)
    {
        var points = new List<(double Size, double Time, double Memory)>();
        Table table = TableOf(over, "lines", "own ms", "own µs/line", "alloc MB", "findings");
        foreach (int size in sizes)
        {
            Workload workload = Workload.Of($"{size}", sources(size));
            Measurement cost = Measurement.Of(workload, 6);
            points.Add((size, cost.Own.TotalMilliseconds, cost.Allocated));
            table.AddRow(
                $"{size}", $"{workload.Lines}", $"{cost.Own.TotalMilliseconds:F1}", $"{cost.Own.TotalMicroseconds / workload.Lines:F0}", $"{cost.Allocated / 1048576.0:F1}", $"{cost.Diagnostics.Length}");
        }

        AnsiConsole.Write(table);
        List<(double Size, double Time, double Memory)> large = points.GetRange(points.Count / 2, points.Count - (points.Count / 2));
        AnsiConsole.WriteLine($"From {large[0].Size} on, time grows with the power {Power(large.Select(point => (point.Size, point.Time))):F1} of the size, memory with {Power(large.Select(point => (point.Size, point.Memory))):F1}.\n");
    }

    /// <summary>The exponent of the power that fits best: the slope of the line through the logarithms.</summary>
    internal static double Power(IEnumerable<(double Size, double Cost)> points)
    {
        (double X, double Y)[] logs = [.. points.Select(point => (Math.Log(point.Size), Math.Log(point.Cost)))];
        double x = logs.Average(point => point.X);
        double y = logs.Average(point => point.Y);
        return logs.Sum(point => (point.X - x) * (point.Y - y)) / logs.Sum(point => (point.X - x) * (point.X - x));
    }

    private static Table TableOf(params string[] columns)
    {
        Table table = new Table().Border(TableBorder.Markdown);
        foreach ((string column, int index) in columns.Select((column, index) => (column, index)))
            table.AddColumn(index == 0 ? new TableColumn(column) : new TableColumn(column).RightAligned());
        return table;
    }
}
