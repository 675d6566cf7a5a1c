using System;
using System.Collections.Generic;
using System.Linq;
using FsCheck;
using FsCheck.Fluent;
using MmLint.Analyzers;
using Xunit.Sdk;
using static AnalyzerTests.Flow.Vocabulary;

namespace AnalyzerTests.Flow;

/// <summary>Laws of the lattice of facts, tried on random facts against all worlds. A failure prints the facts and the seed.</summary>
public sealed class FactLaws
{
    private const int Cases = 60;

    [Fact]
    public void A_denial_is_true_where_the_fact_is_not() =>
        ForAll(Worlds.Facts, static fact => Worlds.Where((!fact).Fact).SequenceEqual(Worlds.Where(fact.Fact).Select(static isTrue => !isTrue)) && (!!fact).Fact.Equals(fact.Fact));

    [Fact]
    public void Clauses_say_what_the_fact_says() =>
        ForAll(Worlds.Facts, static fact => fact.Fact.ToClauses() is not { } clauses || Worlds.All.All(world => world.Satisfies(clauses) == world.Satisfies(fact.Fact)));

    [Fact]
    public void Replacing_in_a_fact_keeps_its_meaning() =>
        ForAll(Worlds.Facts, Worlds.Replacements, static (fact, pair) =>
        {
            Fact replaced = fact.Fact.Replace(part => part.Equals(pair.Term) ? pair.By : null);
            return !replaced.Mentions(pair.Term) && Worlds.All.All(world => world.Satisfies(replaced) == world.With(pair.Term, pair.By).Satisfies(fact.Fact));
        });

    [Fact]
    public void Assuming_leaves_the_worlds_in_which_the_fact_is_true() =>
        ForAll(Worlds.Knowledge, Worlds.Facts, static (known, fact) => Worlds.Where(known.Assume(fact)).SequenceEqual(Worlds.All.Select(world => world.Satisfies(known) && world.Satisfies(fact.Fact))));

    [Fact]
    public void Assuming_twice_is_assuming_once() =>
        ForAll(Worlds.Knowledge, Worlds.Facts, static (known, fact) => known.Assume(fact) is not { } once || once.Assume(fact) is { } twice && twice.SameAs(once));

    [Fact]
    public void Literals_decide_no_clause_and_do_not_repeat_each_other() =>
        ForAll(Worlds.Knowledge, static known => known.Clauses.All(clause => clause.Literals.Length > 1 && clause.Literals.All(literal => known.Evaluate(literal.Atom) is null))
            && known.Literals.Select(static literal => literal.Atom).Distinct().Count() == known.Literals.Length);

    [Fact]
    public void What_is_decided_is_so_in_all_worlds_that_are_left() =>
        ForAll(Worlds.Knowledge, Worlds.Facts, static (known, fact) => known.Decide(fact) is not { } decided || Worlds.All.All(world => !world.Satisfies(known) || world.Satisfies(fact.Fact) == decided));

    [Fact]
    public void A_fact_and_its_denial_are_decided_alike() => ForAll(Worlds.Knowledge, Worlds.Facts, static (known, fact) => known.Decide(fact) == !known.Decide(!fact));

    [Fact]
    public void A_literal_that_was_assumed_is_decided() => ForAll(Worlds.Knowledge, Worlds.Literals, static (known, fact) => known.Assume(fact) is not { } more || more.Decide(fact) == true);

    [Fact]
    public void More_knowledge_decides_the_same_and_more() =>
        ForAll(Worlds.Knowledge, Worlds.Facts, static (known, fact) => known.Assume(fact) is not { } more
            || known.Literals.All(literal => more.Evaluate(literal.Atom) == literal.Positive));

    [Fact]
    public void Where_paths_meet_both_kinds_of_worlds_are_left() =>
        ForAll(Worlds.Knowledge, Worlds.Knowledge, static (left, right) => Worlds.Where(FactSet.Merge(left, right)) is var merged && merged.Includes(Worlds.Where(left)) && merged.Includes(Worlds.Where(right)));

    [Fact]
    public void Paths_that_a_fact_tells_apart_meet_alike() =>
        ForAll(Worlds.Knowledge, Worlds.Knowledge, Worlds.Facts, static (left, right, fact) => left.Assume(fact) is not { } first || right.Assume(!fact) is not { } second
            || Worlds.Where(FactSet.Merge(first, second, fact)) is var merged && merged.Includes(Worlds.Where(first)) && merged.Includes(Worlds.Where(second)));

