using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MmLint.Analyzers;

/// <content>Exits: what a body leaves held and known, against what its contract says.</content>
internal sealed partial class BodyAnalysis
{
    private void CheckExit(State state, Term? value, SyntaxNode exit, bool isReturn)
    {
        if (!_recording) return;
        Term result = value ?? Constant.Null;
        Location location = ExitLocation(exit);
        Term? AtExit(Term part) => part switch
        {
            Root { Kind: RootKind.Result } => result,
            Root { Kind: RootKind.This } => Root.This(_owner.ContainingType),
            Root { Kind: RootKind.Parameter, Symbol: IParameterSymbol parameter } => ExitValue(state, parameter),
            Old old => state.Values.TryGetValue(old, out Term? kept) ? kept : old.Inner.Replace(EntryMap),
            _ => null,
        };

        List<LockClause> conditional = _contract.Releases.Concat(_contract.Downgrades).Concat(_contract.Acquires).Where(clause => clause.When is { } when && state.Decide(when.Replace(AtExit)) is null).ToList();
        int undecided = conditional.Count + state.Entry.Count(hold => state.WasHeld(hold) is null) + state.Holds.Length - state.Holds.Select(static hold => hold.Term).Distinct().Count();
        if (undecided > MaxConditionsAtExit)
        {
            CheckHoldsApart(state, conditional, exit, location, AtExit);
            CheckLeft(state, result, exit, location, AtExit);
            return;
        }

        foreach (State outcome in Outcomes(state, conditional, AtExit))
        {
            CheckHolds(outcome, exit, location, AtExit);
            CheckLeft(outcome, result, exit, location, AtExit);
        }
    }

    /// <summary>Notes what is left behind, and judges what is said of it.</summary>
    private void CheckLeft(State outcome, Term result, SyntaxNode exit, Location location, Func<Term, Term?> atExit)
    {
        CheckInvoked(outcome, exit, location);
        _inference?.Exit(outcome, result);
        _findings.Exit(outcome, result);
        foreach (FactClause clause in _contract.Ensures) CheckEnsured(outcome, clause, exit, location, atExit);
    }

    /// <summary>Conditions of the contract that are told apart in all their combinations; where there are more, only those that concern one lock are.</summary>
    private const int MaxConditionsAtExit = 6;

    /// <summary>The ways in which the conditions may have come out.</summary>
    private static List<State> Outcomes(State state, IEnumerable<LockClause> conditional, Func<Term, Term?> atExit, Term? about = null)
    {
        List<State> outcomes = ToldApart(state, term => about is null || term.Equals(about)).ToList();
        foreach (Hold entry in state.Entry)
        {
            if (entry.Tells.IsEmpty || (about is not null && !state.Canonical(entry.Term).Equals(about)) || state.WasHeld(entry) is not null) continue;
            if (HoldOf(state, state.Canonical(entry.Term)) is { Origin: Origin.Entry } now && now.Tells.Any(entry.Tells.Contains)) continue;
            outcomes = outcomes.SelectMany(outcome => new[] { outcome.Assume(entry.Tells[0]), outcome.Assume(entry.Tells[0].Negate()) }.OfType<State>()).ToList();
        }

        foreach (LockClause clause in conditional)
        {
            Fact when = clause.When!.Replace(atExit);
            outcomes = outcomes.SelectMany(outcome => outcome.Decide(when) is not null ? [outcome] : new[] { outcome.Assume(when), outcome.Assume(when.Negate()) }.OfType<State>()).ToList();
        }

        return outcomes;
    }

    /// <summary>Judges each lock by the conditions that are about it.</summary>
    private void CheckHoldsApart(State state, List<LockClause> conditional, SyntaxNode exit, Location location, Func<Term, Term?> atExit)
    {
        IEnumerable<Term> LocksOf(LockClause clause) => clause.Locks.Replace(atExit).Locks.Concat(clause.Locks.Replace(EntryMap).Locks).Select(item => state.Canonical(item.Term));
        foreach (Term term in conditional.SelectMany(LocksOf).Concat(state.Holds.Select(static hold => hold.Term)).Concat(state.Entry.Select(hold => state.Canonical(hold.Term))).Distinct().ToList())
        {
            IEnumerable<LockClause> about = conditional.Where(clause => LocksOf(clause).Contains(term));
            foreach (State outcome in Outcomes(state, about, atExit, term)) CheckHolds(outcome, exit, location, atExit, term);
        }
    }

