using System.Collections.Generic;
using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace MmLint.CodeFixes;

/// <summary>
/// Puts what needs a lock into a scope of it: a <c>lock</c> statement for objects and <c>System.Threading.Lock</c>, else the acquire and release
/// members of the lock's type around a try statement.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(LockScopeFixer)), Shared]
public sealed class LockScopeFixer : ContractFixer
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create("MML1001", "MML1008", "MML1009", "MML2001", "MML2002", "MML2004");

    private protected override IEnumerable<Proposal> Propose(FixSite site)
    {
        foreach (NeededLock needed in NeededLock.At(site))
        {
            bool hasStatement = HasLockStatement(needed, site);
            LockMembers? members = hasStatement ? null : LockMembers.Waits(needed, site).FirstOrDefault();
            if (!hasStatement && members is null) continue;
            foreach (Region region in Region.Around(needed, site))
            {
                IReadOnlyList<StatementSyntax> scope = members is null
                    ? [LockStatement(needed.Expression, region.ToBlock())]
                    : [ExpressionStatement(needed.Call(members.Acquire)).WithTrailingTrivia(site.EndOfLine), region.Releasing(needed.Call(members.Release))];
                yield return new Proposal("Hold " + needed.Expression + " here", nameof(LockScopeFixer), region.Replace(scope, site));
            }
        }
    }

    private static bool HasLockStatement(NeededLock needed, FixSite site) => needed.Type.IsReferenceType
        && (site.Catalog.LockOf(needed.Type) is null || SymbolEqualityComparer.Default.Equals(needed.Type, site.Model.Compilation.GetTypeByMetadataName("System.Threading.Lock")));
}
