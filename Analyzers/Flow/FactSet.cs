using System;
using System.Collections.Generic;
using System.Linq;

namespace MmLint.Analyzers;

/// <summary>What is known on a path: literals, and clauses of which at least one literal is true. Immutable.</summary>
/// <remarks>
/// Whatever is asked or added concerns few of the literals and clauses: those that share an operand with it. Marks, one bit per term, find them without comparing terms. The clauses are
/// kept such that the literals decide none of theirs, so that new knowledge needs to look only at clauses that share an operand with it.
/// </remarks>
internal sealed class FactSet
{
    internal static readonly FactSet Empty = new([], Clause.None);

    /// <summary>Dropping a clause loses precision, never soundness, so the number is bounded.</summary>
    private const int MaxClauses = 32;

    private const int MaxClauseLength = 6;

    /// <summary>Bodies that tell more things apart on one path are generated; what says least is dropped there, and if nothing does, what is new.</summary>
    private const int MaxLiterals = 256;

    private readonly ulong _operands;
    private readonly bool _ordered;
    private readonly ulong _clauseOperands;
    private readonly ulong _clauseOpaques;
    private readonly int _hash;

    private FactSet(Literal[] literals, Clause[] clauses)
    {
        Literals = literals;
        Clauses = clauses;
        foreach (Literal literal in literals)
        {
            _operands |= literal.Atom.Operands;
            Opaques |= literal.Atom.Opaques;
            _ordered |= literal.Atom.Kind == AtomKind.Less;
            Marks |= literal.Atom.Marks;
            _hash += literal.Hash;
        }

        foreach (Clause clause in clauses)
        {
            _clauseOperands |= clause.Operands;
            Marks |= clause.Marks;
            _clauseOpaques |= clause.Opaques;
        }
    }

    private FactSet(FactSet known, Literal news)
    {
        Literals = Clause.With(known.Literals, news);
        Clauses = known.Clauses;
        Marks = known.Marks | news.Atom.Marks;
        _operands = known._operands | news.Atom.Operands;
        Opaques = known.Opaques | news.Atom.Opaques;
        _ordered = known._ordered || news.Atom.Kind == AtomKind.Less;
        _clauseOperands = known._clauseOperands;
        _clauseOpaques = known._clauseOpaques;
        _hash = known._hash + news.Hash;
    }

    /// <summary>What is true, in the order in which it became known.</summary>
    internal readonly Literal[] Literals;

    internal readonly Clause[] Clauses;

    /// <summary>The marks of all terms that occur.</summary>
    internal readonly ulong Marks;

    /// <summary>The marks of the parts without a path of which literals speak.</summary>
    internal readonly ulong Opaques;

    internal bool IsEmpty => Literals.Length == 0 && Clauses.Length == 0;

    /// <summary>Whether a literal says if the atom is true.</summary>
    internal bool Has(Atom atom) => Find(atom) is not null;

    /// <summary>The set with the fact added; null where it contradicts what is known.</summary>
    internal FactSet? Assume(Fact fact)
    {
        if (fact == Fact.True) return this;
        if (fact == Fact.False) return null;
        if (fact is Fact.Single { Literal: var single })
        {
            if (Evaluate(single.Atom) is { } known) return known == single.Positive ? this : null;
            return (_clauseOperands & single.Atom.Operands) == 0 ? With(single) : Propagate(single, []);
        }

        return fact.ToClauses() is { } clauses ? Propagate(null, clauses) : this;
    }

    /// <summary>Whether the fact is known to be true or to be false; null where neither is known.</summary>
    internal bool? Decide(Fact fact)
    {
        if (fact == Fact.True) return true;
        if (fact == Fact.False) return false;
        if (fact is Fact.Single { Literal: var single })
        {
            if (Evaluate(single.Atom) is { } known) return known == single.Positive;
            if ((_clauseOperands & single.Atom.Operands) == 0) return null;
            if (Propagate(single.Negate(), []) is null) return true;
            return Propagate(single, []) is null ? false : null;
        }

        var several = (Fact.Joined)fact;
        return DecideParts(several) ?? DecideWhole(several) ?? DecideByCases(several);
    }

    private bool? DecideWhole(Fact fact)
    {
        if (Assume(fact.Negate()) is null) return true;
        return Assume(fact) is null ? false : null;
    }

