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

        // Hosts that apply one fix after the other may hand over findings of the text before: then only what is found now counts.
        if (diagnostics.Any(diagnostic => diagnostic.Location.SourceTree != root.SyntaxTree)) diagnostics = await Reanalysis.FindingsAsync(document, root.FullSpan, cancellation).ConfigureAwait(false);
        var members = diagnostics.GroupBy(diagnostic => FixSite.MemberOf(root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true)))
            .OrderBy(static group => group.Key.SpanStart)
            .Select(static group => (Member: group.Key, Count: group.Count(), Mark: new SyntaxAnnotation()))
            .ToImmutableArray();
        Document marked = document.WithSyntaxRoot(root.ReplaceNodes(members.Select(static member => member.Member), (original, current) => current.WithAdditionalAnnotations(members.First(member => member.Member == original).Mark)));
        Document current = marked;
        foreach ((_, int count, SyntaxAnnotation mark) in members)
        {
            // A fix may uncover as much as it mends, but not for ever.
            for (int step = 0; step <= 2 * count; step++)
            {
                SyntaxNode? text = await current.GetSyntaxRootAsync(cancellation).ConfigureAwait(false);
                if (text?.GetAnnotatedNodes(mark).FirstOrDefault() is not { } member) break;
                if (await fixer.FirstAsync(current, member.FullSpan, fixAllContext.CodeActionEquivalenceKey, cancellation).ConfigureAwait(false) is not { } next) break;
                current = next;
            }
        }

        return current == marked ? document : current;
    }
}
