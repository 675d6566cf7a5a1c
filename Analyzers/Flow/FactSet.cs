using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace MmLint.Analyzers;

/// <summary>What is known on a path: literals, and clauses of which at least one literal is true. Immutable.</summary>
internal sealed class FactSet
{
    internal static readonly FactSet Empty = new(ImmutableDictionary<Atom, bool>.Empty, ImmutableList<ImmutableArray<Literal>>.Empty);

    /// <summary>Dropping a clause loses precision, never soundness, so the number is bounded.</summary>
    private const int MaxClauses = 32;

    private const int MaxClauseLength = 6;

    private FactSet(ImmutableDictionary<Atom, bool> literals, ImmutableList<ImmutableArray<Literal>> clauses)
    {
        Literals = literals;
        Clauses = clauses;
    }

    internal ImmutableDictionary<Atom, bool> Literals { get; }

    internal ImmutableList<ImmutableArray<Literal>> Clauses { get; }

    internal bool IsEmpty => Literals.IsEmpty && Clauses.IsEmpty;

    /// <summary>The set with the fact added; null where it contradicts what is known.</summary>
    internal FactSet? Assume(Fact fact)
    {
        if (fact == Fact.True) return this;
        if (fact == Fact.False) return null;
        if (fact is Fact.Single { Literal: var single } && Clauses.IsEmpty)
        {
            bool? known = Evaluate(single.Atom);
            if (known is { } value) return value == single.Positive ? this : null;
            return new FactSet(Literals.SetItem(single.Atom, single.Positive), Clauses);
        }

        return fact.ToClauses() is { } clauses ? Assume(clauses) : this;
    }

    /// <summary>Whether the fact is known to be true or to be false; null where neither is known.</summary>
    internal bool? Decide(Fact fact)
    {
        if (fact == Fact.True) return true;
        if (fact == Fact.False) return false;
        if (fact is Fact.Single { Literal: var single } && Clauses.IsEmpty)
        {
            bool? known = Evaluate(single.Atom);
            return known is { } value ? value == single.Positive : null;
        }

        if (Assume(fact.Negate()) is null) return true;
        return Assume(fact) is null ? false : null;
    }

    /// <summary>The value of an atom, as far as the literals alone tell.</summary>
    internal bool? Evaluate(Atom atom)
    {
        if (Literals.TryGetValue(atom, out bool known)) return known;
        switch (atom.Kind)
        {
            case AtomKind.Equal when atom.Right is Constant right:
            {
                foreach (KeyValuePair<Atom, bool> entry in Literals)
                {
                    if (!entry.Key.Left.Equals(atom.Left)) continue;
                    if (entry is { Key: { Kind: AtomKind.Equal, Right: Constant other }, Value: true } && !other.Equals(right)) return false;
                    if (entry.Key.Kind == AtomKind.HasBit && right.Value is long number && ((number & entry.Key.Bit) != 0) != entry.Value) return false;
                    if (entry is { Key.Kind: AtomKind.IsNull, Value: true }) return false;
                }

                if (right.Value is long exact && Bounds(atom.Left) is var (least, most) && (exact < least || exact > most)) return false;
                return IsLastValue(atom.Left, right) ? true : null;
            }

            case AtomKind.HasBit or AtomKind.IsNull or AtomKind.IsTrue:
            {
                foreach (KeyValuePair<Atom, bool> entry in Literals)
                {
                    if (entry.Value && entry.Key.Kind == AtomKind.IsNull && atom.Kind == AtomKind.IsTrue && entry.Key.Left.Equals(atom.Left)) return false;
                    if (entry.Value && entry.Key.Kind == AtomKind.IsTrue && atom.Kind == AtomKind.IsNull && entry.Key.Left.Equals(atom.Left)) return false;
                    if (!entry.Value || entry.Key.Kind != AtomKind.Equal || entry.Key.Right is not Constant { Value: var value } || !entry.Key.Left.Equals(atom.Left)) continue;
                    if (atom.Kind == AtomKind.IsNull) return false;
                    if (atom.Kind == AtomKind.HasBit && value is long number) return (number & atom.Bit) != 0;
                }

                return null;
            }

            case AtomKind.Less:
                if (Literals.TryGetValue(new Atom(AtomKind.Less, atom.Right!, atom.Left), out bool reverse) && (reverse || AreKnownToDiffer(atom.Left, atom.Right!))) return !reverse;
                return Compare(atom);
            case AtomKind.Equal:
                return Literals.TryGetValue(new Atom(AtomKind.Less, atom.Left, atom.Right), out bool less) && less
                    || Literals.TryGetValue(new Atom(AtomKind.Less, atom.Right!, atom.Left), out bool more) && more ? false : null;
            default:
                return null;
        }
    }

