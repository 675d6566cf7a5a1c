using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using MmLint.Analyzers;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace AnalyzerTests.Robustness.Fuzz;

/// <summary>
/// Real code with random edits: the analyzer neither throws nor hangs, and its memory stays bounded. The normal run takes a few cases;
/// MMLINT_FUZZ_SECONDS=n goes on for that long, MMLINT_SEED=n starts elsewhere, and MMLINT_FUZZ_SOURCES names a folder with more C#.
/// </summary>
public sealed class EditedSourceTests(ITestOutputHelper output)
{
    private const int Cases = 15;
    private const int WholeEvery = 100;
    private const long MaxGrowth = 2L << 30;
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    /// <summary>One file of a program changes, the others are as they are: most of what the analyzer knows still holds. The kernel, and each folder in that of more C#, is a program.</summary>
    [Fact]
    public async Task ProgramsWithOneFileEdited()
    {
        CSharpCompilation[] programs = [.. More() is { } more ? Directory.EnumerateDirectories(more).Order(StringComparer.Ordinal).Select(Program) : [], Program(Path.Combine(Repository.Root, "MmKernel"))];
        int findings = await Run((random, number) =>
        {
            var program = programs[number % programs.Length];
            var tree = program.SyntaxTrees[random.Next(program.SyntaxTrees.Length)];
            var (text, edits) = TokenEdits.Apply(tree.GetRoot(), random);
            var edited = TestCompilation.Parse(tree.FilePath, text, []);
            return (program.ReplaceSyntaxTree(tree, edited), edited, edits);
        });
        Assert.True(findings > 0, "edits that break nothing are no test");
    }

    /// <summary>Single files whose surroundings are missing, so that hardly a name binds.</summary>
    [Fact]
    public async Task LoneFilesEdited()
    {
        string[] files =
        [
            .. Repository.Sources(Path.Combine(Repository.Root, "Analyzers")), .. Repository.Sources(Path.Combine(Repository.Root, "samples")), .. Repository.Sources(Path.Combine(Repository.Root, "tests")),
            .. More() is { } more ? Repository.Sources(more) : [],
        ];
        await Run((random, _) =>
        {
            var tree = Parse(files[random.Next(files.Length)]);
            var (text, edits) = TokenEdits.Apply(tree.GetRoot(), random);
            var edited = TestCompilation.Parse(tree.FilePath, text, []);
            return (TestCompilation.Create("Lone", [edited], []), edited, edits);
        });
    }

    private async Task<int> Run(Func<Random, int, (CSharpCompilation Compilation, SyntaxTree Edited, string Edits)> make)
    {
        int seed = Number("MMLINT_SEED") ?? 1;
        var limit = Number("MMLINT_FUZZ_SECONDS") is { } seconds ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null;
        long before = GC.GetTotalMemory(forceFullCollection: true);
        var clock = Stopwatch.StartNew();
        int number = 0;
        int findings = 0;
        var longest = TimeSpan.Zero;
        for (; limit is { } until ? clock.Elapsed < until : number < Cases; number++)
        {
            var random = new Random(unchecked((seed * 1_000_003) + number));
            var (compilation, edited, edits) = make(random, number);
            string name = $"seed {seed}, case {number}: {edited.FilePath}: {edits}";
            var started = clock.Elapsed;
            findings += await Analyze(compilation, edited, whole: number % WholeEvery == WholeEvery - 1, name);
            longest = clock.Elapsed - started > longest ? clock.Elapsed - started : longest;
        }

        long growth = GC.GetTotalMemory(forceFullCollection: true) - before;
        output.WriteLine($"seed {seed}: {number} cases, {findings} findings, {clock.Elapsed.TotalSeconds:F0} s, longest {longest.TotalSeconds:F1} s, memory grown by {growth >> 20} MB");
        Assert.InRange(growth, long.MinValue, MaxGrowth);
        return findings;
    }

    private static async Task<int> Analyze(CSharpCompilation compilation, SyntaxTree edited, bool whole, string name)
    {
        var analysis = new CompilationWithAnalyzers(compilation, [.. AllAnalyzers.Instances], new CompilationWithAnalyzersOptions(new AnalyzerOptions([]), null, concurrentAnalysis: false, logAnalyzerExecutionTime: false));
        var task = Task.Run(() => whole ? analysis.GetAnalyzerDiagnosticsAsync(CancellationToken.None) : analysis.GetAnalyzerSemanticDiagnosticsAsync(compilation.GetSemanticModel(edited), null, CancellationToken.None));
        if (await Task.WhenAny(task, Task.Delay(s_patience)) != task)
            throw new XunitException($"hangs on {name}{Environment.NewLine}{edited}");
        var reported = await task;
        return reported.FirstOrDefault(diagnostic => diagnostic.Id == Verification.AnalyzerException) is { } exception
            ? throw new XunitException($"{exception}{Environment.NewLine}{name}{Environment.NewLine}{edited}")
            : reported.Length;
    }

    private static CSharpCompilation Program(string folder) => TestCompilation.Create(Path.GetFileName(folder), [.. Repository.Sources(folder).Select(Parse)], []);

    private static string? More() => Environment.GetEnvironmentVariable("MMLINT_FUZZ_SOURCES") is { Length: > 0 } folder ? folder : null;

    private static SyntaxTree Parse(string file) => TestCompilation.Parse(file, File.ReadAllText(file), []);

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.Integer, CultureInfo.InvariantCulture, out int number) ? number : null;
}
