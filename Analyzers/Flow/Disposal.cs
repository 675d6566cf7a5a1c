using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace MmLint.Analyzers;

/// <summary>What <c>using</c> calls at its end.</summary>
internal static class Disposal
{
    /// <summary>
    /// The methods by which an object of the type is disposed of: those of the interfaces, as the type implements them, and public ones of the same form where these are
    /// enough. None where there is nothing to dispose of.
    /// </summary>
    internal static IEnumerable<IMethodSymbol> MethodsOf(ITypeSymbol type)
    {
        IEnumerable<IMethodSymbol> inherited = type.AllInterfaces.Concat(type.TypeKind == TypeKind.Interface ? [(INamedTypeSymbol)type] : []).Where(IsInterface)
            .SelectMany(static implemented => implemented.GetMembers().OfType<IMethodSymbol>())
            .Select(member => type.FindImplementationForInterfaceMember(member) as IMethodSymbol ?? member);
        return inherited.Concat(type.WithBases().SelectMany(at => type.IsRefLikeType ? at.GetMembers("Dispose").AddRange(at.GetMembers("DisposeAsync")) : at.GetMembers("DisposeAsync")).OfType<IMethodSymbol>().Where(IsPublicForm))
            .Distinct<IMethodSymbol>(SymbolEqualityComparer.Default);
    }

    private static bool IsInterface(INamedTypeSymbol type) => type is { Name: "IDisposable" or "IAsyncDisposable", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } };

    private static bool IsPublicForm(IMethodSymbol method) => method is { Parameters.IsEmpty: true, IsStatic: false, DeclaredAccessibility: Accessibility.Public };
}
