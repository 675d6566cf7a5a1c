using System;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using MmLint.Analyzers;

namespace AnalyzerTests.Robustness;

/// <summary>Suggestions are the same whether all bodies of a type are followed or only those that were chosen. MMLINT_SEED=n takes other types.</summary>
public sealed class GuardCandidatesTests
{
    private const int Types = 200;

    private static readonly string[] s_statements =
    [
        "_a++;", "_b = n;", "n += _a;", "if (_b > n) n = _b;", "other._a--;", "s_all += n;", "Step(n);", "other.Step(n);", "Deeper(n);", "Task.Run(() => _a = 0);", "Task.Run(Drain);",
        "Monitor.Exit(_one); _b++; Monitor.Enter(_one);", "Leave(); _a++; Monitor.Enter(_one);", "Monitor.Wait(_one); _b--;", "Volatile.Write(ref _b, 1);", "{ void Local() => _b++; Local(); }",
        "using (_scope.EnterScope()) _a += n;", "_slim.EnterReadLock(); n = _b; _slim.ExitReadLock();",
    ];

    private static readonly string[] s_locks = ["lock (_one)", "lock (_one)", "lock (_one)", "lock (_two)", "lock (this)", "lock (s_shared)", "lock (other._one)", "if (n > 3)"];

    [Fact]
    public async Task What_is_left_out_would_have_shown_nothing()
    {
        int first = int.TryParse(Environment.GetEnvironmentVariable("MMLINT_SEED"), out int chosen) ? chosen : 1;
        int reported = 0;
        for (int seed = first; seed < first + Types; seed++)
        {
            string source = Type(new Random(seed));
            var compilation = TestCompilation.Create("Random", [TestCompilation.Parse("/Random.cs", source, [])], []);
            string all = await ReportAsync(compilation, new FollowsAll());
            Assert.True(all == await ReportAsync(compilation, new GuardSuggestions()), $"Seed {seed}: with all bodies{Environment.NewLine}{all}{Environment.NewLine}{source}");
            reported += all.Length == 0 ? 0 : 1;
        }

        Assert.InRange(reported, Types / 10, Types);
    }

    private static string Type(Random random)
    {
        var text = new StringBuilder("""
            using System.Threading; using System.Threading.Tasks;
            public sealed class Visits
            {
                private readonly object _one = new(), _two = new();
                private readonly Lock _scope = new();
                private readonly ReaderWriterLockSlim _slim = new();
                private static readonly object s_shared = new();
                private static int s_all;
                private int _a, _b;
                private void Drain() => _a = 0;
                private void Leave() => Monitor.Exit(_one);
                private void Deeper(int n) => Step(n + 1);
                private void Step(int n) => _b += n;

            """);
        string usual = random.Next(3) == 0 ? "if (n > 7)" : s_locks[random.Next(s_locks.Length)];
        for (int method = 0; method < 7; method++)
        {
            string around = random.Next(6) == 0 ? s_locks[random.Next(s_locks.Length)] : usual;
            string body = string.Join(' ', Enumerable.Range(0, random.Next(1, 4)).Select(_ => s_statements[random.Next(random.Next(2) == 0 ? 4 : s_statements.Length)]));
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"    public void M{method}(int n, Visits other) {{ {around} {{ {body} }} {(random.Next(12) == 0 ? s_statements[random.Next(4)] : "")} }}\n");
        }

        return text.Append('}').ToString();
    }

    private static async Task<string> ReportAsync(Compilation compilation, DiagnosticAnalyzer analyzer) =>
        string.Join('\n', (await compilation.WithAnalyzers([analyzer]).GetAnalyzerDiagnosticsAsync(CancellationToken.None)).Select(d => d.ToString()).Order(StringComparer.Ordinal));

    /// <summary>What the suggestions are where nothing is left out.</summary>
    private sealed class FollowsAll : DiagnosticAnalyzer
    {
        public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = new GuardSuggestions().SupportedDiagnostics;

        public override void Initialize(AnalysisContext context)
        {
            context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
            context.EnableConcurrentExecution();
            context.RegisterCompilationStartAction(start =>
            {
                Engine engine = Engine.Of(start.Compilation, start.Options, start.CancellationToken);
                start.RegisterSymbolStartAction(
                    type =>
                    {
                        var bodies = new ConcurrentBag<(IOperation Root, ISymbol Owner)>();
                        type.RegisterOperationBlockAction(blocks =>
                        {
                            foreach (IOperation body in Engine.BodiesOf(blocks.OperationBlocks)) bodies.Add((Engine.RootOf(body), blocks.OwningSymbol));
                        });
                        type.RegisterSymbolEndAction(end =>
                        {
                            foreach (Diagnostic found in MmLint.Analyzers.UnstatedGuards.Of(engine.Watch(bodies, end.CancellationToken))) end.ReportDiagnostic(found);
                        });
                    },
                    SymbolKind.NamedType);
            });
        }
    }
}
