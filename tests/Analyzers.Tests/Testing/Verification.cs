using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using MmLint.Analyzers;
using Xunit.Sdk;

namespace MmLint.Testing;

/// <summary>How much a verification expects.</summary>
internal enum Expectation
{
    /// <summary>No diagnostic; markup in the source is a mistake of the test.</summary>
    Nothing,

    /// <summary>What is marked, at least one diagnostic.</summary>
    Something,

    /// <summary>What is marked.</summary>
    AsMarked,
}

/// <summary>One run of the analyzer over one compilation and what it must report. Runs when awaited.</summary>
internal sealed class Verification
{
    /// <summary>What every source may use without saying so.</summary>
    public const string Preamble =
        "global using System; global using System.Threading; global using MmLint; global using static MmLint.LockKind;";

    /// <summary>The id under which the compiler reports an exception inside an analyzer.</summary>
    public const string AnalyzerException = "AD0001";

    private readonly Expectation _expectation;
    private readonly string? _rule;
    private readonly List<(string Path, string Text)> _sources = [];
    private readonly List<(string Path, string Text)> _additionalFiles = [];
    private readonly List<(string Path, string Text)> _configs = [];
    private readonly List<MetadataReference> _references = [];
    private readonly List<string> _symbols = [];
    private readonly List<(int Index, string Text)> _messages = [];
    private readonly List<(int Index, string[] Names)> _additionalLocations = [];
    private ImmutableArray<DiagnosticAnalyzer> _analyzers = AllAnalyzers.Instances;
    private bool _preamble = true;
    private bool _compileErrors;

    internal Verification(string source, Expectation expectation, string? rule = null)
    {
        _expectation = expectation;
        _rule = rule;
        _sources.Add(("/Test.cs", source));
    }

    /// <summary>Adds another source to the compilation; it may carry expectations too.</summary>
    public Verification WithSource(string name, string text)
    {
        _sources.Add(("/" + name, text));
        return this;
    }

    /// <summary>Adds an additional file, such as a contract file; it may carry expectations in braces.</summary>
    public Verification WithFile(string name, string text)
    {
        _additionalFiles.Add(("/" + name, text));
        return this;
    }

    /// <summary>Adds an .editorconfig, or a global one if the text says <c>is_global = true</c>.</summary>
    public Verification WithConfig(string text)
    {
        _configs.Add((text.Contains("is_global", StringComparison.Ordinal) ? "/.globalconfig" : "/.editorconfig", text));
        return this;
    }

    /// <summary>Compiles a source apart and references the result, so that its contracts come from metadata.</summary>
    public Verification Referencing(string source, string assembly = "Library")
    {
        _references.Add(TestCompilation.ToMetadata(assembly, [("/Preamble.cs", Preamble), ("/" + assembly + ".cs", source)]));
        return this;
    }

    /// <summary>Defines preprocessor symbols.</summary>
    public Verification Defining(params string[] symbols)
    {
        _symbols.AddRange(symbols);
        return this;
    }

    /// <summary>The sources bring all usings themselves.</summary>
    public Verification WithoutPreamble()
    {
        _preamble = false;
        return this;
    }

    /// <summary>Compiler errors are neither expected nor a failure: half-typed code.</summary>
    public Verification AllowingCompileErrors()
    {
        _compileErrors = true;
        return this;
    }

    /// <summary>Runs other analyzers in place of those of the package: how the harness itself is tested.</summary>
    public Verification By(params ImmutableArray<DiagnosticAnalyzer> analyzers)
    {
        _analyzers = analyzers;
        return this;
    }

    /// <summary>The only diagnostic has exactly this message.</summary>
    public Verification WithMessage(string text) => WithMessage(0, text);

    /// <summary>The diagnostic at this index, in the order of the source, has exactly this message.</summary>
    public Verification WithMessage(int index, string text)
    {
        _messages.Add((index, text));
        return this;
    }

    /// <summary>The diagnostic at this index has exactly these additional locations, named in the source by <c>{|#name:…|}</c>.</summary>
    public Verification WithAdditionalLocations(int index, params string[] names)
    {
        _additionalLocations.Add((index, names));
        return this;
    }

    /// <summary>Runs the verification.</summary>
    public TaskAwaiter GetAwaiter() => RunAsync().GetAwaiter();

