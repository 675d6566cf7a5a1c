using System;
using System.Diagnostics;
using System.IO;
using System.Text.RegularExpressions;
using MmLint.Testing;

namespace AnalyzerBenchmarks;

/// <summary>What the compiler itself reports of the time that analyzers take in a build of the memory manager.</summary>
internal static partial class BuildShare
{
    public static void Run()
    {
        foreach (bool server in (bool[])[false, true])
        {
            Console.WriteLine(server ? "Compiler server, third build:" : "Compiler started for this build, so that all code of it and of the analyzers is compiled first:");
            for (int warm = 0; warm < (server ? 2 : 0); warm++)
                Build(server);
            foreach (string line in Build(server).Split('\n'))
            {
                if (TimeOfAssembly().IsMatch(line) || line.Contains("Total analyzer execution time", StringComparison.Ordinal) || line.Contains("Time Elapsed", StringComparison.Ordinal))
                    Console.WriteLine("  " + line.Trim());
            }
        }
    }

    private static string Build(bool server)
    {
        string project = Path.Combine(Repository.Root, "MmKernel", "MmKernel.csproj");
        var start = new ProcessStartInfo("dotnet", ["build", project, "--no-incremental", "--no-dependencies", "-nologo", "-v:d", "-p:ReportAnalyzer=true", $"-p:UseSharedCompilation={server}"])
        {
            RedirectStandardOutput = true,
        };
        using Process build = Process.Start(start)!;
        string output = build.StandardOutput.ReadToEnd();
        build.WaitForExit();
        return build.ExitCode == 0 ? output : throw new InvalidOperationException(output);
    }

    [GeneratedRegex(@"^\s*<?[\d.]+\s+<?\d+\s+\S+, Version=")]
    private static partial Regex TimeOfAssembly();
}
