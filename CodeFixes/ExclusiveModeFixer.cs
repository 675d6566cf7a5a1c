using System.Collections.Generic;
using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using MmLint.Analyzers;

namespace MmLint.CodeFixes;

/// <summary>Takes a lock exclusively where it is taken shared though something inside needs it exclusively, and releases it likewise.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ExclusiveModeFixer)), Shared]
public sealed class ExclusiveModeFixer : ContractFixer
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create("MML1002", "MML2001", "MML2005");

    private protected override IEnumerable<Proposal> Propose(FixSite site)
    {
        if (site.Function is null) yield break;
        foreach (NeededLock needed in NeededLock.At(site).Where(static needed => needed.Mode == Mode.Exclusive))
        {
            var renamed = new Dictionary<SyntaxNode, string>();
            foreach (InvocationExpressionSyntax call in site.Function.DescendantNodes().OfType<InvocationExpressionSyntax>())
            {
                if (call.Expression is MemberAccessExpressionSyntax access && needed.IsNamedBy(access.Expression)
                    && site.Model.GetSymbolInfo(call, site.Cancellation).Symbol is IMethodSymbol method && Counterpart(method, site) is { } exclusive)
                {
                    renamed[access.Name] = exclusive.Name;
                }
            }

            if (renamed.Count > 0)
            {
                yield return new Proposal("Take " + needed.Expression + " exclusively", nameof(ExclusiveModeFixer),
                    site.Root.ReplaceNodes(renamed.Keys, (name, _) => SyntaxFactory.IdentifierName(renamed[name]).WithTriviaFrom(name)));
            }
        }
    }

    /// <summary>The member that does in exclusive mode what this one does in a weaker mode.</summary>
    private static IMethodSymbol? Counterpart(IMethodSymbol method, FixSite site)
    {
        MemberContract contract = site.Catalog.ContractOf(method);
        if (ModeOf(contract.Acquires) is not (Mode.Shared or Mode.Upgradeable) && ModeOf(contract.Releases) is not (Mode.Shared or Mode.Upgradeable)) return null;
        return method.ContainingType.GetMembers().OfType<IMethodSymbol>().FirstOrDefault(candidate => !SymbolEqualityComparer.Default.Equals(candidate, method)
            && SymbolEqualityComparer.Default.Equals(candidate.ReturnType, method.ReturnType)
            && candidate.Parameters.Select(static parameter => parameter.Type).SequenceEqual(method.Parameters.Select(static parameter => parameter.Type), SymbolEqualityComparer.Default)
            && site.Catalog.ContractOf(candidate) is var other && Matches(contract.Acquires, other.Acquires) && Matches(contract.Releases, other.Releases));
    }

    private static bool Matches(List<LockClause> weak, List<LockClause> strong) =>
        weak.Count == strong.Count && (weak.Count == 0 || (ModeOf(strong) == Mode.Exclusive && weak[0].Try == strong[0].Try && weak[0].Source.When == strong[0].Source.When));

    private static Mode? ModeOf(List<LockClause> clauses) => clauses is { Count: 1 } && clauses[0].Locks is LockFormula.Lock { Term: Root { Kind: RootKind.This }, Mode: var mode } ? mode : null;
}
