using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace MmLint.Analyzers;

/// <summary>A class of locks; two nodes are one if their keys are.</summary>
/// <param name="Key">As an order lists it, else the full name of the member.</param>
/// <param name="Name">As messages name it.</param>
internal sealed record LockNode(string Key, string Name);

/// <summary>A lock that is held at some place; <paramref name="Node"/> is null for what nobody waits for.</summary>
internal sealed record HeldLock(Term Term, Mode Mode, LockNode? Node);

/// <summary>A place where a lock is taken, and what is held there.</summary>
internal sealed record Taking(ISymbol Owner, SyntaxNode Site, Term Term, Mode Mode, LockNode? Node, bool IsTry, ImmutableArray<HeldLock> Held);

/// <summary>A call while locks are held; <paramref name="Judged"/> are the classes whose order the call itself is checked for.</summary>
internal sealed record CallUnderLocks(ISymbol Owner, IMethodSymbol Callee, SyntaxNode Site, ImmutableArray<HeldLock> Held, ImmutableArray<string> Judged);

/// <summary>What all bodies of a compilation take and call: the one thing that is known only at its end.</summary>
internal sealed class Takings
{
    private readonly ConcurrentQueue<Taking> _all = new();
    private readonly ConcurrentQueue<CallUnderLocks> _calls = new();
    private readonly ConcurrentDictionary<ISymbol, ConcurrentDictionary<ISymbol, byte>> _callers = new(SymbolEqualityComparer.Default);

    internal IReadOnlyCollection<Taking> All => _all;

    internal IReadOnlyCollection<CallUnderLocks> Calls => _calls;

    internal void Add(Taking taking) => _all.Enqueue(taking);

    internal void Add(CallUnderLocks call) => _calls.Enqueue(call);

    /// <summary>Notes that one function calls another, whatever is held.</summary>
    internal void AddCall(ISymbol caller, ISymbol callee) =>
        _callers.GetOrAdd(callee.OriginalDefinition, static _ => new ConcurrentDictionary<ISymbol, byte>(SymbolEqualityComparer.Default)).TryAdd(caller.OriginalDefinition, 0);

    /// <summary>Who calls the function.</summary>
    internal IEnumerable<ISymbol> CallersOf(ISymbol callee) =>
        _callers.TryGetValue(callee.OriginalDefinition, out ConcurrentDictionary<ISymbol, byte>? callers) ? callers.Keys : [];
}
