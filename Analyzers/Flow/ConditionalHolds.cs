using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace MmLint.Analyzers;

/// <summary>
/// Puts the holds of two paths together: what only one of them holds is held where a fact is true that tells the two apart. Paths that take a lock of their own under each of many conditions
/// stay exact that way, without one state for every combination.
/// </summary>
internal static class ConditionalHolds
{
    /// <summary>Facts that say the same of a hold: code may test any of them, and a few are as many as anybody keeps.</summary>
    private const int MaxTells = 4;

    /// <summary>A condition with more literals than this is one that no code tests.</summary>
    private const int MaxLiterals = 8;

    /// <summary>The holds of a path that stands for both. Whether a hold is there is known, said by facts, or unknown.</summary>
    /// <param name="left">The one path.</param>
    /// <param name="right">The other path.</param>
    /// <param name="renamed">Values that differ, with the symbol that stands for both.</param>
    internal static ImmutableArray<Hold> Join(State left, State right, IReadOnlyList<(Term Left, Term Right, Term Symbol)> renamed) => Join(left, right, left.Holds, right.Holds, renamed);

    /// <summary>What the caller of a path that stands for both held, with the names under which the contract knows it.</summary>
    internal static (ImmutableArray<Hold> Entry, ImmutableArray<Term> Names) JoinEntry(State left, State right, IReadOnlyList<(Term Left, Term Right, Term Symbol)> renamed)
    {
        ImmutableArray<Hold> entry = Join(left, right, left.Entry, right.Entry, renamed);
        ImmutableArray<Term> names = left.EntryNames;
        for (int index = names.Length; index < entry.Length; index++) names = names.Add(right.EntryNames[right.Entry.IndexOf(right.Entry.First(hold => hold.Term.Equals(entry[index].Term)))]);
        return (entry, names);
    }

    private static ImmutableArray<Hold> Join(State left, State right, ImmutableArray<Hold> leftHolds, ImmutableArray<Hold> rightHolds, IReadOnlyList<(Term Left, Term Right, Term Symbol)> renamed)
    {
        var joined = ImmutableArray.CreateBuilder<Hold>(leftHolds.Length);
        List<Fact>? apart = null;
        List<Fact> Apart() => apart ??= TellingApart(left.Facts, right.Facts);
        foreach (Hold hold in leftHolds)
        {
            Hold? same = Alike(rightHolds, hold);
            if (same is { Maybe: false } && !hold.Maybe) joined.Add(hold);
            else joined.Add(hold.When(Tells(hold, same, left, right, Apart, renamed, swapped: false)));
        }

        foreach (Hold hold in rightHolds)
        {
            if (Alike(leftHolds, hold) is not null) continue;
            ImmutableArray<Fact> tells = Tells(hold, null, right, left, Apart, renamed, swapped: true);

            // One lock in two modes is two holds, as long as facts say which of them it is.
            int known = joined.FindIndexOf(other => other.Term.Equals(hold.Term));
            if (known < 0 || (!tells.IsEmpty && !joined[known].Tells.IsEmpty)) joined.Add(hold.When(tells));
            else joined[known] = joined[known].When(ImmutableArray<Fact>.Empty);
        }

        return joined.ToImmutable();
    }

    /// <summary>Whether one lock is held in this mode or in that.</summary>
    internal static bool AnyTwice(ImmutableArray<Hold> holds, Func<Term, bool> concerns, out Hold? either)
    {
        either = null;
        for (int index = 0; index < holds.Length && either is null; index++)
        {
            Hold hold = holds[index];
            if (!hold.Tells.IsEmpty && concerns(hold.Term) && holds.Any(other => !ReferenceEquals(other, hold) && other.Term.Equals(hold.Term))) either = hold;
        }

        return either is not null;
    }

    /// <summary>How much two paths differ in their holds, less where the facts of the one say what the other has.</summary>
    internal static int Distance(State known, State state) => known.Holds.Sum(hold => state.Holds.Contains(hold) ? 0 : Covers(hold, state) ? 1 : 3) + 3 * state.Holds.Count(hold => Alike(known.Holds, hold) is null);

    /// <summary>Whether the path has the hold exactly where its facts say so.</summary>
    private static bool Covers(Hold hold, State state)
    {
        Hold? same = Alike(state.Holds, hold);
        if (!hold.Maybe) return same is { Maybe: false };
        if (same is { Maybe: true }) return same.Equals(hold);
        return !hold.Tells.IsEmpty && hold.Tells.All(tell => state.Facts.Decide(tell) == same is not null);
    }

    private static Hold? Alike(ImmutableArray<Hold> holds, Hold hold)
    {
        foreach (Hold other in holds)
        {
            if (other.Mode == hold.Mode && other.Origin == hold.Origin && other.Depth == hold.Depth && other.Beneath == hold.Beneath && other.Term.Equals(hold.Term)) return other;
        }

        return null;
    }

