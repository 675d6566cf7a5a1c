using System.Collections.Immutable;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Microsoft.CodeAnalysis;
using MmLint.Analyzers;

namespace AnalyzerBenchmarks;

/// <summary>Compiling alone, and compiling and checking, with statistics.</summary>
[MemoryDiagnoser]
public class CheckBenchmarks
{
    private Workload _workload = null!;

    /// <summary>What is compiled.</summary>
    [Params("kernel", "annotated", "mixed", "plain", "conditions")]
    public string Code { get; set; } = "";

    public static void Run() => BenchmarkRunner.Run<CheckBenchmarks>(
        DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance)));

    [GlobalSetup]
    public void Setup() => _workload = Workload.Named(Code);

    [Benchmark(Baseline = true)]
    public ImmutableArray<Diagnostic> Compile() => Measurement.CompileOnce(_workload);

    [Benchmark]
    public ImmutableArray<Diagnostic> CompileAndCheck() => Measurement.CheckOnce(_workload, AllAnalyzers.Instances);
}