    /// <summary>What the analyzer and the compiler report for the sources, without their markup, in order; compiler warnings left out.</summary>
    internal async Task<ImmutableArray<Diagnostic>> ReportAsync()
    {
        var trees = ImmutableArray.CreateBuilder<SyntaxTree>();
        if (_preamble)
            trees.Add(TestCompilation.Parse("/Preamble.cs", Preamble, _symbols));
        foreach (var (path, text) in _sources)
            trees.Add(TestCompilation.Parse(path, Markup.Parse(path, text, _rule).Text, _symbols));

        var config = new TestConfig(_configs);
        var compilation = TestCompilation.Create("Test", trees, _references, config.SyntaxTreeOptions);
        var files = _additionalFiles.Select(f => (AdditionalText)new TestFile(f.Path, Markup.Parse(f.Path, f.Text, _rule).Text));
        var options = new CompilationWithAnalyzersOptions(
            new AnalyzerOptions([.. files], config), onAnalyzerException: null, concurrentAnalysis: true, logAnalyzerExecutionTime: false);

        var all = await new CompilationWithAnalyzers(compilation, _analyzers, options).GetAllDiagnosticsAsync(CancellationToken.None);
        return
        [
            .. all.Where(d => !d.Id.StartsWith("CS", StringComparison.Ordinal) || (d.Severity == DiagnosticSeverity.Error && !_compileErrors))
                .OrderBy(d => d.Location.GetLineSpan().Path, StringComparer.Ordinal)
                .ThenBy(d => d.Location.SourceSpan.Start)
                .ThenBy(d => d.Id, StringComparer.Ordinal),
        ];
    }

    private async Task RunAsync()
    {
        var markups = _sources.Concat(_additionalFiles).Select(f => Markup.Parse(f.Path, f.Text, _rule)).ToList();
        var expected = Expected(markups);
        var reported = await ReportAsync();
        if (Comparison.Difference(expected, reported) is { } difference)
            throw new XunitException(difference + Comparison.Render(markups, reported));

        foreach (var (index, text) in _messages)
        {
            if (At(reported, index).GetMessage(null) is var message && message != text)
                throw new XunitException($"Message {index}{Environment.NewLine}  expected: {text}{Environment.NewLine}  reported: {message}");
        }

        foreach (var (index, names) in _additionalLocations)
        {
            var places = At(reported, index).AdditionalLocations.Select(l => (l.GetLineSpan().Path, l.SourceSpan));
            if (!places.SequenceEqual(names.Select(name => Named(markups, name))))
            {
                var found = At(reported, index).AdditionalLocations.Select(l => $"{l.GetLineSpan()} '{l.SourceTree?.GetText().ToString(l.SourceSpan)}'");
                throw new XunitException($"Additional locations of {index}: expected {string.Join(", ", names)}; reported {string.Join(", ", found)}");
            }
        }
    }

    private List<ExpectedDiagnostic> Expected(List<Markup> markups)
    {
        if (_expectation == Expectation.Nothing)
        {
            return markups.Any(m => m.Marked.Count > 0)
                ? throw new XunitException("Verify.Silent on a source with markup: use Verify.Flags")
                : [];
        }

        var expected = markups.SelectMany(m => m.Marked).ToList();
        foreach (var (path, _) in _sources)
        {
            var markup = markups.Single(m => m.Path == path);
            expected.AddRange(TrailingComments.Read(TestCompilation.Parse(path, markup.Text, _symbols))
                .Where(c => !markup.Marked.Any(m => m.Id == c.Id && m.Line == c.Line)));
        }

        return _expectation == Expectation.Something && expected.Count == 0
            ? throw new XunitException("Verify.Flags on a source that expects nothing: use Verify.Silent")
            : expected;
    }

    private static Diagnostic At(ImmutableArray<Diagnostic> reported, int index) =>
        index < reported.Length ? reported[index] : throw new XunitException($"Diagnostic {index} of {reported.Length} does not exist");

    private static (string Path, Microsoft.CodeAnalysis.Text.TextSpan Span) Named(List<Markup> markups, string name)
    {
        foreach (var markup in markups)
        {
            if (markup.Named.TryGetValue(name, out var span))
                return (markup.Path, span);
        }

        throw new XunitException($"No span is named '{name}'");
    }
}
