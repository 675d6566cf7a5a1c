using System;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;

namespace PackageTests;

/// <summary>What is in the package and what it does to a project that uses it.</summary>
public sealed class PackageTests(PackedPackage package) : IClassFixture<PackedPackage>
{
    [Fact]
    public void Package_contains_exactly_this()
    {
        using var archive = ZipFile.OpenRead(package.PackageFile);
        Assert.Equal(
            [
                "LICENSE",
                "MmLint.nuspec",
                "README.md",
                "analyzers/dotnet/cs/MmLint.Analyzers.dll",
                "analyzers/dotnet/cs/MmLint.CodeFixes.dll",
                "analyzers/dotnet/cs/MmLint.Completion.dll",
                "build/MmLint.audit.globalconfig",
                "build/MmLint.strict.globalconfig",
                "build/MmLint.targets",
                "build/precompiled/linux-arm64/MmLint.Analyzers.dll",
                "build/precompiled/linux-x64/MmLint.Analyzers.dll",
                "build/precompiled/osx-arm64/MmLint.Analyzers.dll",
                "build/precompiled/win-arm64/MmLint.Analyzers.dll",
                "build/precompiled/win-x64/MmLint.Analyzers.dll",
                "icon.png",
                "lib/netstandard2.0/MmLint.Annotations.dll",
                "lib/netstandard2.0/MmLint.Annotations.xml",
            ],
            archive.Entries.Select(e => e.FullName).Where(e => !e.StartsWith("_rels", StringComparison.Ordinal)
                && !e.StartsWith("package/", StringComparison.Ordinal) && e != "[Content_Types].xml").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Package_depends_on_nothing()
    {
        using var archive = ZipFile.OpenRead(package.PackageFile);
        using var nuspec = archive.GetEntry("MmLint.nuspec")!.Open();
        Assert.DoesNotContain(XDocument.Load(nuspec).Descendants(), e => e.Name.LocalName == "dependency");
    }

    // Whatever else an assembly refers to would have to be in the package too, and a higher version would not load in older compilers.
    [Theory]
    [InlineData(
        "MmLint.Analyzers.dll",
        "Microsoft.CodeAnalysis 4.8.0.0",
        "Microsoft.CodeAnalysis.CSharp 4.8.0.0",
        "System.Collections.Immutable 7.0.0.0",
        "System.Memory 4.0.1.2",
        "netstandard 2.0.0.0")]
    [InlineData(
        "MmLint.CodeFixes.dll",
        "Microsoft.CodeAnalysis 4.14.0.0",
        "Microsoft.CodeAnalysis.CSharp 4.14.0.0",
        "Microsoft.CodeAnalysis.Workspaces 4.14.0.0",
        "MmLint.Analyzers 0.1.0.0",
        "System.Collections.Immutable 9.0.0.0",
        "System.Composition.AttributedModel 9.0.0.0",
        "System.Memory 4.0.1.2",
        "netstandard 2.0.0.0")]
    [InlineData(
        "MmLint.Completion.dll",
        "Microsoft.CodeAnalysis 4.14.0.0",
        "Microsoft.CodeAnalysis.CSharp 4.14.0.0",
        "Microsoft.CodeAnalysis.Features 4.14.0.0",
        "Microsoft.CodeAnalysis.Workspaces 4.14.0.0",
        "MmLint.Analyzers 0.1.0.0",
        "System.Collections.Immutable 9.0.0.0",
        "System.Composition.AttributedModel 9.0.0.0",
        "netstandard 2.0.0.0")]
    public void Analyzer_refers_to_what_the_oldest_host_has(string file, params string[] expected)
    {
        using var archive = ZipFile.OpenRead(package.PackageFile);
        using var content = new MemoryStream();
        using (var entry = archive.GetEntry("analyzers/dotnet/cs/" + file)!.Open())
            entry.CopyTo(content);
        content.Position = 0;
        using var image = new PEReader(content);
        var metadata = image.GetMetadataReader();
        Assert.Equal(
            expected,
            metadata.AssemblyReferences.Select(metadata.GetAssemblyReference).Select(r => $"{metadata.GetString(r.Name)} {r.Version}").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("-p:MmLintMode=")]
    [InlineData("-p:MmLintMode=audit")]
    [InlineData("-p:MmLintMode=strict")]
    public void Consumer_gets_the_annotations_beside_its_assembly_and_nothing_else(string option)
    {
        string output = Path.Combine(package.Folder, "output");
        DotNet.Run(package.Samples["Clean"].Folder, "build", "-p:CopyLocalLockFileAssemblies=true", "-o", output, option);
        Assert.Equal(
            ["Clean.deps.json", "Clean.dll", "Clean.pdb", "MmLint.Annotations.dll"],
            Directory.EnumerateFiles(output, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(output, f)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Contract_file_is_found_without_being_listed()
    {
        var sample = package.Copy("Clean", "WithFile");
        File.WriteAllText(Path.Combine(sample.Folder, "Journal.lockcontracts"), "M:Clean.Journal.Missing = Releases(\"this\")\n");
        DotNet.TryRun(sample.Folder, "build");
        var finding = Assert.Single(sample.Findings());
        Assert.Equal(("MML0008", "Journal.lockcontracts", 1), (finding.Rule, Path.GetFileName(finding.Place?.File), finding.Place?.Line));
    }

    [Theory]
    [InlineData("AnonVmaPrepareUnderVmaLock")]
    [InlineData("RmapWalkUnlocked")]
    public void Code_fixes_make_the_sample_clean(string name)
    {
        var sample = package.Copy(name, "Fixed");
        DotNet.Run(sample.Folder, "restore");
        DotNet.Run(sample.Folder, "format", "analyzers", "--no-restore", "--severity", "warn", "--diagnostics", "MML2001", "MML2002");
        DotNet.Run(sample.Folder, "build", "--no-restore", "--no-incremental");
        Assert.Equal("", Report.Snapshot(sample.Findings()));
    }

    [Theory]
    [InlineData("Clean")]
    [InlineData("AnonVmaPrepareUnderVmaLock")]
    [InlineData("RmapWalkUnlocked")]
    [InlineData("ForkWithoutWriteLock")]
    [InlineData("PrivateFileMapping")]
    [InlineData("RetryWithLockHeld")]
    [InlineData("StaleVma")]
    [InlineData("CrashingAssertion")]
    public void Sample_gives_exactly_the_expected_findings(string name)
    {
        var sample = package.Samples[name];
        Assert.Equal(sample.Expected, Report.Snapshot(sample.Findings()));
    }

    [Fact]
    public void Fixed_form_of_every_sample_builds_without_a_warning()
    {
        var samples = package.Samples.Values.Where(sample => sample.Expected!.Length > 0).ToList();
        Assert.All(samples, sample => Assert.NotEmpty(Directory.EnumerateFiles(Path.Combine(sample.Folder, "Fixed"), "*.cs")));
        DotNet.Run(Path.Combine(package.Folder, "samples"), "build", "Samples.sln", "-p:Fixed=true", "-p:ErrorLog=", "-warnaserror", "--no-incremental");
    }

    [Fact]
    public void Every_sample_is_tested()
    {
        var data = typeof(PackageTests).GetMethod(nameof(Sample_gives_exactly_the_expected_findings))!.GetCustomAttributes<InlineDataAttribute>();
        var tested = data.Select(d => (string)d.GetData(null!).Single()[0]);
        Assert.Equal(package.Samples.Keys.Order(StringComparer.Ordinal), tested.Order(StringComparer.Ordinal));
    }
}
