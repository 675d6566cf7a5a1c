using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MmLint.CodeFixes;

/// <summary>An expression as a root and the members read from it, with locals that only name another path read through.</summary>
internal sealed class AccessPath
{
    private AccessPath(ExpressionSyntax expression, ITypeSymbol? type, ImmutableArray<ISymbol> steps, AccessPath? prefix)
    {
        Expression = expression;
        Type = type;
        Steps = steps;
        Prefix = prefix;
    }

    /// <summary>Code that names the path.</summary>
    internal ExpressionSyntax Expression { get; }

    internal ITypeSymbol? Type { get; }

    /// <summary>The path without its last member.</summary>
    internal AccessPath? Prefix { get; }

    /// <summary>The root (a parameter, a local, or the type that <c>this</c> is of) and the members behind it.</summary>
    private ImmutableArray<ISymbol> Steps { get; }

    /// <summary>The path of an expression; null where it is no path, such as a call.</summary>
    internal static AccessPath? Of(ExpressionSyntax expression, FixSite site)
    {
        ITypeSymbol? type = site.Model.GetTypeInfo(expression, site.Cancellation).Type;
        switch (expression)
        {
            case ParenthesizedExpressionSyntax inner:
                return Of(inner.Expression, site);
            case PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression } sure:
                return Of(sure.Operand, site);
            case ThisExpressionSyntax:
                return type is null ? null : new AccessPath(expression, type, ImmutableArray.Create<ISymbol>(type), null);
            case MemberAccessExpressionSyntax { RawKind: (int)SyntaxKind.SimpleMemberAccessExpression } access:
                return site.Model.GetSymbolInfo(access, site.Cancellation).Symbol is { IsStatic: false } member and (IFieldSymbol or IPropertySymbol) && Of(access.Expression, site) is { } target
                    ? new AccessPath(expression, type, target.Steps.Add(member), target) : null;
            case IdentifierNameSyntax name:
                return Of(name, type, site);
            default:
                return null;
        }
    }

    /// <summary>This path and those it runs through, longest first.</summary>
    internal IEnumerable<AccessPath> Prefixes()
    {
        for (AccessPath? path = this; path is not null; path = path.Prefix) yield return path;
    }

    /// <summary>Whether whoever has this path has the other one too.</summary>
    internal bool Reaches(AccessPath other) =>
        Steps.Length <= other.Steps.Length && Steps.Zip(other.Steps, SymbolEqualityComparer.Default.Equals).All(static same => same);

    private static AccessPath? Of(IdentifierNameSyntax name, ITypeSymbol? type, FixSite site)
    {
        switch (site.Model.GetSymbolInfo(name, site.Cancellation).Symbol)
        {
            case ILocalSymbol local when Copied(local, site) is { } initializer && Of(initializer, site) is { } path && path.Prefixes().All(step => IsLasting(step, site)):
                return new AccessPath(name, type, path.Steps, path.Prefix);
            case ILocalSymbol local:
                return new AccessPath(name, type, ImmutableArray.Create<ISymbol>(local), null);
            case IParameterSymbol parameter:
                return new AccessPath(name, type, ImmutableArray.Create<ISymbol>(parameter), null);
            case { IsStatic: false } member and (IFieldSymbol or IPropertySymbol) when site.FunctionSymbol is { ContainingType: { } owner }:
            {
                var self = new AccessPath(SyntaxFactory.ThisExpression(), owner, ImmutableArray.Create<ISymbol>(owner), null);
                return new AccessPath(name, type, self.Steps.Add(member), self);
            }

            default:
                return null;
        }
    }

    /// <summary>What a local was declared as, if nothing is ever assigned to it afterwards.</summary>
    private static ExpressionSyntax? Copied(ILocalSymbol local, FixSite site) =>
        local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(site.Cancellation) is VariableDeclaratorSyntax { Initializer.Value: { } value }
            && !local.IsRef && !IsWritten(local, site) ? value : null;

    /// <summary>Whether the path still means what it meant when a local was set from it.</summary>
    private static bool IsLasting(AccessPath path, FixSite site) => path.Steps.Last() switch
    {
        IParameterSymbol or ILocalSymbol => !IsWritten(path.Steps.Last(), site),
        ITypeSymbol => true,
        var member => site.Catalog.IsStable(member),
    };

    private static bool IsWritten(ISymbol variable, FixSite site) => site.Member.DescendantNodes().OfType<IdentifierNameSyntax>()
        .Where(use => use.Identifier.ValueText == variable.Name && SymbolEqualityComparer.Default.Equals(site.Model.GetSymbolInfo(use, site.Cancellation).Symbol, variable))
        .Any(static use => use.Parent switch
        {
            AssignmentExpressionSyntax assignment => assignment.Left == use,
            PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PreIncrementExpression or (int)SyntaxKind.PreDecrementExpression or (int)SyntaxKind.AddressOfExpression } => true,
            PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PostIncrementExpression or (int)SyntaxKind.PostDecrementExpression } => true,
            ArgumentSyntax { RefKindKeyword.RawKind: (int)SyntaxKind.RefKeyword or (int)SyntaxKind.OutKeyword } => true,
            ArgumentSyntax { Parent: TupleExpressionSyntax { Parent: AssignmentExpressionSyntax } } => true,
            RefExpressionSyntax => true,
            _ => false,
        });
}
