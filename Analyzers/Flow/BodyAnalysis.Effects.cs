using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace MmLint.Analyzers;

/// <content>What a contract's effects do to a path: what is released, handed over, downgraded, acquired, asserted, and what else stays as it was.</content>
internal sealed partial class BodyAnalysis
{
    private IEnumerable<State> Release(State state, CallSite site, LockClause clause, Func<Term, Term?> entry, Func<Term, Term?> exit)
    {
        SyntaxNode syntax = site.Operation.Syntax;
        Fact? keeps = clause.Keeps?.Replace(exit);
        foreach ((State path, ImmutableArray<LockFormula.Lock> locks, _) in Resolve(state, clause.Locks.Replace(entry), forRelease: true))
        {
            State next = path;
            foreach (LockFormula.Lock item in locks)
            {
                if (_catalog.IsSignal(item.Term)) continue;
                string key = "release:" + item.Term;
                Hold? hold = HoldOf(next, item.Term);
                if (hold is null && next.Scopes.TryGetValue(item.Term, out Owned owned))
                {
                    foreach (Hold given in owned.Holds) next = Lose(next, given.Term, syntax, "'" + site.Name + "' disposed of '" + item.Term + "'");
                    next = next with { Scopes = next.Scopes.Remove(item.Term) };
                    continue;
                }

                if (hold is not null && Adopts(next, site, item.Term))
                {
                    PassNeed(next, syntax, key);
                    continue;
                }

                if (hold is null)
                {
                    if (ReleasesCollected(item.Term, syntax)) continue;
                    if (next.Excused.Contains(item.Term))
                    {
                        next = next with { Excused = next.Excused.Remove(item.Term) };
                        continue;
                    }

                    if (next.IsFresh(item.Term) && _catalog.InfoOf(item.Term).Kind == Kind.Reference && item.Term is MemberOf { Target: { } counted } && next.Fresh.Contains(counted))
                    {
                        // The reference that an object is made with is given up: it is nobody's any more.
                        next = next with { Fresh = next.Fresh.Remove(counted) };
                        continue;
                    }

                    if (clause.Idempotent || site.IsOfStatement || next.IsFresh(item.Term)) continue;
                    bool isLost = next.Losses.Any(loss => loss.Term.Equals(item.Term));
                    if (IsTrusted(item.Term) || IsOwned(item.Term) || (IsMeans(item.Term) && _contract.Releases.Concat(_contract.Downgrades).Any(static given => given.Locks.Locks.Any(static own => own.Term is Root { Kind: RootKind.This }))) || (_recording && _inference is not null && !isLost && _inference.Release(item))) continue;
                    if (IsNobodysGuard(item.Term, isTaken: false) && !isLost)
                    {
                        next = next with { Losses = next.Losses.Add(new Loss(item.Term, site.Site, site.Released, isCallers: true)) };
                        continue;
                    }

                    if (site.Contract.Needs.Any(need => need.Locks.Replace(entry).Locks.Any(other => state.Canonical(other.Term).Equals(item.Term)))) continue;
                    FailNeed(next, syntax, key, Rule.ReleaseNotHeld, null, sentence => "'" + site.Name + "' releases " + sentence.Name(item.Term) + site.Inferred + ", which is not held" + sentence.Condition + sentence.LossOf(item.Term), null, refinement: RefineBalance(_catalog.InfoOf(item.Term)));
                    continue;
                }

                if (hold.Maybe)
                {
                    Excuse(item.Term);
                    FailNeed(next, syntax, key, Rule.MayNotBeHeld, null, sentence => "'" + site.Name + "' releases " + sentence.Name(item.Term) + site.Inferred + ", which may not be held", ("maybe", hold.Site ?? (object)hold.Term));
                }
                else if (item.Mode == Mode.Shared && hold is { Mode: Mode.Upgradeable, Beneath: Mode.Shared })
                {
                    PassNeed(next, syntax, key);
                    next = next with { Holds = next.Holds.Replace(hold, hold.Depth > 1 ? hold.With(depth: hold.Depth - 1) : hold.With(beneath: Mode.None)) };
                    continue;
                }
                else if (item.Mode != Mode.None && hold.Mode != item.Mode && !(hold.Mode == Mode.Exclusive && item.Mode == Mode.Upgradeable))
                {
                    FailNeed(next, syntax, key, Rule.ReleaseNotHeld, null, sentence => "'" + site.Name + "' releases " + sentence.Name(item) + site.Inferred + ", but " + sentence.Name(item.Term) + " is held " + InMode(hold) + Since(sentence, hold) + sentence.Condition, null);

                    // Whoever holds it upgradeable alone, and gives up a writer's hold, throws and has it still.
                    if (hold.Mode == Mode.Upgradeable) continue;
                }
                else
                {
                    PassNeed(next, syntax, key);
                }

                bool wasCallers = hold.Origin == Origin.Assumed && IsNobodysGuard(item.Term, isTaken: false);
                next = Lose(next, item.Term, site.Site, site.Released, keeps: keeps);
                if (wasCallers) next = next with { Losses = next.Losses.Add(new Loss(item.Term, site.Site, site.Released, isCallers: true)) };
            }

            yield return next;
        }
    }

