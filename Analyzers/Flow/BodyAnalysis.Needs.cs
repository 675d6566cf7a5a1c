using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace MmLint.Analyzers;

/// <content>What a callee asks of the path that calls it: locks, facts, locks that must not be held, leave to sleep, and that its result is looked at.</content>
internal sealed partial class BodyAnalysis
{
    private void CheckNeed(State state, CallSite site, LockClause clause, Func<Term, Term?> map)
    {
        State? relevant = state;
        if (clause.When?.Replace(map) is { } when) relevant = state.Decide(when) == false ? null : state.Assume(when);
        if (relevant is null)
        {
            PassNeed(state, site.Operation.Syntax, "need:" + clause.Locks);
            return;
        }

        LockFormula need = clause.Locks.Replace(map);
        // Handing over what is stale has been reported; of a stale path from what is handed over nobody has spoken yet.
        if (need.Any(part => relevant.Stale.ContainsKey(part) && IsHandedOver(site, part))) return;
        (Verdict verdict, LockFormula culprit) = Query(relevant, need);
        if (verdict == Verdict.Held)
        {
            PassNeed(state, site.Operation.Syntax, "need:" + clause.Locks);
            return;
        }

        // Another member may have taken it by then; nothing is known that a caller would have to know.
        bool MayBeTaken() => (site.Contract.IsInferred || ContractFiles.IsFramework(site.Callee)) && need is LockFormula.Lock { Term: var wanted } && IsNobodysGuard(relevant.Canonical(wanted), isTaken: false);
        if (_inference is not null && MayBeTaken())
        {
            Excuse(relevant.Canonical(need.Locks.First().Term));
            return;
        }

        DiagnosticDescriptor rule = verdict switch { Verdict.WrongMode => Rule.WrongMode, Verdict.Maybe => Rule.MayNotBeHeld, _ => Rule.NotHeld };
        string hint = site.Contract.Alternatives.Count > 0 ? "; call " + site.Contract.Alternatives[0].Member + " instead" : "";
        FailNeed(relevant, site.Operation.Syntax, "need:" + clause.Locks, rule, verdict == Verdict.WrongMode ? culprit : need,
            sentence => "'" + site.Name + "' needs " + Missing(sentence, verdict, need, culprit) + site.Inferred + hint, null, Properties(site, need), refinement: RefineNeed(relevant, site, verdict, need, culprit),
            unless: exits => MayBeTaken());
    }

    private static bool IsHandedOver(CallSite site, Term value) => site.Receiver?.Any(value.Equals) == true || site.Arguments.Any(argument => argument.Any(value.Equals));

    private static ImmutableDictionary<string, string?> Properties(CallSite site, LockFormula need)
    {
        ImmutableDictionary<string, string?> properties = ImmutableDictionary<string, string?>.Empty.Add("Need", need.ToString());
        LockFormula.Lock? single = need as LockFormula.Lock;
        if (single is not null) properties = properties.Add("Lock", single.Term.ToString()).Add("Mode", single.Mode.ToString());
        return site.Contract.Alternatives.Count > 0 ? properties.Add("UseInstead", site.Contract.Alternatives[0].Member) : properties;
    }

    private void CheckRequired(State state, CallSite site, FactClause clause, Func<Term, Term?> map)
    {
        Fact fact = clause.Fact.Replace(map);
        State? relevant = state;
        if (clause.When?.Replace(map) is { } when) relevant = state.Decide(when) == false ? null : state.Assume(when);
        string key = "fact:" + clause.Fact;
        if (relevant is null || relevant.Decide(fact) == true) PassNeed(state, site.Operation.Syntax, key);
        else FailNeed(relevant, site.Operation.Syntax, key, Rule.FactNotKnown, null, sentence => "'" + site.Name + "' requires " + (relevant.Canonical(fact) is var shown && (shown == Fact.True || shown == Fact.False) ? clause.Source.Text : sentence.Name(shown)) + ", which is " + (relevant.Decide(fact) == false ? "false here" : "not known here") + sentence.Condition, null, refinement: RefineRequirement(relevant, site, clause, fact));
    }

    private void CheckExcluded(State state, CallSite site, LockClause clause, Func<Term, Term?> map)
    {
        if (clause.When?.Replace(map) is { } when && state.Decide(when) != true) return;
        foreach (LockFormula part in Parts(clause.Locks.Replace(map)))
        {
            string key = "not:" + part;
            Hold? found = part switch
            {
                LockFormula.Lock item => state.Holds.FirstOrDefault(hold => hold.Term.Equals(state.Canonical(item.Term)) && (item.Mode == Mode.None || hold.Mode >= item.Mode)),
                LockFormula.AnyInstance any => state.Holds.FirstOrDefault(hold => IsInstance(hold, any)),
                _ => null,
            };
            if (found is null || found.Maybe || (site.Contract.IsInferred && found.Info.Anyone && found.Term is MemberOf { Member: var unnamed } && !_catalog.IsNamedByContracts(unnamed)))
            {
                // A semaphore that no contract names may count, and who takes it need not be who gives it back.
                PassNeed(state, site.Operation.Syntax, key);
                if (part is LockFormula.Lock waited && _catalog.InfoOf(waited.Term).IsWaitedFor) CheckOrder(state, site, state.Canonical(waited.Term), waited.Mode == Mode.None ? Mode.Shared : waited.Mode, null, "waits for");
                continue;
            }

            _settledNow.Add(found.Term);
            if (site.Contract.IsInferred)
            {
                FailNeed(state, site.Operation.Syntax, key, Rule.AlreadyHeld, null, sentence => "'" + site.Name + "' takes " + sentence.Name(found.Term) + site.Inferred + ", which is already held" + Since(sentence, found) + sentence.Condition, null);
                continue;
            }

            FailNeed(state, site.Operation.Syntax, key, Rule.MustNotBeHeld, null, sentence => "'" + site.Name + "' must not be called with " + sentence.Name(part) + " held; " + sentence.Name(found.Term) + " is" + Since(sentence, found) + sentence.Condition, null);
        }
    }