    private Term? ExitValue(State state, IParameterSymbol parameter)
    {
        int index = IndexOf(_contract.Parameters, parameter);
        if (index < 0 || Method is not { } method || index >= method.Parameters.Length) return null;
        IParameterSymbol own = method.Parameters[index];
        return own.RefKind is RefKind.Out or RefKind.Ref && state.Values.TryGetValue(own, out Term? left) ? left : Root.Parameter(own);
    }

    private void CheckHolds(State outcome, SyntaxNode exit, Location location, Func<Term, Term?> atExit, Term? about = null)
    {
        var expected = new List<(Hold Hold, bool Kept, Term Name)>();

        // Whether these were held at entry is not known, and the same is so now.
        var same = new HashSet<Term>();
        for (int index = 0; index < outcome.Entry.Length; index++)
        {
            Term term = outcome.Canonical(outcome.Entry[index].Term);
            bool? held = outcome.WasHeld(outcome.Entry[index]);
            if (held is null) same.Add(term);
            if (held != true) continue;
            expected.Add((outcome.Entry[index].With(term: term), true, outcome.EntryNames[index]));
        }

        foreach (LockClause clause in _contract.Releases)
        {
            if (!Applies(outcome, clause, atExit)) continue;
            foreach ((Term name, Term term) in TermsOf(outcome, clause.Locks.Replace(EntryMap)))
            {
                Mode mode = expected.FirstOrDefault(item => item.Hold.Term.Equals(term)).Hold?.Mode ?? Mode.None;
                expected.RemoveAll(item => item.Name.Equals(name) || item.Hold.Term.Equals(term) || (mode == Mode.Exclusive && term.Equals(BoundOf(outcome, item.Hold.Term, item.Hold.Mode))));
            }
        }

        foreach (LockClause clause in _contract.Downgrades)
        {
            if (!Applies(outcome, clause, atExit)) continue;
            foreach ((_, Term term) in TermsOf(outcome, clause.Locks.Replace(EntryMap)))
            {
                expected.RemoveAll(item => term.Equals(BoundOf(outcome, item.Hold.Term, item.Hold.Mode)));
                expected = expected.Select(item => item.Hold.Term.Equals(term) ? (item.Hold.With(mode: Mode.Shared), item.Kept, item.Name) : item).ToList();
            }
        }

        foreach (LockClause clause in _contract.Acquires)
        {
            if (!Applies(outcome, clause, atExit)) continue;
            foreach ((_, ImmutableArray<LockFormula.Lock> locks, _) in Resolve(outcome, clause.Locks.Replace(atExit), forRelease: true).Take(1))
            {
                foreach (LockFormula.Lock item in locks)
                {
                    if (ThroughNull(outcome, item.Term)) continue;
                    LockInfo info = _catalog.InfoOf(item.Term);
                    Mode mode = item.Mode == Mode.None ? info.DefaultMode : item.Mode;
                    int known = expected.FindIndex(other => other.Hold.Term.Equals(item.Term));
                    if (known >= 0)
                    {
                        Hold hold = expected[known].Hold;
                        expected[known] = (hold.With(mode: mode > hold.Mode ? mode : hold.Mode, depth: info.Reentrant && !clause.Idempotent ? hold.Depth + 1 : hold.Depth), false, item.Term);
                    }
                    else
                    {
                        expected.Add((new Hold(item.Term, mode, Origin.Here, info, null), false, item.Term));
                    }
                }
            }
        }

        foreach ((Hold hold, bool kept, _) in expected)
        {
            if (about is null || hold.Term.Equals(about)) CheckPromised(outcome, hold, kept, exit, location);
        }

        foreach (Hold hold in outcome.Holds)
        {
            if ((about is not null && !hold.Term.Equals(about)) || (hold is { Maybe: true, Origin: Origin.Entry } && same.Contains(hold.Term))) continue;
            Hold? wanted = expected.FirstOrDefault(item => item.Hold.Term.Equals(hold.Term)).Hold;
            string key = "exit:" + hold.Term;
            if (hold.Origin == Origin.Assumed || outcome.Excused.Contains(hold.Term) || IsReleasedWithItsCollection(hold) || IsKeptByScope(outcome, hold.Term) || (wanted is not null && wanted.Depth >= hold.Depth) || (IsTrusted(hold.Term) && (hold.Origin != Origin.Here || IsSpokenOf(outcome, hold.Term))) || (IsMeans(hold.Term) && expected.Any(static item => item.Name is Root { Kind: RootKind.This }))
                || (BoundOf(outcome, hold.Term, hold.Mode) is { } bound && (outcome.Excused.Contains(bound) || HoldOf(outcome, bound) is { Mode: Mode.Exclusive })))
            {
                PassNeed(outcome, exit, key);
                continue;
            }

            object cause = (hold.Maybe ? "maybe" : "leak", hold.Site ?? (object)hold.Term);
            FailNeed(outcome, exit, key, hold.Maybe ? Rule.MayNotBeHeld : Rule.Leak, null, sentence => hold.Origin == Origin.Entry && wanted is null
                ? sentence.Name(hold.Term) + " is still held" + sentence.Condition + "; the contract of '" + OwnName + "' says it is released"
                : sentence.Name(hold.Term) + (hold.Maybe ? " may still be held" : " is still held") + sentence.Condition + Taken(sentence, hold), hold.Origin == Origin.Here ? cause : null, location: location, refinement: hold.Maybe ? null : RefineExit(outcome, hold, exit), unless: hold.Origin != Origin.Here ? null : exits => (GoesWithResult || IsNobodysGuard(hold.Term, isTaken: true)) && (IsSaidByResult(exits, hold.Term) || IsSaidByReference(exits, hold.Term) || IsSaidByMember(exits, hold.Term) || IsHandedTo(exit, hold)));
        }
    }

