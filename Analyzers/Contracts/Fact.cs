using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace MmLint.Analyzers;

/// <summary>What an atom says about its operands.</summary>
internal enum AtomKind
{
    /// <summary>The operand, a bool, is true.</summary>
    IsTrue,

    /// <summary>The operand is null.</summary>
    IsNull,

    /// <summary>One bit of the operand is set.</summary>
    HasBit,

    /// <summary>Both operands are equal.</summary>
    Equal,

    /// <summary>The left operand is less than the right one.</summary>
    Less,
}

/// <summary>A statement that is true or false: the smallest piece of a fact.</summary>
internal sealed class Atom : IEquatable<Atom>
{
    internal readonly AtomKind Kind;

    internal readonly Term Left;

    internal readonly Term? Right;

    internal readonly long Bit;

    /// <summary>The marks of the operands as wholes: what is known of one term tells something of another only where these meet.</summary>
    internal readonly ulong Operands;

    /// <summary>The marks of all terms that occur.</summary>
    internal readonly ulong Marks;

    /// <summary>The marks of the parts that have no path.</summary>
    internal readonly ulong Opaques;

    internal readonly int Hash;

    internal Atom(AtomKind kind, Term left, Term? right = null, long bit = 0)
    {
        Kind = kind;
        Left = left;
        Right = right;
        Bit = bit;
        Hash = unchecked((((int)kind * 31) + left.GetHashCode()) * 31 + (right?.GetHashCode() ?? bit.GetHashCode()));
        Operands = left.Mark;
        Marks = left.Marks;
        Opaques = left.Opaques;
        if (right is null) return;
        Operands |= right.Mark;
        Marks |= right.Marks;
        Opaques |= right.Opaques;
    }

    public bool Equals(Atom? other) =>
        ReferenceEquals(this, other)
        || (other is not null && Hash == other.Hash && Kind == other.Kind && Bit == other.Bit && Left.Equals(other.Left) && (Right is null ? other.Right is null : Right.Equals(other.Right)));

    public override bool Equals(object? obj) => Equals(obj as Atom);

    public override int GetHashCode() => Hash;

    internal bool Any(Func<Term, bool> predicate) => Left.Any(predicate) || (Right?.Any(predicate) ?? false);

    internal bool Mentions(Term term) => Left.Contains(term) || (Right?.Contains(term) ?? false);

    internal string Display(bool positive, Func<Term, string?> name)
    {
        string left = Left.Display(name);
        return Kind switch
        {
            AtomKind.IsTrue => positive ? left : "!" + left,
            AtomKind.IsNull => left + (positive ? " == null" : " != null"),
            AtomKind.HasBit => left + (positive ? " has " : " lacks ") + new Constant(Bit, Left.Type).Display(name),
            AtomKind.Equal => left + (positive ? " == " : " != ") + Right!.Display(name),
            _ when Left is Constant => Right!.Display(name) + (positive ? " > " : " <= ") + left,
            _ => left + (positive ? " < " : " >= ") + Right!.Display(name),
        };
    }
}

/// <summary>An atom or its denial.</summary>
internal readonly struct Literal(Atom atom, bool positive) : IEquatable<Literal>
{
    internal readonly Atom Atom = atom;

    internal readonly bool Positive = positive;

    internal int Hash => unchecked((Atom.Hash * 2) + (Positive ? 1 : 0));

    public bool Equals(Literal other) => Positive == other.Positive && Atom.Equals(other.Atom);

    public override bool Equals(object? obj) => obj is Literal other && Equals(other);

    public override int GetHashCode() => Hash;

    internal Literal Negate() => new(Atom, !Positive);
}

/// <summary>A boolean formula over atoms, in negation normal form.</summary>
internal abstract class Fact : IEquatable<Fact>
{
    internal static readonly Fact True = new Joined(ImmutableArray<Fact>.Empty, isAll: true);
    internal static readonly Fact False = new Joined(ImmutableArray<Fact>.Empty, isAll: false);

    internal abstract Fact Negate();

    /// <summary>The marks of all terms that occur.</summary>
    internal abstract ulong Marks { get; }

    /// <summary>The marks of the parts that have no path.</summary>
    internal abstract ulong Opaques { get; }

    internal abstract bool Any(Func<Term, bool> predicate);

    internal abstract bool Mentions(Term term);

    /// <summary>Whether all literals satisfy the predicate.</summary>
    internal abstract bool Every(Func<Literal, bool> predicate);

    internal abstract Fact Replace(Func<Term, Term?> map);

    internal abstract string Display(Func<Term, string?> name);

    public abstract bool Equals(Fact? other);

    public override bool Equals(object? obj) => Equals(obj as Fact);

    public abstract override int GetHashCode();

    public override string ToString() => Display(static _ => null);

