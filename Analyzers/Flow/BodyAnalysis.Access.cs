using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace MmLint.Analyzers;

/// <summary>Something that can be read or written: a member, an element, a local.</summary>
internal sealed class MemberPlace(IOperation operation, ISymbol? member, Term? target, Term path)
{
    internal IOperation Operation { get; } = operation;

    /// <summary>The field or property; null for locals and elements.</summary>
    internal ISymbol? Member { get; } = member;

    internal Term? Target { get; } = target;

    internal Term Path { get; } = path;

    /// <summary>Index arguments of an indexer.</summary>
    internal Term[] Arguments { get; init; } = [];
}

/// <content>Reading and writing members, judged by their access rules.</content>
internal sealed partial class BodyAnalysis
{
    private static ISymbol? MemberIn(IOperation operation) => operation switch
    {
        IFieldReferenceOperation field => field.Field,
        IPropertyReferenceOperation property => property.Property,
        IEventReferenceOperation @event => @event.Event,
        _ => null,
    };

    private IEnumerable<(State State, MemberPlace Place)> Place(IOperation operation, State state, bool toWrite = false)
    {
        if (toWrite && Inside(operation) is { } container)
        {
            // Writing a part of a struct, or of what a deeply guarded member refers to, writes the member that contains it.
            return Place(container, state, toWrite: true).SelectMany(outer => Place(operation, CheckedWrite(outer.State, outer.Place), toWrite: false)).ToList();
        }

        switch (operation)
        {
            case IConversionOperation conversion:
                return Place(conversion.Operand, state);
            case IDeclarationExpressionOperation declaration:
                return Place(declaration.Expression, state);
            case IFieldReferenceOperation or IPropertyReferenceOperation or IEventReferenceOperation:
            {
                var reference = (IMemberReferenceOperation)operation;
                ImmutableArray<IArgumentOperation> arguments = operation is IPropertyReferenceOperation { Arguments: var given } ? given : ImmutableArray<IArgumentOperation>.Empty;
                var operands = new List<IOperation>();
                if (reference.Instance is { } instance) operands.Add(instance);
                operands.AddRange(arguments.Select(static argument => argument.Value));
                return EvaluateAll(operands, state).Select(all =>
                {
                    Term? target = reference.Instance is null ? null : all.Values[0];
                    if (target is not null) CheckUsable(all.State, target, reference.Instance!.Syntax);
                    if (target is not null) CheckDeep(all.State, target, operation.Syntax);
                    Term[] indexes = reference.Instance is null ? all.Values : all.Values.Skip(1).ToArray();
                    if (indexes.Length == 1) CheckIndexes(all.State, operation, target);
                    Term path = indexes.Length == 1 && target is not null ? new ElementOf(target, indexes[0], operation.Type) : PathOf(all.State, target, reference.Member, operation);
                    return (all.State, new MemberPlace(operation, reference.Member, target, path) { Arguments = indexes });
                }).ToList();
            }

            case IArrayElementReferenceOperation element:
                return EvaluateAll([element.ArrayReference, .. element.Indices], state).Select(all =>
                {
                    CheckUsable(all.State, all.Values[0], element.ArrayReference.Syntax);
                    CheckDeep(all.State, all.Values[0], element.Syntax);
                    CheckIndexes(all.State, element, all.Values[0]);
                    foreach ((Term index, IOperation syntax) in all.Values.Skip(1).Zip(element.Indices, static (index, operand) => (index, operand))) CheckUsable(all.State, index, syntax.Syntax);
                    Term first = all.Values.Length > 1 ? all.Values[1] : new Opaque(element, "index", null); // None is there while it is being typed.
                    return (all.State, new MemberPlace(operation, null, all.Values[0], new ElementOf(all.Values[0], first, element.Type)));
                }).ToList();
            case IFlowCaptureReferenceOperation reference when _targetOperations.ContainsKey(reference.Id):
                return [(state, CapturedPlace(reference, state))];
            case ILocalReferenceOperation or IParameterReferenceOperation or IDiscardOperation:
                return [(state, new MemberPlace(operation, null, null, new Opaque(operation, "local", operation.Type)))];
            default:
                return Evaluate(operation, state).Select(outcome => (outcome.State, new MemberPlace(operation, null, null, outcome.Value))).ToList();
        }
    }

