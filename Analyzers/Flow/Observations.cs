using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace MmLint.Analyzers;

/// <summary>A lock as a member of the object it belongs to names it; no member for a lock on the object itself.</summary>
/// <remarks>A class, for of collections of structs the runtime must compile every method anew.</remarks>
internal sealed record OwnLock(ISymbol? Member)
{
    internal string Name => Member?.Name ?? "this";

    public bool Equals(OwnLock? other) => other is not null && SymbolEqualityComparer.Default.Equals(Member, other.Member);

    public override int GetHashCode() => Member is null ? 0 : SymbolEqualityComparer.Default.GetHashCode(Member);
}

/// <summary>One access to a field that says nothing of its guard, and whether it is made before the object is handed to others.</summary>
internal sealed record FieldAccess(IFieldSymbol Field, ISymbol Owner, SyntaxNode Site, bool Writes, ImmutableHashSet<OwnLock> Held, bool SetsUp);

/// <summary>One call of a method of the same type, and whether it is made before the object is handed to others.</summary>
internal sealed record HelperCall(IMethodSymbol Callee, ISymbol Owner, ImmutableHashSet<OwnLock> Held, bool SetsUp);

/// <summary>What bodies were seen to do with fields that state no guard, and which locks of the same object they held.</summary>
internal sealed class Observations
{
    private readonly Dictionary<(SyntaxNode Site, ISymbol Field), FieldAccess> _accesses = [];

    internal IEnumerable<FieldAccess> Accesses => _accesses.Values;

    internal List<HelperCall> Calls { get; } = [];

    /// <summary>Looks at bodies that touch no contract: of interest only where other bodies of the type hold a lock.</summary>
    internal List<Action<Observations>> Skipped { get; } = [];

    /// <summary>Methods that become delegates: anybody may call them, holding nothing.</summary>
    internal HashSet<ISymbol> Given { get; } = new(SymbolEqualityComparer.Default);

    /// <summary>Fields accessed by <c>Volatile</c> or <c>Interlocked</c>: free of locks by design.</summary>
    internal HashSet<ISymbol> Atomic { get; } = new(SymbolEqualityComparer.Default);

    /// <summary>Notes an access; where several paths lead to it, only what all of them hold counts.</summary>
    internal void Add(FieldAccess access) => _accesses[(access.Site, access.Field)] = _accesses.TryGetValue((access.Site, access.Field), out FieldAccess? known)
        ? known with { Held = known.Held.Intersect(access.Held), Writes = known.Writes || access.Writes, SetsUp = known.SetsUp && access.SetsUp }
        : access;

    internal void Add(Observations other)
    {
        Skipped.AddRange(other.Skipped);
        foreach (FieldAccess access in other.Accesses) Add(access);
        Calls.AddRange(other.Calls);
        Given.UnionWith(other.Given);
        Atomic.UnionWith(other.Atomic);
    }

    /// <summary>The locks of the object <paramref name="target"/> that a path holds, and those of no object.</summary>
    internal static ImmutableHashSet<OwnLock> HeldOf(State state, Term? target, bool exclusively) => state.Holds
        .Where(hold => !hold.Maybe && (!exclusively || hold.Mode == Mode.Exclusive))
        .Select(hold => hold.Term switch
        {
            MemberOf { Target: null, Member: var shared } => new OwnLock(shared),
            MemberOf { Target: { } owner, Member: var own } when owner.Equals(target) => new OwnLock(own),
            Root { Kind: RootKind.This } when hold.Term.Equals(target) => new OwnLock(null),
            _ => null,
        })
        .OfType<OwnLock>().ToImmutableHashSet();
}