    /// <summary>What holds whether or not the first statement of the fact is true: "a and b are the same" takes two steps.</summary>
    private bool? DecideByCases(Fact.Joined fact)
    {
        Literal? first = null;
        if (fact.Parts.All(static part => part is Fact.Single)) return null;
        fact.Every(literal =>
        {
            first = literal;
            return false;
        });
        if (first is not { } literal) return null;
        FactSet? with = Assume(new Fact.Single(literal));
        FactSet? without = Assume(new Fact.Single(literal.Negate()));
        if (with is null || without is null) return (with ?? without)?.DecideWhole(fact);
        return with.DecideWhole(fact) is { } known && without.DecideWhole(fact) == known ? known : null;
    }

    /// <summary>The value of an atom, as far as the literals alone tell.</summary>
    internal bool? Evaluate(Atom atom)
    {
        if ((_operands & atom.Operands) != 0)
        {
            if (Find(atom) is { } known) return known;
            return atom.Kind switch
            {
                AtomKind.Equal when atom.Right is Constant right => EvaluateEqual(atom, right),
                AtomKind.HasBit or AtomKind.IsNull or AtomKind.IsTrue => EvaluateByValue(atom),
                AtomKind.Less when _ordered && Find(new Atom(AtomKind.Less, atom.Right!, atom.Left)) is { } reverse && (reverse || AreEqual(atom.Left, atom.Right!) == false) => !reverse,
                AtomKind.Less => Compare(atom),
                AtomKind.Equal when _ordered && (Find(new Atom(AtomKind.Less, atom.Left, atom.Right)) == true || Find(new Atom(AtomKind.Less, atom.Right!, atom.Left)) == true) => false,
                _ => null,
            };
        }

        return atom.Kind == AtomKind.Less && (atom.Left is Constant || atom.Right is Constant) ? Compare(atom) : null;
    }

    /// <summary>Whether the term is null, as far as the literals alone tell; where none is about it, nothing is made to ask.</summary>
    internal bool? EvaluateNull(Term term) => (_operands & term.Mark) == 0 ? null : Evaluate(new Atom(AtomKind.IsNull, term));

    /// <summary>Whether something on the path, its end included, is known to be null.</summary>
    internal bool AnyNull(Term path)
    {
        for (Term? at = path; at is not null; at = at is MemberOf member ? member.Target : at is ElementOf element ? element.Target : null)
        {
            if (at is Constant { Value: null } || (at is not Constant && EvaluateNull(at) == true)) return true;
        }

        return false;
    }

    /// <summary>Whether the term occurs anywhere.</summary>
    internal bool Mentions(Term term)
    {
        if ((Marks & term.Mark) == 0) return false;
        foreach (Literal literal in Literals)
        {
            if (literal.Atom.Mentions(term)) return true;
        }

        foreach (Clause clause in Clauses)
        {
            if (clause.Mentions(term)) return true;
        }

        return false;
    }

    /// <summary>The set without whatever mentions the term.</summary>
    internal FactSet Forget(Term term)
    {
        if ((Marks & term.Mark) == 0) return this;
        return Where(literal => !literal.Atom.Mentions(term), clause => !clause.Mentions(term));
    }

    /// <summary>
    /// The set without the clauses about values that have no path and whose mark is missing. Literals stay: they tell paths apart, and messages quote them.
    /// </summary>
    internal FactSet KeepLive(ulong live) => (_clauseOpaques & ~live) == 0 ? this : Where(static _ => true, clause => (clause.Opaques & ~live) == 0);

    /// <summary>The set without the literals that <paramref name="keep"/> refuses, and without the clauses that contain such a one.</summary>
    internal FactSet Keep(Func<Literal, bool> keep) => Where(keep, clause =>
    {
        foreach (Literal literal in clause.Literals)
        {
            if (!keep(literal)) return false;
        }

        return true;
    });