    /// <summary>The guarded member that is written when a part of its value is.</summary>
    private IOperation? Inside(IOperation operation)
    {
        IOperation? container = operation switch
        {
            IArrayElementReferenceOperation element => Unwrap(element.ArrayReference),
            IMemberReferenceOperation { Instance: { } instance } => Unwrap(instance),
            _ => null,
        };
        return container is IMemberReferenceOperation reference && ((operation is IFieldReferenceOperation && container.Type is { IsValueType: true }) || _catalog.DataOf(reference.Member).Deep) ? container : null;
    }

    private State CheckedWrite(State state, MemberPlace place)
    {
        if (place.Member is null) return state;
        var member = new MemberOf(place.Target, place.Member, place.Operation.Type);
        DataContract data = _catalog.DataOf(place.Member);
        if (data.IsStated && !state.IsFresh(member) && !IsUnderConstruction(member)) CheckWrite(state, member, data, place.Path, place.Operation.Syntax, byAtomic: false, readsToo: true);
        return TakeExcuses(state);
    }

    /// <summary>The canonical name of a member of a value, aliases and simple getters read through.</summary>
    private Term PathOf(State state, Term? target, ISymbol member, IOperation site)
    {
        if (target is Tuple tuple && tuple.Element(member) is { } element) return element;
        if (target is not null && member.ContainingType?.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T)
        {
            if (member.Name == "Value") return target;
            if (member.Name == "HasValue") return ConditionOf(Fact.IsNull(target).Negate(), (member as IPropertySymbol)?.Type);
        }

        Term? Here(Term part) => part is Root { Kind: RootKind.This } ? target : null;
        if (_catalog.AliasOf(member) is LockFormula.Lock { Term: var alias }) return state.Canonical(alias.Replace(Here));
        if (member is IPropertySymbol property)
        {
            if (_catalog.GetterOf(property) is { } getter) return state.Canonical(getter.Replace(Here));
            if (ContractCatalog.IsComputed(property) && !_catalog.DataOf(property).IsStated) return new Opaque(site, property.Name, property.Type);
        }

        ITypeSymbol? type = (member as IFieldSymbol)?.Type ?? (member as IPropertySymbol)?.Type;
        var path = new MemberOf(target, member, type);
        return path.Depth > MaxPathDepth ? new Opaque(site, member.Name, type) : state.Canonical(path);
    }

    private Outcome Read(State state, MemberPlace place, bool byVolatile = false)
    {
        SyntaxNode syntax = place.Operation.Syntax;
        if (place.Operation is ILocalReferenceOperation or IParameterReferenceOperation or IDiscardOperation)
            return Evaluate(place.Operation, state)[0];
        if (place.Member is null) return new Outcome(state, place.Path);
        if (place.Operation is IPropertyReferenceOperation { Property: { Name: "Current", Parameters.IsEmpty: true }, IsImplicit: true } && syntax.FirstAncestorOrSelf<CommonForEachStatementSyntax>() is { } each)
        {
            Opaque element = Fresh(place.Operation, each is ForEachStatementSyntax { Identifier.ValueText: var variable } ? variable : "element", state, out state);
            return new Outcome(state, element);
        }

        if (place.Path is Tuple || place.Target is Tuple) return new Outcome(state, place.Path);
        if (!state.Checks.IsEmpty && place.Member is IPropertySymbol { GetMethod: { } asked }) state = NoteTold(CheckRelied(state, asked, place.Target, place.Arguments, syntax), place.Operation);

        // A getter within the grammar is read through. What it needs is judged here, under the caller's locks: what it says, else what it reads;
        // but where others than this assembly see it and it says nothing, it was judged where it stands.
        if (place.Member is IPropertySymbol property && _catalog.GetterOf(property) is { } getter)
        {
            Term? Here(Term part) => part is Root { Kind: RootKind.This } ? place.Target : null;
            if (Accessor(property.GetMethod) is { } stated)
            {
                var site = new CallSite(place.Operation, property.GetMethod!, stated, place.Target, [], property.Type);
                foreach (LockClause need in stated.Needs) CheckNeed(state, site, need, part => Substitute(part, site, null, exit: false));
                return new Outcome(TakeExcuses(state), place.Path);
            }

            foreach (MemberOf part in ContractCatalog.IsVisibleOutside(property) ? [] : MembersIn(getter)) CheckRead(state, (MemberOf)part.Replace(Here), syntax, byVolatile: false);
            return new Outcome(state, place.Path);
        }

        bool trusted = true;
        WatchAccess(state, place, writes: false);
        if (place.Path is MemberOf or ElementOf or Opaque)
        {
            var member = new MemberOf(place.Target, place.Member, place.Operation.Type);
            CheckReached(state, place, writes: false);
            state = NoteReadAgain(state, member);
            trusted = IsReadToBeLocked(member, place.Operation) || CheckRead(state, member, syntax, byVolatile);
        }

        if (place.Member is IPropertySymbol called && Accessor(called.GetMethod) is { } contract)
            return Apply(state, new CallSite(place.Operation, called.GetMethod!, contract, place.Target, place.Arguments, called.Type) { Result = IsPathLike(called) ? place.Path : null })[0];
        if (!trusted || place.Path is Opaque { Site: IOperation } computed && ReferenceEquals(computed.Site, place.Operation))
        {
            Opaque symbol = Fresh(place.Operation, place.Member.Name, state, out state);
            return new Outcome(state, symbol);
        }

        DataContract data = _catalog.DataOf(place.Member);
        state = AssumeInvariants(state, data, place.Target, place.Path);
        if (data is { Deep: true, Read: { } deep }) state = state with { Deep = state.Deep.SetItem(place.Path, Bound(deep, place.Target, place.Path)) };
        if (data.ValidWhile is { } valid && place.Path is MemberOf && !state.IsFresh(place.Path)) state = state with { Stamps = state.Stamps.SetItem(place.Path, Bound(valid, place.Target, place.Path)), Stale = state.Stale.Remove(place.Path) };
        if (data.Owns is { } owns) state = Own(state, owns, place.Target, place.Path, syntax);
        return new Outcome(state, place.Path);
    }

