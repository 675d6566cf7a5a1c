using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using MmLint.Testing;
using Spectre.Console;

namespace AnalyzerBenchmarks;

/// <summary>
/// What a build without a compiler server pays: each round starts the SDK's own compiler on the memory manager, so that all code of the analyzers is compiled first. Processor time counts, for
/// it includes what the runtime does on other threads and leaves out what other processes do.
/// </summary>
internal static partial class Cold
{
    private static string Precompiled { get; } = Path.Combine(
        Repository.Root, "Package", "obj", "Release", "netstandard2.0", "precompiled",
        (OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux") + (RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "-arm64" : "-x64"), "MmLint.Analyzers.dll");

    public static void Run(int rounds)
    {
        var sets = new List<(string Name, string[] Analyzers, string[] Configurations)> { ("none", [], []), ("MmLint, portable", [typeof(MmLint.Analyzers.AllAnalyzers).Assembly.Location], []) };
        if (File.Exists(Precompiled))
            sets.Add(("MmLint, precompiled", [Precompiled], []));
        else
            Console.WriteLine("Without the precompiled assembly, which 'dotnet pack Package -c Release' makes for some systems, as builds with the package have it.");
        foreach ((string name, string folder) in Peers.Folders)
            sets.Add((name, Directory.GetFiles(folder, "*.dll"), name == "NetAnalyzers" ? [Metadata("AllRulesOfNetAnalyzers")] : []));

        var best = new Dictionary<string, Cost>();
        for (int round = 0; round < rounds; round++)
        {
            foreach ((string name, string[] analyzers, string[] configurations) in sets)
            {
                Cost cost = Compile(analyzers, configurations);
                best[name] = best.TryGetValue(name, out Cost known) ? new Cost(Math.Min(known.Processor, cost.Processor), Math.Min(known.Own, cost.Own)) : cost;
            }
        }

        Table table = new Table().Border(TableBorder.Markdown).AddColumn($"MmKernel, best of {rounds} compilers");
        foreach (string column in (string[])["processor ms", "beyond none", "own ms, all threads"])
            table.AddColumn(new TableColumn(column).RightAligned());
        foreach ((string name, _, _) in sets)
            table.AddRow(name, $"{best[name].Processor:F0}", $"{best[name].Processor - best["none"].Processor:F0}", $"{best[name].Own:F0}");
        AnsiConsole.Write(table);
    }

    private static Cost Compile(string[] analyzers, string[] configurations)
    {
        string kernel = Path.Combine(Repository.Root, "MmKernel");
        string folder = Directory.CreateTempSubdirectory("cold").FullName;
        try
        {
            IEnumerable<string> lines =
            [
                "/nostdlib+", "/target:library", "/unsafe+", "/nullable:enable", "/langversion:latest", "/define:DEBUG;LOCKDEP", "/reportanalyzer", $"/out:\"{Path.Combine(folder, "kernel.dll")}\"",
                .. Workload.References.Select(path => $"/reference:\"{path}\""),
                .. analyzers.Select(path => $"/analyzer:\"{path}\""),
                .. configurations.Select(path => $"/analyzerconfig:\"{path}\""),
                .. Directory.EnumerateFiles(kernel, "*.lockcontracts").Select(path => $"/additionalfile:\"{path}\""),
                .. Repository.Sources(kernel).Select(path => $"\"{path}\""),
            ];
            string response = Path.Combine(folder, "compiler.rsp");
            File.WriteAllLines(response, lines);
            using Process compiler = Process.Start(new ProcessStartInfo("dotnet", ["exec", Metadata("Compiler"), "/noconfig", "@" + response]) { RedirectStandardOutput = true })!;
            Task<string> reading = compiler.StandardOutput.ReadToEndAsync();
            TimeSpan processor = ProcessorTimeOf(compiler);
            string output = reading.GetAwaiter().GetResult();
            if (compiler.ExitCode != 0) throw new InvalidOperationException(output);
            return new Cost(processor.TotalMilliseconds, TimeOfAssembly().Matches(output).Sum(static match => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) * 1000));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>What a process takes until it ends, but for its last milliseconds: some systems do not tell of one that has ended.</summary>
    private static TimeSpan ProcessorTimeOf(Process process)
    {
        TimeSpan time = default;
        while (!process.WaitForExit(10))
        {
            process.Refresh();
            try
            {
                time = process.TotalProcessorTime;
            }
            catch (Exception e) when (e is InvalidOperationException or Win32Exception)
            {
                // It has ended since.
            }
        }

        return time;
    }

    private static string Metadata(string key) => typeof(Cold).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;

    /// <summary>The compiler's line for a whole assembly: seconds, per cent, name.</summary>
    [GeneratedRegex(@"^\s*<?([\d.]+)\s+<?\d+\s+\S+, Version=", RegexOptions.Multiline)]
    private static partial Regex TimeOfAssembly();

    /// <summary>Milliseconds of processor time of the compiler, and of the analyzers as it counts them.</summary>
    private readonly record struct Cost(double Processor, double Own);
}
