using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;

namespace PackageTests;

/// <summary>What a team meets that uses the package: logs, later builds, several frameworks, libraries from elsewhere, an old code base.</summary>
public sealed class ConsumerTests(PackedPackage package) : IClassFixture<PackedPackage>
{
    private const string BrokenCounter = """
        using MmLint;

        namespace Shop
        {
            /// <summary>A counter that forgets its lock.</summary>
            public sealed class Counter
            {
                private readonly object _gate = new object();

                [GuardedBy(nameof(_gate))]
                private int _count;

                /// <summary>Counts.</summary>
                public void Add() => _count++;
            }
        }
        """;

    private const string Unguarded = "Counter.cs(14,30): error MML1009: writing '_count' needs exclusive(_gate), which is not held\n";

    private static readonly string MendedCounter = BrokenCounter.Replace("() => _count++;", "() { lock (_gate) { _count++; } }", StringComparison.Ordinal);

    [Fact]
    public void The_log_explains_each_rule_and_links_to_its_page()
    {
        var sample = package.Samples["RmapWalkUnlocked"];
        using var log = JsonDocument.Parse(File.ReadAllBytes(sample.Log));
        var rule = log.RootElement.GetProperty("runs")[0].GetProperty("tool").GetProperty("driver").GetProperty("rules").EnumerateArray().Single(each => each.GetProperty("id").GetString() == "MML1001");

        Assert.Equal("Lock is not held", rule.GetProperty("shortDescription").GetProperty("text").GetString());
        Assert.Equal("https://github.com/mmlint/mmlint/blob/main/docs/rules/MML1001.md", rule.GetProperty("helpUri").GetString());
        Assert.Equal("MmLint.Locking", rule.GetProperty("properties").GetProperty("category").GetString());
    }

    [Fact]
    public void A_later_build_checks_what_has_changed_and_only_then()
    {
        var project = Project("Later", "net10.0", ("Counter.cs", BrokenCounter));
        DotNet.Run(project.Folder, "build", "-p:MmLintMode=audit");
        Assert.Equal(Unguarded.Replace(": error ", ": warning ", StringComparison.Ordinal), Report.Snapshot(project.Findings()));
        DateTime compiled = File.GetLastWriteTimeUtc(project.Log);

        DotNet.Run(project.Folder, "build", "-p:MmLintMode=audit");
        Assert.Equal(compiled, File.GetLastWriteTimeUtc(project.Log));

        File.WriteAllText(Path.Combine(project.Folder, "Counter.cs"), MendedCounter);
        DotNet.Run(project.Folder, "build", "-p:MmLintMode=audit");
        Assert.Equal("", Report.Snapshot(project.Findings()));
    }

    [Fact]
    public void Each_framework_of_a_project_is_checked()
    {
        var project = Project("Several", "netstandard2.0;net8.0;net10.0", ("Counter.cs", BrokenCounter));
        var (exitCode, output) = DotNet.TryRun(project.Folder, "build");

        Assert.NotEqual(0, exitCode);
        foreach (string framework in new[] { "netstandard2.0", "net8.0", "net10.0" })
            Assert.True(output.Contains($"Several.csproj::TargetFramework={framework}", StringComparison.Ordinal), $"nothing is reported for {framework}:{Environment.NewLine}{output}");

        File.WriteAllText(Path.Combine(project.Folder, "Counter.cs"), MendedCounter);
        DotNet.Run(project.Folder, "build");
    }

    [Fact]
    public void Contracts_of_a_compiled_library_hold_in_its_consumer()
    {
        var library = Project("Ledger", "netstandard2.0", ("Ledger.cs", """
            using MmLint;

            public sealed class Ledger
            {
                public object Gate { get; } = new object();

                [MustHold("Gate")]
                public void Write(int amount)
                {
                }
            }
            """));
        DotNet.Run(library.Folder, "build");
        string assembly = Path.Combine(library.Folder, "bin", "Debug", "netstandard2.0", "Ledger.dll");
        var consumer = Project("Clerk", "net10.0", ("Clerk.cs", """
            public static class Clerk
            {
                public static void Note(Ledger ledger) => ledger.Write(1);

                public static void NoteLocked(Ledger ledger)
                {
                    lock (ledger.Gate) ledger.Write(1);
                }
            }
            """));
        string file = Path.Combine(consumer.Folder, "Clerk.csproj");
        File.WriteAllText(file, File.ReadAllText(file).Replace("</Project>", $"<ItemGroup><Reference Include=\"{assembly}\" /></ItemGroup></Project>", StringComparison.Ordinal));

        Assert.NotEqual(0, DotNet.TryRun(consumer.Folder, "build").ExitCode);
        Assert.Equal("Clerk.cs(3,47): error MML1001: 'Write' needs ledger.Gate, which is not held\n", Report.Snapshot(consumer.Findings()));
    }

    // docs/adoption.md tells how to write such a section from the compiler's log.
    [Fact]
    public void Files_with_old_findings_can_wait_while_new_ones_are_errors()
    {
        var project = Project("Old", "net10.0", ("Counter.cs", BrokenCounter));
        File.WriteAllText(Path.Combine(project.Folder, ".editorconfig"), "root = true\n[{Counter.cs,Elsewhere/Other.cs}]\ndotnet_diagnostic.MML1009.severity = suggestion\n");
        DotNet.Run(project.Folder, "build");

        File.WriteAllText(Path.Combine(project.Folder, "Added.cs"), BrokenCounter.Replace("Counter", "Added", StringComparison.Ordinal));
        Assert.NotEqual(0, DotNet.TryRun(project.Folder, "build").ExitCode);
        Assert.Equal(Unguarded.Replace("Counter", "Added", StringComparison.Ordinal), Report.Snapshot([.. project.Findings().Where(finding => finding.Level == "error")]));
    }

    private Sample Project(string name, string frameworks, params IEnumerable<(string Name, string Text)> files)
    {
        string folder = Path.Combine(package.Folder, "consumers", name);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(package.Folder, "consumers", "nuget.config"), """
            <configuration>
              <packageSources><add key="packed" value="../artifacts/packages" /></packageSources>
            </configuration>
            """);
        File.WriteAllText(Path.Combine(folder, name + ".csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFrameworks>{frameworks}</TargetFrameworks>
                <RestorePackagesPath>$(MSBuildProjectDirectory)/../../artifacts/nuget</RestorePackagesPath>
                <EnableNETAnalyzers>false</EnableNETAnalyzers>
                <ErrorLog Condition="!$(TargetFrameworks.Contains(';'))">$(MSBuildProjectDirectory)/obj/findings.sarif,version=2.1</ErrorLog>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="MmLint" Version="0.1.0" />
              </ItemGroup>
            </Project>
            """);
        foreach (var file in files)
            File.WriteAllText(Path.Combine(folder, file.Name), file.Text);
        return new Sample(Path.Combine(folder, name + ".csproj"));
    }
}