    private static State AssumeInvariants(State state, DataContract data, Term? target, Term value)
    {
        foreach (FactClause invariant in data.Invariants)
        {
            Fact fact = invariant.Fact.Replace(part => part is Root { Kind: RootKind.This } ? target : part is Root { Kind: RootKind.Result or RootKind.Value } ? value : null);
            if (!ThroughNothing(state, fact)) state = state.Assume(fact) ?? state;
        }

        return state;
    }

    private void CheckInvariants(State state, DataContract data, MemberOf member, Term value, SyntaxNode syntax)
    {
        foreach (FactClause invariant in data.Invariants)
        {
            Fact fact = invariant.Fact.Replace(part => part is Root { Kind: RootKind.This } ? member.Target : part is Root { Kind: RootKind.Result or RootKind.Value } ? value : null);
            string key = "invariant:" + invariant.Fact;
            State? relevant = value is Constant { Value: null } ? null : state;
            foreach (Term target in relevant is null ? [] : ResultTargets(invariant.Fact, part => part is Root { Kind: RootKind.Result or RootKind.Value } ? value : null)) relevant = relevant?.Assume(Fact.IsNull(target).Negate());
            if (relevant is null || relevant.Decide(fact) == true) PassNeed(state, syntax, key);
            else FailNeed(relevant, syntax, key, Rule.FactNotKnown, null, sentence => "'" + sentence.Name(member) + "' keeps " + invariant.Fact + ", which is " + (relevant.Decide(fact) == false ? "false" : "not known") + " for what is stored here" + sentence.Condition, null);
        }
    }

    private bool IsPathLike(IPropertySymbol property) => property.Parameters.Length == 0 && (_catalog.DataOf(property).IsStated || !ContractCatalog.IsComputed(property));

    /// <summary>The contract of an accessor that has one.</summary>
    private MemberContract? Accessor(IMethodSymbol? accessor)
    {
        if (accessor is null) return null;
        MemberContract contract = _engine.ContractOf(accessor);
        return contract.IsEmpty ? null : contract;
    }

    private static IEnumerable<MemberOf> MembersIn(Term term)
    {
        var found = new List<MemberOf>();
        term.Any(part =>
        {
            if (part is MemberOf member) found.Add(member);
            return false;
        });
        return found;
    }

