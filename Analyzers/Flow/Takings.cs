using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace MmLint.Analyzers;

/// <summary>A class of locks; two nodes are one if their keys are.</summary>
/// <param name="Key">As an order lists it, else the full name of the member.</param>
/// <param name="Name">As messages name it.</param>
internal sealed record LockNode(string Key, string Name)
{
    /// <summary>Whether an order lists it: all locks that go by the name count as one, whichever objects they belong to.</summary>
    internal bool IsListed => Key == Name;
}

/// <summary>A lock that is held at some place; <paramref name="Node"/> is null for what nobody waits for.</summary>
internal sealed record HeldLock(Term Term, Mode Mode, LockNode? Node);

/// <summary>A place where a lock is taken, what is held there, and what is known there of the parameters.</summary>
/// <param name="Owner">The function that takes it.</param>
/// <param name="Site">Where.</param>
/// <param name="Term">The lock.</param>
/// <param name="Mode">Its mode.</param>
/// <param name="Node">Its class; null for what nobody waits for.</param>
/// <param name="IsTry">Whether the function does not wait for it.</param>
/// <param name="IsSure">Whether who holds it already waits for ever: it is not re-entrant, and nothing but the parameters decides whether it is taken.</param>
/// <param name="Held">What is held.</param>
/// <param name="When">What is known of the parameters.</param>
internal sealed record Taking(ISymbol Owner, SyntaxNode Site, Term Term, Mode Mode, LockNode? Node, bool IsTry, bool IsSure, ImmutableArray<HeldLock> Held, Fact When);

/// <summary>A place where a lock is given up; <paramref name="Kept"/> is held beyond it, and <paramref name="Bared"/> may have been held on the strength of it.</summary>
internal sealed record Parting(ISymbol Owner, SyntaxNode Site, Term Term, Mode Mode, ImmutableArray<HeldLock> Kept, ImmutableArray<HeldLock> Bared);

/// <summary>A call while locks are held.</summary>
/// <param name="Owner">The function that calls.</param>
/// <param name="Callee">The function that is called.</param>
/// <param name="Site">Where.</param>
/// <param name="Held">What is held.</param>
/// <param name="Judged">The classes whose order the call itself is checked for.</param>
/// <param name="Receiver">The object that is called.</param>
/// <param name="Arguments">What is given, by parameter position.</param>
/// <param name="Waits">Whether the caller goes on only when all that the callee does is done.</param>
internal sealed record CallUnderLocks(
    ISymbol Owner, IMethodSymbol Callee, SyntaxNode Site, ImmutableArray<HeldLock> Held, ImmutableArray<string> Judged, Term? Receiver, ImmutableArray<Term> Arguments, bool Waits)
{
    /// <summary>Whether the arguments rule out that the callee gets to the place.</summary>
    internal bool RulesOut(Taking taking) => IsIn(taking) && Decides(taking, FactSet.Empty) == false;

    /// <summary>The lock that is held here and that the callee takes itself, whatever else it finds; null if there is none, or if the call is judged for that by contract.</summary>
    internal HeldLock? TakenAgain(Taking taking)
    {
        if (!IsIn(taking) || !taking.IsSure || !Waits) return null;
        Term taken = InCaller(taking.Term);
        if (Held.FirstOrDefault(held => held.Mode != Mode.Upgradeable && held.Term.Equals(taken)) is not { } again || IsJudged(taking)) return null;
        return Decides(taking, FactSet.Empty.Assume(Fact.IsNull(taken).Negate())) == true ? again : null;
    }

    /// <summary>Whether the callee's contract speaks of the lock, or of one of its type where it is no member.</summary>
    private bool IsJudged(Taking taking) => (taking.Node is { } node && Judged.Contains(LockOrder.Bare(node.Name))) || (taking.Term is Root { Type: { } type } && Judged.Contains(type.Name));

    /// <summary>Whether what must hold of the arguments for the callee to get to the place does.</summary>
    private bool? Decides(Taking taking, FactSet? known) => known?.Decide(taking.When.Replace(InCaller));

    /// <summary>What the callee names, as the caller does.</summary>
    private Term InCaller(Term term) => term.Replace(part => part is Root { Kind: RootKind.This } ? Object : part is Root { Kind: RootKind.Parameter, Symbol: IParameterSymbol parameter } ? Argument(parameter) : null);

    /// <summary>How the owner of what is held is reached from the owner of what is taken behind the call.</summary>
    /// <param name="held">What is held.</param>
    /// <param name="taking">What is taken.</param>
    /// <param name="inCallee">How the owner of what is taken is reached from the object that is called.</param>
    internal Kinship KinshipOf(Term held, Taking taking, Kinship inCallee) => IsIn(taking)
        ? Kinships.OfLocks(held, InCaller(taking.Term))
        : inCallee == Kinship.Single ? Kinship.Single : Kinships.Through(Kinships.Dispatched(Callee, Kinships.OfLock(Object, held)), inCallee);

    /// <summary>What the callee calls <c>this</c>.</summary>
    private Term Object => Receiver ?? (Callee.MethodKind == MethodKind.LocalFunction ? Root.This(Callee.ContainingType) : new Opaque(this, Callee.Name, null));

    private bool IsIn(Taking taking) => SymbolEqualityComparer.Default.Equals(taking.Owner.OriginalDefinition, Callee);

    private Term? Argument(IParameterSymbol parameter) => parameter.Ordinal < Arguments.Length && SymbolEqualityComparer.Default.Equals(parameter.ContainingSymbol.OriginalDefinition, Callee) ? Arguments[parameter.Ordinal] : null;
}