    internal static Fact And(IEnumerable<Fact> facts) => Join(facts, isAll: true);

    internal static Fact And(params Fact[] facts) => Join(facts, isAll: true);

    internal static Fact Or(IEnumerable<Fact> facts) => Join(facts, isAll: false);

    internal static Fact Or(params Fact[] facts) => Join(facts, isAll: false);

    private static Fact Join(IEnumerable<Fact> facts, bool isAll)
    {
        ImmutableArray<Fact>.Builder parts = ImmutableArray.CreateBuilder<Fact>();
        foreach (Fact fact in facts)
        {
            if (ReferenceEquals(fact, Of(!isAll))) return fact;
            if (fact is Joined joined && joined.IsAll == isAll) parts.AddRange(joined.Parts);
            else parts.Add(fact);
        }

        return parts.Count switch { 0 => Of(isAll), 1 => parts[0], _ => new Joined(parts.ToImmutable(), isAll) };
    }

    internal static Fact Of(bool value) => value ? True : False;

    /// <summary>What <paramref name="term"/>, a bool, says when it is true.</summary>
    internal static Fact Holds(Term term) => term switch
    {
        Condition condition => condition.Fact,
        Constant { Value: bool value } => Of(value),
        _ => new Single(new Literal(new Atom(AtomKind.IsTrue, term), positive: true)),
    };

    internal static Fact IsNull(Term term) => term switch
    {
        Constant constant => Of(constant.Value is null),
        Condition => False,
        Tuple => False,
        Opaque { NeverNull: true } or Root { Kind: RootKind.This } or { Type: { SpecialType: SpecialType.System_Boolean } or { TypeKind: TypeKind.Enum } } => False,
        _ => new Single(new Literal(new Atom(AtomKind.IsNull, term), positive: true)),
    };

    internal static Fact HasBit(Term term, long bit) => term is Constant { Value: long value } ? Of((value & bit) != 0)
        : term is Masked masked ? ((masked.Bits & bit) != 0 ? True : (masked.Mask & bit) != 0 ? HasBit(masked.Operand, bit) : False)
        : new Single(new Literal(new Atom(AtomKind.HasBit, term, bit: bit), positive: true));

    internal static Fact Equal(Term left, Term right)
    {
        if (left.Equals(right)) return True;
        if (left is Constant && right is not Constant) (left, right) = (right, left);
        if (right is Constant constant)
        {
            if (left is Constant) return False;
            if (constant.Value is null) return IsNull(left);
            if (constant.Value is bool flag) return flag ? Holds(left) : Holds(left).Negate();
            if (left is Masked masked && constant.Value is long number) return Bits(masked, number);
        }
        else if (left is Condition || right is Condition || (left.Type?.SpecialType == SpecialType.System_Boolean && right.Type?.SpecialType == SpecialType.System_Boolean))
        {
            Fact first = Holds(left);
            Fact second = Holds(right);
            return Or(And(first, second), And(first.Negate(), second.Negate()));
        }
        else if (Rank(left) > Rank(right) || (Rank(left) == Rank(right) && left.GetHashCode() > right.GetHashCode()))
        {
            (left, right) = (right, left);
        }

        return new Single(new Literal(new Atom(AtomKind.Equal, left, right), positive: true));
    }

    internal static Fact Less(Term left, Term right)
    {
        if (left.Equals(right)) return False;
        if (left is Constant { Value: long first } && right is Constant { Value: long second }) return Of(first < second);
        return new Single(new Literal(new Atom(AtomKind.Less, left, right), positive: true));
    }

    /// <summary>The order in which of two equal terms one stands for both: what is better known comes first.</summary>
    internal static int Rank(Term term) => term switch
    {
        Constant => 0,
        Root => 1,
        MemberOf { Target: null } => 1,
        Opaque => 100,
        _ => 2 + term.Depth + (term.Any(static part => part is Opaque) ? 100 : 0),
    };

    /// <summary>The formula as clauses that all hold, or null where there would be too many.</summary>
    internal List<Literal[]>? ToClauses(int limit = 24)
    {
        switch (this)
        {
            case Single single:
                return [[single.Literal]];
            case Joined { IsAll: true } all:
            {
                var clauses = new List<Literal[]>();
                foreach (Fact part in all.Parts)
                {
                    if (part.ToClauses(limit) is not { } inner || clauses.Count + inner.Count > limit) return null;
                    clauses.AddRange(inner);
                }

                return clauses;
            }

            case Joined some when some.Parts.All(static part => part is Single):
                return [some.Parts.Select(static part => ((Single)part).Literal).ToArray()];
            default:
            {
                var clauses = new List<Literal[]> { Array.Empty<Literal>() };
                foreach (Fact part in ((Joined)this).Parts)
                {
                    if (part.ToClauses(limit) is not { } inner || clauses.Count * inner.Count > limit) return null;
                    var all = new List<Literal[]>(clauses.Count * inner.Count);
                    foreach (Literal[] left in clauses)
                    {
                        foreach (Literal[] right in inner) all.Add([.. left, .. right]);
                    }

                    clauses = all;
                }

                return clauses;
            }
        }
    }

