using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace MmLint.Analyzers;

/// <summary>One call with what it is given: the contract's names can be replaced by the actual ones.</summary>
internal sealed class CallSite(IOperation operation, ISymbol callee, MemberContract contract, Term? receiver, Term[] arguments, ITypeSymbol? resultType)
{
    internal IOperation Operation { get; } = operation;

    internal ISymbol Callee { get; } = callee;

    internal MemberContract Contract { get; } = contract;

    internal Term? Receiver { get; } = receiver;

    /// <summary>Arguments by parameter position.</summary>
    internal Term[] Arguments { get; } = arguments;

    internal ITypeSymbol? ResultType { get; } = resultType;

    /// <summary>The result where it has a path, as that of a property has.</summary>
    internal Term? Result { get; init; }

    /// <summary>Operations behind the arguments, for places in messages.</summary>
    internal IReadOnlyList<IOperation?> Operands { get; init; } = [];

    /// <summary>What paths named when the call was made, where the contract speaks of it.</summary>
    internal Dictionary<Term, Term> Before => _before ??= [];

    /// <summary>What is left in by-reference parameters.</summary>
    internal Dictionary<int, Term> Left => _left ??= [];

    private Dictionary<Term, Term>? _before;

    private Dictionary<int, Term>? _left;

    /// <summary>What is left in a by-reference parameter; null where it is none.</summary>
    internal Term? LeftIn(int parameter) => _left is not null && _left.TryGetValue(parameter, out Term? left) ? left : null;

    internal string Name => Callee is IMethodSymbol { AssociatedSymbol: { } owner } ? owner.Name : Callee is IMethodSymbol { MethodKind: MethodKind.Constructor } ? Callee.ContainingType.Name : Callee.Name;
}

/// <content>Calls: needs, effects and what they leave known, with the callee's contract read over the actual arguments.</content>
internal sealed partial class BodyAnalysis
{
    private List<Outcome> Invoke(IInvocationOperation invocation, State state)
    {
        bool isIgnored = ReferenceEquals(_ignoredResult, invocation);
        if (AtomicAccess(invocation, state) is { } access) return access;
        if ((HasFlag(invocation, state) ?? SameReference(invocation, state) ?? ValueOrDefault(invocation, state)) is { } told) return told;
        IMethodSymbol callee = invocation.TargetMethod;
        MemberContract contract = ContractOfCall(invocation);
        var results = new List<Outcome>();
        foreach ((State given, Term? receiver, Term[] arguments, IOperation?[] operands) in Operands(invocation.Instance, invocation.Arguments, callee, state))
        {
            State at = callee.MethodKind == MethodKind.DelegateInvoke ? NoteInvoked(given, receiver, invocation.Syntax) : given;
            if (receiver is not null && invocation.Instance is { } scope && DisposedScope(invocation, scope) && !at.Scopes.ContainsKey(receiver) && receiver is Root { Kind: RootKind.Parameter })
            {
                // Whose lock a scope holds that was passed in, its caller knows.
                results.AddRange(Release(at, new CallSite(invocation, callee, contract, receiver, arguments, null), new LockClause(new LockFormula.Lock(receiver, Mode.None), null, Inference.Source) { Idempotent = _inference is null }, static _ => null, static _ => null)
                    .Select(static disposed => new Outcome(disposed, Constant.Null)));
                continue;
            }

            if (receiver is not null && invocation.Instance is { } instance && DisposedScope(invocation, instance) && at.Scopes.TryGetValue(receiver, out Owned owned))
            {
                State disposed = at;
                foreach (Hold hold in owned.Holds) disposed = Lose(disposed, hold.Term, invocation.Syntax, "it was released by Dispose");
                results.Add(new Outcome(disposed with { Scopes = disposed.Scopes.Remove(receiver) }, Constant.Null));
                continue;
            }

            if (_recording && callee.MethodKind == MethodKind.DelegateInvoke && receiver is Root { Kind: RootKind.Parameter, Symbol: IParameterSymbol invoked }) _inference?.Invoke(invoked, at.Holds);
            if (receiver is not null && !CarriedBy(receiver).IsEmpty)
            {
                // A local that holds a lambda is called, or a sequence made with lambdas is enumerated.
                foreach (State after in ConsumeValue(at, invocation, callee, receiver, once: callee.MethodKind == MethodKind.DelegateInvoke))
                {
                    Opaque yielded = Fresh(invocation, callee.Name, after, out State next);
                    results.Add(new Outcome(next, yielded));
                }

                continue;
            }

            if (receiver is not null)
            {
                CheckUsable(at, receiver, invocation.Instance!.Syntax);
                CheckDeep(at, receiver, invocation.Syntax);
            }

            Term? owner = ReferenceEquals(contract.Carrier, callee) || contract.Carrier is not (IParameterSymbol or IFieldSymbol or IPropertySymbol or IEventSymbol) ? receiver
                : invocation.Instance is IMemberReferenceOperation { Instance: not null } && receiver is MemberOf path ? path.Target : Root.This(_owner.ContainingType);
            var site = new CallSite(invocation, callee, contract, owner, arguments, Tasks.Awaited(invocation.Type)) { Operands = operands };
            if (Tasks.SameTask(invocation, _catalog) is { } same && (same == invocation.Instance ? receiver : arguments.ElementAtOrDefault(Array.IndexOf(operands, same))) is { } task)
            {
                results.Add(new Outcome(at, task));
                continue;
            }

            if (!contract.HasEffects) MayThrow(at, invocation.Syntax);
            if (contract.HasEffects && Tasks.IsTask(invocation.Type) && !Tasks.IsAwaitedHere(invocation, _catalog))
            {
                _started[invocation] = site;
                results.Add(new Outcome(at, Fresh(invocation, Callname(site), at, out State started)));
                continue;
            }

            List<Outcome> outcomes = Apply(at, site, isIgnored);
            if (!contract.HasEffects)
            {
                foreach (Outcome outcome in outcomes) MayThrow(outcome.State, invocation.Syntax);
            }

            results.AddRange(outcomes);
        }

        return results;
    }