/// <summary>What all bodies of a compilation take and call: the one thing that is known only at its end.</summary>
internal sealed class Takings
{
    private readonly ConcurrentQueue<Taking> _all = new();
    private readonly ConcurrentQueue<CallUnderLocks> _calls = new();
    private readonly ConcurrentQueue<Parting> _partings = new();
    private readonly ConcurrentQueue<KnownCall> _known = new();

    internal IReadOnlyCollection<Taking> All => _all;

    internal IReadOnlyCollection<CallUnderLocks> Calls => _calls;

    internal IReadOnlyCollection<Parting> Partings => _partings;

    internal void Add(Parting parting) => _partings.Enqueue(parting);

    internal void Add(Taking taking) => _all.Enqueue(taking);

    internal void Add(CallUnderLocks call) => _calls.Enqueue(call);

    /// <summary>Notes that one function calls another, whatever is held, on an object that is reached like this from its own.</summary>
    internal void AddCall(ISymbol caller, ISymbol callee, Kinship receiver) => _known.Enqueue(new KnownCall(caller.OriginalDefinition, callee.OriginalDefinition, receiver));

    /// <summary>Who calls each function, and on which object at closest: what has been noted until now.</summary>
    internal Dictionary<ISymbol, Dictionary<ISymbol, Kinship>> Callers()
    {
        var all = new Dictionary<ISymbol, Dictionary<ISymbol, Kinship>>(SymbolEqualityComparer.Default);
        foreach (KnownCall call in _known)
        {
            if (!all.TryGetValue(call.Callee, out Dictionary<ISymbol, Kinship>? callers)) all[call.Callee] = callers = new Dictionary<ISymbol, Kinship>(SymbolEqualityComparer.Default);
            if (!callers.TryGetValue(call.Caller, out Kinship known) || call.Receiver < known) callers[call.Caller] = call.Receiver;
        }

        return all;
    }

    private sealed class KnownCall(ISymbol caller, ISymbol callee, Kinship receiver)
    {
        internal ISymbol Caller { get; } = caller;

        internal ISymbol Callee { get; } = callee;

        internal Kinship Receiver { get; } = receiver;
    }
}