    /// <summary>Whether the lock is held at every exit, or exactly where the result is true, or is not null. Where there is no lock, nothing need be said.</summary>
    private static bool IsSaidByResult(IReadOnlyList<(State State, Term Result)> exits, Term term)
    {
        List<(State State, Term Result)> told = exits.Where(exit => !ThroughNull(exit.State, term)).ToList();
        bool IsSaid(Func<State, Term, bool?> tells) => told.All(exit => tells(exit.State, exit.Result) is { } said && said == HoldOf(exit.State, term) is not null);
        return told.All(exit => HoldOf(exit.State, term) is not null)
            || told.All(static exit => exit.Result.Type?.SpecialType == SpecialType.System_Boolean) && IsSaid(static (state, result) => state.Decide(Fact.Holds(result)))
            || told.All(static exit => exit.Result is Constant { Value: null } || exit.Result.Type is { IsReferenceType: true }) && IsSaid(static (state, result) => result is Root { Kind: RootKind.This } ? true : state.Decide(Fact.IsNull(result).Negate()));
    }

    /// <summary>Whether the lock is held exactly where a flag that is passed by reference tells so; where the flag is as it was, nothing may have changed.</summary>
    private bool IsSaidByReference(IReadOnlyList<(State State, Term Result)> exits, Term term) => Method is { } method && method.Parameters.Any(parameter =>
        parameter is { RefKind: RefKind.Ref or RefKind.Out, Type.SpecialType: SpecialType.System_Boolean } && exits.All(exit =>
            exit.State.Values.TryGetValue(parameter, out Term? flag) && (exit.State.Canonical(flag).Equals(Root.Parameter(parameter))
                ? HoldOf(exit.State, term) is null
                : exit.State.Decide(Fact.Holds(flag)) is { } said && said == HoldOf(exit.State, term) is not null)));

    /// <summary>Whether anybody may give the lock back, and a member does whose task is what is returned.</summary>
    private bool IsHandedTo(SyntaxNode exit, Hold hold) => hold is { Info.Anyone: true, Term: MemberOf { Member: var member } } && _model is { } model && model.SyntaxTree == exit.SyntaxTree && exit.DescendantNodesAndSelf().OfType<InvocationExpressionSyntax>()
        .Any(call => model.GetSymbolInfo(call, _cancellation).Symbol is IMethodSymbol callee && Tasks.IsTask(callee.ReturnType) && Handover?.GivesBack(callee, member) == true);

