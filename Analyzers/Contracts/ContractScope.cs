using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MmLint.Analyzers;

/// <summary>What the names in a contract stand for at the place where it is written.</summary>
internal sealed class ContractScope
{
    private readonly ITypeSymbol? _result;

    private ContractScope(ISymbol carrier, INamedTypeSymbol type)
    {
        Carrier = carrier;
        Type = type;
        IMethodSymbol? method = carrier as IMethodSymbol ?? (carrier as INamedTypeSymbol)?.DelegateInvokeMethod;
        Parameters = method?.Parameters ?? (carrier as IPropertySymbol)?.Parameters ?? ImmutableArray<IParameterSymbol>.Empty;
        _result = method is { ReturnsVoid: false } ? Tasks.Awaited(method.ReturnType) : (carrier as IPropertySymbol)?.Type;
    }

    /// <summary>The member that has the contract; for that of a parameter, the function.</summary>
    internal ISymbol Carrier { get; }

    /// <summary>The type whose members a contract names without more.</summary>
    internal INamedTypeSymbol Type { get; }

    internal ImmutableArray<IParameterSymbol> Parameters { get; }

    /// <summary>Whether a contract may speak of a result.</summary>
    internal bool HasResult => _result is not null;

    /// <summary>The scope of an attribute; null outside of types.</summary>
    internal static ContractScope? Of(AttributeSyntax attribute, SemanticModel model, CancellationToken cancellation)
    {
        SyntaxNode? declaration = attribute.FirstAncestorOrSelf<AttributeListSyntax>()?.Parent;
        if (declaration is ParameterSyntax parameter) declaration = parameter.Parent?.Parent;
        ISymbol? carrier = declaration switch
        {
            BaseFieldDeclarationSyntax { Declaration.Variables: { Count: > 0 } variables } => model.GetDeclaredSymbol(variables[0], cancellation),
            null => null,
            _ => model.GetDeclaredSymbol(declaration, cancellation),
        };
        return carrier switch
        {
            INamedTypeSymbol type => new ContractScope(carrier, type),
            { ContainingType: { } type } => new ContractScope(carrier, type),
            _ => null,
        };
    }

    /// <summary>The type of what a path leads to; null where it leads nowhere.</summary>
    internal ITypeSymbol? TypeOf(ExpressionSyntax path) => path switch
    {
        ThisExpressionSyntax => Type,
        ParenthesizedExpressionSyntax inner => TypeOf(inner.Expression),
        IdentifierNameSyntax { Identifier.ValueText: "result" } when HasResult => _result,
        IdentifierNameSyntax { Identifier.ValueText: var root } => Parameters.FirstOrDefault(parameter => parameter.Name == root)?.Type ?? (Member(Type, root) is { } member ? ContractCatalog.TypeOf(member) : null),
        MemberAccessExpressionSyntax access => TypeOf(access.Expression) is { } owner && Member(owner, access.Name.Identifier.ValueText) is { } member ? ContractCatalog.TypeOf(member) : null,
        _ => null,
    };

    /// <summary>The field or property of this name, inherited ones included.</summary>
    internal static ISymbol? Member(ITypeSymbol type, string name) => Members(type).FirstOrDefault(member => member.Name == name);

    /// <summary>The members that can tell something about an object, as a call that relies on them asks: not what every object has, and nothing static.</summary>
    internal static IEnumerable<ISymbol> Questions(ITypeSymbol type) => type.WithBases().Concat(type.AllInterfaces)
        .SelectMany(static at => at.GetMembers()).Where(static member => !member.IsStatic && Tells(member) && member is not (IPropertySymbol { IsIndexer: true } or IMethodSymbol { OverriddenMethod: not null }) && member.ContainingType.SpecialType != SpecialType.System_Object);

    /// <summary>Whether the member tells something: it has a value, or returns one.</summary>
    internal static bool Tells(ISymbol member) => member is IFieldSymbol or IPropertySymbol or IMethodSymbol { ReturnsVoid: false };

    /// <summary>The fields and properties that a path may go through, the nearest first.</summary>
    internal static IEnumerable<ISymbol> Members(ITypeSymbol type) => type.WithBases().SelectMany(static at => at.GetMembers()).Where(static member => member is IFieldSymbol or IPropertySymbol { IsIndexer: false });
}
