using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using MmLint.Analyzers;

namespace MmLint.CodeFixes;

/// <summary>Runs the analyzer over one member, before and after a change: whether a fix is right is asked, not argued.</summary>
internal static class Reanalysis
{
    private static readonly ImmutableArray<string> Hints = new UnstatedContractFixer().FixableDiagnosticIds;

    /// <summary>Whether a finding is of a rule that is off by default.</summary>
    internal static bool IsHint(Diagnostic diagnostic) => Hints.Contains(diagnostic.Id);

    /// <summary>What is reported within a span, in source order.</summary>
    /// <param name="document">The document.</param>
    /// <param name="span">Where to look.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <param name="hints">Whether the rules count that are off unless somebody switches them on and that fixes write contracts for.</param>
    internal static async Task<ImmutableArray<Diagnostic>> FindingsAsync(Document document, TextSpan span, CancellationToken cancellation, bool hints = false)
    {
        if (await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false) is not { } model) return ImmutableArray<Diagnostic>.Empty;
        if (hints)
        {
            CompilationOptions options = model.Compilation.Options;
            foreach (string id in Hints) options = options.WithSpecificDiagnosticOptions(options.SpecificDiagnosticOptions.SetItem(id, ReportDiagnostic.Info));
            model = model.Compilation.WithOptions(options).GetSemanticModel(model.SyntaxTree);
        }

        var analysis = new CompilationWithAnalyzersOptions(document.Project.AnalyzerOptions, onAnalyzerException: null, concurrentAnalysis: false, logAnalyzerExecutionTime: false);
        ImmutableArray<Diagnostic> found = await model.Compilation.WithAnalyzers(AllAnalyzers.Instances, analysis).GetAnalyzerSemanticDiagnosticsAsync(model, span, cancellation).ConfigureAwait(false);
        return found.Where(diagnostic => span.Contains(diagnostic.Location.SourceSpan))
            .OrderBy(static diagnostic => diagnostic.Location.SourceSpan.Start).ThenBy(static diagnostic => diagnostic.Id, System.StringComparer.Ordinal).ToImmutableArray();
    }

    /// <summary>Whether the changed document has one finding of this rule fewer in the member, and no more of anything else.</summary>
    internal static async Task<bool> MendsAsync(FixSite site, Document changed)
    {
        CancellationToken cancellation = site.Cancellation;
        TextSpan before = site.Member.FullSpan;
        if (await changed.GetSemanticModelAsync(cancellation).ConfigureAwait(false) is not { } model) return false;
        int length = model.SyntaxTree.Length;
        int tail = site.Root.FullSpan.Length - before.End;
        var after = TextSpan.FromBounds(before.Start, System.Math.Max(before.Start, length - tail));
        if (HasMore(Said(site.Model, before, cancellation), Said(model, after, cancellation))) return false;

        ImmutableArray<Diagnostic> known = site.Findings;
        ImmutableArray<Diagnostic> left = await FindingsAsync(changed, after, cancellation, Hints.Contains(site.Diagnostic.Id)).ConfigureAwait(false);
        return !HasMore(known, left) && left.Count(IsSame) < known.Count(IsSame);

        bool IsSame(Diagnostic diagnostic) => diagnostic.Id == site.Diagnostic.Id;
    }

    private static IEnumerable<Diagnostic> Said(SemanticModel model, TextSpan span, CancellationToken cancellation) =>
        model.GetDiagnostics(span, cancellation).Where(static diagnostic => diagnostic.Severity != DiagnosticSeverity.Hidden);

    /// <summary>Findings are the same if the same rule is broken by the same words; messages and places move with every change.</summary>
    private static bool HasMore(IEnumerable<Diagnostic> before, IEnumerable<Diagnostic> after)
    {
        Dictionary<string, int> counts = before.GroupBy(Words).ToDictionary(static group => group.Key, static group => group.Count());
        return after.GroupBy(Words).Any(group => group.Count() > (counts.TryGetValue(group.Key, out int count) ? count : 0));
    }

    private static string Words(Diagnostic diagnostic)
    {
        string text = diagnostic.Location.SourceTree?.GetText().ToString(diagnostic.Location.SourceSpan) ?? "";
        return diagnostic.Id + " " + new string(text.Where(static character => !char.IsWhiteSpace(character)).ToArray());
    }
}
