using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;

namespace PackageTests;

/// <summary>The package, packed once into a folder of its own, with copies of the samples that restore from there into a cache of their own.</summary>
public sealed class PackedPackage : IDisposable
{
    // Each class of tests packs, and all write into the same folders of the repository.
    private static readonly Lock s_packing = new();

    /// <summary>Packs, copies and builds.</summary>
    public PackedPackage()
    {
        Folder = Directory.CreateTempSubdirectory("mmlint-package-").FullName;
        CopyFolder(Path.Combine(Repository.Root, "samples"), Path.Combine(Folder, "samples"));
        File.Copy(Path.Combine(Repository.Root, "global.json"), Path.Combine(Folder, "global.json"));
        var suite = new SampleSuite(Folder);
        lock (s_packing)
            PackageFile = suite.Pack(Repository.Root);
        Samples = suite.Build().ToDictionary(sample => sample.Name);
    }

    /// <summary>The folder of it all.</summary>
    internal string Folder { get; }

    /// <summary>The package.</summary>
    internal string PackageFile { get; }

    /// <summary>The samples, built.</summary>
    internal Dictionary<string, Sample> Samples { get; }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>A copy of a sample that a test may change.</summary>
    internal Sample Copy(string name, string suffix)
    {
        string folder = Path.Combine(Folder, "samples", name + suffix);
        CopyFolder(Path.Combine(Folder, "samples", name), folder);
        return new Sample(Path.Combine(folder, name + ".csproj"));
    }

    /// <summary>Copies a folder with all below it, but for what builds left there.</summary>
    internal static void CopyFolder(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.EnumerateFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        foreach (string folder in Directory.EnumerateDirectories(from).Where(f => Path.GetFileName(f) is not ("bin" or "obj")))
            CopyFolder(folder, Path.Combine(to, Path.GetFileName(folder)));
    }
}
