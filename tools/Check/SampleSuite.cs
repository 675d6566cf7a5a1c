using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Xml.Linq;

namespace MmLint.Check;

/// <summary>The samples below a folder, with the packages that they restore from beside them in artifacts/.</summary>
/// <param name="folder">The folder that has samples/.</param>
internal sealed class SampleSuite(string folder)
{
    private string Packages => Path.Combine(folder, "artifacts", "packages");

    /// <summary>Packs the package of a solution to where the samples look for it, and forgets the one restored before.</summary>
    /// <param name="root">The folder of the solution.</param>
    /// <returns>The package file.</returns>
    public string Pack(string root)
    {
        if (Directory.Exists(Packages))
            Directory.Delete(Packages, recursive: true);
        string restored = Path.Combine(folder, "artifacts", "nuget", "mmlint");
        if (Directory.Exists(restored))
            Directory.Delete(restored, recursive: true);
        DotNet.Run(root, "pack", Path.Combine("Package", "MmLint.Package.csproj"), "-c", "Release", "-o", Packages);
        return Directory.GetFiles(Packages, "*.nupkg").Single();
    }

    /// <summary>Restores and builds every sample. Samples with errors give no assembly, and that is no failure here.</summary>
    /// <returns>The samples, by name.</returns>
    public IReadOnlyList<Sample> Build()
    {
        var samples = Directory.EnumerateFiles(Path.Combine(folder, "samples"), "*.csproj", SearchOption.AllDirectories)
            .OrderBy(Path.GetFileNameWithoutExtension, StringComparer.Ordinal).Select(project => new Sample(project)).ToList();
        foreach (var sample in samples.Where(sample => File.Exists(sample.Log)))
            File.Delete(sample.Log);
        var (_, output) = DotNet.TryRun(Path.Combine(folder, "samples"), "build", "Samples.sln", "--no-incremental");
        return samples.Find(sample => !File.Exists(sample.Log)) is { } missing
            ? throw new InvalidOperationException($"{missing.Name} was not compiled:{Environment.NewLine}{output}")
            : samples;
    }
}

/// <summary>One project that uses the package.</summary>
/// <param name="project">The project file.</param>
internal sealed class Sample(string project)
{
    /// <summary>The name of the project.</summary>
    public string Name => Path.GetFileNameWithoutExtension(project);

    /// <summary>The folder of the project.</summary>
    public string Folder => Path.GetDirectoryName(project)!;

    /// <summary>What the sample shows.</summary>
    public string Description => XDocument.Load(project).Descendants("Description").Single().Value;

    /// <summary>What the checker must say, one finding per line; null if nobody has said yet.</summary>
    public string? Expected => File.Exists(ExpectedFile) ? File.ReadAllText(ExpectedFile).ReplaceLineEndings("\n") : null;

    /// <summary>Where the compiler writes what it says.</summary>
    public string Log => Path.Combine(Folder, "obj", "findings.sarif");

    private string ExpectedFile => Path.Combine(Folder, "Expected.txt");

    /// <summary>What the compiler and the analyzers said in the last build.</summary>
    public IReadOnlyList<Finding> Findings() => Finding.ReadAll(Log);

    /// <summary>Takes findings as what is expected from now on.</summary>
    public void Accept(IReadOnlyList<Finding> findings) => File.WriteAllText(ExpectedFile, Report.Snapshot(findings));
}
