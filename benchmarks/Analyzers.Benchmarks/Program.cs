using System;
using System.Globalization;

namespace AnalyzerBenchmarks;

/// <summary>
/// <c>quick</c> (the default): all figures and curves in a minute. <c>conditions</c>: one of the curves. <c>growth</c>: methods of up to 8,000 branches, in one shape if a part of its name is given.
/// <c>bench</c>: with statistics. <c>peers</c>: beside other analyzers. <c>cold</c>: beside them in compilers that have just been started. <c>build</c>: the share of a build. <c>loop</c>: for a profiler
/// to watch.
/// </summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        Spectre.Console.AnsiConsole.Profile.Width = 160;
        switch (args is [var suite, ..] ? suite : "quick")
        {
            case "quick":
                Quick.Run();
                return 0;
            case "conditions":
                Quick.Conditions();
                return 0;
            case "growth":
                Growth.Run(args is [_, var shape, ..] ? shape : null);
                return 0;
            case "bench":
                CheckBenchmarks.Run();
                return 0;
            case "peers":
                Peers.Run();
                return 0;
            case "cold":
                Cold.Run(args is [_, var rounds, ..] ? int.Parse(rounds, CultureInfo.InvariantCulture) : 3);
                return 0;
            case "build":
                BuildShare.Run();
                return 0;
            case "loop":
                Loop(args is [_, var code, ..] ? code : "kernel", args is [_, _, var times] ? int.Parse(times, CultureInfo.InvariantCulture) : 20);
                return 0;
            default:
                Console.Error.WriteLine("Suites: quick, conditions, growth, bench, peers, cold, build, loop.");
                return 2;
        }
    }

    /// <summary>Checks the same code again and again, for a profiler to watch.</summary>
    private static void Loop(string code, int times)
    {
        Workload workload = Workload.Named(code);
        for (int i = 0; i < times; i++)
        {
            using var process = System.Diagnostics.Process.GetCurrentProcess();
            TimeSpan start = process.TotalProcessorTime;
            long allocated = GC.GetTotalAllocatedBytes(precise: true);
            System.Collections.Immutable.ImmutableArray<Microsoft.CodeAnalysis.Diagnostic> found = Measurement.CheckOnce(workload, MmLint.Analyzers.AllAnalyzers.Instances);
            process.Refresh();
            Console.WriteLine($"processor {(process.TotalProcessorTime - start).TotalMilliseconds:F0} ms, {(GC.GetTotalAllocatedBytes(precise: true) - allocated) / 1048576} MB, {found.Length} findings");
        }
    }
}
