using System;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using MmLint.Analyzers;

namespace AnalyzerBenchmarks;

/// <summary>What checking a workload costs beside compiling it.</summary>
/// <param name="Compile">Processor time to bind everything and report what the compiler has to say.</param>
/// <param name="Check">What that takes longer with the analyzers; the host's part, which further analyzers share, included.</param>
/// <param name="Own">Wall-clock time inside the analyzers themselves, as the host counts it.</param>
/// <param name="Allocated">Bytes allocated beyond those of compiling alone.</param>
/// <param name="Retained">Bytes alive at the end beyond those of compiling alone.</param>
/// <param name="Diagnostics">What the analyzers reported.</param>
internal sealed record Measurement(TimeSpan Compile, TimeSpan Check, TimeSpan Own, long Allocated, long Retained, ImmutableArray<Diagnostic> Diagnostics)
{
    /// <summary>Measures with the analyzers of this project.</summary>
    public static Measurement Of(Workload workload, int rounds = 5) => Of(workload, AllAnalyzers.Instances, rounds);

    /// <summary>The best of several rounds on one thread, so that what else the machine does counts as little as possible.</summary>
    public static Measurement Of(Workload workload, ImmutableArray<DiagnosticAnalyzer> analyzers, int rounds) => InTurns([(workload, analyzers)], rounds)[0];

    /// <summary>
    /// The same for several that are compared. They take turns, and what they share, the compiler above all, which the runtime compiles anew as it gets hot, is no dearer for the first of them:
    /// half as many rounds again come before those that count.
    /// </summary>
    public static ImmutableArray<Measurement> InTurns(ImmutableArray<(Workload Workload, ImmutableArray<DiagnosticAnalyzer> Analyzers)> compared, int rounds)
    {
        var compile = new Round?[compared.Length];
        var check = new Round?[compared.Length];
        var alone = new Round?[compared.Length];
        int before = compared.Length > 1 ? rounds / 2 : 0;
        for (int round = -before; round < rounds; round++)
        {
            for (int i = 0; i < compared.Length; i++)
            {
                (Workload workload, ImmutableArray<DiagnosticAnalyzer> analyzers) = compared[i];
                Take(ref compile[i], round, () => (TimeSpan.Zero, CompileOnce(workload)));
                Take(ref check[i], round, () => (TimeSpan.Zero, CheckOnce(workload, analyzers)));
                Take(ref alone[i], round, () => CheckAlone(workload, analyzers));
            }
        }

        return
        [
            .. compile.Zip(check, alone).Select(one => new Measurement(
                one.First!.Time, TimeSpan.FromTicks(Math.Max(0, (one.Second!.Time - one.First.Time).Ticks)), one.Third!.Own, one.Second.Allocated - one.First.Allocated,
                one.Second.Retained - one.First.Retained, one.Third.Diagnostics)),
        ];
    }

    /// <summary>Compiles and checks once, as the command-line compiler does: what it binds for itself it does not bind again for the analyzers.</summary>
    public static ImmutableArray<Diagnostic> CheckOnce(Workload workload, ImmutableArray<DiagnosticAnalyzer> analyzers) =>
        Host(workload, analyzers).GetAllDiagnosticsAsync(CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>Checks once and compiles only what that takes, but tells how long the analyzers were at it.</summary>
    public static (TimeSpan Own, ImmutableArray<Diagnostic> Diagnostics) CheckAlone(Workload workload, ImmutableArray<DiagnosticAnalyzer> analyzers)
    {
        AnalysisResult result = Host(workload, analyzers).GetAnalysisResultAsync(CancellationToken.None).GetAwaiter().GetResult();
        var own = TimeSpan.FromTicks(result.AnalyzerTelemetryInfo.Values.Sum(each => each.ExecutionTime.Ticks));
        ImmutableArray<Diagnostic> found = result.GetAllDiagnostics();
        if (analyzers == AllAnalyzers.Instances && found.FirstOrDefault(d => d.Id == "AD0001") is { } exception)
            throw new InvalidOperationException(exception.ToString());
        return (own, found);
    }

    private static CompilationWithAnalyzers Host(Workload workload, ImmutableArray<DiagnosticAnalyzer> analyzers) => new(
        workload.Fresh(), analyzers, new CompilationWithAnalyzersOptions(new AnalyzerOptions(workload.Files), onAnalyzerException: null, concurrentAnalysis: false, logAnalyzerExecutionTime: true));

    /// <summary>Compiles once.</summary>
    public static ImmutableArray<Diagnostic> CompileOnce(Workload workload) => workload.Fresh().GetDiagnostics();

    private static void Take(ref Round? best, int number, Func<(TimeSpan Own, ImmutableArray<Diagnostic> Diagnostics)> work)
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        using var process = Process.GetCurrentProcess();
        TimeSpan start = process.TotalProcessorTime;
        (TimeSpan own, ImmutableArray<Diagnostic> diagnostics) = work();
        process.Refresh();
        TimeSpan time = process.TotalProcessorTime - start;
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        long retained = GC.GetTotalMemory(forceFullCollection: false) - before;
        if (number >= 0 && (best is null || time < best.Time))
            best = new Round(time, own, allocated, retained, diagnostics);
    }

    private sealed record Round(TimeSpan Time, TimeSpan Own, long Allocated, long Retained, ImmutableArray<Diagnostic> Diagnostics);
}
