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

/// <summary>A place where a lock is taken, what is held there, and what is known there of the parameters.</summary>
internal sealed record Taking(ISymbol Owner, SyntaxNode Site, Term Term, Mode Mode, LockNode? Node, bool IsTry, ImmutableArray<HeldLock> Held, Fact When);

/// <summary>A call while locks are held.</summary>
/// <param name="Owner">The function that calls.</param>
/// <param name="Callee">The function that is called.</param>
/// <param name="Site">Where.</param>
/// <param name="Held">What is held.</param>
/// <param name="Judged">The classes whose order the call itself is checked for.</param>
/// <param name="Constants">The arguments that are constants, by parameter position.</param>
internal sealed record CallUnderLocks(
    ISymbol Owner, IMethodSymbol Callee, SyntaxNode Site, ImmutableArray<HeldLock> Held, ImmutableArray<string> Judged, ImmutableDictionary<int, Constant> Constants)
{
    /// <summary>Whether the arguments rule out that the callee gets to the place.</summary>
    internal bool RulesOut(Taking taking) => SymbolEqualityComparer.Default.Equals(taking.Owner.OriginalDefinition, Callee) && FactSet.Empty.Decide(taking.When.Replace(
        part => part is Root { Kind: RootKind.Parameter, Symbol: IParameterSymbol parameter } && Constants.TryGetValue(parameter.Ordinal, out Constant? value) ? value : null)) == false;
}

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
