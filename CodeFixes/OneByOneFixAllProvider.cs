using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace MmLint.CodeFixes;

/// <summary>
/// Fixes a document finding by finding, each on top of the one before: one fix may mend what the next was about, and names that one introduces
/// are taken for the next. Merging changes that were made apart would get both wrong.
/// </summary>
internal sealed class OneByOneFixAllProvider : DocumentBasedFixAllProvider
{
    internal static readonly OneByOneFixAllProvider Instance = new();

    /// <inheritdoc/>
    protected override async Task<Document?> FixAllAsync(FixAllContext fixAllContext, Document document, ImmutableArray<Diagnostic> diagnostics)
    {
        CancellationToken cancellation = fixAllContext.CancellationToken;
        if (fixAllContext.CodeFixProvider is not ContractFixer fixer || await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false) is not { } root) return document;

        var members = diagnostics.GroupBy(diagnostic => FixSite.MemberOf(root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true)))
            .OrderBy(static group => group.Key.SpanStart)
            .Select(static group => (Member: group.Key, Count: group.Count(), Mark: new SyntaxAnnotation()))
            .ToImmutableArray();
        root = root.ReplaceNodes(members.Select(static member => member.Member), (original, current) => current.WithAdditionalAnnotations(members.First(member => member.Member == original).Mark));
        document = document.WithSyntaxRoot(root);
        foreach ((_, int count, SyntaxAnnotation mark) in members)
        {
            // A fix may uncover as much as it mends, but not for ever.
            for (int step = 0; step <= 2 * count; step++)
            {
                if (await NextAsync(fixer, fixAllContext.CodeActionEquivalenceKey, document, mark, cancellation).ConfigureAwait(false) is not { } next) break;
                document = next;
            }
        }

        return document;
    }

    private static async Task<Document?> NextAsync(ContractFixer fixer, string? key, Document document, SyntaxAnnotation mark, CancellationToken cancellation)
    {
        SyntaxNode? root = await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false);
        if (root?.GetAnnotatedNodes(mark).FirstOrDefault() is not { } member) return null;
        foreach (Diagnostic finding in await Reanalysis.FindingsAsync(document, member.FullSpan, cancellation).ConfigureAwait(false))
        {
            if (!fixer.FixableDiagnosticIds.Contains(finding.Id)) continue;
            foreach (Offer offer in await fixer.OffersAsync(document, finding, cancellation).ConfigureAwait(false))
            {
                if (offer.Key == key) return offer.Document;
            }
        }

        return null;
    }
}
