using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace MmLint.Analyzers;

/// <summary>What types derive from, and what that means for calls.</summary>
internal static class Lineage
{
    /// <summary>The type and the classes that it derives from, the nearest first.</summary>
    internal static IEnumerable<ITypeSymbol> WithBases(this ITypeSymbol? type)
    {
        for (ITypeSymbol? at = type; at is not null; at = at.BaseType) yield return at;
    }

    /// <summary>Whether the type is another one or derives from it, whatever their type arguments.</summary>
    internal static bool DerivesFrom(this ITypeSymbol? type, ITypeSymbol other)
    {
        for (ITypeSymbol? at = type; at is not null; at = at.BaseType)
        {
            if (SymbolEqualityComparer.Default.Equals(at.OriginalDefinition, other.OriginalDefinition)) return true;
        }

        return false;
    }

    /// <summary>Whether a call of the method may run another body, of an override or an implementation.</summary>
    internal static bool MayBeOverridden(this IMethodSymbol method) =>
        !method.ContainingType.IsSealed && (method.IsAbstract || method.IsVirtual || method is { IsOverride: true, IsSealed: false });

    /// <summary>Whether an object of the type is one of a class or interface, whatever their type arguments.</summary>
    internal static bool IsOf(this ITypeSymbol? type, INamedTypeSymbol other) =>
        type.DerivesFrom(other) || (type is not null && other.TypeKind == TypeKind.Interface && type.AllInterfaces.Any(implemented => SymbolEqualityComparer.Default.Equals(implemented.OriginalDefinition, other.OriginalDefinition)));
}
