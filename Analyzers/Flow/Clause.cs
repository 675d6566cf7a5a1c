using System;
using System.Collections.Immutable;

namespace MmLint.Analyzers;

/// <summary>Literals of which at least one is true.</summary>
internal sealed class Clause
{
    internal Clause(ImmutableArray<Literal> literals)
    {
        Literals = literals;
        foreach (Literal literal in literals)
        {
            Operands |= literal.Atom.Operands;
            Marks |= literal.Atom.Marks;
            Hash += literal.GetHashCode();
        }
    }

    internal ImmutableArray<Literal> Literals { get; }

    /// <summary>The marks of all operands: where none of them is among those of new knowledge, the clause stands as it is.</summary>
    internal ulong Operands { get; }

    /// <summary>The marks of all terms that occur.</summary>
    internal ulong Marks { get; }

    /// <summary>The same for the same literals in any order.</summary>
    private int Hash { get; }

    internal bool Contains(Literal literal)
    {
        if ((literal.Atom.Operands & ~Operands) != 0) return false;
        foreach (Literal own in Literals)
        {
            if (own.Equals(literal)) return true;
        }

        return false;
    }

    internal bool Decides(Atom atom)
    {
        foreach (Literal own in Literals)
        {
            if (own.Atom.Equals(atom)) return true;
        }

        return false;
    }

    internal bool Mentions(Term term)
    {
        if ((Marks & term.Mark) == 0) return false;
        foreach (Literal literal in Literals)
        {
            if (literal.Atom.Mentions(term)) return true;
        }

        return false;
    }

    internal bool Any(Func<Term, bool> predicate)
    {
        foreach (Literal literal in Literals)
        {
            if (literal.Atom.Any(predicate)) return true;
        }

        return false;
    }

    internal Clause With(Literal literal) => new(Literals.Add(literal));

    /// <summary>Whether both say the same.</summary>
    internal bool SameAs(Clause other) => ReferenceEquals(this, other) || (Hash == other.Hash && Literals.Length == other.Literals.Length && IsWithin(other));

    /// <summary>Whether the other follows from this because it has all its literals.</summary>
    internal bool IsWithin(Clause other)
    {
        if ((Operands & ~other.Operands) != 0 || Literals.Length > other.Literals.Length) return false;
        foreach (Literal literal in Literals)
        {
            if (!other.Contains(literal)) return false;
        }

        return true;
    }
}