    /// <summary>The set without whatever mentions a term that satisfies <paramref name="predicate"/>.</summary>
    internal FactSet Forget(Func<Term, bool> predicate)
    {
        ImmutableDictionary<Atom, bool> literals = Literals.RemoveRange(Literals.Keys.Where(atom => atom.Any(predicate)));
        ImmutableList<ImmutableArray<Literal>> clauses = Clauses.RemoveAll(clause => clause.Any(literal => literal.Atom.Any(predicate)));
        return Same(literals, clauses) ? this : new FactSet(literals, clauses);
    }

    /// <summary>The set without the literals that <paramref name="keep"/> refuses, and without the clauses that contain such a one.</summary>
    internal FactSet Keep(Func<Literal, bool> keep)
    {
        ImmutableDictionary<Atom, bool> literals = Literals.RemoveRange(Literals.Where(entry => !keep(new Literal(entry.Key, entry.Value))).Select(static entry => entry.Key));
        ImmutableList<ImmutableArray<Literal>> clauses = Clauses.RemoveAll(clause => clause.Any(literal => !keep(literal)));
        return Same(literals, clauses) ? this : new FactSet(literals, clauses);
    }

    /// <summary>The set with terms replaced; null where that shows a contradiction.</summary>
    internal FactSet? Replace(Func<Term, Term?> map, Func<Term, bool> touched)
    {
        List<KeyValuePair<Atom, bool>> changed = Literals.Where(entry => entry.Key.Any(touched)).ToList();
        List<ImmutableArray<Literal>> changedClauses = Clauses.Where(clause => clause.Any(literal => literal.Atom.Any(touched))).ToList();
        if (changed.Count == 0 && changedClauses.Count == 0) return this;
        FactSet? set = new FactSet(Literals.RemoveRange(changed.Select(static entry => entry.Key)), Clauses.RemoveAll(changedClauses.Contains));
        foreach (KeyValuePair<Atom, bool> entry in changed)
        {
            set = set.Assume(new Fact.Single(new Literal(entry.Key, entry.Value)).Replace(map));
            if (set is null) return null;
        }

        foreach (ImmutableArray<Literal> clause in changedClauses)
        {
            set = set.Assume(Fact.Or(clause.Select(literal => new Fact.Single(literal).Replace(map))));
            if (set is null) return null;
        }

        return set;
    }

    /// <summary>
    /// What holds on both sides. Of the facts that differ each pair, one per side, stays as a clause, so that "ret is None, therefore
    /// AnonVma is set" survives the place where paths meet.
    /// </summary>
    internal static FactSet Merge(FactSet left, FactSet right)
    {
        if (ReferenceEquals(left, right)) return left;
        var common = ImmutableDictionary.CreateBuilder<Atom, bool>();
        var onlyLeft = new List<Literal>();
        var onlyRight = new List<Literal>();
        foreach (KeyValuePair<Atom, bool> entry in left.Literals)
        {
            bool? other = right.Evaluate(entry.Key);
            if (other == entry.Value) common[entry.Key] = entry.Value;
            else onlyLeft.Add(new Literal(entry.Key, entry.Value));
        }

        foreach (KeyValuePair<Atom, bool> entry in right.Literals)
        {
            bool? other = left.Evaluate(entry.Key);
            if (other == entry.Value) common[entry.Key] = entry.Value;
            else onlyRight.Add(new Literal(entry.Key, entry.Value));
        }

        var result = new FactSet(common.ToImmutable(), ImmutableList<ImmutableArray<Literal>>.Empty);
        var clauses = new List<ImmutableArray<Literal>>();
        foreach (ImmutableArray<Literal> clause in left.Clauses)
        {
            if (Knows(right, clause)) AddClause(clauses, clause);
        }

        foreach (ImmutableArray<Literal> clause in right.Clauses)
        {
            if (Knows(left, clause)) AddClause(clauses, clause);
        }

        foreach (Literal first in onlyLeft)
        {
            foreach (Literal second in onlyRight)
            {
                if (first.Atom.Equals(second.Atom)) continue;
                AddClause(clauses, ImmutableArray.Create(first, second));
            }
        }

        return clauses.Count == 0 ? result : new FactSet(result.Literals, clauses.ToImmutableList());
    }

    /// <summary>Whether both sets say the same.</summary>
    internal bool SameAs(FactSet other)
    {
        if (ReferenceEquals(this, other)) return true;
        if (Literals.Count != other.Literals.Count || Clauses.Count != other.Clauses.Count) return false;
        foreach (KeyValuePair<Atom, bool> entry in Literals)
        {
            if (!other.Literals.TryGetValue(entry.Key, out bool value) || value != entry.Value) return false;
        }

        return Clauses.All(clause => other.Clauses.Any(candidate => SameClause(clause, candidate)));
    }

