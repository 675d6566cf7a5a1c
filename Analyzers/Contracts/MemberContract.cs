using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace MmLint.Analyzers;

/// <summary>One clause over locks: a need, a release, an acquire …</summary>
internal sealed class LockClause(LockFormula locks, Fact? when, AttributeModel source)
{
    internal LockFormula Locks { get; } = locks;

    internal Fact? When { get; } = when;

    internal AttributeModel Source { get; } = source;

    /// <summary>Acquire that never waits.</summary>
    internal bool Try { get; init; }

    /// <summary>No effect where the lock is held (acquire) or is not held (release) already.</summary>
    internal bool Idempotent { get; init; }

    /// <summary>The outer lock of the same class.</summary>
    internal LockFormula? Inside { get; init; }

    /// <summary>The fact under which what was read inside stays good.</summary>
    internal Fact? Keeps { get; init; }
}

/// <summary>One clause over facts.</summary>
internal sealed class FactClause(Fact fact, Fact? when, LockFormula? @while, AttributeModel source)
{
    internal Fact Fact { get; } = fact;

    internal Fact? When { get; } = when;

    internal LockFormula? While { get; } = @while;

    internal AttributeModel Source { get; } = source;
}

/// <summary>When, and how often, a delegate is invoked by the call that it is passed to.</summary>
internal enum Invocation
{
    /// <summary>Any number of times before the call returns.</summary>
    AnyNumber,

    /// <summary>Exactly once before the call returns.</summary>
    Once,

    /// <summary>Any number of times while the result is enumerated.</summary>
    WhileEnumerated,
}

/// <summary>An alternative to offer where a need fails.</summary>
internal sealed class Alternative(string member, Fact? when)
{
    internal string Member { get; } = member;

    internal Fact? When { get; } = when;
}

/// <summary>What a member asks of its callers and does to them, bound against the parameters of <see cref="Carrier"/>.</summary>
internal sealed class MemberContract(ISymbol carrier, ImmutableArray<IParameterSymbol> parameters)
{
    /// <summary>The symbol whose attributes these are: the member itself, or what it overrides or implements.</summary>
    internal ISymbol Carrier { get; } = carrier;

    internal ImmutableArray<IParameterSymbol> Parameters { get; } = parameters;

    internal List<LockClause> Needs { get; } = [];

    internal List<LockClause> Excludes { get; } = [];

    internal List<FactClause> Requires { get; } = [];

    internal List<LockClause> Releases { get; } = [];

    internal List<LockClause> Downgrades { get; } = [];

    internal List<LockClause> Acquires { get; } = [];

    internal List<FactClause> Ensures { get; } = [];

    internal List<LockClause> Asserts { get; } = [];

    internal List<Term> Assigns { get; } = [];

    internal List<Alternative> Alternatives { get; } = [];

    internal bool MaySleep { get; set; }

    internal Fact? SleepsWhen { get; set; }

    /// <summary>Whether the call ends the process where what it asserts is false.</summary>
    internal bool Crashes { get; set; }

    internal LockFormula? ResultValidWhile { get; set; }

    internal bool ResultIsFresh { get; set; }

    internal string? NoAnalysis { get; set; }

    /// <summary>Whether any attribute stands on the carrier.</summary>
    internal bool IsStated { get; set; }

    /// <summary>Whether the contract was inferred from a private body rather than stated.</summary>
    internal bool IsInferred { get; init; }

    internal bool HasEffects => Releases.Count > 0 || Downgrades.Count > 0 || Acquires.Count > 0;

    /// <summary>What the contract says of the time of the call.</summary>
    internal IReadOnlyList<Old> Olds => _olds ??= FindOlds();

    private IReadOnlyList<Old>? _olds;

    private List<Old> FindOlds()
    {
        var found = new List<Old>();
        foreach (Fact fact in Ensures.SelectMany(static clause => new[] { clause.Fact, clause.When }).Concat(Releases.Concat(Downgrades).Concat(Acquires).Select(static clause => clause.When)).OfType<Fact>())
        {
            fact.Any(part =>
            {
                if (part is Old old && !found.Contains(old)) found.Add(old);
                return false;
            });
        }

        return found;
    }

    /// <summary>What is held when a helper invokes a delegate that it is given, by parameter; only inferred contracts know.</summary>
    internal Dictionary<int, List<LockFormula>> Given { get; } = [];

    /// <summary>Whether it says anything of what is so after the call.</summary>
    internal bool HasOutcome => HasEffects || Ensures.Count > 0 || Asserts.Count > 0;

    internal bool IsEmpty => !IsStated && Needs.Count == 0 && Excludes.Count == 0 && Requires.Count == 0 && !HasEffects && Ensures.Count == 0
        && Asserts.Count == 0 && !MaySleep && ResultValidWhile is null && !ResultIsFresh;
}

/// <summary>How a field or property may be accessed.</summary>
internal sealed class DataContract
{
    /// <summary>What reading needs; null where nothing is said.</summary>
    internal LockFormula? Read { get; set; }

    /// <summary>What writing needs, each under its condition.</summary>
    internal List<LockClause> Write { get; } = [];

    internal bool ReadFreely { get; set; }

    internal bool Atomic { get; set; }

    internal bool WriteOnce { get; set; }

    internal bool Tracked { get; set; }

    internal bool Deep { get; set; }

    internal LockFormula? ValidWhile { get; set; }

    internal LockFormula? Owns { get; set; }

    /// <summary>What is true of every value that is read here: <c>this</c> is the owner, <c>result</c> the value.</summary>
    internal List<FactClause> Invariants { get; } = [];

    internal bool IsGuarded => Read is not null || Write.Count > 0;

    internal bool IsStated => IsGuarded || ReadFreely || Atomic || WriteOnce || Tracked || ValidWhile is not null || Owns is not null || Invariants.Count > 0;
}
