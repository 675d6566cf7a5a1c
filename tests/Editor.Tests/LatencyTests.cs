using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using MmLint.Analyzers;
using Xunit.Abstractions;

namespace EditorTests;

/// <summary>How long the analyzers take after a key in a file of 2,000 lines. It is measured and printed; only a disaster fails.</summary>
public sealed class LatencyTests(ITestOutputHelper output)
{
    [Fact]
    public Task Key_in_a_file_of_2000_lines() => TypeAsync(fields: 1, methods: 142);

    /// <summary>Each field could have a guard that nobody wrote down, so each body of the type is asked what it does with it.</summary>
    [Fact]
    public Task Key_in_a_type_of_2000_lines_and_100_fields() => TypeAsync(fields: 100, methods: 135);

    private async Task TypeAsync(int fields, int methods)
    {
        string text = Program(fields, methods);
        Assert.InRange(text.Split('\n').Length, 1950, 2050);
        var editor = new Editor(("Large.cs", text));
        string marker = $"Visit{methods / 2}(";
        int start = text.IndexOf(marker, StringComparison.Ordinal);
        editor.GoTo(text.IndexOf("_sum", start, StringComparison.Ordinal));
        _ = await editor.DiagnosticsAsync();

        var costs = new Dictionary<string, List<Cost>>();
        foreach (char key in "_sum0++; x.y + _sum0 * _sum0 - _sum0;")
        {
            await editor.InsertAsync(key.ToString());
            var model = await editor.BoundAsync();
            int from = editor.Text.IndexOf("    public int " + marker, StringComparison.Ordinal);
            var member = TextSpan.FromBounds(from, editor.Text.IndexOf("    public int ", from + 10, StringComparison.Ordinal));
            await MeasureAsync("the changed member: a host with an analyzer that does nothing", member, new DoesNothing());
            await MeasureAsync("the changed member: contracts", member, new LockContracts());
            await MeasureAsync("the whole document: a host with an analyzer that does nothing", null, new DoesNothing());
            await MeasureAsync("the whole document: contracts", null, new LockContracts());
            await MeasureAsync("the whole document: suggestions", null, new GuardSuggestions());

            async Task MeasureAsync(string what, TextSpan? span, DiagnosticAnalyzer analyzer)
            {
                Cost cost = await TimeAsync(() => editor.DiagnosticsAsync(model, span, [analyzer]));
                (costs.TryGetValue(what, out var known) ? known : costs[what] = []).Add(cost);
            }
        }

        foreach (var (what, known) in costs)
            Print(what, known);
        Assert.Empty(editor.Exceptions);
        Assert.True(Median(costs["the changed member: contracts"].Select(c => c.Processor)) < 1_000, "a key takes a second of processor time");
    }

    private static async Task<Cost> TimeAsync(Func<Task> action)
    {
        using var process = Process.GetCurrentProcess();
        TimeSpan before = process.TotalProcessorTime;
        long start = Stopwatch.GetTimestamp();
        await action();
        double elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        process.Refresh();
        return new Cost(elapsed, (process.TotalProcessorTime - before).TotalMilliseconds);
    }

    private void Print(string what, List<Cost> costs) => output.WriteLine(
        $"{what}: median {Median(costs.Select(c => c.Elapsed)):F1} ms ({Median(costs.Select(c => c.Processor)):F1} ms of processor time), "
        + $"worst {costs.Max(c => c.Elapsed):F1} ms over {costs.Count} keys (analyzers only, {Environment.ProcessorCount} processors)");

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(values.Count() / 2);

    private static string Program(int fields, int methods)
    {
        var text = new StringBuilder("""
            public sealed class Large
            {
                private const int Limit = 1 << 20;
                private readonly object _gate = new();

            """);
        for (int i = 0; i < fields; i++)
            text.Append(CultureInfo.InvariantCulture, $"    {(i == 0 ? "[GuardedBy(nameof(_gate))] " : "")}private int _sum{i};\n");
        text.Append("\n    private static int Twice(int count) => count * 2;\n");
        for (int i = 0; i < methods; i++)
        {
            string sum = $"_sum{i % fields}";
            text.Append(CultureInfo.InvariantCulture, $$"""

                    public int Visit{{i}}(int count)
                    {
                        if (count < 0)
                            return -1;
                        lock (_gate)
                        {
                            {{sum}} += count;
                            if ({{sum}} > Limit)
                                {{sum}} = 0;
                        }

                        return Twice(count);
                    }

                """);
        }

        return text.Append("}\n").ToString();
    }

    /// <summary>Asks the host for what our analyzers ask for, and makes nothing of it: what is left is the host's own work.</summary>
    private sealed class DoesNothing : DiagnosticAnalyzer
    {
        public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [AllAnalyzers.Rules[0]];

        public override void Initialize(AnalysisContext context)
        {
            context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
            context.EnableConcurrentExecution();
            context.RegisterOperationBlockAction(static _ => { });
            context.RegisterSymbolAction(static _ => { }, SymbolKind.NamedType, SymbolKind.Method, SymbolKind.Property, SymbolKind.Field, SymbolKind.Event);
        }
    }

    /// <summary>Milliseconds by the clock, and of processor time: the latter counts what other processes on the machine do not disturb.</summary>
    private readonly record struct Cost(double Elapsed, double Processor);
}
