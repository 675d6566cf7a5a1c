using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace MmLint.Analyzers;

/// <summary>How a need fares on one path.</summary>
internal enum Verdict
{
    Held,
    Maybe,
    WrongMode,
    NotHeld,
}

/// <content>What is held, and what taking and giving up a lock does to a state.</content>
internal sealed partial class BodyAnalysis
{
    private readonly Dictionary<(object Place, Term Term), object> _snapshotSites = [];

    /// <summary>The mode that a bare name stands for where a lock is needed or given: the weakest it can be held in.</summary>
    private Mode NaturalMode(LockFormula.Lock item)
    {
        LockInfo info = _catalog.InfoOf(item.Term);
        return item.Mode != Mode.None ? item.Mode : info.Kind == Kind.ReaderWriter ? Mode.Shared : info.DefaultMode;
    }

    private static Hold? HoldOf(State state, Term term)
    {
        foreach (Hold hold in state.Holds)
        {
            if (hold.Term.Equals(term)) return hold;
        }

        return null;
    }

    /// <summary>How the formula fares; the culprit is the lock to name in a message.</summary>
    private (Verdict Verdict, LockFormula Culprit) Query(State state, LockFormula formula)
    {
        switch (formula)
        {
            case LockFormula.Lock item:
                return (QueryLock(state, item), item);
            case LockFormula.AnyInstance any:
                return (state.Holds.Any(hold => IsInstance(hold, any)) ? Verdict.Held : Verdict.NotHeld, any);
            case LockFormula.All all:
            {
                (Verdict Verdict, LockFormula Culprit) worst = (Verdict.Held, formula);
                foreach (LockFormula part in all.Parts)
                {
                    (Verdict Verdict, LockFormula Culprit) found = Query(state, part);
                    if (found.Verdict > worst.Verdict) worst = found;
                }

                return worst;
            }

            case LockFormula.Some some:
            {
                (Verdict Verdict, LockFormula Culprit) best = (Verdict.NotHeld, formula);
                foreach (LockFormula part in some.Parts)
                {
                    (Verdict Verdict, LockFormula Culprit) found = Query(state, part);
                    if (found.Verdict < best.Verdict) best = (found.Verdict, found.Verdict == Verdict.WrongMode ? found.Culprit : formula);
                }

                return best;
            }

            default:
            {
                var choice = (LockFormula.Choice)formula;
                bool? known = state.Decide(choice.Condition);
                if (known is { } decided) return Query(state, decided ? choice.WhenTrue : choice.WhenFalse);
                (Verdict Verdict, LockFormula Culprit) whenTrue = state.Assume(choice.Condition) is { } first ? Query(first, choice.WhenTrue) : (Verdict.Held, formula);
                (Verdict Verdict, LockFormula Culprit) whenFalse = state.Assume(choice.Condition.Negate()) is { } second ? Query(second, choice.WhenFalse) : (Verdict.Held, formula);
                return whenTrue.Verdict >= whenFalse.Verdict ? whenTrue : whenFalse;
            }
        }
    }

    private Verdict QueryLock(State state, LockFormula.Lock item)
    {
        Term term = state.Canonical(item.Term);
        if (state.Excused.Contains(term) || _excusedNow.Contains(term) || state.IsFresh(term)) return Verdict.Held;
        if (HoldOf(state, term) is { } hold)
        {
            if (hold.Maybe) return QueryTold(state, item, hold);
            return item.Mode == Mode.None || hold.Mode >= item.Mode ? Verdict.Held : Verdict.WrongMode;
        }

        return (term is Root { Kind: RootKind.This } && IsTrusted(term)) || IsCollected(term, _current) ? Verdict.Held : Verdict.NotHeld;
    }

    /// <summary>How a lock fares that is held where a fact is true: as it fares in the worse case, though nobody knows if that case is possible.</summary>
    private Verdict QueryTold(State state, LockFormula.Lock item, Hold hold)
    {
        if (hold.Tells.IsEmpty) return Verdict.Maybe;
        Verdict worst = Verdict.Held;
        foreach (State told in state.Split(hold))
        {
            Verdict verdict = QueryLock(told, item);
            if (verdict == Verdict.NotHeld) verdict = Verdict.Maybe;
            if (verdict > worst) worst = verdict;
        }

        return worst;
    }