    /// <summary>
    /// Whether a scoped lock takes over a lock that it has not taken itself: the lock stays held, and the scope releases it when it is disposed of.
    /// </summary>
    private bool Adopts(State state, CallSite site, Term term) => site.Contract.Releases.Count > 0 && _catalog.IsScopedLock(site.Callee.ContainingType) && !_catalog.IsScopedLock(_owner.ContainingType)
        && (site.Receiver is not { } scope || !state.Scopes.TryGetValue(scope, out Owned owned) || !owned.Holds.Any(hold => hold.Term.Equals(term)));

    /// <summary>What a call leaves to a scoped lock: what it took for the value that it returns or leaves behind, and what the value took over.</summary>
    private State Entrust(State state, State before, CallSite site, Term result, Func<Term, Term?> entry)
    {
        bool isMember = _catalog.IsScopedLock(site.Callee.ContainingType) && !_catalog.IsScopedLock(_owner.ContainingType);
        Term? scope = _catalog.IsScopedLock(site.ResultType) ? result : isMember ? site.Receiver
            : site.Callee is IMethodSymbol callee ? site.Left.Where(left => left.Key < callee.Parameters.Length && callee.Parameters[left.Key] is { RefKind: RefKind.Out } parameter && _catalog.IsScopedLock(parameter.Type)).Select(static left => left.Value).FirstOrDefault() : null;
        if (scope is null) return state;
        IEnumerable<Hold> owned = state.Holds.Where(hold => !before.Holds.Any(known => known.Term.Equals(hold.Term) && known.Depth == hold.Depth));
        if (isMember) owned = owned.Concat(site.Contract.Releases.SelectMany(clause => clause.Locks.Replace(entry).Locks).Select(item => HoldOf(state, state.Canonical(item.Term))).OfType<Hold>());
        if (state.Scopes.TryGetValue(scope, out Owned known)) owned = known.Holds.Concat(owned).Where(hold => HoldOf(state, hold.Term) is not null);
        ImmutableArray<Hold> all = owned.Distinct().ToImmutableArray();
        return all.IsEmpty ? state with { Scopes = state.Scopes.Remove(scope) } : state with { Scopes = state.Scopes.SetItem(scope, new Owned(all)) };
    }

    /// <summary>
    /// Whether no contract names the lock, and either anybody may release it, or another member of the type does the opposite to it, or what is disposed of gives
    /// back what it was made with: then one method may take it and another one give it back, and nobody relies on it having been said.
    /// </summary>
    /// <param name="term">The lock.</param>
    /// <param name="isTaken">Whether it is left held here; else it is given back.</param>
    private bool IsNobodysGuard(Term term, bool isTaken)
    {
        if (_contract.IsStated || term is not (MemberOf or Root { Kind: RootKind.This or RootKind.Parameter }) || term.Type is not { } type || (_catalog.LockOf(type) is not null && !ContractFiles.IsFramework(type))) return false;
        ISymbol? named = term switch { MemberOf { Member: var member } => member, Root { Symbol: { } parameter } => parameter, _ => _owner.ContainingType };
        if (named is null || !SymbolEqualityComparer.Default.Equals(named.ContainingAssembly, _owner.ContainingAssembly) || !_catalog.AttributesOf(named).IsEmpty || _catalog.IsNamedByContracts(named)) return false;
        if (term is MemberOf && (_catalog.InfoOf(term).Anyone || (!isTaken && IsDisposal && named is IFieldSymbol { IsReadOnly: true }))) return true;
        return Handover is { } handover && (handover.HasOtherHalf(named, takes: !isTaken) || (isTaken && named is IParameterSymbol given && handover.KeptIn(given).Any(field => handover.HasOtherHalf(field, takes: false))));
    }

