using System;
using System.IO;
using System.Linq;

namespace PackageTests;

/// <summary>How loud the rules are, and who decides it.</summary>
public sealed class ModeTests(PackedPackage package) : IClassFixture<PackedPackage>
{
    [Fact]
    public void Audit_lets_a_broken_project_build_even_where_warnings_are_errors()
    {
        var sample = package.Copy("RmapWalkUnlocked", "Audited");
        DotNet.Run(sample.Folder, "build", "-p:MmLintMode=audit", "-p:TreatWarningsAsErrors=true");
        Assert.Equal(sample.Expected!.Replace(": error ", ": warning ", StringComparison.Ordinal), Report.Snapshot(sample.Findings()));
    }

    [Fact]
    public void Default_is_what_holds_without_a_word()
    {
        var sample = package.Copy("RmapWalkUnlocked", "Default");
        Assert.NotEqual(0, DotNet.TryRun(sample.Folder, "build", "-p:MmLintMode=default").ExitCode);
        Assert.Equal(sample.Expected, Report.Snapshot(sample.Findings()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("audit")]
    [InlineData("strict")]
    public void An_editorconfig_has_the_last_word(string mode)
    {
        var sample = package.Copy("RmapWalkUnlocked", "Configured" + mode);
        string rules = string.Join('\n', sample.Expected!.Split('\n').Select(Rule).OfType<string>().Distinct().Select(rule => $"dotnet_diagnostic.{rule}.severity = none"));
        File.WriteAllText(Path.Combine(sample.Folder, ".editorconfig"), "root = true\n[*.cs]\n" + rules + "\n");
        DotNet.Run(sample.Folder, "build", "-p:MmLintMode=" + mode);
        Assert.Equal("", Report.Snapshot(sample.Findings()));

        static string? Rule(string line) => line.Split(' ').FirstOrDefault(word => word.StartsWith("MML", StringComparison.Ordinal))?.TrimEnd(':');
    }

    [Fact]
    public void An_unknown_mode_is_refused()
    {
        var (exitCode, output) = DotNet.TryRun(package.Copy("Clean", "Misspelt").Folder, "build", "-p:MmLintMode=warn");
        Assert.NotEqual(0, exitCode);
        Assert.Contains("MmLintMode is 'warn'; it may be 'audit', 'default' or 'strict', or not be set.", output, StringComparison.Ordinal);
    }
}
