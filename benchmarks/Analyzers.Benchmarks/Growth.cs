using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Spectre.Console;

namespace AnalyzerBenchmarks;

/// <summary>
/// What one method costs as it grows, in each of the shapes that generators write: a branch, a case, an arm or a link of a chain each time. All of it is under a lock. Beside it stands what
/// the compiler needs, and its host for an analyzer that asks for the flow graph of each body and does nothing with it.
/// </summary>
internal static class Growth
{
    private static readonly int[] s_sizes = [500, 1000, 2000, 4000, 8000];

    private static readonly (string Name, Func<int, string> Method, string Types)[] s_shapes =
    [
        ("if (x == #)", size => Repeat(size, "if (x == #) Value = #; "), ""),
        ("if … else if", size => Repeat(size, "if (x == #) Value = #; else ") + "Value = -1;", ""),
        ("switch on an int", size => "switch (x) { " + Repeat(size, "case #: Value = #; break; ") + "}", ""),
        ("the same, every arm leaves", size => "switch (x) { " + Repeat(size, "case #: Value = #; G.Exit(); return #; ") + "}", ""),
        ("the same, every arm calls", size => "switch (x) { " + Repeat(size, "case #: Value = Ask(#); break; ") + "}", ""),
        ("switch with when", size => "switch (x) { " + Repeat(size, "case # when flag: Value = #; break; ") + "}", ""),
        ("switch on a string", size => "switch (s) { " + Repeat(size, "case \"#\": Value = #; break; ") + "}", ""),
        ("switch on types", size => "switch (o) { " + Repeat(size, "case T#: Value = #; break; ") + "}", "class T# { } "),
        ("switch on an enum", size => "switch (e) { " + Repeat(size, "case E.M#: Value = #; break; ") + "}", "M#, "),
        ("switch expression", size => "Value = x switch { " + Repeat(size, "# => #, ") + "_ => -1 };", ""),
        ("if (G.TryEnter())", size => "G.Exit(); " + Repeat(size, "if (G.TryEnter()) { Value = #; G.Exit(); } ") + "G.Enter();", ""),
    ];

    public static void Run(string? only)
    {
        Table table = new Table().Border(TableBorder.Markdown).AddColumn("one method of").AddColumn("ms");
        foreach (int size in s_sizes) table.AddColumn(new TableColumn($"{size}").RightAligned());
        table.AddColumn(new TableColumn("power").RightAligned());
        foreach ((string name, Func<int, string> method, string types) in s_shapes)
        {
            if (only is not null && !name.Contains(only, StringComparison.Ordinal)) continue;
            Workload[] workloads = [.. s_sizes.Select(size => Workload.Of(name, Source(method(size), types, size)))];
            Measurement[] own = [.. workloads.Select(static workload => Measurement.Of(workload, rounds: 2))];
            Measurement[] host = [.. workloads.Select(static workload => Measurement.Of(workload, [new Bystander()], rounds: 2))];
            Row(name, "compile", own.Select(static cost => cost.Compile));
            Row("", "host", host.Select(static cost => cost.Check));
            Row("", "host and check", own.Select(static cost => cost.Check));
        }

        AnsiConsole.Write(table);

        void Row(string name, string part, IEnumerable<TimeSpan> times)
        {
            (double Size, double Time)[] points = [.. s_sizes.Zip(times, static (size, time) => ((double)size, time.TotalMilliseconds))];
            table.AddRow([name, part, .. points.Select(static point => $"{point.Time:F0}"), $"{Quick.Power(points.Skip(2)):F1}"]);
        }
    }

    private static string Source(string body, string types, int size) => $$"""
        using MmLint;
        [Lock(LockKind.Mutex)] public sealed class Gate
        {
            [Acquires("this")] public extern void Enter();
            [Acquires("this", When = "result", Try = true)] public extern bool TryEnter();
            [Releases("this")] public extern void Exit();
        }

        public class Subject
        {
            public readonly Gate G = new();
            [GuardedBy(nameof(G))] public int Value;
            static int Ask(int number) => number;
            {{(types.StartsWith("class", StringComparison.Ordinal) ? Repeat(size, types) : types.Length > 0 ? "public enum E { " + Repeat(size, types) + "}" : "public enum E { None }")}}
            int Run(int x, bool flag, string s, object o, E e) { G.Enter(); {{body}} G.Exit(); return x; }
        }
        """;

    private static string Repeat(int count, string text) => string.Concat(Enumerable.Range(0, count).Select(number => text.Replace("#", number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)));

    /// <summary>Asks for what every analyzer of flow asks for.</summary>
    private sealed class Bystander : DiagnosticAnalyzer
    {
        public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [new DiagnosticDescriptor("BY0001", "Nothing", "Nothing", "Nothing", DiagnosticSeverity.Warning, isEnabledByDefault: true)];

        public override void Initialize(AnalysisContext context)
        {
            context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
            context.EnableConcurrentExecution();
            context.RegisterOperationBlockAction(static blocks =>
            {
                foreach (IOperation block in blocks.OperationBlocks.Where(static block => block.Kind is OperationKind.Block or OperationKind.MethodBody)) blocks.GetControlFlowGraph(block);
            });
        }
    }
}