    [Fact]
    public void It_does_not_matter_which_path_comes_first() =>
        ForAll(Worlds.Knowledge, Worlds.Knowledge, static (left, right) => FactSet.Merge(left, right) is var merged && (merged.Clauses.Length >= 32 || merged.SameAs(FactSet.Merge(right, left))));

    [Fact]
    public void A_path_that_meets_itself_knows_what_it_knew() =>
        ForAll(Worlds.Knowledge, static known => ReferenceEquals(known, FactSet.Merge(known, Of(known.Literals, known.Clauses))));

    [Fact]
    public void A_path_that_meets_one_that_knows_more_knows_what_it_knew() =>
        ForAll(Worlds.Knowledge, Worlds.Facts, static (known, fact) => known.Assume(fact) is not { } more || Worlds.Where(FactSet.Merge(known, more)).SequenceEqual(Worlds.Where(known)));

    [Fact]
    public void What_three_paths_know_does_not_depend_on_who_meets_first() =>
        ForAll(Worlds.Knowledge, Worlds.Knowledge, Worlds.Knowledge, static (first, second, third) =>
        {
            bool[] all = [.. Worlds.All.Select(world => world.Satisfies(first) || world.Satisfies(second) || world.Satisfies(third))];
            return Worlds.Where(FactSet.Merge(FactSet.Merge(first, second), third)).Includes(all) && Worlds.Where(FactSet.Merge(first, FactSet.Merge(second, third))).Includes(all);
        });

    [Fact]
    public void Renaming_keeps_what_is_known() =>
        ForAll(Worlds.Knowledge, Worlds.Replacements, static (known, pair) => known.Replace(pair.Term, pair.By) is var replaced
            && Worlds.All.All(world => (replaced is not null && world.Satisfies(replaced)) == world.With(pair.Term, pair.By).Satisfies(known)) && replaced?.Mentions(pair.Term) != true);

    [Fact]
    public void Forgetting_keeps_what_does_not_mention_the_term() =>
        ForAll(Worlds.Knowledge, Gen.Elements(P, A, I, J, Access), static (known, term) => known.Forget(term) is var rest && !rest.Mentions(term) && IsWithin(rest, known)
            && rest.Literals.Length == known.Literals.Count(literal => !literal.Atom.Mentions(term)) && rest.Clauses.Length == known.Clauses.Count(clause => !clause.Mentions(term)));

    [Fact]
    public void Sets_that_are_the_same_leave_the_same_worlds() =>
        ForAll(Worlds.Knowledge, Worlds.Knowledge, static (left, right) => !left.SameAs(right) || Worlds.Where(left).SequenceEqual(Worlds.Where(right)));

    private static bool IsWithin(FactSet part, FactSet whole) => part.Literals.All(whole.Literals.Contains) && part.Clauses.All(whole.Clauses.Contains);

    /// <summary>The same knowledge, come by in the order given.</summary>
    private static FactSet Of(IEnumerable<Literal> literals, IEnumerable<Clause> clauses) =>
        literals.Select(static literal => (Fact)new Fact.Single(literal)).Concat(clauses.Select(static clause => FactSet.Replaced(clause, static _ => null))).Aggregate(FactSet.Empty, static (set, fact) => set.Assume(fact)!);

    private static void ForAll<T>(Gen<T> first, Func<T, bool> law) => Check(Prop.ForAll(first.ToArbitrary(), one => law(one) || Broken(one)));

    private static void ForAll<T1, T2>(Gen<T1> first, Gen<T2> second, Func<T1, T2, bool> law) =>
        Check(Prop.ForAll(first.ToArbitrary(), second.ToArbitrary(), (one, two) => law(one, two) || Broken(one, two)));

    private static void ForAll<T1, T2, T3>(Gen<T1> first, Gen<T2> second, Gen<T3> third, Func<T1, T2, T3, bool> law) =>
        Check(Prop.ForAll(first.ToArbitrary(), second.ToArbitrary(), third.ToArbitrary(), (one, two, three) => law(one, two, three) || Broken(one, two, three)));

    private static void Check(Property property) => property.Check(Config.QuickThrowOnFailure.WithMaxTest(Cases));

    private static bool Broken(params object?[] of) => throw new XunitException("Broken by " + string.Join(" and ", of.Select(static one => one is FactSet known ? "{" + known.Text() + "}" : one?.ToString())));
}