    /// <summary>The paths on which one lock that is held in this mode or in that is held in one of them.</summary>
    private static IEnumerable<State> ToldApart(State state, Func<Term, bool> concerns)
    {
        if (!ConditionalHolds.AnyTwice(state.Holds, concerns, out Hold? either)) return [state];
        return state.Split(either!).SelectMany(told => ToldApart(told, concerns));
    }

    /// <summary>Whether the path runs through null on this path and so names nothing.</summary>
    private static bool ThroughNull(State state, Term term) => state.Facts.AnyNull(term);

    private static bool IsInstance(Hold hold, LockFormula.AnyInstance any)
    {
        if (any.Mode != Mode.None && hold.Mode < any.Mode) return false;
        if (any.Symbol is INamedTypeSymbol type)
        {
            if (hold.Term is MemberOf { Member: var member } && member.ContainingType is not null && ContractCatalog.TypeOf(member).IsOf(type)) return true;
            return hold.Term.Type.IsOf(type);
        }

        return hold.Term is MemberOf { Member: var named } && SymbolEqualityComparer.Default.Equals(named.OriginalDefinition, any.Symbol.OriginalDefinition);
    }

    /// <summary>A path on which a formula is held by these locks.</summary>
    /// <param name="State">The path.</param>
    /// <param name="Locks">The locks.</param>
    /// <param name="Label">Which of several ways it is, where there are several.</param>
    private sealed record Resolved(State State, ImmutableArray<LockFormula.Lock> Locks, string? Label);

    /// <summary>The locks that a formula names on a path; undecided choices and alternatives make several paths.</summary>
    private IEnumerable<Resolved> Resolve(State state, LockFormula formula, bool forRelease)
    {
        switch (formula)
        {
            case LockFormula.Lock item:
            {
                Term term = state.Canonical(item.Term);
                yield return new Resolved(state, !forRelease && ThroughNull(state, term) ? ImmutableArray<LockFormula.Lock>.Empty : ImmutableArray.Create(new LockFormula.Lock(term, item.Mode)), null);
                break;
            }

            case LockFormula.AnyInstance any:
                yield return new Resolved(state, forRelease ? state.Holds.Where(hold => IsInstance(hold, any)).Select(hold => new LockFormula.Lock(hold.Term, any.Mode)).ToImmutableArray() : ImmutableArray<LockFormula.Lock>.Empty, null);
                break;
            case LockFormula.All all:
            {
                List<Resolved> paths = [new Resolved(state, ImmutableArray<LockFormula.Lock>.Empty, null)];
                foreach (LockFormula part in all.Parts)
                {
                    paths = paths.SelectMany(path => Resolve(path.State, part, forRelease).Select(next => new Resolved(next.State, path.Locks.AddRange(next.Locks), path.Label ?? next.Label))).ToList();
                }

                foreach (Resolved path in paths) yield return path;
                break;
            }

            case LockFormula.Some some:
            {
                if (forRelease)
                {
                    LockFormula chosen = some.Parts.FirstOrDefault(part => Query(state, part).Verdict <= Verdict.Maybe) ?? some.Parts[0];
                    foreach (Resolved path in Resolve(state, chosen, forRelease)) yield return path;
                    break;
                }

                foreach (LockFormula part in some.Parts)
                {
                    foreach (Resolved path in Resolve(state, part, forRelease))
                    {
                        if (path.Locks.IsEmpty && part.Locks.Any()) continue;
                        yield return path with { Label = path.Label ?? "only " + part + " is held" };
                    }
                }

                break;
            }

            default:
            {
                var choice = (LockFormula.Choice)formula;
                if (state.Assume(choice.Condition) is { } whenTrue)
                {
                    foreach (Resolved path in Resolve(whenTrue, choice.WhenTrue, forRelease)) yield return path;
                }

                if (state.Assume(choice.Condition.Negate()) is { } whenFalse)
                {
                    foreach (Resolved path in Resolve(whenFalse, choice.WhenFalse, forRelease)) yield return path;
                }

                break;
            }
        }
    }

