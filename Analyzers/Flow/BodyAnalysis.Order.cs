using System;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace MmLint.Analyzers;

/// <content>Whether a lock may be waited for here: not if it is held, and only in the order of the locks that are.</content>
internal sealed partial class BodyAnalysis
{
    private void CheckAcquisitions(State state, CallSite site, Func<Term, Term?> map, bool ordered)
    {
        foreach (LockClause clause in site.Contract.Acquires)
        {
            foreach (LockFormula.Lock item in clause.Locks.Replace(map).Locks)
            {
                Term term = state.Canonical(item.Term);
                if (clause.When?.Replace(map) is { } outcome && state.Assume(outcome) is null) continue;
                if (_catalog.IsSignal(term)) continue;
                LockInfo info = _catalog.InfoOf(term);
                Mode mode = item.Mode == Mode.None ? info.DefaultMode : item.Mode;
                Hold? held = HoldOf(state, term);
                bool releasedFirst = site.Contract.Releases.Any(release => release.Locks.Replace(map).Locks.Any(other => state.Canonical(other.Term).Equals(term)));
                if (held is not null && !releasedFirst)
                {
                    if (clause.Idempotent || info.Reentrant || info.Kind == Kind.Reference) continue;
                    if (clause.Try) continue;
                    if ((mode == Mode.Exclusive && held.Mode == Mode.Upgradeable) || (mode == Mode.Shared && MayReadBeneath(held))) continue;
                    if (held.Maybe)
                    {
                        if (!held.Tells.IsEmpty) FailNeed(state, site.Operation.Syntax, "again:" + item.Term, Rule.MayNotBeHeld, null, sentence => "'" + site.Name + "' takes " + sentence.Name(term) + site.Inferred + ", which may be held already" + Since(sentence, held), ("maybe", held.Site ?? (object)held.Term));
                        continue;
                    }

                    Excuse(term);
                    FailNeed(state, site.Operation.Syntax, "again:" + item.Term, Rule.AlreadyHeld, null, sentence => sentence.Name(term) + " is already held " + InMode(held) + Since(sentence, held) + sentence.Condition, null);
                    continue;
                }

                NoteTaking(clause.When?.Replace(map) is { } condition ? state.Assume(condition) ?? state : state, site.Operation.Syntax, term, mode, clause.Try);
                PassNeed(state, site.Operation.Syntax, "again:" + item.Term);
                if (_recording && !clause.Try && info.IsWaitedFor && !info.Reentrant && state.Entry.IsEmpty) _inference?.Take(new LockFormula.Lock(term, Mode.None));
                if (term is MemberOf { Member: var member, Target: var target })
                {
                    foreach (LockClause need in _catalog.NeedsToAcquire(member)) CheckNeed(state, site, need, part => part is Root { Kind: RootKind.This } ? target : null);
                }

                if (BoundOf(state, term, mode) is { } bound && !bound.Any(part => part is Opaque { Site: var made } && ReferenceEquals(made, site.Operation)))
                {
                    var needed = new LockFormula.Lock(bound, Mode.Exclusive);
                    (Verdict verdict, LockFormula culprit) = Query(state, needed);
                    if (verdict != Verdict.Held)
                        FailNeed(state, site.Operation.Syntax, "bound:" + item.Term, verdict == Verdict.WrongMode ? Rule.WrongMode : Rule.NotHeld, needed, sentence => "taking " + sentence.Name(term) + " needs " + Missing(sentence, verdict, needed, culprit), null);
                }

                if (!clause.Try && info.IsWaitedFor && _contract.Acquires.Any(own => own.Try && own.Locks.Replace(EntryMap).Locks.Any(tried => state.Canonical(tried.Term).Equals(term))))
                    FailNeed(state, site.Operation.Syntax, "try:" + term, Rule.Order, null, sentence => "'" + site.Name + "' waits for " + sentence.Name(term) + ", but the contract of '" + OwnName + "' says Try", null);
                else if (ordered && !clause.Try && info.IsWaitedFor) CheckOrder(state, site, term, mode, clause.Inside?.Replace(map), "takes", clause.When?.Replace(map));
            }
        }
    }

