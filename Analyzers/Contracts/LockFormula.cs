using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace MmLint.Analyzers;

/// <summary>How a lock is held; the numbers are those of the annotations.</summary>
internal enum Mode
{
    None,
    Shared,
    Upgradeable,
    Exclusive,
}

/// <summary>A formula over locks as a contract states it, aliases already read through.</summary>
internal abstract class LockFormula
{
    /// <summary>Asks nothing and names nothing.</summary>
    internal static readonly LockFormula Nothing = new All(ImmutableArray<LockFormula>.Empty);

    internal abstract LockFormula Replace(Func<Term, Term?> map);

    internal abstract string Display(Func<Term, string?> name);

    internal abstract IEnumerable<Lock> Locks { get; }

    /// <summary>How many parts it has, parts of parts included.</summary>
    internal virtual int Size => 1;

    /// <summary>The formula with every lock that names no mode given <paramref name="mode"/>.</summary>
    internal abstract LockFormula WithMode(Mode mode, bool force = false);

    internal abstract bool Any(Func<Term, bool> predicate);

    public override string ToString() => _text ??= Display(static _ => null);

    private string? _text;

    /// <summary>One lock.</summary>
    internal sealed class Lock(Term term, Mode mode) : LockFormula
    {
        internal Term Term { get; } = term;

        /// <summary><see cref="Analyzers.Mode.None"/> where the contract names no mode.</summary>
        internal Mode Mode { get; } = mode;

        internal override IEnumerable<Lock> Locks => [this];

        internal override LockFormula Replace(Func<Term, Term?> map)
        {
            Term replaced = Term.Replace(map);
            return ReferenceEquals(replaced, Term) ? this : new Lock(replaced, Mode);
        }

        internal override string Display(Func<Term, string?> name) => Mode switch
        {
            Mode.Shared => "shared(" + Term.Display(name) + ")",
            Mode.Upgradeable => "upgradeable(" + Term.Display(name) + ")",
            Mode.Exclusive => "exclusive(" + Term.Display(name) + ")",
            _ => Term.Display(name),
        };

        internal override LockFormula WithMode(Mode mode, bool force = false) => Mode == Mode.None || force ? new Lock(Term, mode) : this;

        internal override bool Any(Func<Term, bool> predicate) => Term.Any(predicate);
    }

    /// <summary>Any instance of a lock class: a lock type, or a lock member of a type.</summary>
    internal sealed class AnyInstance(ISymbol symbol, Mode mode) : LockFormula
    {
        /// <summary>The lock type or lock member.</summary>
        internal ISymbol Symbol { get; } = symbol;

        internal Mode Mode { get; } = mode;

        internal override IEnumerable<Lock> Locks => [];

        internal override LockFormula Replace(Func<Term, Term?> map) => this;

        internal override string Display(Func<Term, string?> name)
        {
            string text = Symbol is ITypeSymbol ? Symbol.Name : Symbol.ContainingType.Name + "." + Symbol.Name;
            return Mode switch { Mode.Shared => "shared(" + text + ")", Mode.Exclusive => "exclusive(" + text + ")", _ => text };
        }

        internal override LockFormula WithMode(Mode mode, bool force = false) => Mode == Mode.None || force ? new AnyInstance(Symbol, mode) : this;

        internal override bool Any(Func<Term, bool> predicate) => false;
    }

    /// <summary>All of several.</summary>
    internal sealed class All(ImmutableArray<LockFormula> parts) : LockFormula
    {
        internal ImmutableArray<LockFormula> Parts { get; } = parts;

        internal override int Size { get; } = 1 + parts.Sum(static part => part.Size);

        internal override IEnumerable<Lock> Locks => Parts.SelectMany(static part => part.Locks);

        internal override LockFormula Replace(Func<Term, Term?> map) => Parts.IsEmpty ? this : new All(Parts.Select(part => part.Replace(map)).ToImmutableArray());

        internal override string Display(Func<Term, string?> name) => Parts.IsEmpty ? "nothing" : string.Join(" and ", Parts.Select(part => part.Display(name)));

        internal override LockFormula WithMode(Mode mode, bool force = false) => Parts.IsEmpty ? this : new All(Parts.Select(part => part.WithMode(mode, force)).ToImmutableArray());

        internal override bool Any(Func<Term, bool> predicate) => Parts.Any(part => part.Any(predicate));
    }

    /// <summary>Any one of several.</summary>
    internal sealed class Some(ImmutableArray<LockFormula> parts) : LockFormula
    {
        internal ImmutableArray<LockFormula> Parts { get; } = parts;

        internal override int Size { get; } = 1 + parts.Sum(static part => part.Size);

        internal override IEnumerable<Lock> Locks => Parts.SelectMany(static part => part.Locks);

        internal override LockFormula Replace(Func<Term, Term?> map) => new Some(Parts.Select(part => part.Replace(map)).ToImmutableArray());

        internal override string Display(Func<Term, string?> name) => string.Join(" or ", Parts.Select(part => part.Display(name)));

        internal override LockFormula WithMode(Mode mode, bool force = false) => new Some(Parts.Select(part => part.WithMode(mode, force)).ToImmutableArray());

        internal override bool Any(Func<Term, bool> predicate) => Parts.Any(part => part.Any(predicate));
    }

    /// <summary>One or the other, as a fact says.</summary>
    internal sealed class Choice(Fact condition, LockFormula whenTrue, LockFormula whenFalse) : LockFormula
    {
        internal Fact Condition { get; } = condition;

        internal LockFormula WhenTrue { get; } = whenTrue;

        internal LockFormula WhenFalse { get; } = whenFalse;

        internal override int Size { get; } = 1 + whenTrue.Size + whenFalse.Size;

        internal override IEnumerable<Lock> Locks => WhenTrue.Locks.Concat(WhenFalse.Locks);

        internal override LockFormula Replace(Func<Term, Term?> map) => new Choice(Condition.Replace(map), WhenTrue.Replace(map), WhenFalse.Replace(map));

        internal override string Display(Func<Term, string?> name) =>
            "(" + Condition.Display(name) + " ? " + WhenTrue.Display(name) + " : " + WhenFalse.Display(name) + ")";

        internal override LockFormula WithMode(Mode mode, bool force = false) => new Choice(Condition, WhenTrue.WithMode(mode, force), WhenFalse.WithMode(mode, force));

        internal override bool Any(Func<Term, bool> predicate) => Condition.Any(predicate) || WhenTrue.Any(predicate) || WhenFalse.Any(predicate);
    }
}