    /// <summary>Adds a hold, together with what it implies: its bounding lock, and that no part of its path is null.</summary>
    private State AddHold(State state, Term term, Mode mode, Origin origin, SyntaxNode? site)
    {
        LockInfo info = _catalog.InfoOf(term);
        if (HoldOf(state, term) is { } known)
        {
            bool counts = known.Info.Reentrant || known.Mode == Mode.Shared || mode == Mode.Shared;
            if (known.Mode == Mode.Upgradeable && mode == Mode.Exclusive) return state with { Holds = state.Holds.Replace(known, known.With(mode: Mode.Exclusive, beneath: Mode.Upgradeable)) };
            if (MayReadBeneath(known) && mode == Mode.Shared) return state with { Holds = state.Holds.Replace(known, known.With(beneath: Mode.Shared)) };
            Hold more = known.With(
                mode: mode > known.Mode ? mode : known.Mode,
                depth: counts && origin != Origin.Assumed ? Math.Min(known.Depth + 1, 3) : known.Depth,
                maybe: false);
            return state with { Holds = state.Holds.Replace(known, more) };
        }

        state = state with { Holds = state.Holds.Add(new Hold(term, mode, origin, info, site)), Excused = state.Excused.Remove(term) };
        for (Term? at = term is MemberOf whole ? whole.Target : term; at is MemberOf or Opaque or ElementOf or Root { Kind: not RootKind.This }; at = at is MemberOf member ? member.Target : at is ElementOf element ? element.Target : null)
        {
            if (at.Type is { IsReferenceType: true } && state.Facts.EvaluateNull(at) is null)
                state = state.Assume(Fact.IsNull(at).Negate()) ?? state;
        }

        if (BoundOf(state, term, mode) is { } bound && HoldOf(state, bound) is null) state = AddHold(state, bound, Mode.Exclusive, Origin.Assumed, site);
        return state;
    }

    /// <summary>Whether who might have become a writer may go on as a reader: it takes the lock shared, and then gives up the upgradeable hold above that, or the other way round.</summary>
    private static bool MayReadBeneath(Hold hold) => hold is { Mode: Mode.Upgradeable, Beneath: Mode.None, Info.Reentrant: false };

    private static string InMode(Hold hold) => hold.Mode switch { Mode.Exclusive => "exclusively", Mode.Upgradeable => "upgradeable", _ => "shared" };

    /// <summary>The lock whose release ends holds of this lock in this mode.</summary>
    private Term? BoundOf(State state, Term term, Mode mode)
    {
        if (term is not MemberOf { Member: var member, Target: var target } || _catalog.ReleasedWith(member) is not { } released || mode < released.Mode) return null;
        return released.Lock.Replace(part => part is Root { Kind: RootKind.This } ? target : null) is LockFormula.Lock bound ? state.Canonical(bound.Term) : null;
    }

    /// <summary>Takes a lock away, with the holds that it bounds, and then what no longer stands without it.</summary>
    private State Lose(State state, Term term, SyntaxNode site, string how, bool downgrade = false, Fact? keeps = null, bool handover = false)
    {
        Hold? hold = HoldOf(state, term);
        if (hold is null) return state;
        if (hold.Beneath != Mode.None && !downgrade)
        {
            State fallen = state with { Holds = state.Holds.Replace(hold, hold.With(mode: hold.Beneath, beneath: Mode.None)), Losses = state.Losses.Add(new Loss(term, site, how)) };
            NoteParting(fallen, site, hold);
            return Interfere(fallen, site);
        }

        ImmutableArray<Hold> holds = hold.Depth > 1 && !downgrade
            ? state.Holds.Replace(hold, hold.With(depth: hold.Depth - 1))
            : downgrade ? state.Holds.Replace(hold, hold.With(mode: Mode.Shared)) : state.Holds.Remove(hold);
        if (hold.Depth > 1 && !downgrade) return state with { Holds = holds };
        var losses = state.Losses.Add(new Loss(term, site, how, handover));
        foreach (Hold bounded in state.Holds)
        {
            if (!term.Equals(BoundOf(state, bounded.Term, bounded.Mode))) continue;
            holds = holds.Remove(bounded);
            losses = losses.Add(new Loss(bounded.Term, site, "it ended with " + term));
        }

        if (losses.Length > 12) losses = losses.RemoveRange(0, losses.Length - 12);
        state = state with { Holds = holds, Losses = losses };
        NoteParting(state, site, hold);
        return keeps is not null && state.Decide(keeps) == true ? state : Interfere(state, site);
    }