    /// <summary>The set without what <paramref name="keep"/> refuses of what was not known before.</summary>
    internal FactSet KeepNew(FactSet before, Func<Literal, bool> keep)
    {
        // Mostly one fact more than before, behind all others, which are the same but for one that may have been dropped.
        int next = 0;
        return Where(literal => WasNext(literal) || IsKept(literal), clause =>
        {
            foreach (Literal literal in clause.Literals)
            {
                if (!IsKept(literal)) return false;
            }

            return true;
        });

        bool WasNext(Literal literal)
        {
            for (int at = next; at < before.Literals.Length && at < next + 2; at++)
            {
                if (!before.Literals[at].Equals(literal)) continue;
                next = at + 1;
                return true;
            }

            return false;
        }

        bool IsKept(Literal literal) => before.Has(literal.Atom) || keep(literal);
    }

    /// <summary>The set with a term replaced by another; null where that shows a contradiction.</summary>
    internal FactSet? Replace(Term term, Term by)
    {
        if ((Marks & term.Mark) == 0) return this;
        Term? Map(Term part) => part.Equals(term) ? by : null;
        var changed = new List<Literal>();
        FactSet kept = Where(
            literal =>
            {
                if (!literal.Atom.Mentions(term)) return true;
                changed.Add(literal);
                return false;
            },
            clause => !clause.Mentions(term));
        if (ReferenceEquals(kept, this)) return this;
        FactSet? set = kept;
        foreach (Literal literal in changed)
        {
            set = set.Assume(new Fact.Single(literal).Replace(Map));
            if (set is null) return null;
        }

        foreach (Clause clause in Clauses)
        {
            if (!clause.Mentions(term)) continue;
            set = set.Assume(Replaced(clause, Map));
            if (set is null) return null;
        }

        return set;
    }

    /// <summary>What a clause says with terms replaced.</summary>
    internal static Fact Replaced(Clause clause, Func<Term, Term?> map)
    {
        var parts = new Fact[clause.Literals.Length];
        for (int index = 0; index < parts.Length; index++) parts[index] = new Fact.Single(clause.Literals[index]).Replace(map);
        return Fact.Or(parts);
    }

    /// <summary>
    /// What holds on both sides. Of the facts that differ each pair, one per side, stays as a clause, so that "ret is None, therefore
    /// AnonVma is set" survives the place where paths meet.
    /// </summary>
    /// <param name="left">The one side.</param>
    /// <param name="right">The other side.</param>
    /// <param name="apart">
    /// Where the sides differ in much, a fact that is true on the left one and false on the right one: then the facts that differ stay as what follows from that one, which are far fewer
    /// clauses than there are pairs.
    /// </param>
    internal static FactSet Merge(FactSet left, FactSet right, Fact? apart = null)
    {
        if (ReferenceEquals(left, right)) return left;
        var common = new List<Literal>(left.Literals.Length);
        var onlyLeft = new List<Literal>();
        var onlyRight = new List<Literal>();
        // Paths that part know the same from before, in the same order.
        int shared = 0;
        while (shared < left.Literals.Length && shared < right.Literals.Length && left.Literals[shared].Equals(right.Literals[shared])) shared++;
        for (int index = 0; index < shared; index++) common.Add(left.Literals[index]);
        for (int index = shared; index < left.Literals.Length; index++)
        {
            Literal literal = left.Literals[index];
            if (right.Evaluate(literal.Atom) == literal.Positive) common.Add(literal);
            else onlyLeft.Add(literal);
        }

        for (int index = shared; index < right.Literals.Length; index++)
        {
            Literal literal = right.Literals[index];
            if (left.Evaluate(literal.Atom) != literal.Positive) onlyRight.Add(literal);
            else if (left.Find(literal.Atom) is null) common.Add(literal);
        }

        var clauses = new List<Clause>();
        foreach (Clause clause in left.Clauses)
        {
            if (right.Knows(clause)) AddClause(clauses, clause);
        }

        foreach (Clause clause in right.Clauses)
        {
            if (left.Knows(clause)) AddClause(clauses, clause);
        }

        if (apart is not null)
        {
            Imply(clauses, apart.Negate(), onlyLeft);
            Imply(clauses, apart, onlyRight);
            return new FactSet(common.ToArray(), Clause.Of(clauses));
        }

        foreach (Literal first in onlyLeft)
        {
            foreach (Literal second in onlyRight)
            {
                if (clauses.Count >= MaxClauses) break;
                if (!first.Atom.Equals(second.Atom)) AddClause(clauses, new Clause([first, second]));
            }
        }

        Weaken(clauses, left.Clauses, right, onlyRight);
        Weaken(clauses, right.Clauses, left, onlyLeft);
        if (onlyLeft.Count == 0 && common.Count == left.Literals.Length && Same(clauses, left.Clauses)) return left;
        return new FactSet(common.ToArray(), Clause.Of(clauses));
    }

