using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Emit;
using Xunit.Sdk;

namespace MmLint.Testing;

/// <summary>Compiles sources against the annotations and the reference assemblies, which are read once.</summary>
internal static class TestCompilation
{
    /// <summary>The annotations and the reference assemblies of the framework.</summary>
    public static ImmutableArray<MetadataReference> References { get; } =
    [
        MetadataReference.CreateFromFile(typeof(MustHoldAttribute).Assembly.Location),
        .. Directory.EnumerateFiles(ReferenceAssemblies(), "*.dll").Select(file => MetadataReference.CreateFromFile(file)),
    ];

    /// <summary>The options that sources are compiled with: nullable and unsafe code on.</summary>
    public static CSharpCompilationOptions Options { get; } =
        new(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: true);

    /// <summary>The options that sources are parsed with: the language version that the compiler calls the latest.</summary>
    public static CSharpParseOptions ParseOptions { get; } = new(LanguageVersion.Latest);

    public static SyntaxTree Parse(string path, string text, IEnumerable<string> symbols) =>
        CSharpSyntaxTree.ParseText(text, ParseOptions.WithPreprocessorSymbols(symbols), path);

    public static CSharpCompilation Create(
        string name, IReadOnlyCollection<SyntaxTree> trees, IEnumerable<MetadataReference> references, SyntaxTreeOptionsProvider? config = null) =>
        CSharpCompilation.Create(
            name,
            trees,
            [.. References, .. references],
            Options.WithSyntaxTreeOptionsProvider(config)
                .WithOutputKind(trees.Any(IsProgram) ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary));

    /// <summary>Compiles sources that must have no errors, and references the result.</summary>
    public static MetadataReference ToMetadata(string assembly, IEnumerable<(string Path, string Text)> sources)
    {
        using var image = new MemoryStream();
        var result = Create(assembly, [.. sources.Select(s => Parse(s.Path, s.Text, []))], []).Emit(image, options: new EmitOptions(metadataOnly: true));
        if (!result.Success)
            throw new XunitException(string.Join(Environment.NewLine, result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)));
        return MetadataReference.CreateFromImage(image.ToArray());
    }

    private static bool IsProgram(SyntaxTree tree) => tree.GetRoot() is CompilationUnitSyntax unit && unit.Members.Any(SyntaxKind.GlobalStatement);

    private static string ReferenceAssemblies() =>
        typeof(TestCompilation).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "ReferenceAssemblies").Value!;
}
