using System.Collections.Generic;
using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace MmLint.CodeFixes;

/// <summary>
/// Takes a missing lock by its try member and leaves where that fails: <c>if (!folio.TryLock()) return; try { … } finally { folio.Unlock(); }</c>.
/// Which members those are, the contracts of the lock's type say.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(TryLockOrLeaveFixer)), Shared]
public sealed class TryLockOrLeaveFixer : ContractFixer
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create("MML1001");

    private protected override IEnumerable<Proposal> Propose(FixSite site)
    {
        if (Region.Around(site) is not { } region) yield break;
        foreach (NeededLock needed in NeededLock.At(site))
        {
            foreach (LockMembers members in LockMembers.Tries(needed, site).Take(1))
            {
                InvocationExpressionSyntax tried = Call(needed, members.Acquire);
                TryStatementSyntax guarded = TryStatement(region.ToBlock(), List<CatchClauseSyntax>(), FinallyClause(Block(ExpressionStatement(Call(needed, members.Release)))));
                foreach (StatementSyntax leave in Leaving.From(region.Statements[0], needed.Expression, site))
                {
                    IfStatementSyntax test = IfStatement(PrefixUnaryExpression(SyntaxKind.LogicalNotExpression, tried), leave.WithLeadingTrivia(ElasticMarker)).WithCloseParenToken(Token(SyntaxKind.CloseParenToken).WithTrailingTrivia(site.EndOfLine)).WithTrailingTrivia(site.EndOfLine);
                    yield return new Proposal(Title(needed, members), nameof(TryLockOrLeaveFixer), region.Replace([test, guarded], site));
                }

                if (region.Statements.Count == 1 && region.Statements[0] is ExpressionStatementSyntax)
                    yield return new Proposal(Title(needed, members), nameof(TryLockOrLeaveFixer), region.Replace([IfStatement(tried, Block(guarded))], site));
            }
        }
    }

    private static string Title(NeededLock needed, LockMembers members) => "Take " + needed.Expression + " by " + members.Acquire.Name + ", else leave";

    private static InvocationExpressionSyntax Call(NeededLock needed, IMethodSymbol method) =>
        InvocationExpression(needed.Expression is ThisExpressionSyntax ? IdentifierName(method.Name) : MemberAccessExpression(SyntaxKind.SimpleMemberAccessExpression, needed.Expression, IdentifierName(method.Name)));
}