    private State Own(State state, LockFormula owns, Term? target, Term value, SyntaxNode site)
    {
        LockFormula formula = owns.Replace(part => part is Root { Kind: RootKind.This } ? target : part is Root { Kind: RootKind.Value } ? value : null);
        foreach ((State at, ImmutableArray<LockFormula.Lock> locks, _) in Resolve(state, formula, forRelease: false).Take(1))
        {
            state = at;
            foreach (LockFormula.Lock item in locks)
            {
                if (HoldOf(state, item.Term) is null) state = AddHold(state, item.Term, item.Mode == Mode.None ? _catalog.InfoOf(item.Term).DefaultMode : item.Mode, Origin.Assumed, site);
            }
        }

        return state;
    }

    /// <summary>Judges a read; false where it yields no fact because nothing keeps the value as it is.</summary>
    private bool CheckRead(State state, MemberOf member, SyntaxNode syntax, bool byVolatile)
    {
        DataContract data = _catalog.DataOf(member.Member);
        if (!data.IsStated) return member.Member is not IFieldSymbol { IsVolatile: true };
        if (member.Target is { } used && state.Stale.ContainsKey(used)) return true;
        if (data.ValidWhile is { } valid && !state.IsFresh(member))
        {
            LockFormula need = Bound(valid, member.Target, member);
            if (Query(state, need).Verdict >= Verdict.WrongMode) FailNeed(state, syntax, "stale:" + member, Rule.Stale, need, sentence => "'" + sentence.Name(member) + "' is good only while " + sentence.Name(need) + " is held" + Ended(sentence, need), null);
            else PassNeed(state, syntax, "stale:" + member);
        }

        if (state.IsFresh(member) || IsUnderConstruction(member)) return true;
        if (data.Read is { } read)
        {
            LockFormula need = Bound(read, member.Target, member);
            (Verdict verdict, LockFormula culprit) = Query(state, need);
            if (verdict == Verdict.Held)
            {
                PassNeed(state, syntax, "read:" + member.Member.Name);
                return !state.Canonical(member).Equals(member) || data.Write.Count == 0 || !data.Atomic;
            }

            if (byVolatile && (data.ReadFreely || data.Atomic)) return false;
            FailAccess(state, syntax, "read:" + member.Member.Name, verdict, need, culprit, member, writes: false);
            return true;
        }

        if (data.Atomic && !byVolatile && data.Write.Count == 0 && member.Member is not IFieldSymbol { IsVolatile: true })
        {
            FailNeed(state, syntax, "read:" + member.Member.Name, Rule.UnguardedRead, null, sentence => "'" + sentence.Name(member) + "' is [Atomic]: read it with Volatile or Interlocked", null);
        }

        return !data.Atomic && !data.ReadFreely && member.Member is not IFieldSymbol { IsVolatile: true };
    }

    /// <summary>Whether a member that guards itself is read in order to be locked or released, which needs no lock.</summary>
    private bool IsReadToBeLocked(MemberOf member, IOperation operation)
    {
        if (_catalog.DataOf(member.Member).Read is not LockFormula.Lock { Term: MemberOf { Member: var guard } } || !SymbolEqualityComparer.Default.Equals(guard, member.Member.OriginalDefinition)) return false;
        if (operation.Syntax.Parent is LockStatementSyntax) return true;
        IOperation? use = operation.Parent;
        while (use is IConversionOperation) use = use.Parent;
        if (use is not IArgumentOperation { Parameter: { } parameter, Parent: IInvocationOperation call }) return false;
        MemberContract contract = _engine.ContractOf(call.TargetMethod);
        return contract.Needs.Concat(contract.Acquires).Concat(contract.Releases).Any(clause => clause.Locks.Locks.Any(item => item.Term is Root { Kind: RootKind.Parameter, Symbol: var named } && SymbolEqualityComparer.Default.Equals(named, parameter.OriginalDefinition)));
    }

    /// <summary>Static members in the static constructor of their type, and members in their own initializers.</summary>
    private bool IsUnderConstruction(MemberOf member) => SymbolEqualityComparer.Default.Equals(member.Member.ContainingType, _owner.ContainingType)
        && (Method is { MethodKind: MethodKind.StaticConstructor } ? member.Target is null : _owner is IFieldSymbol or IPropertySymbol && member.Target is null or Root { Kind: RootKind.This });