    private void CheckOrder(State state, CallSite site, Term term, Mode mode, LockFormula? inside, string verb, Fact? when = null)
    {
        if (_engine.Order.IsEmpty) return;
        State relevant = when is null ? state : state.Assume(when) ?? state;
        if (ClassOf(relevant, term, mode) is not { } inner) return;
        foreach (Hold hold in state.Holds)
        {
            if (hold.Term.Equals(term) || hold.Maybe || !hold.Info.IsWaitedFor || ClassOf(relevant, hold.Term, hold.Mode) is not { } outer) continue;
            string key = "order:" + term + ":" + LockOrder.Bare(outer);
            if (LockOrder.Bare(inner) == LockOrder.Bare(outer) && ClassNames(relevant, term).Contains(LockOrder.Bare(inner)))
            {
                CheckNesting(relevant, site, term, hold, inner, inside, key);
            }
            else if (_engine.Order.Reaches(inner, outer))
            {
                FailNeed(state, site.Operation.Syntax, "order:" + term, Rule.Order, null, sentence => "'" + site.Name + "' " + verb + " " + sentence.Name(term) + " (" + inner + ") inside " + sentence.Name(hold.Term) + " (" + outer + "), which comes after it in the lock order" + (hold.Site is null ? "" : " and is held" + Since(sentence, hold)) + sentence.Condition, null);
            }
            else
            {
                PassNeed(state, site.Operation.Syntax, "order:" + term);
            }
        }
    }

    private void CheckNesting(State state, CallSite site, Term term, Hold hold, string lockClass, LockFormula? inside, string key)
    {
        (NestingRule rule, string? member) = _engine.Order.NestingOf(lockClass);
        string problem;
        switch (rule)
        {
            case NestingRule.Inside when inside is not null && inside.Locks.Any(item => state.Canonical(item.Term).Equals(hold.Term)):
                PassNeed(state, site.Operation.Syntax, key);
                return;
            case NestingRule.Inside:
                problem = "the acquire does not name its outer lock";
                break;
            case NestingRule.Ascending:
            {
                if (state.Decide(Fact.Equal(term, hold.Term)) == true) return;
                if (OrderingMember(term, member) is { } second && OrderingMember(hold.Term, member) is { } first && (state.Decide(Fact.Less(state.Canonical(first), state.Canonical(second))) == true
                        || (AreApart(state, term, hold.Term) && state.Decide(Fact.Less(state.Canonical(second), state.Canonical(first))) == false)))
                {
                    PassNeed(state, site.Operation.Syntax, key);
                    return;
                }

                problem = "ascending " + member + " is not known";
                break;
            }

            case NestingRule.AnyUnder:
            {
                var binder = new ContractBinder(_catalog, hold.Term is MemberOf { Member: var owner } ? owner.ContainingType : null, ImmutableArray<IParameterSymbol>.Empty, null, null, isStatic: false);
                if (member is not null && binder.BindClass(LockOrder.Bare(member)) is { } symbol && state.Holds.Any(held => IsInstance(held, new LockFormula.AnyInstance(symbol, Mode.None))))
                {
                    PassNeed(state, site.Operation.Syntax, key);
                    return;
                }

                problem = member + " is not held";
                break;
            }

            case NestingRule.TryOnly:
                problem = "the second one only by a try";
                break;
            default:
                problem = "two of them are never held together";
                break;
        }

        FailNeed(state, site.Operation.Syntax, key, Rule.NestingBroken, null, sentence => "'" + site.Name + "' takes " + sentence.Name(term) + " while " + sentence.Name(hold.Term) + ", of the same class " + lockClass + ", is held: " + problem + sentence.Condition, null);
    }

    private static Term? OrderingMember(Term term, string? name)
    {
        if (name is null) return null;
        foreach (Term? owner in new[] { term, (term as MemberOf)?.Target })
        {
            if (owner?.Type?.GetMembers(name).FirstOrDefault(static candidate => candidate is IFieldSymbol or IPropertySymbol) is { } member) return new MemberOf(owner, member);
        }

        return null;
    }

    /// <summary>Whether the contract leaves no way for the acquisition to fail: it waits without a limit.</summary>
    private static bool IsSureToAcquire(State state, MemberContract contract, Func<Term, Term?> exit) => contract.Acquires.All(clause =>
        clause.When is not { } when || state.Assume(when.Replace(exit).Negate()) is not { } failed || contract.Ensures.Any(fact => Ensure(failed, fact, exit) is null));

    /// <summary>Whether two locks are known to differ: they do, or the objects whose locks they are.</summary>
    private static bool AreApart(State state, Term term, Term other) => state.Decide(Fact.Equal(term, other)) == false
        || (term is MemberOf { Target: { } owner } first && other is MemberOf { Target: { } second } && SymbolEqualityComparer.Default.Equals(first.Member, ((MemberOf)other).Member) && state.Decide(Fact.Equal(owner, second)) == false);
}
