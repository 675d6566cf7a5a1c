using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace MmLint.Analyzers;

/// <summary>
/// A public member that needs a private lock which no other code can hold: whoever is meant to call it cannot.
/// </summary>
/// <remarks>
/// The lock must be out of reach by every way there is: it is private and made where it is declared, so that nobody else knows the object; no
/// public name leads to it; no other member that others can see takes it, asserts it, hands it to a callback, or runs under it where an
/// override could call from; and no nested type uses it. Members that are not public are called by code that their author knows.
/// </remarks>
internal static class UnreachableLocks
{
    internal static IEnumerable<ContractProblem> Of(ContractCatalog catalog, IMethodSymbol method)
    {
        if (method.DeclaredAccessibility != Accessibility.Public || method.IsVirtual || method.IsAbstract || method.IsOverride || method.MethodKind is MethodKind.ExplicitInterfaceImplementation) yield break;
        if (method.ContainingType.TypeKind == TypeKind.Interface || !catalog.StatesContract(method) || ContractCatalog.BasesOf(method).Any()) yield break;
        MemberContract contract = catalog.ContractOf(method);
        foreach (LockClause clause in contract.Needs.Concat(contract.Releases.Where(static release => !release.Idempotent)))
        {
            if (clause.When is not null || Unreachable(catalog, method, clause.Locks) is not { } hidden) continue;
            yield return new ContractProblem(Rule.NobodyCanHold, clause.Source.Location, method.Name, hidden.Name);
            yield break;
        }
    }

    /// <summary>A lock without which the formula cannot be met and that only the type itself can hold.</summary>
    private static ISymbol? Unreachable(ContractCatalog catalog, IMethodSymbol method, LockFormula formula)
    {
        switch (formula)
        {
            case LockFormula.Lock { Term: MemberOf { Target: null or Root { Kind: RootKind.This }, Member: var member } } when IsHidden(catalog, member, method):
                return member;
            case LockFormula.All all:
                return all.Parts.Select(part => Unreachable(catalog, method, part)).FirstOrDefault(static found => found is not null);
            case LockFormula.Some some:
            {
                List<ISymbol?> found = some.Parts.Select(part => Unreachable(catalog, method, part)).ToList();
                return found.Contains(null) ? null : found[0];
            }

            default:
                return null;
        }
    }

    private static bool IsHidden(ContractCatalog catalog, ISymbol member, IMethodSymbol user)
    {
        if (member.DeclaredAccessibility != Accessibility.Private || !SymbolEqualityComparer.Default.Equals(member.ContainingType.OriginalDefinition, user.ContainingType.OriginalDefinition)) return false;
        INamedTypeSymbol type = member.ContainingType.OriginalDefinition;
        if (!IsMadeHere(catalog, member) || type.GetTypeMembers().Any(nested => Mentions(nested, member.Name))) return false;
        return !type.GetMembers().Any(other => !SymbolEqualityComparer.Default.Equals(other, user) && LeadsTo(catalog, other, member));
    }

    /// <summary>Whether the lock comes into being with its declaration and nowhere else.</summary>
    private static bool IsMadeHere(ContractCatalog catalog, ISymbol member)
    {
        if (ContractCatalog.TypeOf(member) is { Name: "LockName", ContainingNamespace.Name: "MmLint" }) return true;
        if (member is IFieldSymbol { IsReadOnly: false }) return false;
        foreach (SyntaxReference reference in member.DeclaringSyntaxReferences)
        {
            if (reference.GetSyntax().DescendantNodes().Any(static node => node.Kind() is SyntaxKind.ObjectCreationExpression or SyntaxKind.ImplicitObjectCreationExpression)) return catalog.AliasOf(member) is null;
        }

        return false;
    }

    private static bool Mentions(INamedTypeSymbol type, string name) =>
        type.DeclaringSyntaxReferences.Any(reference => reference.GetSyntax().DescendantTokens().Any(token => token.IsKind(SyntaxKind.IdentifierToken) && token.ValueText == name));

    /// <summary>Whether other code can come to hold the lock through a member.</summary>
    private static bool LeadsTo(ContractCatalog catalog, ISymbol other, ISymbol member)
    {
        bool Is(Term part) => part is MemberOf { Member: var named } && SymbolEqualityComparer.Default.Equals(named.OriginalDefinition, member.OriginalDefinition);
        bool Gives(MemberContract contract) => contract.Acquires.Concat(contract.Asserts).Any(clause => clause.Locks.Any(Is));
        switch (other)
        {
            case IMethodSymbol { DeclaredAccessibility: not Accessibility.Private } method:
            {
                MemberContract contract = catalog.ContractOf(method);
                return Gives(contract)
                    || (method.AssociatedSymbol is null && SymbolEqualityComparer.Default.Equals(method.ReturnType, ContractCatalog.TypeOf(member)))
                    || ((method.IsVirtual || method.IsAbstract || method.IsOverride) && contract.Needs.Any(need => need.Locks.Any(Is)))
                    || method.Parameters.Any(parameter => catalog.ContractOfValue(parameter) is { } invoked && invoked.Needs.Any(need => need.Locks.Any(Is)));
            }

            case IPropertySymbol or IFieldSymbol or IEventSymbol when other.DeclaredAccessibility != Accessibility.Private:
                return (catalog.AliasOf(other) is { } alias && alias.Any(Is))
                    || (other is IPropertySymbol property && ReturnsIt(catalog, property, Is, member.Name))
                    || (catalog.ContractOfValue(other) is { } value && value.Needs.Any(need => need.Locks.Any(Is)));
            default:
                return false;
        }
    }

    private static bool ReturnsIt(ContractCatalog catalog, IPropertySymbol property, Func<Term, bool> isIt, string name) =>
        (catalog.GetterOf(property) is { } term && term.Any(isIt))
        || property.DeclaringSyntaxReferences.Any(reference => reference.GetSyntax().DescendantTokens().Any(token => token.ValueText == name));
}