    private MemberContract ContractOfCall(IInvocationOperation invocation)
    {
        if (invocation.TargetMethod.MethodKind != MethodKind.DelegateInvoke || invocation.Instance is null) return _engine.ContractOfCall(invocation.TargetMethod, _graph, _model, _cancellation);
        ISymbol? value = invocation.Instance switch
        {
            IParameterReferenceOperation parameter => parameter.Parameter,
            IMemberReferenceOperation member => member.Member,
            _ => null,
        };
        return (value is null ? null : _catalog.ContractOfValue(value)) ?? _engine.ContractOf(invocation.TargetMethod.ContainingType);
    }

    private bool DisposedScope(IInvocationOperation invocation, IOperation instance)
    {
        if (invocation.TargetMethod.Name != "Dispose" || !invocation.Arguments.IsEmpty) return false;
        IOperation inner = instance;
        while (inner is IConversionOperation { OperatorMethod: null } conversion) inner = conversion.Operand;
        return _catalog.IsScopedLock(inner.Type) || _catalog.IsScopedLock(instance.Type);
    }

    private IEnumerable<(State State, Term? Receiver, Term[] Arguments, IOperation?[] Operands)> Operands(IOperation? instance, ImmutableArray<IArgumentOperation> given, IMethodSymbol callee, State state)
    {
        var operations = new List<IOperation>();
        if (instance is not null) operations.Add(instance);
        foreach (IArgumentOperation argument in given)
        {
            if (argument.Parameter?.RefKind is not RefKind.Out) operations.Add(argument.Value);
        }

        foreach ((State at, Term[] values) in EvaluateOperands(operations, given, state))
        {
            int count = Math.Max(callee.Parameters.Length, given.Length);
            var arguments = new Term[count];
            var operands = new IOperation?[count];
            int next = instance is null ? 0 : 1;
            foreach (IArgumentOperation argument in given)
            {
                int ordinal = argument.Parameter?.Ordinal ?? Array.IndexOf(arguments, null);
                if (ordinal < 0 || ordinal >= count) continue;
                arguments[ordinal] = argument.Parameter?.RefKind is RefKind.Out ? new Opaque(argument, "out " + argument.Parameter.Name, argument.Parameter.Type) : values[next++];
                operands[ordinal] = argument.Value;
            }

            for (int index = 0; index < count; index++) arguments[index] ??= new Opaque(callee, "argument", null);
            yield return (at, instance is null ? null : values[0], arguments, operands);
        }
    }