    /// <summary>Forgets what others may now change, and marks what has become stale.</summary>
    private State Interfere(State state, SyntaxNode site)
    {
        foreach (KeyValuePair<Term, LockFormula> stamp in state.Stamps)
        {
            if (state.Stale.ContainsKey(stamp.Key) || state.IsFresh(stamp.Key) || state.Facts.EvaluateNull(stamp.Key) == true) continue;
            if (Query(state, stamp.Value).Verdict >= Verdict.WrongMode) state = state with { Stale = state.Stale.SetItem(stamp.Key, stamp.Value) };
        }

        if (!state.Copies.IsEmpty || !state.Checks.IsEmpty) state = LoseCopies(state);
        foreach (MemberOf member in GuardedPaths(state))
        {
            if (state.IsFresh(member) || _catalog.DataOf(member.Member).Read is not { } read) continue;
            LockFormula need = read.Replace(part => part is Root { Kind: RootKind.This } ? member.Target : null);
            if (Query(state, need).Verdict <= Verdict.Maybe) continue;
            state = Snapshot(state, member, site);
        }

        // What was known of a value that a variable keeps is known of it under its new name, whatever becomes of the member.
        State whole = state;
        return state.Keep(literal => Survives(whole, literal, null));
    }

    /// <summary>Gives the value that a path had its own name: the path may name another value from now on.</summary>
    private State Snapshot(State state, Term path, SyntaxNode site) => Snapshot(state, path, site, out _);

    private State Snapshot(State state, Term path, SyntaxNode site, out Opaque snapshot)
    {
        // A list that is walked is renamed at one place again and again: there the new name takes over from that of the round before.
        Opaque? before = null;
        path.Any(part => part is Opaque { Earlier: false, Site: SnapshotSite taken } made && ReferenceEquals(taken.Place, site) && (before = made) is not null);
        if (!_snapshotSites.TryGetValue((site, path), out object? key)) _snapshotSites[(site, path)] = key = before?.Site ?? new SnapshotSite(site);
        Opaque named = snapshot = new Opaque(key, before?.Name ?? "the earlier " + path, path.Type);
        state = state.Retire(snapshot);
        if (before is not null) path = path.Replace(part => part.Equals(named) ? named.AsEarlier() : null);
        return state.Rewrite(path, snapshot) ?? state;
    }

    /// <summary>What makes the name of an earlier value its own.</summary>
    private sealed class SnapshotSite(SyntaxNode place)
    {
        internal SyntaxNode Place { get; } = place;
    }

    private IEnumerable<MemberOf> GuardedPaths(State state)
    {
        var found = new HashSet<Term>();
        bool Collect(Term part)
        {
            if (part is MemberOf member && _catalog.DataOf(member.Member).IsGuarded) found.Add(member);
            return false;
        }

        foreach (Term value in state.Values.Values) value.Any(Collect);
        foreach (Hold hold in state.Holds) hold.Term.Any(Collect);
        foreach (KeyValuePair<Term, Term> name in state.Names)
        {
            name.Key.Any(Collect);
            name.Value.Any(Collect);
        }

        return found.Cast<MemberOf>().OrderBy(static member => member.Depth);
    }

    /// <summary>Whether the atom reads something that others may write.</summary>
    private bool IsShared(Atom atom)
    {
        if (_shared.TryGetValue(atom, out bool known)) return known;
        return _shared[atom] = atom.Any(part => part is MemberOf { Member: var member } && _catalog.DataOf(member) is { } data && (data.Atomic || data.IsGuarded));
    }

    private readonly Dictionary<Atom, bool> _shared = [];

    /// <summary>Whether a fact outlives what others, or a callee that is given <paramref name="given"/>, may do.</summary>
    private bool Survives(State state, Literal literal, Func<LockFormula.Lock, bool>? given)
    {
        if (!IsShared(literal.Atom)) return true;
        bool survives = true;
        void Visit(Term part, bool whole)
        {
            switch (part)
            {
                case MemberOf member:
                {
                    DataContract data = _catalog.DataOf(member.Member);
                    if (!state.IsFresh(member) && ((data.Atomic && !data.IsGuarded) || (data.IsGuarded && CanBreak(state, member, whole ? literal : null, given)))) survives = false;
                    if (member.Target is { } target) Visit(target, whole: false);
                    break;
                }

                case Masked masked:
                    Visit(masked.Operand, whole);
                    break;
                case ElementOf element:
                    Visit(element.Target, whole: false);
                    break;
            }
        }

        Visit(literal.Atom.Left, whole: true);
        if (literal.Atom.Right is { } right) Visit(right, whole: true);
        return survives || ProtectedNow(state, literal.Atom);
    }