    /// <summary>Adds for each literal that it is true, or else the fact is.</summary>
    private static void Imply(List<Clause> clauses, Fact otherwise, List<Literal> literals)
    {
        if (otherwise.ToClauses(limit: 4) is not { } parts) return;
        foreach (Literal literal in literals)
        {
            foreach (Literal[] part in parts)
            {
                var clause = new Clause(part);
                if (!clause.Decides(literal.Atom)) AddClause(clauses, clause.With(literal));
            }
        }
    }

    /// <summary>Whether both sets say the same.</summary>
    internal bool SameAs(FactSet other)
    {
        if (ReferenceEquals(this, other)) return true;
        if (_hash != other._hash || Literals.Length != other.Literals.Length || Clauses.Length != other.Clauses.Length) return false;
        for (int index = 0; index < Literals.Length; index++)
        {
            Literal literal = Literals[index];
            if (!other.Literals[index].Equals(literal) && other.Find(literal.Atom) != literal.Positive) return false;
        }

        for (int index = 0; index < Clauses.Length; index++)
        {
            if (!other.Clauses[index].SameAs(Clauses[index]) && !other.HasClause(Clauses[index])) return false;
        }

        return true;
    }

    /// <summary>A clause of one side only holds on both with any fact of the other side added to it.</summary>
    private static void Weaken(List<Clause> clauses, Clause[] own, FactSet other, List<Literal> facts)
    {
        foreach (Clause clause in own)
        {
            if (clauses.Count >= MaxClauses) return;
            if (other.Knows(clause)) continue;
            foreach (Literal fact in facts)
            {
                if (!clause.Decides(fact.Atom)) AddClause(clauses, clause.With(fact));
            }
        }
    }

    private static bool Same(List<Clause> clauses, Clause[] others)
    {
        if (clauses.Count != others.Length) return false;
        for (int index = 0; index < others.Length; index++)
        {
            if (!ReferenceEquals(clauses[index], others[index])) return false;
        }

        return true;
    }

    /// <summary>The set with literals and clauses added, and with what follows from clauses of which one literal is left; null where nothing is left of one.</summary>
    private FactSet? Propagate(Literal? literal, List<Literal[]> added)
    {
        FactSet view = this;
        ulong news = 0;
        if (literal is { } known)
        {
            view = With(known);
            news = known.Atom.Operands;
        }

        if (added.Count == 0 && !view.Changes(Clauses, news)) return view;
        var pending = new List<Clause>(Clauses.Length + added.Count);
        foreach (Literal[] clause in added) pending.Add(new Clause(clause));
        int untested = pending.Count;
        foreach (Clause clause in Clauses) pending.Add(clause);
        bool shrunk = false;
        while (untested > 0 || news != 0)
        {
            ulong recent = news;
            news = 0;
            int kept = 0;
            for (int index = 0; index < pending.Count; index++)
            {
                Clause? clause = pending[index];
                if (index < untested || (clause.Operands & (recent | news)) != 0)
                {
                    clause = view.Simplify(clause);
                    if (clause is null)
                    {
                        shrunk = true;
                        continue;
                    }

                    if (clause.Literals.Length == 0) return null;
                    if (clause.Literals.Length == 1)
                    {
                        view = view.With(clause.Literals[0]);
                        news |= clause.Operands;
                        shrunk = true;
                        continue;
                    }

                    shrunk |= !ReferenceEquals(clause, pending[index]);
                }

                pending[kept++] = clause;
            }

            pending.RemoveRange(kept, pending.Count - kept);
            untested = 0;
        }

        if (added.Count == 0 && !shrunk) return view;
        var clauses = new List<Clause>(pending.Count);
        foreach (Clause clause in pending) AddClause(clauses, clause);
        return ReferenceEquals(view, this) && Same(clauses, Clauses) ? this : new FactSet(view.Literals, Clause.Of(clauses));
    }

