using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;
using MmLint;
using MmLint.Analyzers;
using MmLint.Testing;

namespace MmKernel.Agreement;

/// <summary>The kernel, rewritten so that it evaluates its contracts while it runs.</summary>
internal sealed class Instrumentation
{
    private static readonly string[] s_runtime = ["ContractAudit.cs", "AuditedLocks.cs"];
    private static readonly string[] s_friends = ["MmKernel.Tests", "MmKernel.Interleavings", "MmKernel.Stress", "MmKernel.Replay"];
    private static readonly CSharpParseOptions s_parsing = new(LanguageVersion.Latest, DocumentationMode.None, preprocessorSymbols: ["LOCKDEP"]);

    private Instrumentation(ClauseBook clauses, CSharpCompilation compilation) => (Clauses, Compilation) = (clauses, compilation);

    /// <summary>What is evaluated and what is not.</summary>
    internal ClauseBook Clauses { get; }

    /// <summary>The rewritten kernel.</summary>
    internal CSharpCompilation Compilation { get; }

    /// <summary>Rewrites the kernel of this repository.</summary>
    /// <param name="edit">Changes the text of a file, given its path in the kernel's folder.</param>
    internal static Instrumentation OfKernel(Func<string, string, string>? edit = null)
    {
        string folder = Path.Combine(Repository.Root, "MmKernel");
        var sources = Repository.Sources(folder).Select(file => (Path: Path.GetRelativePath(folder, file).Replace('\\', '/'), Text: File.ReadAllText(file)))
            .Select(source => (source.Path, edit is null ? source.Text : edit(source.Path, source.Text)));
        string friends = string.Concat(s_friends.Select(static friend => $"[assembly: System.Runtime.CompilerServices.InternalsVisibleTo(\"{friend}\")]\n"));
        string version = $"[assembly: System.Reflection.AssemblyVersion(\"{typeof(Instrumentation).Assembly.GetName().Version}\")]\n";
        return Of([.. sources, ("Assembly.cs", friends + version)], Directory.EnumerateFiles(folder, "*.lockcontracts"));
    }

    private static Instrumentation Of(IReadOnlyList<(string Path, string Text)> sources, IEnumerable<string> contractFiles)
    {
        var compilation = CSharpCompilation.Create(
            "MmKernel",
            sources.Select(static source => Parse(source.Path, source.Text)),
            References(),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Disable));
        var catalog = new ContractCatalog(compilation.WithOptions(compilation.Options.WithNullableContextOptions(NullableContextOptions.Enable)), ContractFiles.Read([.. contractFiles.Select(static file => new ContractFile(file))], default));
        var bound = (CSharpCompilation)catalog.Compilation;
        var clauses = new ClauseBook();
        var accesses = new GuardedMembers(catalog, clauses);
        var trees = new List<SyntaxTree>();
        foreach (var tree in bound.SyntaxTrees)
            trees.Add(Parse(tree.FilePath, new KernelRewriter(bound.GetSemanticModel(tree), catalog, accesses, clauses).Visit(tree.GetRoot()).ToFullString()));
        trees.AddRange(s_runtime.Select(static name => Parse(name, ReadRuntime(name))));
        trees.Add(Parse("AuditedClauses.cs", $$"""
            namespace MmKernel;
            internal static class AuditedClauses
            {
                internal const int Count = {{clauses.Checked.Count}};
            }
            """));
        return new Instrumentation(clauses, compilation.RemoveAllSyntaxTrees().AddSyntaxTrees(trees));
    }

    /// <summary>Writes the assembly, or throws with what the compiler says of it.</summary>
    internal void Emit(string file)
    {
        using var image = File.Create(file);
        using var symbols = File.Create(Path.ChangeExtension(file, ".pdb"));
        var result = Compilation.Emit(image, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb));
        if (result.Success)
            return;
        var errors = result.Diagnostics.Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Take(40);
        throw new InvalidOperationException("The rewritten kernel does not compile:\n" + string.Join('\n', errors.Select(static error => $"{error}\n    {error.Location.SourceTree?.GetText().Lines[error.Location.GetLineSpan().StartLinePosition.Line]}")));
    }

    private static SyntaxTree Parse(string path, string text) => CSharpSyntaxTree.ParseText(SourceText.From(text, System.Text.Encoding.UTF8), s_parsing, path);

    private static string ReadRuntime(string name)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    private static IEnumerable<MetadataReference> References()
    {
        string framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        return ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(file => Path.GetDirectoryName(file) == framework)
            .Append(typeof(MustHoldAttribute).Assembly.Location)
            .Select(static file => MetadataReference.CreateFromFile(file));
    }

    private sealed class ContractFile(string path) : AdditionalText
    {
        public override string Path => path;

        public override SourceText GetText(System.Threading.CancellationToken cancellationToken = default) => SourceText.From(File.ReadAllText(path));
    }
}
