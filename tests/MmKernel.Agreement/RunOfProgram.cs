using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Reflection;
using MmLint.Testing;

namespace MmKernel.Agreement;

/// <summary>A program of this repository, run with the kernel that checks its contracts in place of the one it was built with.</summary>
/// <param name="ExitCode">What it returned.</param>
/// <param name="Evaluations">What was evaluated meanwhile, by the number of the clause.</param>
internal sealed record RunOfProgram(int ExitCode, IReadOnlyDictionary<int, Evaluation> Evaluations)
{
    /// <summary>Runs a program.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="project">The project below tests/ that builds the program.</param>
    /// <param name="command">The arguments of <c>dotnet</c>, given the program's assembly.</param>
    /// <param name="print">What is done with each line that it prints.</param>
    internal static RunOfProgram Of(Instrumentation kernel, string project, Func<string, IEnumerable<string>> command, Action<string> print)
    {
        string folder = Directory.CreateTempSubdirectory("agreement").FullName;
        try
        {
            string program = Path.Combine(folder, "program"), audit = Path.Combine(folder, "audit");
            Copy(Path.Combine(Repository.Root, "tests", project, "bin", Configuration, "net10.0"), program);
            Directory.CreateDirectory(audit);
            kernel.Emit(Path.Combine(program, "MmKernel.dll"));
            var start = new ProcessStartInfo("dotnet", command(Path.Combine(program, project + ".dll"))) { RedirectStandardOutput = true };
            start.Environment["MMKERNEL_AUDIT"] = audit;
            using var process = System.Diagnostics.Process.Start(start)!;
            while (process.StandardOutput.ReadLine() is { } line)
                print(line);
            process.WaitForExit();
            return new RunOfProgram(process.ExitCode, Read(audit));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Configuration => typeof(RunOfProgram).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;

    private static Dictionary<int, Evaluation> Read(string audit) => Directory.EnumerateFiles(audit, "*.audit")
        .SelectMany(File.ReadLines)
        .Select(Evaluation.Parse)
        .GroupBy(static entry => entry.Clause)
        .ToDictionary(static group => group.Key, static group => group.Select(static entry => entry.Evaluation).Aggregate(static (sum, next) => sum + next));

    private static void Copy(string from, string to)
    {
        if (!Directory.Exists(from))
            throw new DirectoryNotFoundException($"{from} is missing: build the project first");
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