    private List<(State State, Term[] Values)> EvaluateOperands(List<IOperation> operations, ImmutableArray<IArgumentOperation> given, State state)
    {
        // A member passed by reference is a place, not a value: what the callee does to it is judged as a write.
        bool IsByReference(IOperation operation) => given.Any(argument => argument.Value == operation && argument.Parameter?.RefKind is RefKind.Ref);
        var paths = new List<(State State, Term[] Values)> { (state, new Term[operations.Count]) };
        for (int index = 0; index < operations.Count; index++)
        {
            IOperation operation = operations[index];
            bool isPlace = Unwrap(operation) is IFieldReferenceOperation && IsByReference(operation);
            var next = new List<(State State, Term[] Values)>(paths.Count);
            foreach ((State at, Term[] values) in paths)
            {
                List<Outcome> outcomes = isPlace
                    ? Place(operation, at).Select(place => new Outcome(Write(place.State, place.Place, place.Place.Path, readsToo: true), place.Place.Path)).ToList()
                    : Evaluate(operation, at);
                for (int way = 0; way < outcomes.Count; way++)
                {
                    Term[] own = way == outcomes.Count - 1 ? values : (Term[])values.Clone();
                    own[index] = outcomes[way].Value;
                    next.Add((outcomes[way].State, own));
                }
            }

            paths = next;
        }

        return paths;
    }

    private static IOperation Unwrap(IOperation operation)
    {
        while (operation is IConversionOperation { OperatorMethod: null } conversion) operation = conversion.Operand;
        return operation;
    }

    /// <summary><c>Enum.HasFlag</c> with a constant is the test of its bits.</summary>
    private List<Outcome>? HasFlag(IInvocationOperation invocation, State state)
    {
        if (invocation is not { TargetMethod: { Name: "HasFlag", ContainingType.SpecialType: SpecialType.System_Enum }, Instance: { } instance, Arguments.Length: 1 }) return null;
        if (Unwrap(invocation.Arguments[0].Value).ConstantValue is not { HasValue: true, Value: { } constant } || new Constant(constant, null).Value is not long bits) return null;
        return Evaluate(instance, state).Select(outcome => new Outcome(outcome.State, ConditionOf(Fact.Equal(Masked.Of(outcome.Value, bits), new Constant(bits, null)), invocation.Type))).ToList();
    }

    /// <summary><c>ReferenceEquals</c> is <c>==</c> of objects.</summary>
    private List<Outcome>? SameReference(IInvocationOperation invocation, State state)
    {
        if (invocation is not { TargetMethod: { Name: "ReferenceEquals", ContainingType.SpecialType: SpecialType.System_Object }, Arguments.Length: 2 }) return null;
        return EvaluateAll(invocation.Arguments.OrderBy(static argument => argument.Parameter?.Ordinal).Select(static argument => argument.Value).ToList(), state)
            .Select(all => new Outcome(all.State, ConditionOf(Fact.Equal(all.State.Canonical(all.Values[0]), all.State.Canonical(all.Values[1])), invocation.Type))).ToList();
    }

    /// <summary><c>GetValueOrDefault</c> of a <c>bool?</c> is true where that is there and true.</summary>
    private List<Outcome>? ValueOrDefault(IInvocationOperation invocation, State state)
    {
        if (invocation is not { TargetMethod: { Name: "GetValueOrDefault", Parameters.IsEmpty: true, ContainingType.OriginalDefinition.SpecialType: SpecialType.System_Nullable_T }, Type.SpecialType: SpecialType.System_Boolean, Instance: { } instance }) return null;
        return Evaluate(instance, state).Select(outcome => new Outcome(outcome.State, ConditionOf(Fact.And(Fact.IsNull(outcome.Value).Negate(), Fact.Holds(outcome.Value)), invocation.Type))).ToList();
    }

    /// <summary>What is given by reference; another argument that branches puts a captured reference into its place.</summary>
    private IOperation Located(IOperation given) =>
        Unwrap(given) is var place && place is IFlowCaptureReferenceOperation captured && _targetOperations.TryGetValue(captured.Id, out IOperation? origin) ? Unwrap(origin) : place;

