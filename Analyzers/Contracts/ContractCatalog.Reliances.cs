using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace MmLint.Analyzers;

/// <summary>What a call relies on: that members of an object still tell what they told.</summary>
/// <param name="target">The object, over the callee's <c>this</c> and parameters.</param>
/// <param name="questions">The members; methods of one name are one question.</param>
internal sealed class Reliance(Term target, ImmutableArray<ISymbol> questions)
{
    internal Term Target { get; } = target;

    internal ImmutableArray<ISymbol> Questions { get; } = questions;

    /// <summary>Whether the question is about the object as a whole, not about an argument.</summary>
    internal bool IsAboutAll => Questions.All(static question => question is not IMethodSymbol method || method.Parameters.All(static parameter => parameter.RefKind == RefKind.Out));

    internal bool Asks(ISymbol member) => Questions.Any(question => SymbolEqualityComparer.Default.Equals(question.OriginalDefinition, member.OriginalDefinition));
}

/// <content>What calls rely on. It is no part of the contract that is followed everywhere: it matters only where an answer has been given before.</content>
internal sealed partial class ContractCatalog
{
    private readonly ConcurrentDictionary<ISymbol, ImmutableArray<Reliance>> _reliances = new(SymbolEqualityComparer.Default);

    /// <summary>What a method or an accessor relies on: what it says itself, else what is said by that which it overrides or implements.</summary>
    internal ImmutableArray<Reliance> ReliancesOf(IMethodSymbol method) => Known(_reliances, method.OriginalDefinition, static (catalog, key) => catalog.ReadReliances((IMethodSymbol)key));

    private ImmutableArray<Reliance> ReadReliances(IMethodSymbol method)
    {
        ImmutableArray<Reliance>.Builder found = ImmutableArray.CreateBuilder<Reliance>();
        ISymbol[] carriers = method.AssociatedSymbol is IPropertySymbol property ? [method, property] : [method];
        foreach (ISymbol carrier in carriers)
        {
            foreach (AttributeModel attribute in AttributesOf(carrier))
            {
                if (attribute.Name == "ReliesOn" && Bind(carrier, attribute, binder => binder.BindQuestion(attribute.Text), parameters: method.Parameters, stable: false) is { } reliance) found.Add(reliance);
            }
        }

        if (found.Count > 0) return found.ToImmutable();
        foreach (ISymbol inherited in BasesOf(method, _mayStateMembers))
        {
            if (inherited is IMethodSymbol other && ReliancesOf(other) is { IsEmpty: false } reliances) return reliances;
        }

        return ImmutableArray<Reliance>.Empty;
    }
}
