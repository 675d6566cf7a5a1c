using System;
using System.Collections.Generic;

namespace MmLint.Analyzers;

/// <summary>Literals of which at least one is true. What it has is in fields because it is looked at more often than anything else, much of that before the runtime has inlined any property.</summary>
internal sealed class Clause
{
    internal static readonly Clause[] None = [];

    internal readonly Literal[] Literals;

    /// <summary>The marks of all operands: where none of them is among those of new knowledge, the clause stands as it is.</summary>
    internal readonly ulong Operands;

    /// <summary>The marks of all terms that occur.</summary>
    internal readonly ulong Marks;

    /// <summary>The marks of the parts that have no path.</summary>
    internal readonly ulong Opaques;

    /// <summary>The same for the same literals in any order.</summary>
    internal readonly int Hash;

    internal Clause(Literal[] literals)
    {
        Literals = literals;
        foreach (Literal literal in literals)
        {
            Operands |= literal.Atom.Operands;
            Marks |= literal.Atom.Marks;
            Opaques |= literal.Atom.Opaques;
            Hash += literal.Hash;
        }
    }

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

    internal Clause With(Literal literal) => new(With(Literals, literal));

    /// <summary>The literals with one more at the end.</summary>
    internal static Literal[] With(Literal[] literals, Literal last)
    {
        var all = new Literal[literals.Length + 1];
        Array.Copy(literals, all, literals.Length);
        all[literals.Length] = last;
        return all;
    }

    internal static Clause[] Of(List<Clause> clauses) => clauses.Count == 0 ? None : clauses.ToArray();

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
