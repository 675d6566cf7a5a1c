using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using Spectre.Console;

namespace MmKernel.Benchmarks;

/// <summary>What an experiment is asked to do.</summary>
/// <param name="Seconds">About how long it measures.</param>
/// <param name="Seed">Decides the times in simulations.</param>
/// <param name="Charts">The folder for charts; null for none.</param>
internal sealed record ExperimentOptions(double Seconds, int Seed, string? Charts);

/// <summary>Prints what an experiment found.</summary>
internal static class Report
{
    /// <summary>A table, as Markdown has them.</summary>
    internal static void Print(string title, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        var table = new Table().MarkdownBorder();
        for (int i = 0; i < columns.Count; i++)
        {
            var column = new TableColumn(Markup.Escape(columns[i])).NoWrap();
            table.AddColumn(i == 0 ? column : column.RightAligned());
        }

        foreach (var row in rows)
            table.AddRow([.. System.Linq.Enumerable.Select(row, static cell => new Text(cell))]);
        Console.WriteLine();
        Console.WriteLine(title);
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(Console.Out) });
        console.Profile.Width = 240;
        console.Write(table);
    }

    /// <summary>Draws a chart if charts are wanted.</summary>
    internal static void Draw(ExperimentOptions options, string name, Chart chart)
    {
        if (options.Charts == null)
            return;
        string path = Path.Combine(options.Charts, $"{name}.svg");
        chart.Save(path);
        Console.WriteLine($"Chart: {path}");
    }

    /// <summary>A number with three digits that count.</summary>
    internal static string Number(double value) => value switch
    {
        0 => "0",
        >= 100 or <= -100 => value.ToString("N0", CultureInfo.InvariantCulture),
        >= 10 or <= -10 => value.ToString("N1", CultureInfo.InvariantCulture),
        >= 0.01 => value.ToString("N2", CultureInfo.InvariantCulture),
        _ => value.ToString("G2", CultureInfo.InvariantCulture),
    };

    /// <summary>Which share of the time the threads of a run had a processor.</summary>
    internal static string Share(Outcome outcome) => $"{Math.Clamp(outcome.Share, 0, 1) * 100:N0} %";

    /// <summary>A time that is given in nanoseconds.</summary>
    internal static string Time(double nanoseconds) => nanoseconds switch
    {
        >= 1e9 => $"{Number(nanoseconds / 1e9)} s",
        >= 1e6 => $"{Number(nanoseconds / 1e6)} ms",
        >= 1e3 => $"{Number(nanoseconds / 1e3)} µs",
        _ => $"{Number(nanoseconds)} ns",
    };
}
