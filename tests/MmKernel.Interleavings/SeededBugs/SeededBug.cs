using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace MmKernel.Interleavings;

/// <summary>A change of the kernel's source that makes it wrong.</summary>
/// <param name="Name">What is wrong then.</param>
/// <param name="Race">The race that shows it.</param>
/// <param name="File">The file below MmKernel/.</param>
/// <param name="Edits">What is replaced by what; each text stands in the file exactly once.</param>
internal sealed record SeededBug(string Name, string Race, string File, params IReadOnlyList<(string Old, string New)> Edits);

/// <summary>The kernel with a bug in it, compiled from its source and loaded beside the real one, with the races bound to it.</summary>
internal static class BuggyKernel
{
    private const string Validator = "Locking/Lockdep.cs";

    private const string Rest = """
        [assembly: System.Runtime.CompilerServices.InternalsVisibleTo("MmKernel.Interleavings")]
        """;

    private static readonly CSharpParseOptions s_parsing = new(LanguageVersion.Latest, DocumentationMode.None, preprocessorSymbols: ["LOCKDEP"]);

    private static readonly Lazy<Dictionary<string, SyntaxTree>> s_sources = new(ReadSources);

    /// <summary>Explores the race of the bug in a kernel that has it.</summary>
    /// <returns>What the race found; null if nothing.</returns>
    internal static string? Explore(SeededBug bug)
    {
        var context = new Context(Compile(bug));
        try
        {
            var races = context.LoadRaces().GetType(typeof(BuggyKernel).FullName!)!;
            return (string?)races.GetMethod(nameof(Outcome))!.Invoke(null, [bug.Race]);
        }
        finally
        {
            context.Unload();
        }
    }

    /// <summary>Called in the copy of this assembly that is bound to the kernel with the bug.</summary>
    public static string? Outcome(string race)
    {
        var found = RaceCatalogue.Find(race);
        var result = Explorer.Explore(found, new Effort(Preemptions: 2, Budget: 1500, RandomRuns: 1000, Seed: 1));
        if (result.FailingSchedule == null)
            return null;
        Assert.True(Explorer.Replay(found, result.FailingSchedule) != null, "The failing schedule does not fail again.");
        return result.Failure;
    }

    private static MemoryStream Compile(SeededBug bug)
    {
        var sources = new Dictionary<string, SyntaxTree>(s_sources.Value);
        string text = sources[bug.File].ToString();
        foreach ((string old, string replacement) in bug.Edits)
        {
            Assert.True(text.Split(old).Length == 2, $"{bug.File} does not have this once: {old}");
            text = text.Replace(old, replacement, StringComparison.Ordinal);
        }

        sources[bug.File] = CSharpSyntaxTree.ParseText(text, s_parsing, bug.File);
        sources[Validator] = CSharpSyntaxTree.ParseText(Silenced(sources[Validator].ToString()), s_parsing, Validator);
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is not ("MmKernel.dll" or "MmKernel.Interleavings.dll"))
            .Select(path => MetadataReference.CreateFromFile(path));
        var options = new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable);
        var image = new MemoryStream();
        var result = CSharpCompilation.Create("MmKernel", sources.Values, references, options).Emit(image);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)));
        image.Position = 0;
        return image;
    }

    /// <summary>Without the validator's checks that a lock is held: the races must find what goes wrong without it.</summary>
    private static string Silenced(string validator)
    {
        const string Check = "Assert(IndexOf(@lock, mode) >= 0,";
        Assert.Contains(Check, validator);
        return validator.Replace(Check, "Assert(true || IndexOf(@lock, mode) >= 0,", StringComparison.Ordinal);
    }

    private static Dictionary<string, SyntaxTree> ReadSources()
    {
        string root = Path.Combine(Repository.Root, "MmKernel");
        var sources = Repository.Sources(root).ToDictionary(
            file => Path.GetRelativePath(root, file).Replace('\\', '/'), file => CSharpSyntaxTree.ParseText(File.ReadAllText(file), s_parsing, Path.GetRelativePath(root, file).Replace('\\', '/')));
        sources.Add("", CSharpSyntaxTree.ParseText(Rest, s_parsing));
        return sources;
    }

    /// <summary>Binds the races to the kernel with the bug; all else is shared.</summary>
    private sealed class Context(Stream kernel) : AssemblyLoadContext("kernel with a bug", isCollectible: true)
    {
        internal System.Reflection.Assembly LoadRaces()
        {
            using var image = File.OpenRead(typeof(BuggyKernel).Assembly.Location);
            return LoadFromStream(image);
        }

        protected override System.Reflection.Assembly? Load(System.Reflection.AssemblyName assemblyName) =>
            assemblyName.Name == "MmKernel" ? LoadFromStream(kernel) : null;
    }
}