    private static Fact Bits(Masked masked, long value)
    {
        if ((value & ~(masked.Mask | masked.Bits)) != 0 || (masked.Bits & ~value) != 0) return False;
        if (CountBits(masked.Mask) > 16) return new Single(new Literal(new Atom(AtomKind.Equal, masked, new Constant(value, masked.Type)), positive: true));
        var parts = new List<Fact>();
        for (int index = 0; index < 64; index++)
        {
            long bit = 1L << index;
            if ((masked.Mask & bit) == 0) continue;
            Fact set = HasBit(masked.Operand, bit);
            parts.Add((value & bit) != 0 ? set : set.Negate());
        }

        return And(parts);
    }

    private static ulong MarksOf(ImmutableArray<Fact> parts)
    {
        ulong marks = 0;
        foreach (Fact part in parts) marks |= part.Marks;
        return marks;
    }

    private static ulong OpaquesOf(ImmutableArray<Fact> parts)
    {
        ulong opaques = 0;
        foreach (Fact part in parts) opaques |= part.Opaques;
        return opaques;
    }

    private static int CountBits(long mask)
    {
        int count = 0;
        for (ulong rest = unchecked((ulong)mask); rest != 0; rest &= rest - 1) count++;
        return count;
    }

    internal sealed class Single(Literal literal) : Fact
    {
        internal Literal Literal { get; } = literal;

        public override bool Equals(Fact? other) => other is Single single && single.Literal.Equals(Literal);

        public override int GetHashCode() => Literal.GetHashCode();

        internal override Fact Negate() => new Single(Literal.Negate());

        internal override ulong Marks => Literal.Atom.Marks;

        internal override ulong Opaques => Literal.Atom.Opaques;

        internal override bool Any(Func<Term, bool> predicate) => Literal.Atom.Any(predicate);

        internal override bool Mentions(Term term) => Literal.Atom.Mentions(term);

        internal override bool Every(Func<Literal, bool> predicate) => predicate(Literal);

        internal override Fact Replace(Func<Term, Term?> map)
        {
            Atom atom = Literal.Atom;
            Term left = atom.Left.Replace(map);
            Term? right = atom.Right?.Replace(map);
            if (ReferenceEquals(left, atom.Left) && ReferenceEquals(right, atom.Right)) return this;
            Fact fact = atom.Kind switch
            {
                AtomKind.IsTrue => Holds(left),
                AtomKind.IsNull => IsNull(left),
                AtomKind.HasBit => HasBit(left, atom.Bit),
                AtomKind.Equal => Equal(left, right!),
                _ => Less(left, right!),
            };
            return Literal.Positive ? fact : fact.Negate();
        }

        internal override string Display(Func<Term, string?> name) => Literal.Atom.Display(Literal.Positive, name);
    }

    /// <summary>Several facts of which all hold, or some one does.</summary>
    internal sealed class Joined(ImmutableArray<Fact> parts, bool isAll) : Fact
    {
        internal ImmutableArray<Fact> Parts { get; } = parts;

        internal bool IsAll { get; } = isAll;

        internal override ulong Marks { get; } = MarksOf(parts);

        internal override ulong Opaques => OpaquesOf(Parts);

        public override bool Equals(Fact? other) => other is Joined joined && joined.IsAll == IsAll && joined.Parts.SequenceEqual(Parts);

        public override int GetHashCode() => Parts.Aggregate(IsAll ? 7 : 13, static (hash, part) => unchecked((hash * 31) + part.GetHashCode()));

        internal override Fact Negate() => Join(Parts.Select(static part => part.Negate()), !IsAll);

        internal override bool Any(Func<Term, bool> predicate) => Parts.Any(part => part.Any(predicate));

        internal override bool Mentions(Term term) => (Marks & term.Mark) != 0 && Parts.Any(part => part.Mentions(term));

        internal override bool Every(Func<Literal, bool> predicate) => Parts.All(part => part.Every(predicate));

        internal override Fact Replace(Func<Term, Term?> map) => Join(Parts.Select(part => part.Replace(map)), IsAll);

        internal override string Display(Func<Term, string?> name)
        {
            if (Parts.IsEmpty) return IsAll ? "true" : "false";
            return string.Join(IsAll ? " && " : " || ", Parts.Select(part => IsAll && part is Joined ? "(" + part.Display(name) + ")" : part.Display(name)));
        }
    }
}
