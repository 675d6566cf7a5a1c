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
/// Takes a lock always that is taken only under a condition (<see cref="LockAlways"/>); else takes the missing lock by its try member and leaves where that fails: <c>if (!folio.TryLock()) return; try { … } finally { folio.Unlock(); }</c>.
/// Which members those are, the contracts of the lock's type say.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(TryLockOrLeaveFixer)), Shared]
public sealed class TryLockOrLeaveFixer : ContractFixer
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create("MML1001", "MML1003", "MML2001", "MML2002", "MML2004", "MML2005");

    private protected override IEnumerable<Proposal> Propose(FixSite site)
    {
        foreach (NeededLock needed in NeededLock.At(site))
        {
            foreach (SyntaxNode root in LockAlways.Of(needed, site))
                yield return new Proposal("Lock " + needed.Expression + " always", nameof(TryLockOrLeaveFixer), root);
            if (LockMembers.Tries(needed, site).FirstOrDefault() is not { } members) continue;
            string title = "Take " + needed.Expression + " by " + members.Acquire.Name + ", else leave";
            foreach (Region region in Region.Around(needed, site))
            {
                InvocationExpressionSyntax tried = needed.Call(members.Acquire);
                TryStatementSyntax guarded = region.Releasing(needed.Call(members.Release));
                foreach (StatementSyntax leave in Leaving.From(region.Statements[0], needed.Expression, site))
                    yield return new Proposal(title, nameof(TryLockOrLeaveFixer), region.Replace([Leaving.If(PrefixUnaryExpression(SyntaxKind.LogicalNotExpression, tried), leave, site), guarded], site));
                if (region.Statements.Count == 1 && region.Statements[0] is ExpressionStatementSyntax)
                    yield return new Proposal(title, nameof(TryLockOrLeaveFixer), region.Replace([IfStatement(tried, Block(guarded))], site));
            }
        }
    }
}