    /// <summary>Volatile and Interlocked are judged by the member they are given.</summary>
    private List<Outcome>? AtomicAccess(IInvocationOperation invocation, State state)
    {
        INamedTypeSymbol type = invocation.TargetMethod.ContainingType;
        bool isVolatile = SymbolEqualityComparer.Default.Equals(type, _engine.Volatile);
        if ((!isVolatile && !SymbolEqualityComparer.Default.Equals(type, _engine.Interlocked)) || invocation.Arguments.Length == 0) return null;
        IArgumentOperation? location = invocation.Arguments.FirstOrDefault(static argument => argument.Parameter?.RefKind is RefKind.Ref or RefKind.In or RefKind.RefReadOnlyParameter);
        if (location is null || Located(location.Value) is not (IFieldReferenceOperation or IArrayElementReferenceOperation)) return null;
        bool reads = invocation.TargetMethod.Name == "Read" || location.Parameter!.RefKind != RefKind.Ref;
        var results = new List<Outcome>();
        foreach ((State at, MemberPlace place) in Place(location.Value, state))
        {
            foreach ((State after, Term[] values) in EvaluateAll(invocation.Arguments.Where(argument => argument != location).Select(static argument => argument.Value).ToList(), at))
            {
                State next = after;
                WatchAtomic(place.Member);
                if (place.Member is not null)
                {
                    var member = new MemberOf(place.Target, place.Member, place.Operation.Type);
                    DataContract data = _catalog.DataOf(place.Member);
                    if (reads)
                    {
                        bool known = CheckRead(next, member, place.Operation.Syntax, byVolatile: true);
                        if (known && data.IsGuarded && Query(next, Bound(data.Read ?? LockFormula.Nothing, place.Target, member)).Verdict == Verdict.Held && data.Read is not null)
                        {
                            results.Add(new Outcome(next, place.Path));
                            continue;
                        }
                    }
                    else
                    {
                        Term value = values.Length > 0 ? values[0] : new Opaque(invocation, "value", null);
                        if (data.IsStated && !next.IsFresh(member)) CheckWrite(next, member, data, value, place.Operation.Syntax, byAtomic: true, readsToo: false);
                        foreach (Term published in values) next = Publish(next, published, place.Target);
                        next = Forget(next, member, new Opaque(invocation, "value", place.Operation.Type));
                    }
                }
                else if (!reads)
                {
                    foreach (Term published in values) next = Publish(next, published, place.Target);
                }

                Opaque result = Fresh(invocation, place.Member?.Name ?? "value", next, out next);
                results.Add(new Outcome(next, result));
            }
        }

        return results;
    }

    private List<Outcome> Create(IObjectCreationOperation creation, State state)
    {
        if (creation.Constructor is not { } constructor) return [new Outcome(state, Fresh(creation, "new object", state, out state))];
        var results = new List<Outcome>();
        foreach ((State at, _, Term[] arguments, IOperation?[] operands) in Operands(null, creation.Arguments, constructor, state))
        {
            var site = new CallSite(creation, constructor, _engine.ContractOf(constructor), null, arguments, creation.Type) { Operands = operands };
            foreach (Outcome outcome in Apply(at, site))
            {
                State next = outcome.State;
                foreach ((ISymbol member, int ordinal) in _catalog.InitialMembersOf(constructor))
                {
                    if (ordinal < arguments.Length) next = next.Unify(new MemberOf(outcome.Value, member), arguments[ordinal]) ?? next;
                }

                if (creation.Type is { IsReferenceType: true } && outcome.Value is Opaque)
                {
                    next = next.Assume(Fact.IsNull(outcome.Value).Negate()) ?? next;
                    next = next with { Fresh = next.Fresh.Add(outcome.Value) };
                }

                results.Add(new Outcome(next, outcome.Value));
            }
        }

        return results;
    }

    /// <summary>What the call does to a path. The order is that of the language: needs, exclusions, effects, what is ensured.</summary>
    private List<Outcome> Apply(State state, CallSite site, bool resultIgnored = false)
    {
        MemberContract contract = site.Contract;
        for (int index = 0; index < site.Arguments.Length; index++)
        {
            if (index < site.Operands.Count && site.Operands[index] is { } operand) CheckUsable(state, site.Arguments[index], operand.Syntax);
        }

        NoteCall(state, site);
        WatchCall(state, site);
        if (site.Operation is IInvocationOperation) CheckIndexes(state, site.Operation, site.Receiver);
        if (!state.Checks.IsEmpty && site is { Operation: IInvocationOperation, Callee: IMethodSymbol called }) state = NoteTold(CheckRelied(state, called, site.Receiver, site.Arguments, site.Operation.Syntax), site.Operation);
        State before = state;
        state = NotePassed(PassArguments(NoteUsed(state, site), site), site);
        Term result = site.Result ?? Fresh(site.Operation, Callname(site), state, out state);
        if (AssumeReturned(state, site) is not { } returned || AssumeNotNull(returned, site, result) is not { } known) return [];
        state = known;
        return contract.IsEmpty ? Outcomes(InvokeNow(state, site), result) : ApplyContract(before, state, site, result, resultIgnored);
    }

    private static List<Outcome> Outcomes(List<State> paths, Term result)
    {
        var outcomes = new List<Outcome>(paths.Count);
        foreach (State path in paths) outcomes.Add(new Outcome(path, result));
        return outcomes;
    }

