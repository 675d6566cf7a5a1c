using System;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.Loader;
using System.Text.Json;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using MmLint.Analyzers;

namespace MmLint.LockGraphs;

/// <summary>A project as its build would compile it: MSBuild is asked for the compiler's command line, which Roslyn itself reads.</summary>
internal static class CompiledProject
{
    /// <summary>Builds what the project needs, analyses it and returns its lock graph.</summary>
    /// <exception cref="InvalidDataException">The project does not compile.</exception>
    public static LockGraph ReadGraph(string project)
    {
        string folder = Path.GetDirectoryName(project)!;
        CSharpCommandLineArguments arguments = CommandLine(project, folder);
        CSharpCompilation compilation = Compilation(arguments);
        if (compilation.GetDiagnostics().FirstOrDefault(static each => each.Severity == DiagnosticSeverity.Error && !each.IsSuppressed) is { } error)
            throw new InvalidDataException($"{project} does not compile: {error}");

        LockGraph? graph = null;
        var files = arguments.AdditionalFiles.Select(file => (AdditionalText)new FileText(Path.Combine(folder, file.Path))).ToImmutableArray();
        _ = compilation.WithAnalyzers([new LockContracts(seen => graph = seen)], new AnalyzerOptions(files)).GetAnalyzerDiagnosticsAsync().GetAwaiter().GetResult();
        return graph ?? throw new InvalidDataException($"the locks of {project} could not be read: the analyzer did not come to its end");
    }

    private static CSharpCommandLineArguments CommandLine(string project, string folder)
    {
        // A project with a circle does not build where that is an error, but by then its references are built; other errors show below.
        (_, string built) = DotNet.TryRun(folder, "build", project, "-nologo", "-v:q");
        (int exitCode, string output) = DotNet.TryRun(
            folder, "msbuild", project, "-t:Compile", "-p:BuildProjectReferences=false", "-p:ProvideCommandLineArgs=true", "-p:SkipCompilerExecution=true",
            "-p:NonExistentFile=" + Path.Combine("never", "there"), "-getItem:CscCommandLineArgs");
        if (exitCode != 0) throw new InvalidDataException($"{project} does not build:{Environment.NewLine}{built}");
        string[] items;
        using (JsonDocument answer = JsonDocument.Parse(output))
            items = [.. answer.RootElement.GetProperty("Items").GetProperty("CscCommandLineArgs").EnumerateArray().Select(static item => item.GetProperty("Identity").GetString()!)];
        if (items.Length == 0) throw new InvalidDataException($"{project} gives no compiler command line; a project for several frameworks is not supported: name one in a project of its own");
        return CSharpCommandLineParser.Default.Parse(items, folder, sdkDirectory: null);
    }

    private static CSharpCompilation Compilation(CSharpCommandLineArguments arguments)
    {
        var trees = arguments.SourceFiles.Select(file => CSharpSyntaxTree.ParseText(Text(file.Path), arguments.ParseOptions, file.Path));
        var references = arguments.MetadataReferences.Select(static reference => MetadataReference.CreateFromFile(reference.Reference, reference.Properties));
        var compilation = CSharpCompilation.Create(arguments.CompilationName, trees, references, arguments.CompilationOptions);
        var generators = arguments.ResolveAnalyzerReferences(Loader.Instance).SelectMany(static reference => reference.GetGenerators(LanguageNames.CSharp)).ToImmutableArray();
        CSharpGeneratorDriver.Create(generators, parseOptions: arguments.ParseOptions).RunGeneratorsAndUpdateCompilation(compilation, out Compilation generated, out _);
        return (CSharpCompilation)generated;
    }

    private static SourceText Text(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return SourceText.From(stream);
    }

    private sealed class FileText(string path) : AdditionalText
    {
        public override string Path => path;

        public override SourceText GetText(CancellationToken cancellationToken = default) => CompiledProject.Text(path);
    }

    /// <summary>Loads source generators; what they bring along lies beside them.</summary>
    private sealed class Loader : IAnalyzerAssemblyLoader
    {
        public static readonly Loader Instance = new();

        public void AddDependencyLocation(string fullPath)
        {
        }

        public Assembly LoadFromPath(string fullPath) => AssemblyLoadContext.Default.LoadFromAssemblyPath(fullPath);
    }
}
