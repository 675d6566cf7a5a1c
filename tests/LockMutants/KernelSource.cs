using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using MmLint;
using MmLint.Analyzers;
using MmLint.Testing;

namespace LockMutants;

/// <summary>Compilations that are mutated: the kernel's, and small ones for tests.</summary>
internal static class KernelSource
{
    /// <summary>What mutants may call: a lock that is another one, and a condition that nobody knows.</summary>
    private const string Helpers = """
        internal static class Mutated
        {
            internal static T Other<T>(T like) => throw new System.NotSupportedException();
            internal static bool Coin() => System.Environment.TickCount64 % 2 == 0;
        }
        """;

    private static readonly CSharpParseOptions s_parse = new(LanguageVersion.Latest, DocumentationMode.None, preprocessorSymbols: ["LOCKDEP"]);

    /// <summary>The folder of the kernel.</summary>
    public static string Folder { get; } = Path.Combine(Repository.Root, "MmKernel");

    /// <summary>The kernel as its project compiles it.</summary>
    public static CSharpCompilation Kernel()
    {
        var kernel = Compile(Repository.Sources(Folder).Select(file => (file, File.ReadAllText(file))));
        return kernel.WithOptions(kernel.Options.WithSyntaxTreeOptionsProvider(new Severities(Path.Combine(Folder, ".editorconfig"))));
    }

    /// <summary>Names the state of kernel and analyzers.</summary>
    public static string State(CSharpCompilation kernel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var tree in kernel.SyntaxTrees)
            hash.AppendData(tree.GetText().GetChecksum().AsSpan());
        hash.AppendData(typeof(AllAnalyzers).Module.ModuleVersionId.ToByteArray());
        return "# " + Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <summary>Compiles sources against the annotations and the framework.</summary>
    public static CSharpCompilation Compile(IEnumerable<(string Path, string Text)> sources) => CSharpCompilation.Create(
        "Mutated",
        sources.Append(("Mutated.cs", Helpers)).Select(source => CSharpSyntaxTree.ParseText(SourceText.From(source.Item2), s_parse, source.Item1)),
        References(),
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: true, concurrentBuild: false));

    /// <summary>The contract files of the kernel's project.</summary>
    public static AnalyzerOptions Options() =>
        new([.. Directory.EnumerateFiles(Folder, "*.lockcontracts").Select(file => (AdditionalText)new ContractFile(file))]);

    private static IEnumerable<MetadataReference> References()
    {
        string framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        return ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(file => Path.GetDirectoryName(file) == framework)
            .Append(typeof(MustHoldAttribute).Assembly.Location)
            .Select(file => MetadataReference.CreateFromFile(file));
    }

    /// <summary>What the kernel's project makes of rules.</summary>
    private sealed class Severities(string path) : SyntaxTreeOptionsProvider
    {
        private readonly AnalyzerConfigSet _config = AnalyzerConfigSet.Create(new[] { AnalyzerConfig.Parse(File.ReadAllText(path), path) });
        private readonly ConcurrentDictionary<string, ImmutableDictionary<string, ReportDiagnostic>> _files = new();

        public override GeneratedKind IsGenerated(SyntaxTree tree, CancellationToken cancellationToken) => GeneratedKind.Unknown;

        public override bool TryGetDiagnosticValue(SyntaxTree tree, string diagnosticId, CancellationToken cancellationToken, out ReportDiagnostic severity) =>
            _files.GetOrAdd(tree.FilePath, file => _config.GetOptionsForSourcePath(file).TreeOptions).TryGetValue(diagnosticId, out severity);

        public override bool TryGetGlobalDiagnosticValue(string diagnosticId, CancellationToken cancellationToken, out ReportDiagnostic severity)
        {
            severity = default;
            return false;
        }
    }

    private sealed class ContractFile(string path) : AdditionalText
    {
        private readonly SourceText _text = SourceText.From(File.ReadAllText(path));

        public override string Path => path;

        public override SourceText GetText(CancellationToken cancellationToken = default) => _text;
    }
}