    /// <summary>The facts that say on both paths whether the hold is there.</summary>
    /// <param name="own">The hold on the one path.</param>
    /// <param name="same">The same hold on the other path, if it is there.</param>
    /// <param name="self">The one path.</param>
    /// <param name="other">The other path.</param>
    /// <param name="apart">Facts that are true on the left path and false on the right one.</param>
    /// <param name="renamed">Values that differ, with the symbol that stands for both.</param>
    /// <param name="swapped">Whether the one path is the right one.</param>
    private static ImmutableArray<Fact> Tells(Hold own, Hold? same, State self, State other, Func<List<Fact>> apart, IReadOnlyList<(Term Left, Term Right, Term Symbol)> renamed, bool swapped)
    {
        if ((own.Maybe && own.Tells.IsEmpty) || same is { Maybe: true, Tells.IsEmpty: true }) return ImmutableArray<Fact>.Empty;
        var tells = new List<Fact>();
        foreach ((Term first, Term second, Term symbol) in renamed)
        {
            // A local that remembers on each path whether the lock was taken remembers it on both.
            if (symbol.Type?.SpecialType == SpecialType.System_Boolean && Says(self, own, Fact.Holds(swapped ? second : first)) && Says(other, same, Fact.Holds(swapped ? first : second))) tells.Add(Fact.Holds(symbol));
        }

        if (own.Maybe && same is { Maybe: true })
        {
            foreach (Fact tell in own.Tells)
            {
                if (same.Tells.Contains(tell)) tells.Add(tell);
            }
        }
        else if (own.Maybe)
        {
            foreach (Fact tell in own.Tells)
            {
                if (other.Facts.Decide(tell) == same is not null) tells.Add(tell);
            }
        }
        else if (same is { Maybe: true })
        {
            foreach (Fact tell in same.Tells)
            {
                if (self.Facts.Decide(tell) == true) tells.Add(tell);
            }
        }

        if (tells.Count == 0)
        {
            foreach (Fact fact in apart())
            {
                Fact here = swapped ? fact.Negate() : fact;
                Fact mine = own.Maybe ? own.Tells[0] : Fact.True;
                Fact theirs = same is null ? Fact.False : same.Maybe ? same.Tells[0] : Fact.True;
                Fact tell = Fact.Or(Fact.And(here, mine), Fact.And(here.Negate(), theirs));
                if (SizeOf(tell) <= MaxLiterals) tells.Add(tell);
            }
        }

        return tells.Take(MaxTells).ToImmutableArray();
    }

    /// <summary>Whether the fact is true on the path exactly where the hold is there.</summary>
    private static bool Says(State state, Hold? hold, Fact fact) => hold is { Maybe: true } ? hold.Tells.Contains(fact) : state.Facts.Decide(fact) == hold is not null;

    /// <summary>Facts that are true on the left path and false on the right one, the latest first.</summary>
    internal static List<Fact> TellingApart(FactSet left, FactSet right)
    {
        var apart = new List<Fact>();
        for (int index = left.Literals.Length - 1; index >= 0 && apart.Count < MaxTells; index--)
        {
            Literal literal = left.Literals[index];
            if (right.Evaluate(literal.Atom) == !literal.Positive) apart.Add(new Fact.Single(literal));
        }

        for (int index = right.Literals.Length - 1; index >= 0 && apart.Count < MaxTells; index--)
        {
            Literal literal = right.Literals[index];
            Fact denied = new Fact.Single(literal.Negate());
            if (left.Evaluate(literal.Atom) == !literal.Positive && !apart.Contains(denied)) apart.Add(denied);
        }

        foreach (Clause clause in right.Clauses)
        {
            if (apart.Count < MaxTells && clause.Literals.All(literal => left.Evaluate(literal.Atom) == !literal.Positive)) apart.Add(FactOf(clause).Negate());
        }

        foreach (Clause clause in left.Clauses)
        {
            if (apart.Count < MaxTells && clause.Literals.All(literal => right.Evaluate(literal.Atom) == !literal.Positive)) apart.Add(FactOf(clause));
        }

        return apart;
    }

    private static Fact FactOf(Clause clause) => Fact.Or(clause.Literals.Select(static literal => (Fact)new Fact.Single(literal)));

    private static int SizeOf(Fact fact) => fact is Fact.Joined joined ? joined.Parts.Sum(SizeOf) : 1;

    private static int FindIndexOf(this ImmutableArray<Hold>.Builder holds, Func<Hold, bool> predicate)
    {
        for (int index = 0; index < holds.Count; index++)
        {
            if (predicate(holds[index])) return index;
        }

        return -1;
    }
}