    /// <summary>Whether the literals say something of a clause that shares an operand with what is new.</summary>
    private bool Changes(Clause[] clauses, ulong news)
    {
        foreach (Clause clause in clauses)
        {
            if ((clause.Operands & news) == 0) continue;
            foreach (Literal literal in clause.Literals)
            {
                if (Evaluate(literal.Atom) is not null) return true;
            }
        }

        return false;
    }

    /// <summary>What the literals alone say of a conjunction or disjunction of literals.</summary>
    private bool? DecideParts(Fact.Joined fact)
    {
        bool? whole = fact.IsAll;
        foreach (Fact part in fact.Parts)
        {
            if (part is not Fact.Single { Literal: var literal } || Evaluate(literal.Atom) is not { } value) whole = null;
            else if ((value == literal.Positive) != fact.IsAll) return !fact.IsAll;
        }

        return whole;
    }

    /// <summary>Whether the next fact is not kept.</summary>
    internal bool IsFull => Literals.Length >= MaxLiterals && Least() == Literals.Length;

    /// <summary>The first fact that only says what something is not.</summary>
    private int Least()
    {
        int least = 0;
        while (least < Literals.Length && Literals[least] is not { Positive: false, Atom: { Kind: AtomKind.Equal, Right: Constant } }) least++;
        return least;
    }

    private FactSet With(Literal literal)
    {
        if (Literals.Length < MaxLiterals) return new FactSet(this, literal);
        int least = Least();
        if (least == Literals.Length) return this;
        var literals = new Literal[Literals.Length];
        Array.Copy(Literals, literals, least);
        Array.Copy(Literals, least + 1, literals, least, Literals.Length - least - 1);
        literals[literals.Length - 1] = literal;
        return new FactSet(literals, Clauses);
    }

    /// <summary>The clause without literals that are false; null where one is true.</summary>
    private Clause? Simplify(Clause clause)
    {
        List<Literal>? open = null;
        for (int index = 0; index < clause.Literals.Length; index++)
        {
            Literal literal = clause.Literals[index];
            bool? value = Evaluate(literal.Atom);
            if (value == literal.Positive) return null;
            if (value is null) open?.Add(literal);
            else open ??= First(clause.Literals, index);
        }

        return open is null ? clause : new Clause(open.ToArray());
    }

    private FactSet Where(Func<Literal, bool> keep, Func<Clause, bool> keepClause)
    {
        List<Literal>? literals = null;
        for (int index = 0; index < Literals.Length; index++)
        {
            if (keep(Literals[index])) literals?.Add(Literals[index]);
            else literals ??= First(Literals, index);
        }

        List<Clause>? clauses = null;
        for (int index = 0; index < Clauses.Length; index++)
        {
            if (keepClause(Clauses[index])) clauses?.Add(Clauses[index]);
            else clauses ??= First(Clauses, index);
        }

        return literals is null && clauses is null ? this : new FactSet(literals?.ToArray() ?? Literals, clauses is null ? Clauses : Clause.Of(clauses));
    }

    private static List<T> First<T>(T[] all, int count)
    {
        var first = new List<T>(all.Length);
        for (int index = 0; index < count; index++) first.Add(all[index]);
        return first;
    }

    /// <summary>What a literal says of exactly this atom.</summary>
    private bool? Find(Atom atom)
    {
        if ((atom.Operands & ~_operands) != 0) return null;
        foreach (Literal literal in Literals)
        {
            if (literal.Atom.Equals(atom)) return literal.Positive;
        }

        return null;
    }

    private bool? EvaluateEqual(Atom atom, Constant right)
    {
        ulong mark = atom.Left.Mark;
        foreach (Literal literal in Literals)
        {
            Atom known = literal.Atom;
            if (known.Left.Mark != mark || !known.Left.Equals(atom.Left)) continue;
            if (literal.Positive && known is { Kind: AtomKind.Equal, Right: Constant other } && !other.Equals(right)) return false;
            if (known.Kind == AtomKind.HasBit && right.Value is long number && ((number & known.Bit) != 0) != literal.Positive) return false;
            if (literal.Positive && known.Kind == AtomKind.IsNull) return false;
        }

        if (right.Value is long exact && Bounds(atom.Left) is var (least, most) && (exact < least || exact > most)) return false;
        return IsLastValue(atom.Left, right) ? true : null;
    }

