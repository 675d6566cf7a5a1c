using System;
using System.Collections.Generic;
using System.Linq;
using FsCheck;
using FsCheck.Fluent;
using MmLint.Analyzers;
using static AnalyzerTests.Flow.Vocabulary;

namespace AnalyzerTests.Flow;

/// <summary>
/// What facts mean: every way in which a few flags, objects and numbers can be, and random facts about them. A law of the engine says something about the worlds that are left.
/// </summary>
internal static class Worlds
{
    /// <summary>All worlds: two flags, two objects of which either may be null, two numbers from 0 to 3, an enum of three values, and two bits.</summary>
    public static IReadOnlyList<World> All { get; } = [.. Enumerable.Range(0, 2 * 2 * 3 * 3 * 4 * 4 * 3 * 4).Select(static number => new World(number))];

    /// <summary>Facts of one literal.</summary>
    public static Gen<Claim> Literals { get; } =
        from claim in Gen.OneOf(
            Gen.Elements(True(P), True(Q), Same(P, Q), Null(A), Null(B), Same(A, B), Same(I, J), Less(I, J), Less(J, I), Has(Access, 1), Has(Access, 2)),
            Gen.Choose(0, 3).Select(static number => Is(I, number)),
            Gen.Choose(0, 3).Select(static number => Less(J, number)),
            Gen.Choose(0, 3).Select(static number => Less(number, I)),
            Gen.Choose(0, 3).Select(static number => Is(Access, number)),
            Gen.Choose(0, 2).Select(static number => Same(Step, StepOf(number))))
        from isTrue in Gen.Elements(true, false)
        select isTrue ? claim : !claim;

    /// <summary>Facts of up to four literals, as code has them.</summary>
    public static Gen<Claim> Facts { get; } = Gen.Sized(static size => FactOf(Math.Min(size / 12, 2)));

    /// <summary>What a path may know: up to five facts, without contradiction.</summary>
    public static Gen<FactSet> Knowledge { get; } = Gen.ListOf(Facts).Select(static facts => facts.Take(5).Aggregate(FactSet.Empty, static (known, fact) => known.Assume(fact) ?? known));

    /// <summary>Two terms of one kind, of which one can stand for the other.</summary>
    public static Gen<(Term Term, Term By)> Replacements { get; } = Gen.Elements((P, Q), (Q, P), (A, B), (B, A), (I, J), (J, I), (I, Number(2)), (P, Constant.True), (Q, Constant.False), (A, Constant.Null));

    /// <summary>The worlds in which a fact is true.</summary>
    public static bool[] Where(Fact fact) => [.. All.Select(world => world.Satisfies(fact))];

    /// <summary>The worlds that are left by what is known; none by a contradiction.</summary>
    public static bool[] Where(FactSet? facts) => [.. All.Select(world => facts is not null && world.Satisfies(facts))];

    public static bool Includes(this bool[] more, bool[] fewer) => !fewer.Where((isIn, index) => isIn && !more[index]).Any();

    private static Gen<Claim> FactOf(int depth) => depth == 0 ? Literals : Gen.OneOf(
        Literals,
        Gen.Two(FactOf(depth - 1)).Select(static pair => pair.Item1 & pair.Item2),
        Gen.Two(FactOf(depth - 1)).Select(static pair => pair.Item1 | pair.Item2));
}

/// <summary>One way in which everything can be.</summary>
internal sealed class World
{
    private readonly Dictionary<Term, long?> _values = [];

    public World(int number)
    {
        _values[P] = Take(ref number, 2);
        _values[Q] = Take(ref number, 2);
        _values[A] = Take(ref number, 3) is > 0 and var first ? first : null;
        _values[B] = Take(ref number, 3) is > 0 and var second ? second : null;
        _values[I] = Take(ref number, 4);
        _values[J] = Take(ref number, 4);
        _values[Step] = Take(ref number, 3);
        _values[Access] = Take(ref number, 4);
    }

    private World(World world, Term term, Term by)
    {
        _values = new Dictionary<Term, long?>(world._values) { [term] = world.ValueOf(by) };
    }

    /// <summary>The world in which a term is what another one is here.</summary>
    public World With(Term term, Term by) => new(this, term, by);

    public bool Satisfies(Fact fact) => fact switch
    {
        Fact.Single { Literal: var literal } => IsTrue(literal),
        Fact.Joined { IsAll: true } all => all.Parts.All(Satisfies),
        _ => ((Fact.Joined)fact).Parts.Any(Satisfies),
    };

    public bool Satisfies(FactSet facts) => facts.Literals.All(IsTrue) && facts.Clauses.All(clause => clause.Literals.Any(IsTrue));

    public bool Satisfies(List<Literal[]> clauses) => clauses.All(clause => clause.Any(IsTrue));

    private bool IsTrue(Literal literal)
    {
        long? left = ValueOf(literal.Atom.Left);
        long? right = literal.Atom.Right is { } term ? ValueOf(term) : null;
        bool isTrue = literal.Atom.Kind switch
        {
            AtomKind.IsTrue => left == 1,
            AtomKind.IsNull => left is null,
            AtomKind.HasBit => (left & literal.Atom.Bit) != 0,
            AtomKind.Equal => left == right,
            _ => left < right,
        };
        return isTrue == literal.Positive;
    }

    private long? ValueOf(Term term) => term is Constant { Value: var value } ? value is bool flag ? flag ? 1 : 0 : (long?)value : _values[term];

    private static long Take(ref int number, int count)
    {
        int taken = number % count;
        number /= count;
        return taken;
    }
}
