using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MmLint.Analyzers;

/// <summary>Whether what a field or property says of its access, or of the lock it stands for, can be meant.</summary>
internal static class DataContractChecks
{
    internal static IEnumerable<ContractProblem> Of(ContractCatalog catalog, ISymbol member)
    {
        ImmutableArray<AttributeModel> attributes = catalog.AttributesOf(member);
        DataContract data = catalog.DataOf(member);
        foreach (AttributeModel attribute in attributes)
        {
            if (attribute.Name == "WriteOnce" && data.Read is { } read)
                yield return new ContractProblem(Rule.Contradiction, attribute.Location, "WriteOnce", "is free to read once it is published, but reading needs " + read);
            else if (attribute.Name == "GuardedBy" && data.Write.FirstOrDefault(clause => clause.Source == attribute) is { } guard && Unwritable(catalog, guard.Locks) is { } shared)
                yield return new ContractProblem(Rule.DoesNotBind, attribute.Location, shared.Term.ToString(), "is never held exclusively, so nobody may write '" + member.Name + "'; say [ReadBy] and [WriteBy]");
            else if (attribute.Name == "WriteBy" && attribute.When is not null && data.Write.FirstOrDefault(clause => clause.Source == attribute) is { When: { } when } && when != Fact.True && FactSet.Empty.Assume(when) is null)
                yield return new ContractProblem(Rule.Contradiction, attribute.Location, attribute.When, "is never true, so the contract never applies");
            else if (attribute.Name == "LockAlias" && member is IPropertySymbol property && OtherLock(catalog, property) is { } other)
                yield return new ContractProblem(Rule.Contradiction, attribute.Location, attribute.Text, "the getter returns " + other);
        }

        foreach (ContractProblem problem in ContractChecks.Repeated(data.Write, attributes)) yield return problem;
    }

    private static LockFormula.Lock? Unwritable(ContractCatalog catalog, LockFormula formula) =>
        formula.Locks.FirstOrDefault(item => !catalog.InfoOf(item.Term).Has(Mode.Exclusive));

    /// <summary>A lock that the getter of an alias returns although the alias does not name it. What the grammar cannot say is left alone.</summary>
    private static Term? OtherLock(ContractCatalog catalog, IPropertySymbol property)
    {
        if (catalog.AliasOf(property) is not { } alias || !alias.Locks.Any() || ContractCatalog.GetterBody(property) is not { } body) return null;
        var binder = new ContractBinder(catalog, property.ContainingType, ImmutableArray<IParameterSymbol>.Empty, null, null, property.IsStatic);
        foreach (ExpressionSyntax returned in Returned(body))
        {
            if (binder.BindExpression(returned) is not { } term || term is Constant || !catalog.IsLock(term)) continue;
            if (!alias.Locks.Any(item => item.Term.Equals(term))) return term;
        }

        return null;
    }

    private static IEnumerable<ExpressionSyntax> Returned(ExpressionSyntax body) => body switch
    {
        ParenthesizedExpressionSyntax parenthesized => Returned(parenthesized.Expression),
        ConditionalExpressionSyntax choice => Returned(choice.WhenTrue).Concat(Returned(choice.WhenFalse)),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression } either => Returned(either.Left).Concat(Returned(either.Right)),
        _ => [body],
    };
}