    /// <summary>What a call does that states something; most state nothing, and are spared what is captured here.</summary>
    private List<Outcome> ApplyContract(State before, State state, CallSite site, Term result, bool resultIgnored)
    {
        MemberContract contract = site.Contract;
        SyntaxNode syntax = site.Operation.Syntax;
        Term? AtEntry(Term part) => Substitute(part, site, null, exit: false);
        Term? AtExit(Term part) => Substitute(part, site, result, exit: true);

        foreach (Term assigned in contract.Assigns) CheckAssigned(before, site, assigned.Replace(AtEntry));
        foreach (LockClause need in contract.Needs) CheckNeed(before, site, need, AtEntry);
        foreach (FactClause fact in contract.Requires) CheckRequired(before, site, fact, AtEntry);
        foreach (LockClause exclusion in contract.Excludes) CheckExcluded(before, site, exclusion, AtEntry);
        bool sleepsInAtomic = !CheckSleep(before, site, AtEntry);
        CheckAcquisitions(before, site, AtExit, ordered: !sleepsInAtomic);
        resultIgnored = ((resultIgnored && IsResultTold(contract)) || IsOutTold(site)) && !IsSureToAcquire(state, contract, AtExit);
        if (resultIgnored) CheckIgnored(before, site);
        state = TakeExcuses(state);
        foreach (Old old in contract.Olds)
        {
            Term path = state.Canonical(old.Inner.Replace(AtEntry));
            if (!path.Any(part => part is MemberOf { Member: var changing } && !IsConstant(changing))) continue;
            state = Snapshot(state, path, syntax, out Opaque earlier);
            site.Before[old] = earlier;
        }

        ImmutableHashSet<Term> missing = state.Excused;
        List<State> paths = InvokeNow(state, site);
        foreach (LockClause clause in contract.Releases.Concat(contract.Downgrades).Concat(contract.Acquires)) paths = Step(paths, path => ToldApart(path, held => clause.Locks.Replace(AtEntry).Locks.Any(item => path.Canonical(item.Term).Equals(held))));
        foreach (LockClause clause in contract.Releases.Concat(contract.Downgrades).Concat(contract.Acquires).Concat(contract.Asserts))
        {
            if (clause.When?.Replace(AtExit) is not { } when) continue;
            paths = paths.SelectMany(path =>
            {
                if (path.Decide(when) is not null) return [path];
                State? taken = path.Assume(when);
                State? other = resultIgnored && !contract.Releases.Contains(clause) ? null : path.Assume(when.Negate());
                return new[] { taken, other }.OfType<State>();
            }).ToList();
        }

        foreach (LockClause clause in contract.Releases) paths = Step(paths, path => Applies(path, clause, AtExit) ? Release(path, site, clause, AtEntry, AtExit) : [path]);
        foreach (LockClause clause in contract.Downgrades) paths = Step(paths, path => Applies(path, clause, AtExit) ? Downgrade(path, site, clause, AtEntry) : [path]);
        paths = paths.Select(path => Frame(path, before, site, AtEntry)).ToList();
        foreach (LockClause clause in contract.Acquires) paths = Step(paths, path => Applies(path, clause, AtExit) ? Acquire(path, site, clause, AtExit, resultIgnored ? Origin.Assumed : Origin.Here, missing) : [path]);
        foreach (LockClause clause in contract.Asserts) paths = Step(paths, path => Applies(path, clause, AtExit) ? Assert(path, clause, AtExit, syntax) : [path]);
        foreach (FactClause clause in contract.Ensures) paths = paths.Select(path => Ensure(path, clause, AtExit)).OfType<State>().ToList();
        foreach (State path in paths) CheckBounds(path, before, site, AtExit);
        paths = paths.Select(TakeExcuses).ToList();

        return paths.Select(path =>
        {
            State next = path;
            Term value = next.Canonical(result);
            if (contract.ResultValidWhile is { } valid) next = next with { Stamps = next.Stamps.SetItem(value, valid.Replace(AtExit)), Stale = next.Stale.Remove(value) };
            if (contract.ResultIsFresh) next = next with { Fresh = next.Fresh.Add(value) };
            return new Outcome(Entrust(next, before, site, value, AtEntry), value);
        }).ToList();
    }

    private static bool IsConstant(ISymbol member) => member is IFieldSymbol { IsReadOnly: true } or IPropertySymbol { SetMethod: null or { IsInitOnly: true } } or IParameterSymbol;

