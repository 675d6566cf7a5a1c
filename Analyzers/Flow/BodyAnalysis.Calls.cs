using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace MmLint.Analyzers;

/// <content>Calls: what is called with what, and what a call leaves known, with the callee's contract read over the actual arguments.</content>
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
}