    /// <summary>Whether the lock is held at exactly those exits where a member of the object says so, of which the member that gives the lock back speaks as well.</summary>
    private bool IsSaidByMember(IReadOnlyList<(State State, Term Result)> exits, Term term)
    {
        ILookup<bool, State> held = exits.Where(exit => !ThroughNull(exit.State, term)).ToLookup(exit => HoldOf(exit.State, term) is not null, static exit => exit.State);
        return term is MemberOf { Member: var lockMember } && held[true].FirstOrDefault() is { } first && first.Facts.Literals.Any(literal =>
            literal.Atom.Left is MemberOf { Member: var asked } && !literal.Atom.Any(static part => part is ElementOf or Opaque or Root { Kind: not RootKind.This })
            && held[true].All(state => state.Facts.Evaluate(literal.Atom) == literal.Positive) && held[false].All(state => state.Facts.Evaluate(literal.Atom) == !literal.Positive)
            && Handover?.HasOtherHalf(lockMember, takes: false, asked) == true);
    }

    /// <summary>
    /// Whether what is returned is there to be disposed of, so that a lock which is held at every exit goes along with it. Types that are known to
    /// hold locks say so by contract.
    /// </summary>
    private bool GoesWithResult => !_contract.IsStated && Method is { MethodKind: MethodKind.Ordinary, ReturnType: var returned } && Tasks.Awaited(returned) is { SpecialType: SpecialType.None } type && !_catalog.IsScopedLock(type) && !Tasks.IsTask(type)
        && Disposal.MethodsOf(type).Any();

    private static string Taken(Sentence sentence, Hold hold) => hold.Site is { } site ? ", taken in line " + sentence.Line(site) : "";

    private void CheckPromised(State outcome, Hold hold, bool kept, SyntaxNode exit, Location location)
    {
        string key = "exit:" + hold.Term;
        Hold? actual = HoldOf(outcome, hold.Term);
        bool isGiven = actual is null && !kept && outcome.Losses.LastOrDefault(loss => loss.Term.Equals(hold.Term)) is { IsHandover: true };
        if (isGiven || IsTrusted(hold.Term) || IsKeptByScope(outcome, hold.Term) || outcome.Excused.Contains(hold.Term) || hold.Origin == Origin.Assumed)
        {
            PassNeed(outcome, exit, key);
            return;
        }

        if (actual is null)
        {
            FailNeed(outcome, exit, key, Rule.Leak, null, sentence => kept
                ? sentence.Name(hold.Term) + " is released" + sentence.Condition + "; the contract of '" + OwnName + "' says it stays held" + sentence.LossOf(hold.Term)
                : "the contract of '" + OwnName + "' says " + sentence.Name(hold.Term) + " is held here, but it is not" + sentence.Condition + sentence.LossOf(hold.Term), null, location: location, refinement: RefineExit(outcome, hold, exit));
        }
        else if (actual.Maybe)
        {
            FailNeed(outcome, exit, key, Rule.MayNotBeHeld, null, sentence => "the contract of '" + OwnName + "' says " + sentence.Name(hold.Term) + " is held here, but it may not be", null, location: location);
        }
        else if (actual.Mode < hold.Mode)
        {
            FailNeed(outcome, exit, key, Rule.Leak, null, sentence => "the contract of '" + OwnName + "' says " + sentence.Name(hold.Term) + " is held exclusively here, but it is held shared" + sentence.Condition + sentence.LossOf(hold.Term), null, location: location);
        }
        else if (!kept && actual.Origin == Origin.Here && hold.Mode == Mode.Shared && actual.Mode > Mode.Shared)
        {
            FailNeed(outcome, exit, key, Rule.Leak, null, sentence => "the contract of '" + OwnName + "' says " + sentence.Name(hold.Term) + " is held shared here, but it is held exclusively" + sentence.Condition + Taken(sentence, actual), null, location: location);
        }
        else if (kept && actual.Origin == Origin.Here)
        {
            FailNeed(outcome, exit, key, Rule.Leak, null, sentence => sentence.Name(hold.Term) + " is dropped and retaken" + sentence.Condition + "; say so with [Releases] and [Acquires] on '" + OwnName + "'" + sentence.LossOf(hold.Term), null, location: location);
        }
        else
        {
            PassNeed(outcome, exit, key);
        }
    }