    private FactSet? Assume(List<ImmutableArray<Literal>> added)
    {
        var literals = Literals.ToBuilder();
        var pending = new List<ImmutableArray<Literal>>(Clauses.Count + added.Count);
        pending.AddRange(added);
        pending.AddRange(Clauses);
        var view = this;
        bool changed = true;
        while (changed)
        {
            changed = false;
            var next = new List<ImmutableArray<Literal>>(pending.Count);
            foreach (ImmutableArray<Literal> clause in pending)
            {
                var open = ImmutableArray.CreateBuilder<Literal>(clause.Length);
                bool satisfied = false;
                foreach (Literal literal in clause)
                {
                    bool? value = view.Evaluate(literal.Atom);
                    if (value is null) open.Add(literal);
                    else if (value == literal.Positive)
                    {
                        satisfied = true;
                        break;
                    }
                }

                if (satisfied) continue;
                if (open.Count == 0) return null;
                if (open.Count > 1)
                {
                    next.Add(open.Count == clause.Length ? clause : open.ToImmutable());
                    continue;
                }

                literals[open[0].Atom] = open[0].Positive;
                view = new FactSet(literals.ToImmutable(), Clauses);
                changed = true;
            }

            pending = next;
        }

        var kept = new List<ImmutableArray<Literal>>();
        foreach (ImmutableArray<Literal> clause in pending) AddClause(kept, clause);
        return new FactSet(literals.ToImmutable(), kept.ToImmutableList());
    }

    /// <summary>Whether every other declared value of a plain enum is ruled out.</summary>
    private bool IsLastValue(Term term, Constant value)
    {
        if (term.Type is not Microsoft.CodeAnalysis.INamedTypeSymbol { TypeKind: Microsoft.CodeAnalysis.TypeKind.Enum } type || value.Value is not long) return false;
        bool excluded = false;
        foreach (long other in EnumNames.ValuesOf(type))
        {
            if (other == (long)value.Value) continue;
            if (!Literals.TryGetValue(new Atom(AtomKind.Equal, term, new Constant(other, type)), out bool known) || known) return false;
            excluded = true;
        }

        return excluded;
    }

    private static bool Knows(FactSet set, ImmutableArray<Literal> clause)
    {
        foreach (Literal literal in clause)
        {
            if (set.Evaluate(literal.Atom) == literal.Positive) return true;
        }

        return set.Clauses.Any(candidate => candidate.All(literal => clause.Contains(literal)));
    }

    private static void AddClause(List<ImmutableArray<Literal>> clauses, ImmutableArray<Literal> clause)
    {
        if (clauses.Count >= MaxClauses || clause.Length > MaxClauseLength) return;
        foreach (ImmutableArray<Literal> known in clauses)
        {
            if (SameClause(known, clause)) return;
        }

        clauses.Add(clause);
    }

    private static bool SameClause(ImmutableArray<Literal> left, ImmutableArray<Literal> right) =>
        left.Length == right.Length && left.All(literal => right.Contains(literal));

    private bool? Compare(Atom atom)
    {
        (long leastLeft, long mostLeft) = Bounds(atom.Left);
        (long leastRight, long mostRight) = Bounds(atom.Right!);
        if (mostLeft < leastRight) return true;
        if (leastLeft >= mostRight) return false;
        return Literals.TryGetValue(new Atom(AtomKind.Equal, atom.Left, atom.Right), out bool equal) && equal ? false : null;
    }

    /// <summary>Whether a literal says so; asked while literals are evaluated, so nothing is derived for it.</summary>
    private bool AreKnownToDiffer(Term left, Term right) =>
        Fact.Equal(left, right) is Fact.Single { Literal: { Positive: true, Atom: var atom } } && Literals.TryGetValue(atom, out bool equal) && !equal;

    /// <summary>The least and the greatest value that the literals leave to a whole number.</summary>
    private (long Least, long Most) Bounds(Term term)
    {
        if (term is Constant constant) return constant.Value is long exact ? (exact, exact) : (long.MinValue, long.MaxValue);
        long least = long.MinValue;
        long most = long.MaxValue;
        foreach (KeyValuePair<Atom, bool> entry in Literals)
        {
            Atom atom = entry.Key;
            if (atom.Kind == AtomKind.Less && atom.Left.Equals(term) && atom.Right is Constant { Value: long above })
            {
                if (!entry.Value) least = Math.Max(least, above);
                else if (above != long.MinValue) most = Math.Min(most, above - 1);
            }
            else if (atom.Kind == AtomKind.Less && atom.Left is Constant { Value: long below } && term.Equals(atom.Right))
            {
                if (!entry.Value) most = Math.Min(most, below);
                else if (below != long.MaxValue) least = Math.Max(least, below + 1);
            }
            else if (entry.Value && atom is { Kind: AtomKind.Equal, Right: Constant { Value: long equal } } && atom.Left.Equals(term))
            {
                return (equal, equal);
            }
        }

        return (least, most);
    }

    private bool Same(ImmutableDictionary<Atom, bool> literals, ImmutableList<ImmutableArray<Literal>> clauses) =>
        ReferenceEquals(literals, Literals) && ReferenceEquals(clauses, Clauses);
}