    private static LockFormula Bound(LockFormula formula, Term? target, Term value, ISymbol? owner = null) =>
        formula.Replace(part => part switch
        {
            Root { Kind: RootKind.This } => target,
            Root { Kind: RootKind.Value } => value,
            MemberOf { Target: null } guard when (owner ?? (value as MemberOf)?.Member) is { IsStatic: true } guarded => InConstruction(guard, guarded),
            _ => null,
        });

    /// <summary>A static guard of a generic type is one lock per construction of the type.</summary>
    private static MemberOf? InConstruction(MemberOf guard, ISymbol guarded)
    {
        INamedTypeSymbol type = guarded.ContainingType;
        if (!type.IsGenericType || !SymbolEqualityComparer.Default.Equals(guard.Member.ContainingType?.OriginalDefinition, type.OriginalDefinition)) return null;
        return type.GetMembers(guard.Member.Name).FirstOrDefault() is { } member ? new MemberOf(null, member) : null;
    }

    private State Write(State state, MemberPlace place, Term value, bool readsToo)
    {
        switch (place.Operation)
        {
            case ILocalReferenceOperation local:
                return state with { Values = state.Values.SetItem(local.Local, state.Canonical(value)) };
            case IParameterReferenceOperation parameter:
                return state with { Values = state.Values.SetItem(parameter.Parameter, state.Canonical(value)) };
            case IDiscardOperation:
                return state;
        }

        WatchAccess(state, place, writes: true);
        state = Publish(state, value, into: place.Target);
        if (!state.Copies.IsEmpty || !state.Checks.IsEmpty) state = NoteChange(state, place.Path, place.Member);
        if (place.Member is null) return Forget(state, place.Path, value);
        SyntaxNode syntax = place.Operation.Syntax;
        if (!state.Checks.IsEmpty && place.Member is IPropertySymbol { SetMethod: { } changed }) state = CheckRelied(state, changed, place.Target, [.. place.Arguments, value], syntax);
        if (place.Member is IPropertySymbol { SetMethod: { } setter } property && Accessor(setter) is { } contract)
        {
            state = Apply(state, new CallSite(place.Operation, setter, contract, place.Target, [.. place.Arguments, value], property.Type))[0].State;
            if (!_catalog.DataOf(property).IsStated) return state;
        }

        var member = new MemberOf(place.Target, place.Member, place.Operation.Type);
        DataContract data = _catalog.DataOf(place.Member);
        bool fresh = state.IsFresh(member) || IsUnderConstruction(member);
        CheckReached(state, place, writes: true);
        if (!state.Checks.IsEmpty) state = CheckDecided(state, member, syntax);
        CheckInvariants(state, data, member, value, syntax);
        if (data.IsStated && !fresh) CheckWrite(state, member, data, value, syntax, byAtomic: false, readsToo);
        if (data.Tracked && !fresh && !_contract.Assigns.Any(path => MayAssign(path, state, member)))
        {
            FailNeed(state, syntax, "assign:" + member, Rule.UndeclaredAssignment, null, sentence => "'" + sentence.Name(member) + "' is [Tracked]; say [Assigns(\"" + sentence.Name(member) + "\")] on '" + OwnName + "'", null);
        }

        if (data.Owns is { } owns)
        {
            foreach (LockFormula.Lock item in Bound(owns, place.Target, value).Locks)
            {
                Term given = state.Canonical(item.Term);
                if (HoldOf(state, given) is not null) state = Lose(state, given, syntax, "it was handed over", handover: true);
            }

            state = state with { Scopes = state.Scopes.Remove(state.Canonical(value)) };
        }

        bool lost = _namesLost.Contains((place.Operation, member));
        foreach (Hold hold in state.Holds)
        {
            if (!hold.Term.Contains(member) || hold.Origin == Origin.Assumed || IsKept(state, member, hold.Term)) continue;
            Hold named = hold;
            lost = true;
            _namesLost.Add((place.Operation, member));
            FailNeed(state, syntax, "name:" + hold.Term, Rule.LostName, null, sentence => "'" + sentence.Name(member) + "' is part of the name of " + sentence.Name(named.Term) + ", which is held", null);
        }

        return lost ? state : Forget(state, member, value);
    }

    /// <summary>Assignments that were reported to change the name of a held lock: they change nothing else, on any path.</summary>
    private readonly HashSet<(IOperation Place, Term Path)> _namesLost = [];