    /// <summary>
    /// Where the callee takes a lock that ends with another one: that one is held, as far as the call says which it is. A lock that is reached
    /// through the result is only known now.
    /// </summary>
    private void CheckBounds(State path, State before, CallSite site, Func<Term, Term?> exit)
    {
        foreach (LockClause clause in site.Contract.Acquires)
        {
            if (!Applies(path, clause, exit)) continue;
            foreach (LockFormula.Lock item in clause.Locks.Replace(exit).Locks)
            {
                Term term = path.Canonical(item.Term);
                if (!term.Any(part => part is Opaque { Site: var made } && ReferenceEquals(made, site.Operation)) || BoundOf(path, term, item.Mode == Mode.None ? _catalog.InfoOf(term).DefaultMode : item.Mode) is not { } bound) continue;
                if (bound.Any(part => part is Opaque { Site: var unknown } && ReferenceEquals(unknown, site.Operation)) || site.Contract.Acquires.Any(other => other.Locks.Replace(exit).Locks.Any(taken => path.Canonical(taken.Term).Equals(bound)))) continue;
                var needed = new LockFormula.Lock(bound, Mode.Exclusive);
                (Verdict verdict, LockFormula culprit) = Query(before, needed);
                if (verdict != Verdict.Held)
                    FailNeed(before, site.Operation.Syntax, "bound:" + item.Term, verdict == Verdict.WrongMode ? Rule.WrongMode : Rule.NotHeld, needed, sentence => "taking " + sentence.Name(term) + " needs " + Missing(sentence, verdict, needed, culprit), null);
            }
        }
    }

    /// <summary>What is known because the call came back: assertions say that they do not return if a condition fails.</summary>
    private State? AssumeReturned(State state, CallSite site)
    {
        if (site.Callee is not IMethodSymbol method) return state;
        NullContract contract = _engine.NullContractOf(method);
        if (contract.NeverReturns) return null;
        foreach (NullContract.Condition condition in contract.Returns)
        {
            if (condition.Parameter >= site.Arguments.Length) continue;
            Fact fact = Fact.Holds(site.Arguments[condition.Parameter]);
            if (state.Assume(condition.When == true ? fact : fact.Negate()) is not { } assumed) return null;
            state = assumed;
        }

        return state;
    }

    /// <summary>What is known because the call came back with this result, by what the callee says about null; null if it cannot have come back.</summary>
    private State? AssumeNotNull(State state, CallSite site, Term result)
    {
        if (site.Callee is not IMethodSymbol method) return state;
        NullContract contract = _engine.NullContractOf(method);
        State? known = state;
        if (contract.IsEmpty) return state;
        foreach ((int parameter, bool? when) in contract.NotNull)
        {
            if (parameter >= site.Arguments.Length || known is null) continue;
            Fact there = Fact.IsNull(site.LeftIn(parameter) ?? site.Arguments[parameter]).Negate();
            known = AssumeLasting(known, when is { } returned ? Fact.Or(Returns(!returned), there) : there);
        }

        foreach ((ISymbol member, bool? when) in contract.Members)
        {
            if (known is null || (!member.IsStatic && site.Receiver is null)) continue;
            Fact there = Fact.IsNull(known.Canonical(new MemberOf(member.IsStatic ? null : site.Receiver, member))).Negate();
            known = AssumeLasting(known, when is { } returned ? Fact.Or(Returns(!returned), there) : there);
        }

        foreach (int parameter in contract.NotNullWith)
        {
            if (known is not null && parameter < site.Arguments.Length && known.Decide(Fact.IsNull(site.Arguments[parameter])) == false) known = known.Assume(Fact.IsNull(result).Negate());
        }

        return known;
        Fact Returns(bool value) => value ? Fact.Holds(result) : Fact.Holds(result).Negate();
    }

    private void CheckAssigned(State state, CallSite site, Term assigned)
    {
        Term path = state.Canonical(assigned);
        if (state.IsFresh(path) || _contract.Assigns.Any(own => state.Canonical(own.Replace(EntryMap)).Equals(path))) return;
        FailNeed(state, site.Operation.Syntax, "assign:" + assigned, Rule.UndeclaredAssignment, null, sentence => "'" + site.Name + "' assigns " + sentence.Name(path) + ", which is [Tracked]; say [Assigns(\"" + sentence.Name(path) + "\")] on '" + OwnName + "'", null);
    }

    private static string Callname(CallSite site) => site.Operation is IObjectCreationOperation ? "new " + site.Name : "the result of " + site.Name;

    private static bool Applies(State path, LockClause clause, Func<Term, Term?> exit) => clause.When is null || path.Decide(clause.When.Replace(exit)) == true;

