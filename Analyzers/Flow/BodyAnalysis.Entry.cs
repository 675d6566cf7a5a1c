using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Reflection;
using Microsoft.CodeAnalysis;

namespace MmLint.Analyzers;

/// <content>The states a body starts with: what its contract says its callers hold and know.</content>
internal sealed partial class BodyAnalysis
{
    private IMethodSymbol? Method => _owner as IMethodSymbol;

    private List<State> EntryStates(State start)
    {
        if (Method is { } method)
        {
            foreach (IParameterSymbol parameter in method.Parameters) start = Introduce(start, parameter);
            if (method.MethodKind == MethodKind.Constructor || method.IsInitOnly) start = start with { Fresh = start.Fresh.Add(Root.This(method.ContainingType)) };
            if (!method.IsStatic && (method.MethodImplementationFlags & MethodImplAttributes.Synchronized) != 0) start = AddHold(start, Root.This(method.ContainingType), Mode.Exclusive, Origin.Assumed, null);
        }

        List<State> states = [start];
        Func<Term, Term?> map = EntryMap;
        foreach (FactClause clause in _contract.Requires)
        {
            Fact fact = clause.Fact.Replace(map);
            Fact assumed = clause.When is null ? fact : Fact.Or(clause.When.Replace(map).Negate(), fact);
            states = states.Select(state => state.Assume(assumed) ?? state).ToList();
        }

        foreach (LockClause clause in _contract.Needs) states = Enter(states, clause, Mode.None, certain: true);
        foreach (LockClause clause in _contract.Downgrades) states = Enter(states, clause, Mode.Exclusive, certain: true);
        foreach (LockClause clause in _contract.Releases) states = Enter(states, clause, Mode.None, certain: !clause.Idempotent);
        foreach (Old old in _contract.Olds) states = states.Select(state => state with { Values = state.Values.SetItem(old, state.Canonical(old.Inner.Replace(map))) }).ToList();
        return states.Select(static state => state with { Entry = state.Holds, EntryNames = state.Holds.Select(static hold => hold.Term).ToImmutableArray() }).ToList();
    }

    /// <summary>Names a parameter and notes what its declaration says.</summary>
    private State Introduce(State start, IParameterSymbol parameter)
    {
        start = start with { Values = start.Values.SetItem(parameter, Root.Parameter(parameter)) };
        if (parameter.RefKind != RefKind.Out && NullContract.HasNoNull(parameter.Type)) start = start.Assume(Fact.IsNull(Root.Parameter(parameter)).Negate()) ?? start;
        return _catalog.AttributesOf(parameter).Any(static attribute => attribute.Name == "Fresh") ? start with { Fresh = start.Fresh.Add(Root.Parameter(parameter)) } : start;
    }

    /// <summary>The contract's names as this body's: an inherited contract is bound against the parameters of what it was stated on.</summary>
    private Term? EntryMap(Term part) => part switch
    {
        Root { Kind: RootKind.Parameter, Symbol: IParameterSymbol parameter } => OwnParameter(parameter),
        Root { Kind: RootKind.This } => Root.This(_owner.ContainingType),
        Old old => old.Inner.Replace(EntryMap),
        _ => null,
    };

    private Term? OwnParameter(IParameterSymbol parameter)
    {
        if (parameter.ContainingSymbol is INamedTypeSymbol) return Root.Parameter(parameter);
        int index = IndexOf(_contract.Parameters, parameter);
        return index >= 0 && Method is { } method && index < method.Parameters.Length ? Root.Parameter(method.Parameters[index]) : null;
    }

    private static int IndexOf(ImmutableArray<IParameterSymbol> parameters, IParameterSymbol parameter)
    {
        for (int index = 0; index < parameters.Length; index++)
        {
            if (SymbolEqualityComparer.Default.Equals(parameters[index], parameter)) return index;
        }

        return -1;
    }

    private List<State> Enter(List<State> states, LockClause clause, Mode mode, bool certain) => Enter(states, clause, mode, certain, EntryMap, Origin.Entry);

    private List<State> Enter(List<State> states, LockClause clause, Mode mode, bool certain, Func<Term, Term?> map, Origin origin)
    {
        var result = new List<State>();
        LockFormula formula = clause.Locks.Replace(map);
        Fact? when = clause.When is { } condition && !MentionsExit(condition) ? condition.Replace(map) : null;
        foreach (State state in states)
        {
            if (when is not null && states.Count >= MaxStates && state.Decide(when) is null && (formula is LockFormula.Lock || (formula is LockFormula.All all && all.Parts.All(static part => part is LockFormula.Lock))))
            {
                result.Add(EnterTold(state, formula, mode, origin, when));
            }
            else if (when is not null)
            {
                if (state.Assume(when.Negate()) is { } without) result.Add(without);
                if (state.Assume(when) is { } with) result.AddRange(EnterHeld(with, formula, mode, origin));
            }
            else
            {
                if (!certain) result.Add(state);
                result.AddRange(EnterHeld(state, formula, mode, origin));
            }
        }

        return result;
    }

    /// <summary>Where every combination of many conditions would be a path, locks are held at entry as their condition tells.</summary>
    private State EnterTold(State state, LockFormula formula, Mode mode, Origin origin, Fact when)
    {
        foreach (LockFormula.Lock item in formula.Locks)
        {
            Term term = state.Canonical(item.Term);
            if (HoldOf(state, term) is null) state = state with { Holds = state.Holds.Add(new Hold(term, item.Mode == Mode.None && mode != Mode.None ? mode : NaturalMode(item), origin, _catalog.InfoOf(term), null).When(ImmutableArray.Create(when))) };
        }

        return state;
    }

    /// <summary>Whether the fact is about what the call leaves behind, not about what it was given.</summary>
    private static bool MentionsExit(Fact fact) => fact.Any(static part =>
        part is Root { Kind: RootKind.Result } or Root { Kind: RootKind.Parameter, Symbol: IParameterSymbol { RefKind: RefKind.Out or RefKind.Ref } });

    private IEnumerable<State> EnterHeld(State state, LockFormula formula, Mode mode, Origin origin)
    {
        // A formula that is already satisfied adds no alternatives: Releases("x") beside MustHold("x") speaks of the same hold.
        if (Query(state with { Fresh = ImmutableHashSet<Term>.Empty }, formula).Verdict == Verdict.Held && !formula.Locks.Any(item => IsTrusted(item.Term))) return [state];
        return Resolve(state, formula, forRelease: false).Select(path =>
        {
            State held = path.State;
            foreach (LockFormula.Lock item in path.Locks)
            {
                Mode needed = item.Mode == Mode.None && mode != Mode.None ? mode : NaturalMode(item);
                if (HoldOf(held, item.Term) is { } known) held = known.Mode >= needed ? held : held with { Holds = held.Holds.Replace(known, known.With(mode: needed)) };
                else held = AddHold(held, item.Term, needed, origin, null);
            }

            return path.Label is null || held.Label is not null ? held : held with { Label = path.Label };
        });
    }
}