    /// <summary>Whether a variable keeps what the path names now, and so the rest of a longer path: then that goes by the variable from here on.</summary>
    private static bool IsKept(State state, Term path, Term? longer = null) =>
        state.Values.Any(value => value.Key is ILocalSymbol or IParameterSymbol && value.Value.Contains(path) && (longer is null || longer.Contains(value.Value)));

    private bool MayAssign(Term path, State state, MemberOf member) => state.Canonical(path.Replace(EntryMap)).Equals(state.Canonical(member));

    private void CheckWrite(State state, MemberOf member, DataContract data, Term value, SyntaxNode syntax, bool byAtomic, bool readsToo)
    {
        if ((byAtomic && data.Atomic) || (member.Target is { } used && state.Stale.ContainsKey(used))) return;
        bool any = false;
        foreach (LockClause clause in data.Write)
        {
            Fact? when = clause.When?.Replace(part => part is Root { Kind: RootKind.This } ? member.Target : part is Root { Kind: RootKind.Value } ? value : null);
            State? relevant = when is null ? state : state.Decide(when) == false ? null : state.Assume(when);
            if (relevant is null) continue;
            any = true;
            LockFormula need = Bound(clause.Locks, member.Target, value, member.Member);
            (Verdict verdict, LockFormula culprit) = Query(relevant, need);
            if (verdict == Verdict.Held) PassNeed(state, syntax, "write:" + member.Member.Name);
            else FailAccess(relevant, syntax, "write:" + member.Member.Name, verdict, need, culprit, member, writes: true);
        }

        if (any || data.Write.Count > 0) return;
        if (data.WriteOnce)
            FailNeed(state, syntax, "write:" + member.Member.Name, Rule.UnguardedWrite, null, sentence => "'" + sentence.Name(member) + "' is [WriteOnce] and its object is published already", null);
        else if (data.Atomic && !byAtomic && member.Member is not IFieldSymbol { IsVolatile: true })
            FailNeed(state, syntax, "write:" + member.Member.Name, Rule.UnguardedWrite, null, sentence => "'" + sentence.Name(member) + "' is [Atomic]: write it with Volatile or Interlocked", null);
        else if (readsToo && data.Read is not null)
            CheckRead(state, member, syntax, byVolatile: false);
    }

    /// <summary>Forgets what was known through the path, gives its old value another name, and notes the new one.</summary>
    private State Forget(State state, Term path, Term value)
    {
        bool Is(Term part) => part.Equals(path);
        state = state with { Names = state.Names.Remove(path) };
        Term given = state.Canonical(value);
        bool isAboutItself = given.Any(Is);
        if (path is MemberOf or ElementOf && (isAboutItself ? given is Condition || IsKept(state, path) : state.Mentions(path)))
        {
            state = Snapshot(state, path, SyntaxOf(path), out Opaque before);
            if (isAboutItself) value = given.Replace(part => Is(part) ? before : null);
        }

        state = state.Forget(path) with
        {
            Names = state.Names.RemoveRange(state.Names.Where(entry => entry.Key.Any(Is)).Select(static entry => entry.Key)),
            Stale = state.Stale.Remove(path),
            Stamps = state.Stamps.Remove(path),
        };
        Term canonical = state.Canonical(value);
        if (canonical is Constant constant)
        {
            Fact fact = constant.Value is null ? Fact.IsNull(path) : constant.Value is bool flag ? (flag ? Fact.Holds(path) : Fact.Holds(path).Negate()) : Fact.Equal(path, constant);
            return Lasting(state, fact) is { } known ? state.Assume(known) ?? state : state;
        }

        if (canonical is Condition condition && path is MemberOf or ElementOf && !condition.Any(Is))
        {
            Fact holds = Fact.Holds(path);
            Fact says = state.Decide(condition.Fact) is { } decided ? decided ? holds : holds.Negate() : Fact.And(Fact.Or(holds.Negate(), condition.Fact), Fact.Or(holds, condition.Fact.Negate()));
            return AssumeLasting(state, says) ?? state;
        }

        if (canonical is Condition or Tuple || canonical.Any(Is) || canonical.Depth > MaxPathDepth) return state;
        if (path is MemberOf written && _catalog.DataOf(written.Member) is { IsGuarded: true } && !state.IsFresh(written)) return AssumeLasting(state, Fact.IsNull(path).Negate(), onlyIf: state.Decide(Fact.IsNull(canonical)) == false);
        return state with { Names = state.Names.SetItem(path, canonical) };
    }