    private Handover? Handover => _model is null ? null : new Handover(_engine, _owner, _model, _cancellation);

    /// <summary>Whether this is what a <c>using</c> calls at its end.</summary>
    private bool IsDisposal => Method is { ContainingType: { } type } method && Disposal.MethodsOf(type).Any(disposal => SymbolEqualityComparer.Default.Equals(disposal, method));

    /// <summary>What hangs on a scoped lock belongs to it: its own members give it back.</summary>
    private bool IsOwned(Term term)
    {
        if (!_catalog.IsScopedLock(_owner.ContainingType)) return false;
        Term? at = term;
        while (at is MemberOf member) at = member.Target;
        return at is Root { Kind: RootKind.This } or Root { Kind: RootKind.Parameter, Symbol: IParameterSymbol { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.Constructor } } };
    }

    private IEnumerable<State> Downgrade(State state, CallSite site, LockClause clause, Func<Term, Term?> entry)
    {
        SyntaxNode syntax = site.Operation.Syntax;
        foreach ((State path, ImmutableArray<LockFormula.Lock> locks, _) in Resolve(state, clause.Locks.Replace(entry), forRelease: true))
        {
            State next = path;
            foreach (LockFormula.Lock item in locks)
            {
                Hold? hold = HoldOf(next, item.Term);
                string key = "downgrade:" + item.Term;
                if (hold is null || hold.Mode < Mode.Upgradeable)
                {
                    if (!next.Excused.Contains(item.Term))
                        FailNeed(next, syntax, key, hold is null ? Rule.ReleaseNotHeld : Rule.WrongMode, null, sentence => "'" + site.Name + "' downgrades " + sentence.Name(item.Term) + ", which is " + (hold is null ? "not held" : "only held shared") + sentence.Condition, null);
                    continue;
                }

                PassNeed(next, syntax, key);
                next = Lose(next, item.Term, syntax, "shared since '" + site.Name + "'", downgrade: true);
            }

            yield return next;
        }
    }

    private IEnumerable<State> Acquire(State state, CallSite site, LockClause clause, Func<Term, Term?> exit, Origin origin, ImmutableHashSet<Term> missing)
    {
        foreach ((State path, ImmutableArray<LockFormula.Lock> locks, _) in Resolve(state, clause.Locks.Replace(exit), forRelease: false))
        {
            State next = path;
            foreach (LockFormula.Lock item in locks)
            {
                LockInfo info = _catalog.InfoOf(item.Term);
                Mode mode = item.Mode == Mode.None ? info.DefaultMode : item.Mode;
                if (_catalog.IsSignal(item.Term)) continue;
                if (HoldOf(next, item.Term) is { Maybe: false } held && (clause.Idempotent || (!info.Reentrant && !(held.Mode == Mode.Upgradeable && (mode != Mode.Shared || MayReadBeneath(held))) && !(clause.Try && mode == Mode.Shared))))
                {
                    // Taken twice by mistake, it is reported once: from here on each release undoes one of the two.
                    Hold more = held.Mode >= mode ? held : held.With(mode: mode, beneath: clause.Idempotent ? held.Beneath : held.Mode);
                    if (!clause.Idempotent && held.Mode >= mode && next.Excused.Contains(item.Term)) more = more.With(depth: Math.Min(more.Depth + 1, 3));
                    if (!ReferenceEquals(more, held)) next = next with { Holds = next.Holds.Replace(held, more) };
                    continue;
                }

                Loss? loss = next.Losses.LastOrDefault(lost => lost.Term.Equals(item.Term));
                if (loss is { IsCallers: true }) next = next with { Losses = next.Losses.RemoveAll(lost => lost.Term.Equals(item.Term)) };
                bool retaken = loss is { IsCallers: true } || (missing.Contains(item.Term) && site.Contract.Releases.Count > 0);
                next = AddHold(next, item.Term, mode, retaken ? Origin.Assumed : origin, site.Operation.Syntax);
            }

            yield return next;
        }
    }

    private IEnumerable<State> Assert(State state, LockClause clause, Func<Term, Term?> exit, SyntaxNode syntax)
    {
        LockFormula formula = clause.Locks.Replace(exit);
        if (Query(state, formula).Verdict == Verdict.Held)
        {
            yield return state;
            yield break;
        }

        foreach ((State path, ImmutableArray<LockFormula.Lock> locks, _) in Resolve(state, formula, forRelease: false))
        {
            State next = path;
            foreach (LockFormula.Lock item in locks)
            {
                Mode mode = NaturalMode(item);
                if (HoldOf(next, item.Term) is { } held)
                {
                    if (held.Mode < mode) next = next with { Holds = next.Holds.Replace(held, held.With(mode: mode)) };
                }
                else
                {
                    next = AddHold(next, item.Term, mode, Origin.Assumed, syntax);
                }
            }

            yield return next;
        }
    }

    /// <summary>
    /// Lock contracts are the frame conditions: a fact about a guarded member dies only if the callee is given, or gives up, every lock that
    /// stands against a write which could break it. Tracked members die only by what the contract says it assigns.
    /// </summary>
    private State Frame(State path, State before, CallSite site, Func<Term, Term?> entry)
    {
        MemberContract contract = site.Contract;
        foreach (Term assigned in contract.Assigns)
        {
            Term at = path.Canonical(assigned.Replace(entry));
            path = path.Forget(at) with
            {
                Names = path.Names.RemoveRange(path.Names.Where(name => name.Key.Any(part => part.Equals(at))).Select(static name => name.Key)),
            };
            if (at is MemberOf member && path.Mentions(at)) path = Snapshot(path, member, site.Operation.Syntax);
        }

        if (contract.Needs.Count == 0 || (path.Facts.IsEmpty && !path.Holds.Any(static hold => hold.Maybe))) return path;
        var given = new List<LockFormula.Lock>();
        foreach (LockClause clause in contract.Needs)
        {
            if (clause.When?.Replace(entry) is { } when && before.Decide(when) == false) continue;
            foreach (LockFormula.Lock item in clause.Locks.Replace(entry).Locks) given.Add(new LockFormula.Lock(before.Canonical(item.Term), NaturalMode(item)));
        }

        Func<LockFormula.Lock, bool> isGiven = needed => given.Any(item => item.Term.Equals(needed.Term) && item.Mode >= (needed.Mode == Mode.None ? Mode.Shared : needed.Mode));
        return path.Keep(literal => Survives(path, literal, isGiven));
    }

    private static State? Ensure(State state, FactClause clause, Func<Term, Term?> exit)
    {
        Fact fact = clause.Fact.Replace(exit);
        if (ThroughNothing(state, fact)) return state;
        if (clause.While?.Replace(exit) is { } scope)
        {
            foreach (Literal[] literals in state.Canonical(fact).ToClauses() ?? [])
            {
                foreach (Literal literal in literals) state = state with { Whiles = state.Whiles.SetItem(literal.Atom, scope) };
            }
        }

        if (clause.When?.Replace(exit) is not { } when) return state.Assume(fact);
        return state.Decide(when) switch
        {
            true => state.Assume(fact),
            false => state,
            _ => state.Assume(Fact.Or(when.Negate(), fact)),
        };
    }

    /// <summary>What is said over <c>result.X</c> says nothing where the result is null.</summary>
    private static bool ThroughNothing(State state, Fact fact) =>
        fact.Any(part => part is MemberOf { Target: { } target } && (target is Constant { Value: null } || (target is not Constant && state.Facts.EvaluateNull(state.Canonical(target)) == true)));
}