    /// <summary>The locks of a contract's formula: as the contract names them, and as they are called by now.</summary>
    private static IEnumerable<(Term Name, Term Term)> TermsOf(State state, LockFormula formula) => formula switch
    {
        LockFormula.Some => formula.Locks.Select(item => (item.Term, state.Canonical(item.Term))).Where(pair => state.Entry.Any(hold => hold.Term.Equals(pair.Item2))),
        LockFormula.Choice choice => state.Decide(choice.Condition) switch
        {
            true => TermsOf(state, choice.WhenTrue),
            false => TermsOf(state, choice.WhenFalse),
            _ => formula.Locks.Select(item => (item.Term, state.Canonical(item.Term))),
        },
        LockFormula.All all => all.Parts.SelectMany(part => TermsOf(state, part)),
        _ => formula.Locks.Select(item => (item.Term, state.Canonical(item.Term))),
    };

    private void CheckEnsured(State outcome, FactClause clause, SyntaxNode exit, Location location, Func<Term, Term?> atExit)
    {
        Fact fact = clause.Fact.Replace(atExit);
        State? relevant = outcome;
        if (clause.When?.Replace(atExit) is { } when) relevant = outcome.Decide(when) == false ? null : outcome.Assume(when);
        foreach (Term target in relevant is null ? [] : ResultTargets(clause.Fact, atExit)) relevant = relevant?.Assume(Fact.IsNull(target).Negate());
        string key = "ensure:" + clause.Fact;
        if (relevant is null || IsTrustedFact(clause.Fact) || relevant.Decide(fact) == true) PassNeed(outcome, exit, key);
        else FailNeed(relevant, exit, key, Rule.FactNotKnown, null, sentence => "the contract of '" + OwnName + "' ensures " + clause.Source.Text + ", which is " + (relevant.Decide(fact) == false ? "false" : "not known") + " here" + sentence.Condition, null, location: location);
    }

    /// <summary>The values through which the fact reaches a member of the result: where one is null, the fact says nothing.</summary>
    private static IEnumerable<Term> ResultTargets(Fact fact, Func<Term, Term?> atExit)
    {
        var targets = new List<Term>();
        fact.Any(part =>
        {
            if (part is MemberOf { Target: { } target } && target.Any(static inner => inner is Root { Kind: RootKind.Result or RootKind.Value })) targets.Add(target.Replace(atExit));
            return false;
        });
        return targets;
    }

    /// <summary>Whether the lock is taken over, or perhaps taken, by a member of a scoped lock, which keeps it until it is disposed of.</summary>
    private bool IsKeptByScope(State state, Term term) => _catalog.IsScopedLock(_owner.ContainingType)
        && _contract.Releases.Concat(_contract.Acquires.Where(static clause => clause.When is not null)).Any(clause => clause.Locks.Replace(EntryMap).Locks.Any(item => state.Canonical(item.Term).Equals(term)));

    /// <summary>A lock type vouches for what it does to itself; so does the type that declares a lock which is only a name.</summary>
    private bool IsTrusted(Term term)
    {
        INamedTypeSymbol? type = _owner.ContainingType;
        if (type is null) return false;
        bool vouches = _catalog.LockOf(type) is not null || _catalog.IsScopedLock(type);
        if (vouches && term is Root { Kind: RootKind.This }) return true;
        if (vouches && term.Type is { } own && SymbolEqualityComparer.Default.Equals(own.OriginalDefinition, type.OriginalDefinition)) return true;
        return term is MemberOf { Member: var member } && SymbolEqualityComparer.Default.Equals(member.ContainingType?.OriginalDefinition, type.OriginalDefinition)
            && ContractCatalog.TypeOf(member) is { Name: "LockName", ContainingNamespace.Name: "MmLint" };
    }

    /// <summary>Whether the contract says something of what becomes of the lock: what it does not speak of is only used, also by the type that it is of.</summary>
    private bool IsSpokenOf(State state, Term term) => _contract.Releases.Concat(_contract.Downgrades).Concat(_contract.Acquires)
        .Any(clause => clause.Locks.Replace(EntryMap).Locks.Any(item => state.Canonical(item.Term).Equals(term)) || clause.Locks.Any(static part => part is Root { Kind: RootKind.Result }));

    /// <summary>Whether it is a lock of the base library that a lock of one's own is made of: it is taken and given back together with that.</summary>
    private bool IsMeans(Term term) => term is MemberOf { Target: Root { Kind: RootKind.This }, Member: var member } && _catalog.IsPartOfLock(member)
        && ContractCatalog.TypeOf(member) is { } made && (made.SpecialType == SpecialType.System_Object || ContractFiles.IsFramework(made));