    /// <summary>
    /// The path where a condition came out true. What it says of a guarded member is kept only if some hold keeps others from changing it.
    /// </summary>
    private State? AssumeLasting(State state, Fact fact)
    {
        if (state.Assume(fact) is not { } assumed) return null;
        if (ReferenceEquals(assumed, state)) return state;
        FactSet facts = assumed.Facts.KeepNew(state.Facts, literal => Survives(assumed, literal, null));
        return ReferenceEquals(facts, assumed.Facts) ? assumed : assumed with { Facts = facts };
    }

    private State AssumeLasting(State state, Fact fact, bool onlyIf) => onlyIf && Lasting(state, fact) is { } known ? state.Assume(known) ?? state : state;

    /// <summary>The fact, if something on this path keeps it true; null otherwise.</summary>
    private Fact? Lasting(State state, Fact fact) => fact is Fact.Single { Literal: var literal } && !Survives(state, literal, null) ? null : fact;

    private SyntaxNode SyntaxOf(Term path) => _block?.Operations.FirstOrDefault()?.Syntax ?? _body;

    /// <summary>An object that others can now reach is no longer exempt from its guards.</summary>
    private static State Publish(State state, Term value, Term? into = null)
    {
        if (state.Fresh.IsEmpty) return state;
        if (into is not null && state.IsFresh(into)) return StoreIn(state, into, value);
        foreach (Term fresh in state.Fresh)
        {
            if (!value.Equals(fresh) && !(value is Tuple && value.Any(part => part.Equals(fresh)))) continue;
            state = state with { Fresh = state.Fresh.Remove(fresh) };
            foreach ((Term outer, Term inner) in state.Stored)
            {
                if (outer.Any(part => part.Equals(fresh))) state = Publish(state, inner);
            }
        }

        return state;
    }

    /// <summary>An unpublished object that is stored in another one stays unpublished as long as that one.</summary>
    private static State StoreIn(State state, Term outer, Term inner) =>
        state.Fresh.Any(fresh => inner.Any(part => part.Equals(fresh))) ? state with { Stored = state.Stored.Add(new Inside(outer, inner)) } : state;

    /// <summary>What a deeply guarded member refers to is read under the same lock as the member.</summary>
    private void CheckDeep(State state, Term value, SyntaxNode syntax)
    {
        if (!state.Deep.TryGetValue(value, out LockFormula? need) || state.IsFresh(value)) return;
        (Verdict verdict, LockFormula culprit) = Query(state, need);
        if (verdict == Verdict.Held && !_isChecking && state.Copies.TryGetValue(value, out Copy? copy) && copy.IsBack(state)) ReportReached(state, value, copy, syntax);
        else if (verdict == Verdict.Held) PassNeed(state, syntax, "deep");
        else FailNeed(state, syntax, "deep", verdict == Verdict.Maybe ? Rule.MayNotBeHeld : Rule.UnguardedRead, need, sentence => "reading what '" + sentence.Name(value) + "' refers to needs " + Missing(sentence, verdict, need, culprit), null);
    }

    /// <summary>Using a value whose lock is gone is a finding.</summary>
    private void CheckUsable(State state, Term value, SyntaxNode syntax)
    {
        if (state.Stamps.IsEmpty) return;
        if (!state.Stale.TryGetValue(value, out LockFormula? formula))
        {
            if (state.Stamps.ContainsKey(value)) PassNeed(state, syntax, "stale");
            return;
        }

        _usedNow.Add(value);
        FailNeed(state, syntax, "stale", Rule.Stale, null, sentence => "'" + sentence.Name(value) + "' was looked up under " + sentence.Name(formula) + ", which has been released since" + Ended(sentence, formula), null, refinement: RefineStale(state, formula));
    }

    private static string Ended(Sentence sentence, LockFormula formula)
    {
        foreach (LockFormula.Lock item in formula.Locks)
        {
            string text = sentence.LossOf(sentence.State.Canonical(item.Term));
            if (text.Length > 0) return text;
        }

        return "";
    }

