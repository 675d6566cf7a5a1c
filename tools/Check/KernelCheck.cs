using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace MmLint.Check;

/// <summary>What the analyzers say about MmKernel.</summary>
/// <param name="Findings">What is reported.</param>
/// <param name="Suppressed">How much more is suppressed in the source.</param>
/// <param name="SourceFiles">How many files were compiled.</param>
/// <param name="Contracts">What contracts the assembly carries; null if errors kept it from being built.</param>
internal sealed record KernelCheck(IReadOnlyList<Finding> Findings, int Suppressed, int SourceFiles, ContractCount? Contracts)
{
    /// <summary>Builds the kernel and reads the compiler's log.</summary>
    /// <param name="root">The folder of the solution.</param>
    public static KernelCheck Run(string root)
    {
        string folder = Path.Combine(root, "MmKernel");
        string log = Path.Combine(root, "artifacts", "check", "MmKernel.sarif");
        Directory.CreateDirectory(Path.GetDirectoryName(log)!);
        File.Delete(log);

        // The log is named on the command line, so it must reach only the last of the projects that are built.
        DotNet.Run(root, "build", Path.Combine("Annotations", "MmLint.Annotations.csproj"), "-c", "Release");
        DotNet.Run(root, "build", Path.Combine("Analyzers", "MmLint.Analyzers.csproj"), "-c", "Release");
        var (exitCode, output) = DotNet.TryRun(
            folder, "build", "-c", "Release", "--no-dependencies", "--no-incremental", "-p:ErrorLog=" + log + "%2Cversion=2.1");
        if (!File.Exists(log))
            throw new InvalidOperationException($"MmKernel was not compiled:{Environment.NewLine}{output}");

        var findings = Finding.ReadAll(log);
        var reported = findings.Where(f => !f.IsSuppressed && f.Level != "note").ToList();
        if (exitCode != 0 && reported.Count == 0)
            throw new InvalidOperationException($"MmKernel does not build:{Environment.NewLine}{output}");
        string assembly = Path.Combine(folder, "bin", "Release", "net10.0", "MmKernel.dll");
        return new KernelCheck(
            reported,
            findings.Count(f => f.IsSuppressed && f.Rule.StartsWith("MML", StringComparison.Ordinal)),
            Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).Count(f => !f.StartsWith(Path.Combine(folder, "obj"), StringComparison.Ordinal)),
            exitCode == 0 ? ContractCount.Of(assembly) : null);
    }
}