    private static IEnumerable<LockFormula> Parts(LockFormula formula) => formula switch
    {
        LockFormula.All all => all.Parts.SelectMany(Parts),
        LockFormula.Some some => some.Parts.SelectMany(Parts),
        LockFormula.Choice choice => Parts(choice.WhenTrue).Concat(Parts(choice.WhenFalse)),
        _ => [formula],
    };

    private static string Since(Sentence sentence, Hold hold) => hold.Site is { } site ? ", since line " + sentence.Line(site) : "";

    /// <summary>
    /// Whether this body has to say that it sleeps when it calls code that does: where it states a contract, or lives in an assembly that says
    /// so of its own members. What becomes a delegate of the framework, and the framework's own members, are left alone.
    /// </summary>
    private bool SaysWhetherItSleeps(MemberContract callee)
    {
        if (_contract.IsInferred || callee.Carrier.ContainingAssembly is not { } assembly || ContractFiles.IsFramework(callee.Carrier)) return false;
        if (_contract is { IsStated: true }) return true;
        if (_contract.Carrier is INamedTypeSymbol { TypeKind: TypeKind.Delegate } type) return SymbolEqualityComparer.Default.Equals(assembly, type.ContainingAssembly);
        return Method is { MethodKind: not (MethodKind.AnonymousFunction or MethodKind.LocalFunction), DeclaredAccessibility: not Accessibility.Private, IsImplicitlyDeclared: false }
            && SymbolEqualityComparer.Default.Equals(assembly, _owner.ContainingAssembly) && !_owner.Name.StartsWith("<", System.StringComparison.Ordinal);
    }

    /// <summary>Judges sleeping; false where an atomic lock is held.</summary>
    private bool CheckSleep(State state, CallSite site, Func<Term, Term?> map)
    {
        MemberContract contract = site.Contract;
        if (!contract.MaySleep || (contract.SleepsWhen?.Replace(map) is { } when && state.Decide(when) == false)) return true;
        var released = new HashSet<Term>(contract.Releases.Where(static clause => clause.When is null).SelectMany(clause => clause.Locks.Replace(map).Locks).Select(item => state.Canonical(item.Term)));
        Hold? atomic = state.Holds.FirstOrDefault(hold => hold.Info.Atomic && !hold.Maybe && !released.Contains(hold.Term));
        if (atomic is not null)
        {
            FailNeed(state, site.Operation.Syntax, "sleep", Rule.SleepInAtomic, null, sentence => "'" + site.Name + "' may sleep, but " + sentence.Name(atomic.Term) + " is held" + Since(sentence, atomic) + sentence.Condition, null);
            return false;
        }

        PassNeed(state, site.Operation.Syntax, "sleep");
        if (!ContractFiles.IsFramework(contract.Carrier)) _inference?.Sleep();
        bool said = _contract.MaySleep && (_contract.SleepsWhen?.Replace(EntryMap) is not { } mine || state.Decide(mine) == true);
        if (!said && SaysWhetherItSleeps(contract))
            FailNeed(state, site.Operation.Syntax, "sleeps", Rule.SleepInAtomic, null, sentence => "'" + site.Name + "' may sleep, but '" + OwnName + "' does not say [MaySleep]" + sentence.Condition, null);
        return true;
    }

    /// <summary>Whether the result says if a lock was acquired.</summary>
    private static bool IsResultTold(MemberContract contract) =>
        contract.Acquires.Any(static clause => clause.When is { } when && when.Any(static part => part is Root { Kind: RootKind.Result }));

    /// <summary>Whether an out argument says if a lock was acquired, and is thrown away.</summary>
    private static bool IsOutTold(CallSite site)
    {
        foreach (LockClause clause in site.Contract.Acquires)
        {
            for (int index = 0; clause.When is { } when && index < site.Operands.Count; index++)
            {
                if (site.Operands[index] is IDiscardOperation && index < site.Contract.Parameters.Length && when.Any(part => part is Root { Kind: RootKind.Parameter, Symbol: var symbol } && SymbolEqualityComparer.Default.Equals(symbol, site.Contract.Parameters[index]))) return true;
            }
        }

        return false;
    }

    private void CheckIgnored(State state, CallSite site)
    {
        LockFormula locks = site.Contract.Acquires.First(static clause => clause.When is not null).Locks.Replace(part => Substitute(part, site, null, exit: false));
        if (locks.Locks.Any(item => _catalog.IsSignal(item.Term))) return;
        FailNeed(state, site.Operation.Syntax, "ignored", Rule.IgnoredResult, null, sentence => "the result of '" + site.Name + "' says whether " + sentence.Name(locks) + " is held, and nobody looks at it", null);
    }
}