    /// <summary>A lock type also vouches for what it says of its own result.</summary>
    private bool IsTrustedFact(Fact fact) => _owner.ContainingType is { } type && (_catalog.LockOf(type) is not null || _catalog.IsScopedLock(type)) && fact.Any(static part => part is Root { Kind: RootKind.Result });

    /// <summary>The name of this body in messages: a constructor is known by its type, an accessor by its member.</summary>
    private string OwnName => LockCycles.NameOf(_owner);

    private void CheckThrow(State state, SyntaxNode thrower, bool isExplicit)
    {
        if (!_recording) return;
        foreach (Hold hold in state.Holds)
        {
            if (hold.Origin != Origin.Here || hold.Maybe || hold.Site is LockStatementSyntax || IsTrusted(hold.Term) || hold.Info.Kind == Kind.Section && hold.Info.Anyone) continue;
            if (BoundOf(state, hold.Term, hold.Mode) is { } bound && HoldOf(state, bound) is { Origin: not Origin.Here }) continue;
            SyntaxNode place = (SyntaxNode?)thrower.FirstAncestorOrSelf<Microsoft.CodeAnalysis.CSharp.Syntax.ThrowStatementSyntax>() ?? (SyntaxNode?)thrower.FirstAncestorOrSelf<Microsoft.CodeAnalysis.CSharp.Syntax.ThrowExpressionSyntax>() ?? thrower;
            FailNeed(state, place, "throw:" + hold.Term, isExplicit ? Rule.Leak : Rule.LeakOnThrow, null, sentence => sentence.Name(hold.Term) + " is still held" + Taken(sentence, hold) + " when this throws" + sentence.Condition, (isExplicit ? "leak" : "leak on throw", hold.Site ?? (object)hold.Term), refinement: isExplicit ? RefineBalance(hold.Info) : null);
        }
    }

    private State CheckSuspension(State state, SyntaxNode syntax, string what)
    {
        foreach (Hold hold in state.Holds)
        {
            if (hold.Info.Anyone || hold.Maybe || hold.Info.Kind is Kind.Reference or Kind.Section or Kind.SeqCount) continue;
            if (hold.Origin == Origin.Assumed) state = Lose(state, hold.Term, syntax, "it stayed with the caller");
            else FailNeed(state, syntax, "suspend:" + hold.Term, Rule.HeldAcrossAwait, null, sentence => sentence.Name(hold.Term) + " belongs to the thread and is held across " + what + Since(sentence, hold) + sentence.Condition, ("suspend", hold.Site ?? (object)hold.Term));
        }

        return state;
    }

    /// <summary>Names for values that have no path: the local that holds them.</summary>
    private Func<Term, string?> NamesIn(State state) => term =>
    {
        if (term is not Opaque opaque) return null;
        string? declared = opaque.Earlier ? null : DeclaredName(opaque);
        foreach (KeyValuePair<object, Term> entry in state.Values)
        {
            if (entry.Key is not ISymbol symbol) continue;
            if (entry.Value.Equals(term)) return symbol.Name;
            if (symbol.Name == declared) return null;
        }

        if (declared is not null || opaque.Earlier || opaque.Site is not IOperation { Syntax: var written }) return declared;
        string text = written.ToString();
        return text.Length <= 60 && !text.Contains('\n') ? text : null;
    };

    private static string? DeclaredName(Opaque opaque)
    {
        if (opaque.Site is not IOperation operation) return null;
        SyntaxNode? parent = operation.Syntax.Parent;
        while (parent is Microsoft.CodeAnalysis.CSharp.Syntax.CastExpressionSyntax or Microsoft.CodeAnalysis.CSharp.Syntax.ParenthesizedExpressionSyntax or Microsoft.CodeAnalysis.CSharp.Syntax.AwaitExpressionSyntax) parent = parent.Parent;
        return parent switch
        {
            Microsoft.CodeAnalysis.CSharp.Syntax.EqualsValueClauseSyntax { Parent: Microsoft.CodeAnalysis.CSharp.Syntax.VariableDeclaratorSyntax declarator } => declarator.Identifier.ValueText,
            Microsoft.CodeAnalysis.CSharp.Syntax.AssignmentExpressionSyntax { Left: Microsoft.CodeAnalysis.CSharp.Syntax.IdentifierNameSyntax name } => name.Identifier.ValueText,
            _ => null,
        };
    }
}
