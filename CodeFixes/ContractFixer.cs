using System.Collections.Generic;
using System.Collections.Immutable;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Formatting;
using Microsoft.CodeAnalysis.Simplification;

namespace MmLint.CodeFixes;

/// <summary>
/// A code fix that is offered only where it is known to help: each proposal is applied to a copy of the document, the member is analysed again,
/// and the fix appears if the finding is gone and nothing else has been broken (<see cref="Reanalysis"/>).
/// </summary>
public abstract class ContractFixer : CodeFixProvider
{
    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => OneByOneFixAllProvider.Instance;

    /// <inheritdoc/>
    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            foreach (Offer offer in await OffersAsync(context.Document, diagnostic, context.CancellationToken).ConfigureAwait(false))
                context.RegisterCodeFix(CodeAction.Create(offer.Title, _ => Task.FromResult(offer.Document), offer.Key), diagnostic);
        }
    }

    /// <summary>The proposals that help, at most one for each key.</summary>
    internal async Task<ImmutableArray<Offer>> OffersAsync(Document document, Diagnostic diagnostic, CancellationToken cancellation)
    {
        if (await FixSite.OpenAsync(document, diagnostic, cancellation).ConfigureAwait(false) is not { } site) return ImmutableArray<Offer>.Empty;
        var offers = ImmutableArray.CreateBuilder<Offer>();
        var keys = new HashSet<string>();
        foreach (Proposal proposal in Propose(site))
        {
            if (keys.Contains(proposal.Key)) continue;
            Document changed = document.WithSyntaxRoot(proposal.Root);
            changed = await Simplifier.ReduceAsync(changed, Simplifier.Annotation, cancellationToken: cancellation).ConfigureAwait(false);
            changed = await Formatter.FormatAsync(changed, Formatter.Annotation, cancellationToken: cancellation).ConfigureAwait(false);
            if (!await Reanalysis.MendsAsync(site, changed).ConfigureAwait(false)) continue;
            keys.Add(proposal.Key);
            offers.Add(new Offer(proposal.Title, proposal.Key, changed));
        }

        return offers.ToImmutable();
    }

    /// <summary>What could be done about the finding, the best first; proposals of one key are alternatives.</summary>
    private protected abstract IEnumerable<Proposal> Propose(FixSite site);
}

/// <summary>A change that may help.</summary>
internal sealed class Proposal(string title, string key, SyntaxNode root)
{
    internal string Title { get; } = title;

    /// <summary>The same for the same kind of change everywhere, so that fix-all knows what to repeat.</summary>
    internal string Key { get; } = key;

    /// <summary>The whole document after the change; new nodes carry the annotations of the formatter and the simplifier.</summary>
    internal SyntaxNode Root { get; } = root;
}

/// <summary>A change that is known to help.</summary>
internal sealed class Offer(string title, string key, Document document)
{
    internal string Title { get; } = title;

    internal string Key { get; } = key;

    internal Document Document { get; } = document;
}
