using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace MmLint.Analyzers;

/// <content>What this body tells the compilation: which locks it takes, and which functions it calls, while it holds what.</content>
internal sealed partial class BodyAnalysis
{
    private void NoteTaking(State state, SyntaxNode site, Term term, Mode mode, bool isTry)
    {
        if (!_recording || _inference is not null || state.IsFresh(term)) return;
        LockInfo info = _catalog.InfoOf(term);
        LockNode? node = info.IsWaitedFor ? NodeOf(state, term, mode) : null;
        bool isSure = !isTry && info is { IsWaitedFor: true, Reentrant: false } && IsSureToRun();
        _engine.Takings.Add(new Taking(_owner, site, term, mode, node, isTry, isSure, HeldIn(state), OfParameters(state)));
    }

    /// <summary>
    /// Whether the function runs what is looked at if the parameters allow it, unless it throws. Only the code says so, for paths that meet forget what tells them apart: each condition on the way,
    /// from the last place that there is no way round, is one of parameters.
    /// </summary>
    private bool IsSureToRun()
    {
        if (_outer is not null || _block is not { } block || GraphWalk.Any(_graph, static operation => operation.Kind == OperationKind.YieldReturn)) return false;
        while (block.Predecessors.Length == 1 && block.Predecessors[0].Source is var before && before.Ordinal < block.Ordinal)
        {
            if (before.ConditionKind != ControlFlowConditionKind.None && !before.BranchValue!.DescendantsAndSelf().All(IsOfParameters)) break;
            block = before;
        }

        return !GraphWalk.ReachesEnd(_graph, block);
    }

    private static bool IsOfParameters(IOperation operation) => operation is IParameterReferenceOperation or ILiteralOperation or IIsNullOperation
        or IBinaryOperation { OperatorMethod: null } or IUnaryOperation { OperatorMethod: null } or IConversionOperation { OperatorMethod: null }
        or IIsPatternOperation or IConstantPatternOperation or IRelationalPatternOperation or INegatedPatternOperation or IBinaryPatternOperation;

    /// <summary>Notes what outlives a hold, or its mode, that has just ended.</summary>
    private void NoteParting(State after, SyntaxNode site, Hold ended)
    {
        if (!_recording || _inference is not null || after.Holds.IsEmpty || !ended.Info.IsWaitedFor || after.IsFresh(ended.Term)) return;
        ImmutableArray<HeldLock> kept = HeldIn(after);
        if (kept.Length == 0 || (kept.Length == 1 && kept[0].Term.Equals(ended.Term))) return;

        // What a caller has given along is covered by what the caller holds, if by anything; a lock that was taken and given up here changes nothing about that.
        ImmutableArray<HeldLock> bared = ended.Origin == Origin.Entry ? kept : HeldIn(after, static hold => hold.Origin == Origin.Here);
        if (!bared.IsEmpty) _engine.Takings.Add(new Parting(_owner, site, ended.Term, ended.Mode, kept, bared));
    }

    /// <summary>Notes a call under locks; those that the callee names as needed or released are its own business, for its body knows of them.</summary>
    private void NoteCall(State state, CallSite site)
    {
        if (!_recording || _inference is not null || site.Callee is not IMethodSymbol callee || (callee.DeclaringSyntaxReferences.IsEmpty && !_engine.IsContractedInvoke(callee))) return;
        ImmutableArray<HeldLock> held = HeldIn(state, hold => !Names(site.Contract.Needs, hold) && !Names(site.Contract.Releases, hold));
        if (held.IsEmpty) return;
        ImmutableArray<string> judged = site.Contract.Excludes.Concat(site.Contract.Acquires).SelectMany(clause => ClassesIn(clause.Locks)).ToImmutableArray();
        _engine.Takings.Add(new CallUnderLocks(_owner, callee.OriginalDefinition, site.Operation.Syntax, held, judged, site.Receiver is null ? null : state.Canonical(site.Receiver), site.Arguments.Select(state.Canonical).ToImmutableArray(), !callee.IsAsync || Tasks.IsAwaitedHere(site.Operation, _catalog)));

        static bool Names(List<LockClause> clauses, Hold hold) => clauses.Any(clause => clause.Locks.Locks.Any(item => SameClass(item.Term, hold.Term)) || IsInstanceOf(clause.Locks, hold));
        static bool SameClass(Term first, Term second) => first is MemberOf one && second is MemberOf other
            ? SymbolEqualityComparer.Default.Equals(one.Member.OriginalDefinition, other.Member.OriginalDefinition)
            : first.Type is { SpecialType: not SpecialType.System_Object } type && SymbolEqualityComparer.Default.Equals(type, second.Type);
        static bool IsInstanceOf(LockFormula formula, Hold hold) => Implication.Parts(formula).OfType<LockFormula.AnyInstance>().Any(any => Implication.IsInstance(hold.Term, any.Symbol));
    }

    /// <summary>What a path knows of nothing but the arguments.</summary>
    private static Fact OfParameters(State state) => Fact.And(
        state.Facts.Literals.Where(static literal => !literal.Atom.Any(IsNoParameter)).Select(static literal => (Fact)new Fact.Single(literal))
        .Concat(state.Names.Where(static name => !name.Key.Any(IsNoParameter) && !name.Value.Any(IsNoParameter)).Select(static name => Fact.Equal(name.Key, name.Value))));

    private static bool IsNoParameter(Term part) => part is MemberOf or ElementOf or Opaque or Old or Tuple or Root { Kind: not RootKind.Parameter };

    private ImmutableArray<HeldLock> HeldIn(State state, System.Func<Hold, bool>? relevant = null) => state.Holds
        .Where(hold => !hold.Maybe && !state.IsFresh(hold.Term) && (relevant is null || relevant(hold)))
        .Select(hold => new HeldLock(hold.Term, hold.Mode, hold.Info.IsWaitedFor ? NodeOf(state, hold.Term, hold.Mode) : null))
        .ToImmutableArray();

    /// <summary>The class of the lock, if it can be told apart from others of its type: as a list names it, else as the member that it is.</summary>
    private LockNode? NodeOf(State state, Term term, Mode mode)
    {
        if (ClassOf(state, term, mode) is { } listed) return new LockNode(listed, listed);
        Term named = term is ElementOf element ? element.Target : term;
        return named is MemberOf { Member: { ContainingType: { } owner } member }
            ? new LockNode(owner.OriginalDefinition.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat) + "." + member.Name, owner.Name + "." + member.Name)
            : null;
    }

    private static IEnumerable<string> ClassesIn(LockFormula formula)
    {
        foreach (LockFormula.Lock item in formula.Locks)
        {
            if (item.Term is MemberOf { Member: { ContainingType: { } owner } member }) yield return owner.Name + "." + member.Name;
            if (item.Term.Type is { } type) yield return type.Name;
        }

        foreach (LockFormula.AnyInstance any in Implication.Parts(formula).OfType<LockFormula.AnyInstance>()) yield return any.WithMode(Mode.None, force: true).ToString();
    }
}
