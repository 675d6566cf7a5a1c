using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;
using System.Xml.Linq;

namespace PackageTests;

/// <summary>What is released can be built again by anybody, and its symbols lead to the source it was built from.</summary>
public sealed class ReproducibilityTests : IDisposable
{
    private static readonly Guid SourceLink = new("CC110556-A091-4D38-9FEC-25AB9A351A6A");

    private readonly string _folder = Directory.CreateTempSubdirectory("mmlint-reproducible-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Two_builds_of_one_commit_in_different_folders_give_the_same_package_whose_symbols_lead_to_that_commit()
    {
        var (commit, first) = Build("here");
        var (sameCommit, second) = Build(Path.Combine("somewhere", "else"));

        Assert.Equal(commit, sameCommit);
        Assert.Equal(first.Keys, second.Keys);
        Assert.Empty(first.Where(entry => !entry.Value.AsSpan().SequenceEqual(second[entry.Key])).Select(entry => entry.Key));
        var repository = XDocument.Load(new MemoryStream(first["MmLint.nuspec"])).Descendants().Single(element => element.Name.LocalName == "repository");
        Assert.Equal(("https://github.com/mmlint/mmlint", commit), (repository.Attribute("url")?.Value, repository.Attribute("commit")?.Value));
        Assert.Equal(
            [
                "analyzers/dotnet/cs/MmLint.Analyzers.dll",
                "analyzers/dotnet/cs/MmLint.CodeFixes.dll",
                "analyzers/dotnet/cs/MmLint.Completion.dll",
                "build/precompiled/linux-arm64/MmLint.Analyzers.dll",
                "build/precompiled/linux-x64/MmLint.Analyzers.dll",
                "build/precompiled/osx-arm64/MmLint.Analyzers.dll",
                "build/precompiled/win-arm64/MmLint.Analyzers.dll",
                "build/precompiled/win-x64/MmLint.Analyzers.dll",
                "lib/netstandard2.0/MmLint.Annotations.dll",
            ],
            first.Keys.Where(name => name.EndsWith(".dll", StringComparison.Ordinal)));
        Assert.All(first.Where(entry => entry.Key.EndsWith(".dll", StringComparison.Ordinal)), entry =>
            Assert.Equal($$$"""{"documents":{"/_/*":"https://raw.githubusercontent.com/mmlint/mmlint/{{{commit}}}/*"}}""", SourceLinkOf(entry.Value)));
    }

    /// <summary>Packs a copy of the sources as a build server does whose clone is of the public repository.</summary>
    private (string Commit, SortedDictionary<string, byte[]> Entries) Build(string name)
    {
        string root = Path.Combine(_folder, name);
        Directory.CreateDirectory(root);
        foreach (string part in (string[])["Annotations", "Analyzers", "CodeFixes", "Completion", "Package"])
            PackedPackage.CopyFolder(Path.Combine(Repository.Root, part), Path.Combine(root, part));
        foreach (string file in (string[])[".editorconfig", ".gitattributes", ".gitignore", "Directory.Build.props", "Directory.Packages.props", "global.json", "LICENSE", "README.md"])
            File.Copy(Path.Combine(Repository.Root, file), Path.Combine(root, file));

        Git(root, "init", "--quiet");
        Git(root, "remote", "add", "origin", "https://github.com/mmlint/mmlint.git");
        Git(root, "add", "--all");
        Git(root, "-c", "user.name=A", "-c", "user.email=a@b.c", "commit", "--quiet", "--message=All", "--date=2026-01-01T00:00:00Z");
        string commit = Git(root, "rev-parse", "HEAD").Trim();

        // That the sources pass their own analyzers is for the build proper to say.
        DotNet.Run(
            root, "pack", Path.Combine("Package", "MmLint.Package.csproj"), "-c", "Release", "-p:ContinuousIntegrationBuild=true", "-p:RunAnalyzers=false", "-p:EnforceCodeStyleInBuild=false");
        using var archive = ZipFile.OpenRead(Directory.GetFiles(Path.Combine(root, "artifacts", "packages"), "*.nupkg").Single());
        var entries = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);

        // NuGet names the parts of the container anew each time.
        foreach (var entry in archive.Entries.Where(e => !e.FullName.StartsWith("_rels/", StringComparison.Ordinal) && !e.FullName.StartsWith("package/", StringComparison.Ordinal)))
        {
            using var content = entry.Open();
            using var bytes = new MemoryStream();
            content.CopyTo(bytes);
            entries.Add(entry.FullName, bytes.ToArray());
        }

        return (commit, entries);
    }

    private static string? SourceLinkOf(byte[] assembly)
    {
        using var image = new PEReader(new MemoryStream(assembly));
        var embedded = image.ReadDebugDirectory().Single(entry => entry.Type == DebugDirectoryEntryType.EmbeddedPortablePdb);
        using var symbols = image.ReadEmbeddedPortablePdbDebugDirectoryData(embedded);
        var reader = symbols.GetMetadataReader();
        return reader.CustomDebugInformation.Select(reader.GetCustomDebugInformation).Where(information => reader.GetGuid(information.Kind) == SourceLink)
            .Select(information => Encoding.UTF8.GetString(reader.GetBlobBytes(information.Value))).SingleOrDefault();
    }

    private static string Git(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true };
        start.Environment["GIT_COMMITTER_DATE"] = "2026-01-01T00:00:00Z";
        using var process = Process.Start(start) ?? throw new InvalidOperationException("git does not start");
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"git {string.Join(' ', arguments)} ended with {process.ExitCode}");
        return output;
    }
}
