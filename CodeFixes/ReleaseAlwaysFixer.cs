using System.Collections.Generic;
using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using MmLint.Analyzers;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace MmLint.CodeFixes;

/// <summary>Releases a lock on every path that leaves: what runs under it goes into a try statement whose finally block releases it once.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ReleaseAlwaysFixer)), Shared]
public sealed class ReleaseAlwaysFixer : ContractFixer
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create("MML1006", "MML1016", "MML2011");

    private protected override IEnumerable<Proposal> Propose(FixSite site)
    {
        foreach (Location place in site.Diagnostic.AdditionalLocations.Where(place => place.SourceTree == site.Root.SyntaxTree))
        {
            if (site.Root.FindNode(place.SourceSpan, getInnermostNodeForTie: true) is not InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } acquire) continue;
            if (site.Model.GetSymbolInfo(acquire, site.Cancellation).Symbol is not IMethodSymbol method || !LockMembers.IsAcquire(method, site) || Taking(acquire) is not { Parent: BlockSyntax block } taking) continue;
            var taken = new NeededLock(access.Expression.WithoutTrivia(), method.ContainingType, Mode.None);
            LockMembers? members = LockMembers.Waits(taken, site).Concat(LockMembers.Tries(taken, site)).FirstOrDefault(pair => SymbolEqualityComparer.Default.Equals(pair.Acquire, method));
            if (members is not null && Guarded(block, taking, taken, members.Release, site) is { } guarded)
                yield return new Proposal("Release " + taken.Expression + " on every path", nameof(ReleaseAlwaysFixer), site.Root.ReplaceNode(block, guarded));
        }
    }

    /// <summary>The statement after which the lock is held: the acquire itself, or the test that leaves where a try fails.</summary>
    private static StatementSyntax? Taking(InvocationExpressionSyntax acquire) => acquire.Parent switch
    {
        ExpressionStatementSyntax statement => statement,
        PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression, Parent: IfStatementSyntax { Else: null } test } => test,
        _ => null,
    };

    private static BlockSyntax? Guarded(BlockSyntax block, StatementSyntax taking, NeededLock taken, IMethodSymbol release, FixSite site)
    {
        int first = block.Statements.IndexOf(taking) + 1;
        List<ExpressionStatementSyntax> releases = block.Statements.Skip(first).SelectMany(static statement => statement.DescendantNodesAndSelf()).OfType<ExpressionStatementSyntax>()
            .Where(statement => statement.Expression is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } call && taken.IsNamedBy(access.Expression)
                && SymbolEqualityComparer.Default.Equals(site.Model.GetSymbolInfo(call, site.Cancellation).Symbol, release)).ToList();
        if (releases.Any(static statement => statement.Parent is not BlockSyntax)) return null;
        int last = releases.Count == 0 ? block.Statements.Count - 1 : block.Statements.IndexOf(block.Statements.Last(statement => releases.Any(each => statement.Span.Contains(each.Span))));
        if (last < first) return null;
        last = Region.LastUse(block, first, last, site);

        List<StatementSyntax> inside = block.Statements.Skip(first).Take(last - first + 1).Where(statement => !releases.Contains(statement))
            .Select(statement => statement.RemoveNodes(releases.Where(each => statement.Span.Contains(each.Span)), SyntaxRemoveOptions.KeepNoTrivia)!.WithAdditionalAnnotations(Formatter.Annotation)).ToList();
        if (inside.Count == 0) return null;
        SyntaxTriviaList leading = inside[0].GetLeadingTrivia();
        inside[0] = inside[0].WithLeadingTrivia(ElasticMarker);
        TryStatementSyntax guarded = TryStatement(Block(inside), List<CatchClauseSyntax>(), FinallyClause(Block(ExpressionStatement(taken.Call(release)))));
        return block.WithStatements(List(block.Statements.Take(first).Append(guarded.WithLeadingTrivia(leading).WithAdditionalAnnotations(Formatter.Annotation)).Concat(block.Statements.Skip(last + 1))));
    }
}