    private bool? EvaluateByValue(Atom atom)
    {
        ulong mark = atom.Left.Mark;
        foreach (Literal literal in Literals)
        {
            Atom known = literal.Atom;
            if (!literal.Positive || known.Left.Mark != mark || !known.Left.Equals(atom.Left)) continue;
            if (known.Kind == AtomKind.IsNull && atom.Kind == AtomKind.IsTrue) return false;
            if (known.Kind == AtomKind.IsTrue && atom.Kind == AtomKind.IsNull) return false;
            if (known is not { Kind: AtomKind.Equal, Right: Constant { Value: var value } }) continue;
            if (atom.Kind == AtomKind.IsNull) return false;
            if (atom.Kind == AtomKind.HasBit && value is long number) return (number & atom.Bit) != 0;
        }

        return null;
    }

    /// <summary>Whether every other declared value of a plain enum is ruled out.</summary>
    private bool IsLastValue(Term term, Constant value)
    {
        if (term.Type is not Microsoft.CodeAnalysis.INamedTypeSymbol { TypeKind: Microsoft.CodeAnalysis.TypeKind.Enum } type || value.Value is not long) return false;
        bool excluded = false;
        foreach (long other in EnumNames.ValuesOf(type))
        {
            if (other == (long)value.Value) continue;
            if (Find(new Atom(AtomKind.Equal, term, new Constant(other, type))) != false) return false;
            excluded = true;
        }

        return excluded;
    }

    private bool Knows(Clause clause)
    {
        foreach (Literal literal in clause.Literals)
        {
            if (Evaluate(literal.Atom) == literal.Positive) return true;
        }

        foreach (Clause candidate in Clauses)
        {
            if (candidate.IsWithin(clause)) return true;
        }

        return false;
    }

    private bool HasClause(Clause clause)
    {
        foreach (Clause candidate in Clauses)
        {
            if (candidate.SameAs(clause)) return true;
        }

        return false;
    }

    private static void AddClause(List<Clause> clauses, Clause clause)
    {
        if (clauses.Count >= MaxClauses || clause.Literals.Length > MaxClauseLength) return;
        foreach (Clause known in clauses)
        {
            if (known.Hash == clause.Hash && known.SameAs(clause)) return;
        }

        clauses.Add(clause);
    }

    private bool? Compare(Atom atom)
    {
        (long leastLeft, long mostLeft) = Bounds(atom.Left);
        (long leastRight, long mostRight) = Bounds(atom.Right!);
        if (mostLeft < leastRight) return true;
        if (leastLeft >= mostRight) return false;
        return AreEqual(atom.Left, atom.Right!) == true ? false : null;
    }

    /// <summary>What a literal says of it, in whichever order it names the two; asked while literals are evaluated, so nothing is derived for it.</summary>
    private bool? AreEqual(Term left, Term right) => Fact.Equal(left, right) is Fact.Single { Literal: { Positive: true, Atom: var atom } } ? Find(atom) : null;

    /// <summary>The least and the greatest value that the literals leave to a whole number.</summary>
    private (long Least, long Most) Bounds(Term term)
    {
        if (term is Constant constant) return constant.Value is long exact ? (exact, exact) : (long.MinValue, long.MaxValue);
        long least = long.MinValue;
        long most = long.MaxValue;
        if ((_operands & term.Mark) == 0) return (least, most);
        foreach (Literal literal in Literals)
        {
            Atom atom = literal.Atom;
            if (atom.Kind < AtomKind.Equal || (atom.Operands & term.Mark) == 0) continue;
            if (atom.Kind == AtomKind.Less && atom.Right is Constant { Value: long above } && atom.Left.Equals(term))
            {
                if (!literal.Positive) least = Math.Max(least, above);
                else if (above != long.MinValue) most = Math.Min(most, above - 1);
            }
            else if (atom.Kind == AtomKind.Less && atom.Left is Constant { Value: long below } && term.Equals(atom.Right))
            {
                if (!literal.Positive) most = Math.Min(most, below);
                else if (below != long.MaxValue) least = Math.Max(least, below + 1);
            }
            else if (literal.Positive && atom is { Kind: AtomKind.Equal, Right: Constant { Value: long equal } } && atom.Left.Equals(term))
            {
                return (equal, equal);
            }
        }

        return (least, most);
    }
}