    private static Term? Substitute(Term part, CallSite site, Term? result, bool exit)
    {
        switch (part)
        {
            case Root { Kind: RootKind.This }:
                return site.Callee is IMethodSymbol { MethodKind: MethodKind.Constructor } ? result : site.Receiver;
            case Root { Kind: RootKind.Result }:
                return result;
            case Root { Kind: RootKind.Parameter, Symbol: IParameterSymbol { ContainingSymbol: INamedTypeSymbol } }:
                return site.Receiver;
            case Root { Kind: RootKind.Parameter, Symbol: IParameterSymbol parameter }:
            {
                int index = IndexOf(site.Contract.Parameters, parameter.OriginalDefinition);
                if (index < 0 || index >= site.Arguments.Length) return null;
                return (exit ? site.LeftIn(index) : null) ?? site.Arguments[index];
            }

            case MemberOf { Target: null } shared when site.Callee is IMethodSymbol { IsStatic: true } callee:
                return InConstruction(shared, callee);
            case Old old:
                return site.Before.TryGetValue(old, out Term? kept) ? kept : SubstituteIn(old.Inner, site, result);
            default:
                return null;
        }
    }

    private static Term SubstituteIn(Term earlier, CallSite site, Term? result) => earlier.Replace(part => Substitute(part, site, result, exit: false));

    /// <summary>Publishes what the callee may keep, and names what it leaves in by-reference arguments.</summary>
    private State PassArguments(State state, CallSite site)
    {
        if (site.Callee is not IMethodSymbol callee) return state;
        for (int index = 0; index < callee.Parameters.Length && index < site.Arguments.Length; index++)
        {
            IParameterSymbol parameter = callee.Parameters[index];
            if (!state.Fresh.IsEmpty && parameter.RefKind == RefKind.None && !IsBorrowed(parameter)) state = site.Operation is IObjectCreationOperation ? StoreIn(state, new Opaque(site.Operation, "", null), site.Arguments[index]) : Publish(state, site.Arguments[index], site.Receiver);
            if (parameter.RefKind is not (RefKind.Ref or RefKind.Out) || index >= site.Operands.Count || site.Operands[index] is not { } operand) continue;
            // A lock that is a struct is passed and stays what it is.
            if (parameter is { RefKind: RefKind.Ref, Type.IsValueType: true } && _catalog.LockOf(parameter.Type) is not null) continue;
            Opaque left = Fresh(operand, parameter.Name, state, out state);
            site.Left[index] = left;
            foreach ((State at, MemberPlace place) in Place(operand, state).Take(1))
            {
                state = place.Operation is ILocalReferenceOperation or IParameterReferenceOperation or IDiscardOperation || parameter.RefKind == RefKind.Out ? Write(at, place, left, readsToo: false) : Forget(at, place.Path, left);
                if (parameter.RefKind == RefKind.Out) state = NoteFound(state, site, operand, left);
            }
        }

        return state;
    }

    private bool IsBorrowed(IParameterSymbol parameter) => _engine.IsBorrowed(parameter);

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

        DiagnosticDescriptor rule = verdict switch { Verdict.WrongMode => Rule.WrongMode, Verdict.Maybe => Rule.MayNotBeHeld, _ => Rule.NotHeld };
        string hint = site.Contract.Alternatives.Count > 0 ? "; call " + site.Contract.Alternatives[0].Member + " instead" : "";
        FailNeed(relevant, site.Operation.Syntax, "need:" + clause.Locks, rule, verdict == Verdict.WrongMode ? culprit : need,
            sentence => "'" + site.Name + "' needs " + Missing(sentence, verdict, need, culprit) + (site.Contract.IsInferred ? " (inferred from its body)" : "") + hint, null, Properties(site, need), refinement: RefineNeed(relevant, site, verdict, need, culprit));
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
                FailNeed(state, site.Operation.Syntax, key, Rule.AlreadyHeld, null, sentence => "'" + site.Name + "' takes " + sentence.Name(found.Term) + " (inferred from its body), which is already held" + Since(sentence, found) + sentence.Condition, null);
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
                        if (!held.Tells.IsEmpty) FailNeed(state, site.Operation.Syntax, "again:" + item.Term, Rule.MayNotBeHeld, null, sentence => "'" + site.Name + "' takes " + sentence.Name(term) + ", which may be held already" + Since(sentence, held), ("maybe", held.Site ?? (object)held.Term));
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

    /// <summary>Whether the contract leaves no way for the acquisition to fail: it waits without a limit.</summary>
    private static bool IsSureToAcquire(State state, MemberContract contract, Func<Term, Term?> exit) => contract.Acquires.All(clause =>
        clause.When is not { } when || state.Assume(when.Replace(exit).Negate()) is not { } failed || contract.Ensures.Any(fact => Ensure(failed, fact, exit) is null));

