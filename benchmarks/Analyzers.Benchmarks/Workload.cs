using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using MmLint;
using MmLint.Testing;

namespace AnalyzerBenchmarks;

/// <summary>Something to compile and to check.</summary>
internal sealed class Workload
{
    private static readonly CSharpParseOptions s_parse = new(LanguageVersion.Latest);

    private static readonly ImmutableArray<MetadataReference> s_references = [.. References.Select(static file => MetadataReference.CreateFromFile(file))];

    private readonly CSharpCompilation _compilation;

    private Workload(string name, IEnumerable<SyntaxTree> trees, ImmutableArray<AdditionalText> files)
        : this(
            name,
            CSharpCompilation.Create(
                "Workload", trees, s_references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: true)),
            files)
    {
    }

    private Workload(string name, CSharpCompilation compilation, ImmutableArray<AdditionalText> files)
    {
        Name = name;
        Files = files;
        _compilation = compilation;
        Lines = _compilation.SyntaxTrees.Sum(tree => tree.GetText().Lines.Count);
        // References are read once for all compilations, as by a compiler server.
        if (Fresh().GetDiagnostics().FirstOrDefault(d => d.Severity == DiagnosticSeverity.Error) is { } error)
            throw new InvalidOperationException($"{name} does not compile: {error}");
    }

    /// <summary>The assemblies that all code here compiles against.</summary>
    public static IEnumerable<string> References => [typeof(MustHoldAttribute).Assembly.Location, .. Directory.EnumerateFiles(ReferenceAssemblies(), "*.dll")];

    public string Name { get; }

    /// <summary>Lines of source, blank ones and comments included.</summary>
    public int Lines { get; }

    public ImmutableArray<AdditionalText> Files { get; }

    /// <summary>The memory manager of this repository, as its debug build compiles it.</summary>
    public static Workload Kernel()
    {
        string folder = Path.Combine(Repository.Root, "MmKernel");
        CSharpParseOptions debug = s_parse.WithPreprocessorSymbols("DEBUG", "LOCKDEP");
        return new Workload(
            "MmKernel",
            Repository.Sources(folder).Select(path => CSharpSyntaxTree.ParseText(SourceText.From(File.ReadAllText(path)), debug, path)),
            [.. Directory.EnumerateFiles(folder, "*.lockcontracts").Select(path => new ContractFile(path))]);
    }

    /// <summary>A workload of some ten thousand lines.</summary>
    /// <param name="name">Which.</param>
    public static Workload Named(string name) => name switch
    {
        "kernel" => Kernel(),
        "annotated" => Of(name, Sources.Annotated(20)),
        "mixed" => Of(name, Sources.Mixed(20)),
        "plain" => Of(name, Sources.Plain(20)),
        "conditions" => Of(name, Sources.Conditions(20)),
        _ => throw new ArgumentException($"'{name}' is no workload: kernel, annotated, mixed, plain and conditions are.", nameof(name)),
    };

    public static Workload Of(string name, params IEnumerable<string> sources) =>
        new(name, sources.Select((text, index) => CSharpSyntaxTree.ParseText(SourceText.From(text), s_parse, $"/File{index}.cs")), []);

    /// <summary>The same code with all rules on, those included that are off by default.</summary>
    public Workload WithAllRulesOf(IEnumerable<DiagnosticAnalyzer> analyzers) => new(
        Name, _compilation.WithOptions(_compilation.Options.WithSpecificDiagnosticOptions(
            analyzers.SelectMany(analyzer => analyzer.SupportedDiagnostics).DistinctBy(rule => rule.Id).Select(rule => KeyValuePair.Create(rule.Id, ReportDiagnostic.Warn)))), Files);

    /// <summary>The compilation with nothing bound yet.</summary>
    public CSharpCompilation Fresh() => _compilation.Clone();

    private static string ReferenceAssemblies() =>
        typeof(Workload).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "ReferenceAssemblies").Value!;

    private sealed class ContractFile(string path) : AdditionalText
    {
        private readonly SourceText _text = SourceText.From(File.ReadAllText(path));

        public override string Path => path;

        public override SourceText GetText(CancellationToken cancellationToken = default) => _text;
    }
}
