using System;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace PackageTests;

/// <summary>The analyzers as machine code: who gets them, and that it makes no difference but time.</summary>
public sealed class PrecompiledTests(PackedPackage package) : IClassFixture<PackedPackage>
{
    private const string Portable = "analyzers/dotnet/cs/MmLint.Analyzers.dll";

    // The runtime tells what it compiles: of the portable assembly thousands of methods, and this one before all others.
    private const string Initialize = "JIT compiled MmLint.Analyzers.LockContracts:Initialize(";

    // Part of the machine's number says for which system the code is, and Windows has no such part.
    [Theory]
    [InlineData("linux-arm64", 0xaa64 ^ 0x7b79)]
    [InlineData("linux-x64", 0x8664 ^ 0x7b79)]
    [InlineData("osx-arm64", 0xaa64 ^ 0x4644)]
    [InlineData("win-arm64", 0xaa64)]
    [InlineData("win-x64", 0x8664)]
    public void Each_system_has_the_same_assembly_with_machine_code_of_its_own(string system, int machine)
    {
        using var portable = Image(Portable);
        using var precompiled = Image($"build/precompiled/{system}/MmLint.Analyzers.dll");

        Assert.Equal(Identity(portable), Identity(precompiled));
        Assert.Equal(machine, (int)precompiled.PEHeaders.CoffHeader.Machine);
        Assert.True(precompiled.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size > 0, "there is no machine code in it");
        Assert.True(portable.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size == 0, "the portable assembly is for one machine");

        static (Guid Version, int Methods) Identity(PEReader image)
        {
            var metadata = image.GetMetadataReader();
            return (metadata.GetGuid(metadata.GetModuleDefinition().Mvid), metadata.MethodDefinitions.Count);
        }
    }

    [Fact]
    public void A_build_takes_machine_code_for_this_system()
    {
        string[] systems = ["linux-arm64", "linux-x64", "osx-arm64", "win-arm64", "win-x64"];
        Assert.Equal(systems.Contains(ThisSystem) ? $"build/precompiled/{ThisSystem}/MmLint.Analyzers.dll" : Portable, AnalyzerOf("Clean"));
    }

    [Theory]
    [InlineData("-p:MmLintPrecompiled=false")]
    [InlineData("-p:DesignTimeBuild=true")]
    public void Whoever_does_not_want_it_and_editors_get_the_portable_assembly(string option) => Assert.Equal(Portable, AnalyzerOf("Clean", option));

    [Fact]
    public void Machine_code_runs_and_finds_the_same()
    {
        if (AnalyzerOf("Clean") == Portable)
            return;
        Assert.Contains(Initialize, CompiledWhileBuilding("Jitted", "-p:MmLintPrecompiled=false"), StringComparison.Ordinal);
        Assert.DoesNotContain(Initialize, CompiledWhileBuilding("Ready"), StringComparison.Ordinal);
    }

    private static string ThisSystem =>
        (OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux") + "-" + RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => "x64",
            Architecture.Arm64 => "arm64",
            var other => other.ToString(),
        };

    /// <summary>The path in the package of the analyzer that the compiler would be given.</summary>
    private string AnalyzerOf(string sample, params string[] options)
    {
        var (exitCode, output) = DotNet.TryRun(
            package.Samples[sample].Folder, ["msbuild", "-t:Compile", "-p:SkipCompilerExecution=true", "-p:ProvideCommandLineArgs=true", "-p:IntermediateOutputPath=obj/asked/", "-getItem:CscCommandLineArgs", .. options]);
        Assert.True(exitCode == 0, output);
        using var answer = JsonDocument.Parse(output);
        string argument = answer.RootElement.GetProperty("Items").GetProperty("CscCommandLineArgs").EnumerateArray()
            .Select(item => item.GetProperty("Identity").GetString()!.Replace('\\', '/'))
            .Single(text => text.StartsWith("/analyzer:", StringComparison.Ordinal) && text.EndsWith("/MmLint.Analyzers.dll", StringComparison.Ordinal));
        return argument[(argument.LastIndexOf("/mmlint/0.1.0/", StringComparison.OrdinalIgnoreCase) + "/mmlint/0.1.0/".Length)..];
    }

    /// <summary>Builds a sample with findings, sees that it has them, and says what the runtime had to compile for it.</summary>
    private string CompiledWhileBuilding(string suffix, params string[] options)
    {
        var sample = package.Copy("RmapWalkUnlocked", suffix);
        string list = Path.Combine(sample.Folder, "compiled.txt");

        // Only the compiler is asked: the runtimes of several processes would write into each other's lines.
        string project = Directory.GetFiles(sample.Folder, "*.csproj").Single();
        File.WriteAllText(project, File.ReadAllText(project).Replace(
            "</Project>", $"<PropertyGroup><CscEnvironment>DOTNET_JitStdOutFile={list};DOTNET_JitDisasmSummary=1</CscEnvironment></PropertyGroup></Project>", StringComparison.Ordinal));
        DotNet.TryRun(sample.Folder, ["build", .. options]);
        Assert.Equal(sample.Expected, Report.Snapshot(sample.Findings()));
        return File.ReadAllText(list);
    }

    private PEReader Image(string entry)
    {
        using var archive = ZipFile.OpenRead(package.PackageFile);
        using var content = archive.GetEntry(entry)!.Open();
        var bytes = new MemoryStream();
        content.CopyTo(bytes);
        bytes.Position = 0;
        return new PEReader(bytes);
    }
}
