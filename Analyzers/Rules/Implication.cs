using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace MmLint.Analyzers;

/// <summary>Whether one formula says at least what another says, whatever the state. "No" may also mean "cannot tell".</summary>
internal static class Implication
{
    /// <summary>Whether whoever holds what <paramref name="given"/> asks for holds what <paramref name="need"/> asks for.</summary>
    internal static bool Implies(LockFormula given, LockFormula need) => (given, need) switch
    {
        (_, LockFormula.All all) => all.Parts.All(part => Implies(given, part)),
        (LockFormula.Some some, _) => some.Parts.All(part => Implies(part, need)),
        (LockFormula.Choice first, LockFormula.Choice second) when first.Condition.Equals(second.Condition) => Implies(first.WhenTrue, second.WhenTrue) && Implies(first.WhenFalse, second.WhenFalse),
        (LockFormula.Choice choice, _) => Implies(choice.WhenTrue, need) && Implies(choice.WhenFalse, need),
        (LockFormula.All all, _) when all.Parts.Any(part => Implies(part, need)) => true,
        (_, LockFormula.Some some) => some.Parts.Any(part => Implies(given, part)),
        (_, LockFormula.Choice choice) => Implies(given, choice.WhenTrue) && Implies(given, choice.WhenFalse),
        (LockFormula.Lock first, LockFormula.Lock second) => first.Term.Equals(second.Term) && (second.Mode == Mode.None || first.Mode >= second.Mode),
        (LockFormula.Lock first, LockFormula.AnyInstance any) => IsInstance(first.Term, any.Symbol) && (any.Mode == Mode.None || first.Mode >= any.Mode),
        (LockFormula.AnyInstance first, LockFormula.AnyInstance second) => SymbolEqualityComparer.Default.Equals(first.Symbol, second.Symbol) && (second.Mode == Mode.None || first.Mode >= second.Mode),
        _ => false,
    };

    /// <summary>Whether the fact is true wherever the other facts are.</summary>
    internal static bool Implies(IEnumerable<Fact> given, Fact fact) => Assume(given) is not { } known || known.Decide(fact) == true;

    /// <summary>Whether a condition, where there is one, is true wherever the other is.</summary>
    internal static bool Covers(Fact? condition, Fact? other) => condition is null || (other is not null && Implies([other], condition));

    /// <summary>What is known where all the facts are true; null where they contradict each other.</summary>
    internal static FactSet? Assume(IEnumerable<Fact> facts)
    {
        FactSet? known = FactSet.Empty;
        foreach (Fact fact in facts) known = known?.Assume(fact);
        return known;
    }

    /// <summary>Whether the lock is one of the class that a type or a member names.</summary>
    internal static bool IsInstance(Term term, ISymbol lockClass)
    {
        if (lockClass is not INamedTypeSymbol expected) return term is MemberOf { Member: var member } && SymbolEqualityComparer.Default.Equals(member.OriginalDefinition, lockClass.OriginalDefinition);
        return term.Type.IsOf(expected);
    }

    /// <summary>The formulas that a formula joins.</summary>
    internal static ImmutableArray<LockFormula> Parts(LockFormula formula) => formula switch
    {
        LockFormula.All all => all.Parts,
        LockFormula.Some some => some.Parts,
        _ => ImmutableArray.Create(formula),
    };
}