    /// <summary>
    /// Whether some write that the rules of the member allow makes the fact false although the holds of this path, less what a callee was
    /// given, stand against it.
    /// </summary>
    private bool CanBreak(State state, MemberOf path, Literal? literal, Func<LockFormula.Lock, bool>? given)
    {
        DataContract data = _catalog.DataOf(path.Member);
        if (data.Write.Count == 0) return false;
        Literal? broken = literal is { } fact && fact.Atom.Left.Equals(path) ? fact : null;
        Term next = broken is { Atom.Kind: AtomKind.IsNull, Positive: false } ? Constant.Null : new Opaque(NewValueSite, "value", path.Type);
        FactSet? after = null;
        FactSet Facts() => after ??= AfterWrite(state.Facts, broken, next);
        Term? Map(Term part) => part is Root { Kind: RootKind.This } ? path.Target : part is Root { Kind: RootKind.Value } ? next : null;
        foreach (LockClause clause in data.Write)
        {
            if (clause.When is not null && Facts().Decide(state.Canonical(clause.When.Replace(Map))) != true) continue;
            if (!IsOpen(state, clause.Locks.Replace(Map), Facts, given)) return false;
        }

        return true;
    }

    /// <summary>What is known in the moment in which somebody writes a value that makes the literal false.</summary>
    private static FactSet AfterWrite(FactSet facts, Literal? broken, Term next)
    {
        if (broken is not { } literal) return facts;
        facts = facts.Assume(new Fact.Single(literal)) ?? facts;
        return next is Opaque ? facts.Assume(new Fact.Single(new Literal(new Atom(literal.Atom.Kind, next, literal.Atom.Right, literal.Atom.Bit), !literal.Positive))) ?? facts : facts;
    }

    private static readonly object NewValueSite = new();

    private bool Blocks(State state, LockFormula.Lock needed, Func<LockFormula.Lock, bool>? given)
    {
        Term term = state.Canonical(needed.Term);
        if (HoldOf(state, term) is { Maybe: false } hold && (hold.Mode == Mode.Exclusive || needed.Mode == Mode.Exclusive) && !(given?.Invoke(new LockFormula.Lock(term, needed.Mode)) ?? false))
            return true;
        return BoundOf(state, term, needed.Mode) is { } bound && Blocks(state, new LockFormula.Lock(bound, Mode.Exclusive), given);
    }

    /// <summary>Whether somebody else can hold what the formula asks for while the holds of this path stand.</summary>
    private bool IsOpen(State state, LockFormula formula, Func<FactSet> facts, Func<LockFormula.Lock, bool>? given)
    {
        switch (formula)
        {
            case LockFormula.Lock item:
                return !Blocks(state, item, given) && !facts().AnyNull(item.Term);
            case LockFormula.All all:
                foreach (LockFormula part in all.Parts)
                {
                    if (!IsOpen(state, part, facts, given)) return false;
                }

                return true;
            case LockFormula.Some some:
                foreach (LockFormula part in some.Parts)
                {
                    if (IsOpen(state, part, facts, given)) return true;
                }

                return false;
            case LockFormula.Choice choice:
                bool? decided = facts().Decide(state.Canonical(choice.Condition));
                return (decided != false && IsOpen(state, choice.WhenTrue, facts, given)) || (decided != true && IsOpen(state, choice.WhenFalse, facts, given));
            default:
                return true;
        }
    }

    private bool ProtectedNow(State state, Atom atom) => state.Whiles.TryGetValue(atom, out LockFormula? scope) && Query(state, scope).Verdict == Verdict.Held;

    /// <summary>The names a lock goes by in orders, best first.</summary>
    private IEnumerable<string> ClassNames(State state, Term term)
    {
        if (term is MemberOf { Member: var member, Target: var target })
        {
            foreach ((string name, Fact? when) in _catalog.ClassesOf(member))
            {
                if (when is null || state.Decide(when.Replace(part => part is Root { Kind: RootKind.This } ? target : null)) == true) yield return name;
            }

            yield return member.ContainingType.Name + "." + member.Name;
        }

        foreach (ITypeSymbol type in term.Type.WithBases())
        {
            if (type.SpecialType != SpecialType.System_Object) yield return type.Name;
        }
    }

    private string? ClassOf(State state, Term term, Mode mode) => _engine.Order.IsEmpty ? null : _engine.Order.ClassOf(ClassNames(state, term), mode);
}