    private void FailAccess(State state, SyntaxNode syntax, string key, Verdict verdict, LockFormula need, LockFormula culprit, MemberOf member, bool writes)
    {
        DiagnosticDescriptor rule = verdict switch
        {
            Verdict.WrongMode => Rule.WrongMode,
            Verdict.Maybe => Rule.MayNotBeHeld,
            _ => writes ? Rule.UnguardedWrite : Rule.UnguardedRead,
        };
        FailNeed(state, syntax, key, rule, verdict == Verdict.WrongMode ? culprit : need, sentence => (writes ? "writing '" : "reading '") + sentence.Name(member) + "' needs " + Missing(sentence, verdict, need, culprit), null, refinement: writes ? null : RefineRead(state, verdict, need, member));
    }

    /// <summary>"X, which is not held when …; it was released in line N".</summary>
    private static string Missing(Sentence sentence, Verdict verdict, LockFormula need, LockFormula culprit)
    {
        string text = sentence.Name(verdict == Verdict.WrongMode ? culprit : need);
        string fate = verdict switch
        {
            Verdict.WrongMode => ", which is only held " + (culprit is LockFormula.Lock { Term: var held } && HoldOf(sentence.State, sentence.State.Canonical(held)) is { Mode: Mode.Upgradeable } ? "upgradeable" : "shared"),
            Verdict.Maybe => ", which may not be held",
            _ => ", which is not held",
        };
        return text + fate + sentence.Condition + Ended(sentence, culprit);
    }

    private void PassNeed(State state, SyntaxNode syntax, string key)
    {
        if (_recording) _findings.Pass(syntax, key, state);
    }

    /// <summary>Notes a failure and lets the path go on as if what it lacked were there.</summary>
    private void FailNeed(State state, SyntaxNode syntax, string key, DiagnosticDescriptor rule, LockFormula? missing, Func<Sentence, string> message, object? cause, ImmutableDictionary<string, string?>? properties = null, Location? location = null, Refinement? refinement = null, Func<IReadOnlyList<(State State, Term Result)>, bool>? unless = null)
    {
        if (missing is not null)
        {
            foreach (LockFormula.Lock item in missing.Locks) Excuse(state.Canonical(item.Term));
        }

        if (!_recording || (_inference is not null && missing is not null && _inference.Need(missing))) return;
        _findings.Fail(syntax, key, rule, state, location ?? syntax.GetLocation(), message, cause, properties, refinement, unless, missing);
    }

    /// <summary>Locks reported as missing in the current operation.</summary>
    private readonly HashSet<Term> _excusedNow = [];

    /// <summary>Locks reported as held where they must not be: nothing more is said of them.</summary>
    private readonly HashSet<Term> _settledNow = [];

    /// <summary>Stale values already reported.</summary>
    private readonly HashSet<Term> _usedNow = [];

    /// <summary>What is being evaluated.</summary>
    private SyntaxNode? _current;

    private void Excuse(Term term) => _excusedNow.Add(term);

    /// <summary>Evaluates a whole operation of a block and excuses on every path what it was reported to lack.</summary>
    private List<Outcome> EvaluateWhole(IOperation operation, State state, bool isCondition = false)
    {
        _current = operation.Syntax;
        _isChecking = isCondition;
        List<Outcome> outcomes = Evaluate(operation, state);
        _isChecking = false;
        if (_excusedNow.Count + _settledNow.Count + _usedNow.Count == 0) return outcomes;
        outcomes = outcomes.Select(outcome => new Outcome(Excuse(outcome.State), outcome.Value)).ToList();
        ForgetExcuses();
        return outcomes;
    }

    /// <summary>Takes over the locks that were just reported, so that they are reported once.</summary>
    private State TakeExcuses(State state)
    {
        state = Excuse(state);
        ForgetExcuses();
        return state;
    }

    private State Excuse(State state)
    {
        if (_excusedNow.Count > 0) state = state with { Excused = state.Excused.Union(_excusedNow) };
        if (_usedNow.Count > 0) state = state with { Stale = state.Stale.RemoveRange(_usedNow), Stamps = state.Stamps.RemoveRange(_usedNow), Copies = state.Copies.RemoveRange(_usedNow) };
        if (_settledNow.Count > 0) state = state with { Holds = state.Holds.Select(hold => _settledNow.Contains(hold.Term) && hold.Origin == Origin.Here ? hold.With(origin: Origin.Assumed) : hold).ToImmutableArray() };
        return state;
    }

    private void ForgetExcuses()
    {
        _excusedNow.Clear();
        _settledNow.Clear();
        _usedNow.Clear();
    }
}
