using System;
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

        Curve("correlated conditions", [2, 4, 8, 12, 16, 20, 24], Sources.Conditions);
        Curve("sections of one method", [10, 20, 40, 80, 160], Sources.LongMethod);
        Curve("annotated files", [5, 10, 20, 40], Sources.Annotated);
        Curve("plain files", [10, 20, 40, 80], Sources.Plain);
    }

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
        Table table = TableOf(over, "lines", "own ms", "own µs/line", "alloc MB", "findings");
        foreach (int size in sizes)
        {
            Workload workload = Workload.Of($"{size}", sources(size));
            Measurement cost = Measurement.Of(workload, 6);
            table.AddRow(
                $"{size}", $"{workload.Lines}", $"{cost.Own.TotalMilliseconds:F1}", $"{cost.Own.TotalMicroseconds / workload.Lines:F0}", $"{cost.Allocated / 1048576.0:F1}", $"{cost.Diagnostics.Length}");
        }

        AnsiConsole.Write(table);
    }

    private static Table TableOf(params string[] columns)
    {
        Table table = new Table().Border(TableBorder.Markdown);
        foreach ((string column, int index) in columns.Select((column, index) => (column, index)))
            table.AddColumn(index == 0 ? new TableColumn(column) : new TableColumn(column).RightAligned());
        return table;
    }
}
