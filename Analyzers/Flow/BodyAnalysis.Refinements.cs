using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace MmLint.Analyzers;

/// <content>
/// Which findings the annotations recognise as one of the mistakes that have a rule of their own. The more specific comes first: a callee that names an
/// alternative says more than the kind of the lock it needs.
/// </content>
internal sealed partial class BodyAnalysis
{
    private Refinement? RefineNeed(State state, CallSite site, Verdict verdict, LockFormula need, LockFormula culprit)
    {
        if (verdict == Verdict.Maybe || site.Contract.IsInferred) return null;
        if (site.Contract.Alternatives.Any(alternative => alternative.When?.Replace(part => Substitute(part, site, null, exit: false)) is not { } when || state.Decide(when) != false))
            return new Refinement(Rule.AlternativeExists);
        if (culprit is LockFormula.Lock { Mode: Mode.Exclusive } part && BoundOf(state, state.Canonical(part.Term), Mode.Exclusive) is { } whole)
            return new Refinement(Rule.PartNotWriteLocked, sentence => "; once taken it lasts until " + sentence.Name(whole) + " is released");
        if (PartHeld(state, need) is { } held) return OnlyPart(held);
        return culprit is LockFormula.Lock { Term: var term } && IsGiven(state, site, term) ? new Refinement(Rule.PassedUnlocked) : null;
    }

    private Refinement? RefineRead(State state, Verdict verdict, LockFormula need, MemberOf member) =>
        verdict == Verdict.NotHeld && PartHeld(state, need) is { Term: MemberOf { Target: var part } } held && !Equals(part, member.Target) ? OnlyPart(held) : null;

    private static Refinement OnlyPart(Hold held) => new(Rule.OnlyPartLocked, sentence => "; " + sentence.Name(held.Term) + " is held, which is the lock of one part only");

    /// <summary>The hold of a lock that is bounded by one of the locks that are missing: the part is locked, the whole is not.</summary>
    private Hold? PartHeld(State state, LockFormula need)
    {
        foreach (Hold hold in state.Holds)
        {
            if (!hold.Maybe && BoundOf(state, hold.Term, Mode.Exclusive) is { } whole && need.Locks.Any(item => state.Canonical(item.Term).Equals(whole))) return hold;
        }

        return null;
    }

    /// <summary>Whether the lock is an object that is handed to the callee, of a type whose objects anybody may unlock.</summary>
    private bool IsGiven(State state, CallSite site, Term term)
    {
        Term canonical = state.Canonical(term);
        return canonical.Type is { } type && _catalog.LockOf(type) is { Anyone: true }
            && (site.Arguments.Any(argument => state.Canonical(argument).Equals(canonical)) || (site.Receiver is { } receiver && state.Canonical(receiver).Equals(canonical)));
    }

    private Refinement? RefineRequirement(State state, CallSite site, FactClause clause, Fact fact)
    {
        if (clause.Fact is Fact.Single { Literal: { Positive: true, Atom: { Kind: AtomKind.Equal } equality } } && new[] { equality.Left, equality.Right! }.FirstOrDefault(static side => side is MemberOf { Target: null }) is { } ambient)
            return new Refinement(Rule.ForeignContext, sentence => "; '" + site.Name + "' works for " + sentence.Name(ambient) + " only");
        CallSite? lookup = null;
        state.Canonical(fact).Any(part =>
        {
            if (lookup is null && part is Opaque { Site: IInvocationOperation made } && _engine.ContractOf(made.TargetMethod) is var contract && contract.Acquires.Any(static acquired => acquired.Locks.Any(static inner => inner is Root { Kind: RootKind.Result })))
                lookup = new CallSite(made, made.TargetMethod, contract, null, [], null);
            return false;
        });
        return lookup is null ? null : new Refinement(Rule.LookupPromisesLess, _ => "; '" + lookup.Name + "' returns it locked and promises no more than that");
    }

    private Refinement? RefineStale(State state, LockFormula formula) => Query(state, formula).Verdict == Verdict.Held ? new Refinement(Rule.NotLookedUpAgain, _ => "; taking it again does not bring the value back") : null;

    private static Refinement? RefineBalance(LockInfo info) => info.Kind == Kind.Reference ? new Refinement(Rule.UnbalancedReference) : null;

    /// <summary>Whether the member gives the lock up according to its result, so that callers read from the result what is held.</summary>
    private Refinement? RefineExit(State outcome, Hold hold, SyntaxNode exit)
    {
        if (RefineBalance(hold.Info) is { } reference) return reference;
        bool isTold = _contract.Releases.Any(clause => clause.When is { } when && when.Any(static part => part is Root { Kind: RootKind.Result })
            && clause.Locks.Replace(EntryMap).Locks.Any(item => outcome.Canonical(item.Term).Equals(hold.Term)));
        return isTold ? new Refinement(Rule.ResultMisreports, cause: (exit, Rule.ResultMisreports)) : null;
    }
}
