using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using Microsoft.CodeAnalysis.Simplification;

namespace MmLint.CodeFixes;

/// <summary>
/// Writes down the lock under which a field is accessed nearly everywhere: <c>[GuardedBy(nameof(_gate))]</c>. The place that forgot it is a finding of its own
/// from then on, so this is no change after which nothing is reported; that the contract itself is right is asked.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(GuardFixer)), Shared]
public sealed class GuardFixer : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create("MML1021");

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            if (!diagnostic.Properties.TryGetValue("Guard", out string? guard) || guard is null || diagnostic.AdditionalLocations.Count == 0 || diagnostic.AdditionalLocations[0] is not { SourceTree: { } tree } place) continue;
            if (context.Document.Project.Solution.GetDocument(tree) is not { } document || await AnnotatedAsync(document, diagnostic, place, guard, context.CancellationToken).ConfigureAwait(false) is not { } changed) continue;
            context.RegisterCodeFix(CodeAction.Create("State [GuardedBy(" + guard + ")]", _ => Task.FromResult(changed.Project.Solution), nameof(GuardFixer)), diagnostic);
        }
    }

    private static async Task<Document?> AnnotatedAsync(Document document, Diagnostic diagnostic, Location place, string guard, CancellationToken cancellation)
    {
        var at = Diagnostic.Create(diagnostic.Descriptor, place);
        if (await FixSite.OpenAsync(document, at, cancellation).ConfigureAwait(false) is not { } site) return null;
        MemberDeclarationSyntax? field = site.Node.FirstAncestorOrSelf<MemberDeclarationSyntax>();
        if (field is not (FieldDeclarationSyntax { Declaration.Variables.Count: 1 } or PropertyDeclarationSyntax)) return null;
        var mark = new SyntaxAnnotation();
        SyntaxNode annotated = field.Annotated(Annotating.Parsed("GuardedBy(" + guard + ")"), site).WithAdditionalAnnotations(mark);
        Document changed = document.WithSyntaxRoot(site.Root.ReplaceNode(field, annotated));
        changed = await Simplifier.ReduceAsync(changed, Simplifier.Annotation, cancellationToken: cancellation).ConfigureAwait(false);
        changed = await Formatter.FormatAsync(changed, Formatter.Annotation, cancellationToken: cancellation).ConfigureAwait(false);
        if (await changed.GetSyntaxRootAsync(cancellation).ConfigureAwait(false) is not { } root || root.GetAnnotatedNodes(mark).FirstOrDefault() is not { } written) return null;
        bool isWrong = (await Reanalysis.FindingsAsync(changed, written.FullSpan, cancellation).ConfigureAwait(false)).Any(static finding => finding.Severity == DiagnosticSeverity.Error)
            || (await changed.GetSemanticModelAsync(cancellation).ConfigureAwait(false))!.GetDiagnostics(written.FullSpan, cancellation).Any(static error => error.Severity == DiagnosticSeverity.Error);
        return isWrong ? null : changed;
    }
}