    private void CheckIgnored(State state, CallSite site)
    {
        LockFormula locks = site.Contract.Acquires.First(static clause => clause.When is not null).Locks.Replace(part => Substitute(part, site, null, exit: false));
        if (locks.Locks.Any(item => _catalog.IsSignal(item.Term))) return;
        FailNeed(state, site.Operation.Syntax, "ignored", Rule.IgnoredResult, null, sentence => "the result of '" + site.Name + "' says whether " + sentence.Name(locks) + " is held, and nobody looks at it", null);
    }

    /// <summary>Whether two locks are known to differ: they do, or the objects whose locks they are.</summary>
    private static bool AreApart(State state, Term term, Term other) => state.Decide(Fact.Equal(term, other)) == false
        || (term is MemberOf { Target: { } owner } first && other is MemberOf { Target: { } second } && SymbolEqualityComparer.Default.Equals(first.Member, ((MemberOf)other).Member) && state.Decide(Fact.Equal(owner, second)) == false);

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

                    if (clause.Idempotent || next.IsFresh(item.Term)) continue;
                    bool isLost = next.Losses.Any(loss => loss.Term.Equals(item.Term));
                    if (IsTrusted(item.Term) || IsOwned(item.Term) || (IsMeans(item.Term) && _contract.Releases.Concat(_contract.Downgrades).Any(static given => given.Locks.Locks.Any(static own => own.Term is Root { Kind: RootKind.This }))) || (_recording && _inference is not null && !isLost && _inference.Release(item))) continue;
                    if (IsNobodysGuard(item.Term, isTaken: false) && !isLost)
                    {
                        next = next with { Losses = next.Losses.Add(new Loss(item.Term, syntax, "'" + site.Name + "' released it", isCallers: true)) };
                        continue;
                    }

                    if (site.Contract.Needs.Any(need => need.Locks.Replace(entry).Locks.Any(other => state.Canonical(other.Term).Equals(item.Term)))) continue;
                    FailNeed(next, syntax, key, Rule.ReleaseNotHeld, null, sentence => "'" + site.Name + "' releases " + sentence.Name(item.Term) + ", which is not held" + sentence.Condition + sentence.LossOf(item.Term), null, refinement: RefineBalance(_catalog.InfoOf(item.Term)));
                    continue;
                }

                if (hold.Maybe)
                {
                    Excuse(item.Term);
                    FailNeed(next, syntax, key, Rule.MayNotBeHeld, null, sentence => "'" + site.Name + "' releases " + sentence.Name(item.Term) + ", which may not be held", ("maybe", hold.Site ?? (object)hold.Term));
                }
                else if (item.Mode == Mode.Shared && hold is { Mode: Mode.Upgradeable, Beneath: Mode.Shared })
                {
                    PassNeed(next, syntax, key);
                    next = next with { Holds = next.Holds.Replace(hold, hold.Depth > 1 ? hold.With(depth: hold.Depth - 1) : hold.With(beneath: Mode.None)) };
                    continue;
                }
                else if (item.Mode != Mode.None && hold.Mode != item.Mode && !(hold.Mode == Mode.Exclusive && item.Mode == Mode.Upgradeable))
                {
                    FailNeed(next, syntax, key, Rule.ReleaseNotHeld, null, sentence => "'" + site.Name + "' releases " + sentence.Name(item) + ", but " + sentence.Name(item.Term) + " is held " + InMode(hold) + Since(sentence, hold) + sentence.Condition, null);
                }
                else
                {
                    PassNeed(next, syntax, key);
                }

                bool wasCallers = hold.Origin == Origin.Assumed && IsNobodysGuard(item.Term, isTaken: false);
                next = Lose(next, item.Term, syntax, "'" + site.Name + "' released it", keeps: keeps);
                if (wasCallers) next = next with { Losses = next.Losses.Add(new Loss(item.Term, syntax, "'" + site.Name + "' released it", isCallers: true)) };
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
    private bool IsNobodysGuard(Term term, bool isTaken) => !_contract.IsStated && term is MemberOf { Member: var member } && !_catalog.IsNamedByContracts(member) && member.ContainingAssembly is { } home
        && SymbolEqualityComparer.Default.Equals(home, _owner.ContainingAssembly) && _catalog.AttributesOf(member).IsEmpty && ContractCatalog.TypeOf(member) is { } type && (_catalog.LockOf(type) is null || ContractFiles.IsFramework(type))
        && (_catalog.InfoOf(term).Anyone || (!isTaken && IsDisposal && member is IFieldSymbol { IsReadOnly: true }) || (_model is not null && Handover.HasOtherHalf(member, _owner, takes: !isTaken, _engine, _model, _cancellation)));

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
