using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace MmLint.Analyzers;

/// <summary>A path after an expression, and what the expression is worth on it.</summary>
/// <remarks>A class, as whatever is kept in collections: of those of structs the runtime must compile every method anew, and runs it unoptimised.</remarks>
internal sealed class Outcome(State state, Term value)
{
    internal readonly State State = state;

    internal readonly Term Value = value;
}

/// <content>What expressions are worth, and what evaluating them does.</content>
internal sealed partial class BodyAnalysis
{
    /// <summary>Deeper paths get a name of their own, so that loops which walk a list end.</summary>
    private const int MaxPathDepth = 10;

    private List<Outcome> Evaluate(IOperation? operation, State state)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (operation is null) return [new Outcome(state, Constant.Null)];
        if (operation.ConstantValue is { HasValue: true } constant) return [new Outcome(state, constant.Value is null ? Constant.Null : new Constant(constant.Value, operation.Type))];
        switch (operation.Kind)
        {
            case OperationKind.ExpressionStatement:
                return EvaluateStatement(((IExpressionStatementOperation)operation).Operation, state);
            case OperationKind.LocalReference when operation is ILocalReferenceOperation local:
                return [new Outcome(state, state.Values.TryGetValue(local.Local, out Term? localValue) ? localValue : new Root(RootKind.Local, local.Local, local.Type))];
            case OperationKind.ParameterReference when operation is IParameterReferenceOperation parameter:
                return [new Outcome(state, state.Values.TryGetValue(parameter.Parameter, out Term? parameterValue) ? parameterValue : NameOf(parameter.Parameter))];
            case OperationKind.InstanceReference:
                return [new Outcome(state, Root.This(operation.Type))];
            case OperationKind.FieldReference or OperationKind.PropertyReference or OperationKind.ArrayElementReference or OperationKind.EventReference:
                return ReadAll(Place(operation, state));
            case OperationKind.FlowCapture:
                return Capture((IFlowCaptureOperation)operation, state);
            case OperationKind.FlowCaptureReference:
                return [CaptureReference((IFlowCaptureReferenceOperation)operation, state)];
            case OperationKind.Invocation:
                return Invoke((IInvocationOperation)operation, state);
            case OperationKind.ObjectCreation:
                return Create((IObjectCreationOperation)operation, state);
            case OperationKind.SimpleAssignment:
                return Assign((ISimpleAssignmentOperation)operation, state);
            case OperationKind.CompoundAssignment:
                return Compound((ICompoundAssignmentOperation)operation, state);
            case OperationKind.Conversion when operation is IConversionOperation { OperatorMethod: null } conversion:
                return Recognised(Evaluate(conversion.Operand, state), conversion.Type);
            default:
                return EvaluateOther(operation, state);
        }
    }

    /// <summary>What is a lock to the code from here on, whatever it went by before.</summary>
    private List<Outcome> Recognised(List<Outcome> outcomes, ITypeSymbol? type)
    {
        if (type is not { IsReferenceType: true } || _catalog.LockOf(type) is null) return outcomes;
        for (int index = 0; index < outcomes.Count; index++)
        {
            Outcome outcome = outcomes[index];
            if (!SymbolEqualityComparer.Default.Equals(outcome.Value.Type, type)) outcomes[index] = new Outcome(outcome.State, outcome.Value.As(type));
        }

        return outcomes;
    }

    private List<Outcome> ReadAll(IEnumerable<(State State, MemberPlace Place)> places)
    {
        var outcomes = new List<Outcome>(1);
        foreach ((State state, MemberPlace place) in places) outcomes.Add(Read(state, place));
        return outcomes;
    }

    /// <summary>What is rarer. It captures variables, and whatever is above would pay for that where it is.</summary>
    private List<Outcome> EvaluateOther(IOperation operation, State state)
    {
        switch (operation)
        {
            case IInvalidOperation { Syntax.Parent: LockStatementSyntax statement } invalid when invalid.ChildOperations.Count == 1:
                return Evaluate(invalid.ChildOperations.First(), state).Select(outcome =>
                {
                    Term entered = outcome.State.Canonical(outcome.Value);
                    NoteTaking(outcome.State, statement.Expression, entered, Mode.Exclusive, isTry: false);
                    return new Outcome(AddHold(outcome.State, entered, Mode.Exclusive, Origin.Here, statement), outcome.Value);
                }).ToList();
            case IIncrementOrDecrementOperation increment:
                return Place(increment.Target, state, toWrite: true).Select(place =>
                {
                    Opaque value = Fresh(increment, increment.Target is ILocalReferenceOperation counter ? counter.Local.Name : "value", place.State, out State next);
                    return new Outcome(Write(next, place.Place, value, readsToo: true), value);
                }).ToList();
            case IDeconstructionAssignmentOperation deconstruction:
                return Deconstruct(deconstruction, state);
            case IBinaryOperation binary:
                return EvaluateAll([binary.LeftOperand, binary.RightOperand], state).SelectMany(pair => binary.OperatorMethod is { } method && !_engine.ContractOf(method).IsEmpty
                    ? Apply(pair.State, new CallSite(binary, method, _engine.ContractOf(method), null, pair.Values, binary.Type))
                    : [new Outcome(pair.State, BinaryOf(binary, pair.Values[0], pair.Values[1], pair.State))]).ToList();
            case IUnaryOperation { OperatorKind: UnaryOperatorKind.Not, OperatorMethod: null } not:
                return Evaluate(not.Operand, state).Select(outcome => new Outcome(outcome.State, ConditionOf(Fact.Holds(outcome.Value).Negate(), not.Type))).ToList();
            case IConversionOperation { OperatorMethod: { } converter } conversion:
                return Evaluate(conversion.Operand, state).SelectMany(outcome => Apply(outcome.State, new CallSite(conversion, converter, _engine.ContractOf(converter), null, [outcome.Value], conversion.Type))).ToList();
            case IUnaryOperation { OperatorMethod: { } unaryMethod } unary:
                return Evaluate(unary.Operand, state).SelectMany(outcome => Apply(outcome.State, new CallSite(unary, unaryMethod, _engine.ContractOf(unaryMethod), null, [outcome.Value], unary.Type))).ToList();
            case IEventAssignmentOperation { EventReference: IEventReferenceOperation reference } subscription when (subscription.Adds ? reference.Event.AddMethod : reference.Event.RemoveMethod) is { } accessor:
            {
                List<IOperation> operands = reference.Instance is null ? [subscription.HandlerValue] : [reference.Instance, subscription.HandlerValue];
                return EvaluateAll(operands, state).SelectMany(all => Apply(Publish(all.State, all.Values[all.Values.Length - 1]), new CallSite(subscription, accessor, _engine.ContractOf(accessor), reference.Instance is null ? null : all.Values[0], [all.Values[all.Values.Length - 1]], null))).ToList();
            }

            case IIsNullOperation isNull:
                return Evaluate(isNull.Operand, state).Select(outcome => new Outcome(outcome.State, ConditionOf(IsNeverNull(outcome.Value) ? Fact.False : Fact.IsNull(outcome.Value), isNull.Type))).ToList();
            case IIsPatternOperation pattern:
                return Evaluate(pattern.Value, state).Select(outcome => Match(pattern, pattern.Pattern, outcome.Value, outcome.State)).ToList();
            case IIsTypeOperation isType:
                return Evaluate(isType.ValueOperand, state).Select(outcome =>
                    new Outcome(outcome.State, ConditionOf(IsOfType(outcome.Value, isType.TypeOperand), isType.Type))).ToList();
            case IDeclarationExpressionOperation declaration:
                return Evaluate(declaration.Expression, state);
            case ITupleOperation tuple:
                return EvaluateAll([.. tuple.Elements], state).Select(all => new Outcome(all.State, new Tuple(all.Values.ToImmutableArray(), tuple.Type))).ToList();
            case IAwaitOperation awaited:
                return Evaluate(awaited.Operation, state).Select(outcome =>
                    new Outcome(CheckSuspension(outcome.State, awaited.Syntax, "await"), outcome.Value)).SelectMany(outcome => outcome.Value is Opaque { Site: IOperation started } && _started.TryGetValue(started, out CallSite? site) && !ReferenceEquals(Tasks.Started(awaited.Operation, _catalog), started)
                    ? Apply(outcome.State, site)
                    : [outcome]).ToList();
            case IReturnOperation { Kind: OperationKind.YieldReturn } yielded:
                return Evaluate(yielded.ReturnedValue, state).Select(outcome =>
                    new Outcome(Publish(CheckSuspension(outcome.State, yielded.Syntax, "yield"), outcome.Value), outcome.Value)).ToList();
            case IDelegateCreationOperation creation:
                return CreateDelegate(creation, state);
            case IDefaultValueOperation value:
                return [new Outcome(state, (Term?)DefaultOf(value.Type) ?? Fresh(operation, "default", state, out state))];
            case IFlowAnonymousFunctionOperation function:
                return [new Outcome(PublishCaptured(state, function), Fresh(function, "lambda", state, out state))];
            case IAddressOfOperation or INameOfOperation or ITypeOfOperation or ISizeOfOperation:
                return [new Outcome(state, Fresh(operation, "value", state, out state))];
            default:
                return EvaluateAll([.. operation.ChildOperations], state).SelectMany(all => all.Values.Aggregate<Term, List<State>>([all.State], (states, value) => Step(states, at => ConsumeValue(at, operation, _owner, value, once: false)))).Select(at =>
                {
                    Opaque symbol = Fresh(operation, "value", at, out State next);
                    return new Outcome(next, symbol);
                }).ToList();
        }
    }

    /// <summary>A parameter of a primary constructor is like a field to the other members of its type.</summary>
    private Term NameOf(IParameterSymbol parameter) => parameter.ContainingSymbol is IMethodSymbol { MethodKind: MethodKind.Constructor } constructor && !SymbolEqualityComparer.Default.Equals(constructor, _owner) && ContractCatalog.IsPrimary(constructor)
        ? new MemberOf(Root.This(constructor.ContainingType), parameter, parameter.Type)
        : Root.Parameter(parameter);

    private List<Outcome> EvaluateStatement(IOperation operation, State state)
    {
        IOperation call = CallIn(operation);
        if (call is ISimpleAssignmentOperation { Target: IDiscardOperation, Value: var discarded }) call = CallIn(discarded);
        _ignoredResult = call is IInvocationOperation ? call : null;
        List<Outcome> outcomes = Evaluate(operation, state);
        _ignoredResult = null;
        return outcomes;
    }

    private IOperation? _ignoredResult;

    /// <summary>What is converted or awaited, or says how a task is awaited, without that.</summary>
    private IOperation CallIn(IOperation operation)
    {
        IOperation call = Tasks.Started(operation, _catalog);
        while (call is IAwaitOperation awaited) call = Tasks.Started(awaited.Operation, _catalog);
        return call;
    }

    /// <summary>Calls whose task is kept and awaited later: their effects come with the await.</summary>
    private readonly Dictionary<IOperation, CallSite> _started = [];

    private List<(State State, Term[] Values)> EvaluateAll(IReadOnlyList<IOperation> operations, State state)
    {
        var paths = new List<(State State, Term[] Values)> { (state, new Term[operations.Count]) };
        for (int index = 0; index < operations.Count; index++)
        {
            var next = new List<(State State, Term[] Values)>(paths.Count);
            foreach ((State at, Term[] values) in paths)
            {
                List<Outcome> outcomes = Evaluate(operations[index], at);
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

    /// <summary>A symbol for what the operation yields this time; an earlier value of the same operation gets another name.</summary>
    private Opaque Fresh(IOperation operation, string name, State state, out State next)
    {
        var symbol = new Opaque(operation, name, operation.Type, neverNull: operation is IInvocationOperation { Type.IsReferenceType: true, TargetMethod: var called } && _engine.NullContractOf(called).ResultIsNeverNull);
        next = _block is { } block && _inLoop[block.Ordinal] ? WithoutEnded(state, symbol.AsEarlier()).Retire(symbol) : state;
        return symbol;
    }

    /// <summary>Locks of an object that no variable stands for any more need no attention if they end together with another one that is held.</summary>
    private State WithoutEnded(State state, Opaque earlier)
    {
        foreach (Hold hold in state.Holds)
        {
            if (!hold.Term.Contains(earlier) || BoundOf(state, hold.Term, hold.Mode) is not { } bound || bound.Contains(earlier) || HoldOf(state, bound) is null) continue;
            if (!state.Values.Values.Any(value => value.Contains(earlier))) state = state with { Holds = state.Holds.Remove(hold) };
        }

        return state;
    }

    /// <summary>What <c>?.</c> asks of a readonly member that is declared to be there is no question.</summary>
    private static bool IsNeverNull(Term value) => value is MemberOf { Member: IFieldSymbol { IsReadOnly: true } or IPropertySymbol { SetMethod: null } } member && NullContract.HasNoNull(ContractCatalog.TypeOf(member.Member));

    private static Term ConditionOf(Fact fact, ITypeSymbol? type) => fact == Fact.True ? Constant.True : fact == Fact.False ? Constant.False
        : fact is Fact.Single { Literal: { Positive: true, Atom: { Kind: AtomKind.IsTrue, Left: var bare } } } ? bare
        : new Condition(fact, type);

    private static Constant? DefaultOf(ITypeSymbol? type) => type switch
    {
        null => null,
        { IsReferenceType: true } or { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } => Constant.Null,
        { SpecialType: SpecialType.System_Boolean } => Constant.False,
        { TypeKind: TypeKind.Enum } or { SpecialType: >= SpecialType.System_Char and <= SpecialType.System_UInt64 } => new Constant(0L, type),
        _ => null,
    };

    private List<Outcome> Capture(IFlowCaptureOperation capture, State state)
    {
        if (_targets.Contains(capture.Id))
        {
            _targetOperations[capture.Id] = capture.Value;
            return Place(capture.Value, state).Select(place => new Outcome(place.State with { Values = place.State.Values.SetItem(capture.Id, place.Place.Path) }, place.Place.Path)).ToList();
        }

        return Evaluate(capture.Value, state).Select(outcome =>
            new Outcome(outcome.State with { Values = outcome.State.Values.SetItem(capture.Id, outcome.Value) }, outcome.Value)).ToList();
    }

    private Outcome CaptureReference(IFlowCaptureReferenceOperation reference, State state)
    {
        if (_targetOperations.ContainsKey(reference.Id)) return Read(state, CapturedPlace(reference, state));
        return new Outcome(state, state.Values.TryGetValue(reference.Id, out Term? value) ? value : Fresh(reference, "value", state, out state));
    }

    private MemberPlace CapturedPlace(IFlowCaptureReferenceOperation reference, State state)
    {
        IOperation origin = _targetOperations[reference.Id];
        Term path = state.Values.TryGetValue(reference.Id, out Term? value) ? value : new Opaque(reference, "value", reference.Type);
        Term? target = path is MemberOf member ? member.Target : path is ElementOf element ? element.Target : null;
        return new MemberPlace(origin, MemberIn(origin), target, path);
    }

    private List<Outcome> Assign(ISimpleAssignmentOperation assignment, State state)
    {
        if (assignment.IsRef) return LendPlace(assignment.Value, state).Select(lent => new Outcome(SetLocal(assignment.Target, lent.State, lent.Value!), lent.Value!)).ToList();
        var results = new List<Outcome>();
        foreach ((State at, MemberPlace place) in Place(assignment.Target, state, toWrite: true))
        {
            foreach (Outcome outcome in Evaluate(assignment.Value, at))
            {
                State next = Write(outcome.State, place, outcome.Value, readsToo: false);
                if (assignment.Target is ILocalReferenceOperation { Local: var local }) next = NoteCopy(next, local, outcome.Value, assignment.Value);
                results.Add(new Outcome(next, outcome.Value));
            }
        }

        return results;
    }

    private static State SetLocal(IOperation target, State state, Term value) => target switch
    {
        ILocalReferenceOperation local => state with { Values = state.Values.SetItem(local.Local, value) },
        IParameterReferenceOperation parameter => state with { Values = state.Values.SetItem(parameter.Parameter, value) },
        _ => state,
    };

    private List<Outcome> Compound(ICompoundAssignmentOperation compound, State state)
    {
        var results = new List<Outcome>();
        foreach ((State at, MemberPlace place) in Place(compound.Target, state, toWrite: true))
        {
            foreach (Outcome outcome in Evaluate(compound.Value, at))
            {
                State next = outcome.State;
                Term value = place.Member is null && next.Values.TryGetValue(KeyOf(place), out Term? old) ? CompoundOf(compound, old, outcome.Value) : Fresh(compound, "value", next, out next);
                next = Write(next, place, value, readsToo: true);
                results.Add(new Outcome(next, value));
            }
        }

        return results;
    }

    private static object KeyOf(MemberPlace place) => place.Operation switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        _ => place,
    };

    private static Term CompoundOf(ICompoundAssignmentOperation compound, Term left, Term right)
    {
        if (compound.OperatorMethod is null && compound.Type?.SpecialType == SpecialType.System_Boolean)
        {
            if (compound.OperatorKind == BinaryOperatorKind.And) return ConditionOf(Fact.And(Fact.Holds(left), Fact.Holds(right)), compound.Type);
            if (compound.OperatorKind == BinaryOperatorKind.Or) return ConditionOf(Fact.Or(Fact.Holds(left), Fact.Holds(right)), compound.Type);
        }

        if (right is Constant { Value: long mask } && IsFlags(compound.Type))
        {
            if (compound.OperatorKind == BinaryOperatorKind.And) return Masked.Of(left, mask);
            if (compound.OperatorKind == BinaryOperatorKind.Or) return Masked.Of(left, -1L, mask);
        }

        if (left is Constant { Value: long first } && right is Constant { Value: long second } && Fold(compound.OperatorKind, first, second) is { } folded) return new Constant(folded, compound.Type);
        return new Opaque(compound, "value", compound.Type);
    }

    private static bool IsFlags(ITypeSymbol? type) => type is { TypeKind: TypeKind.Enum } or { SpecialType: >= SpecialType.System_SByte and <= SpecialType.System_UInt64 };

    private static long? Fold(BinaryOperatorKind kind, long left, long right) => kind switch
    {
        BinaryOperatorKind.And => left & right,
        BinaryOperatorKind.Or => left | right,
        BinaryOperatorKind.ExclusiveOr => left ^ right,
        _ => null,
    };

    private List<Outcome> Deconstruct(IDeconstructionAssignmentOperation deconstruction, State state)
    {
        IOperation target = deconstruction.Target is IDeclarationExpressionOperation declaration ? declaration.Expression : deconstruction.Target;
        return Evaluate(deconstruction.Value, state).SelectMany(outcome => CallDeconstructor(deconstruction, outcome))
            .Select(outcome => target is ITupleOperation tuple ? new Outcome(AssignParts(tuple, outcome.Value, outcome.State), outcome.Value) : outcome).ToList();
    }

    private State AssignParts(ITupleOperation targets, Term whole, State state)
    {
        for (int index = 0; index < targets.Elements.Length; index++)
        {
            IOperation element = targets.Elements[index] is IDeclarationExpressionOperation inner ? inner.Expression : targets.Elements[index];
            if (element is IDiscardOperation) continue;
            Term value = whole is Tuple known && index < known.Elements.Length ? known.Elements[index]
                : whole.Type is INamedTypeSymbol { IsTupleType: true, TupleElements: var fields } && index < fields.Length ? PathOf(state, whole, fields[index], element)
                : Fresh(element, "element", state, out state);
            if (element is ITupleOperation nested) state = AssignParts(nested, value, state);
            else foreach ((State at, MemberPlace place) in Place(element, state).Take(1)) state = Write(at, place, value, readsToo: false);
            if (element is ILocalReferenceOperation { Local: var local }) state = NoteCopy(state, local, value, null);
        }

        return state;
    }

    private List<Outcome> CallDeconstructor(IDeconstructionAssignmentOperation deconstruction, Outcome outcome)
    {
        if (outcome.Value is Tuple || _model is null || deconstruction.Syntax is not AssignmentExpressionSyntax syntax || syntax.SyntaxTree != _model.SyntaxTree
            || _model.GetDeconstructionInfo(syntax).Method is not { } method) return [outcome];
        if (MembersTakenApart(method) is { } members) return [new Outcome(outcome.State, new Tuple(members.Select(member => PathOf(outcome.State, outcome.Value, member, deconstruction)).ToImmutableArray(), null))];
        if (_engine.ContractOf(method) is not { IsEmpty: false } contract) return [outcome];
        method = method.ReducedFrom ?? method;
        var arguments = new Term[method.Parameters.Length];
        for (int index = 0; index < arguments.Length; index++) arguments[index] = method.IsStatic && index == 0 ? outcome.Value : new Opaque(deconstruction, "element", null);
        return Apply(outcome.State, new CallSite(deconstruction, method, contract, method.IsStatic ? null : outcome.Value, arguments, null))
            .Select(called => new Outcome(called.State, outcome.Value)).ToList();
    }

    /// <summary>The members that a record is taken apart into; null where code of its own does that.</summary>
    private static List<ISymbol>? MembersTakenApart(IMethodSymbol? method)
    {
        if (method is not { IsImplicitlyDeclared: true, ContainingType: { IsRecord: true } record }) return null;
        List<ISymbol> members = method.Parameters.Select(parameter => record.GetMembers(parameter.Name).FirstOrDefault(static candidate => candidate is IPropertySymbol or IFieldSymbol)).OfType<ISymbol>().ToList();
        return members.Count == method.Parameters.Length ? members : null;
    }

    private static List<ISymbol>? PartsOf(ITypeSymbol? type) => type is INamedTypeSymbol { IsTupleType: true, TupleElements: var fields } ? [.. fields] : null;

    private static Term BinaryOf(IBinaryOperation binary, Term left, Term right, State state)
    {
        if (binary.OperatorMethod is not null && binary.OperatorKind is not (BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals)) return new Opaque(binary, "value", binary.Type);
        bool boolean = binary.LeftOperand.Type?.SpecialType == SpecialType.System_Boolean;
        switch (binary.OperatorKind)
        {
            case BinaryOperatorKind.Equals:
                return ConditionOf(Fact.Equal(state.Canonical(left), state.Canonical(right)), binary.Type);
            case BinaryOperatorKind.NotEquals:
                return ConditionOf(Fact.Equal(state.Canonical(left), state.Canonical(right)).Negate(), binary.Type);
            case BinaryOperatorKind.LessThan:
                return ConditionOf(Fact.Less(left, right), binary.Type);
            case BinaryOperatorKind.GreaterThan:
                return ConditionOf(Fact.Less(right, left), binary.Type);
            case BinaryOperatorKind.LessThanOrEqual:
                return ConditionOf(Fact.Less(right, left).Negate(), binary.Type);
            case BinaryOperatorKind.GreaterThanOrEqual:
                return ConditionOf(Fact.Less(left, right).Negate(), binary.Type);
            case BinaryOperatorKind.And when boolean:
            case BinaryOperatorKind.ConditionalAnd:
                return ConditionOf(Fact.And(Fact.Holds(left), Fact.Holds(right)), binary.Type);
            case BinaryOperatorKind.Or when boolean:
            case BinaryOperatorKind.ConditionalOr:
                return ConditionOf(Fact.Or(Fact.Holds(left), Fact.Holds(right)), binary.Type);
            case BinaryOperatorKind.And when right is Constant { Value: long mask } && left is not Constant:
                return Masked.Of(left, mask);
            case BinaryOperatorKind.Or when right is Constant { Value: long bits } && left is not Constant && IsFlags(binary.Type):
                return Masked.Of(left, -1L, bits);
            case BinaryOperatorKind.Or when left is Constant { Value: long bits } && right is not Constant && IsFlags(binary.Type):
                return Masked.Of(right, -1L, bits);
            case BinaryOperatorKind.And when left is Constant { Value: long mask } && right is not Constant:
                return Masked.Of(right, mask);
            default:
                return left is Constant { Value: long first } && right is Constant { Value: long second } && Fold(binary.OperatorKind, first, second) is { } folded
                    ? new Constant(folded, binary.Type)
                    : new Opaque(binary, "value", binary.Type);
        }
    }

    private Outcome Match(IOperation site, IPatternOperation pattern, Term value, State state)
    {
        Fact fact = PatternFact(pattern, value, ref state);
        return new Outcome(state, ConditionOf(fact, site.Type));
    }

    private Fact PatternFact(IPatternOperation pattern, Term value, ref State state)
    {
        switch (pattern)
        {
            case IConstantPatternOperation constant:
                return Fact.Equal(value, constant.Value.ConstantValue is { HasValue: true, Value: var number } ? number is null ? Constant.Null : new Constant(number, constant.Value.Type) : Fresh(constant, "value", state, out state));
            case INegatedPatternOperation negated:
                return PatternFact(negated.Pattern, value, ref state).Negate();
            case IBinaryPatternOperation binary:
            {
                Fact left = PatternFact(binary.LeftPattern, value, ref state);
                Fact right = PatternFact(binary.RightPattern, value, ref state);
                return binary.OperatorKind == BinaryOperatorKind.Or ? Fact.Or(left, right) : Fact.And(left, right);
            }

            case IDiscardPatternOperation:
                return Fact.True;
            case IRelationalPatternOperation relational:
            {
                if (relational.Value.ConstantValue is not { HasValue: true, Value: var bound }) break;
                var limit = new Constant(bound, relational.Value.Type);
                return relational.OperatorKind switch
                {
                    BinaryOperatorKind.LessThan => Fact.Less(value, limit),
                    BinaryOperatorKind.GreaterThan => Fact.Less(limit, value),
                    BinaryOperatorKind.LessThanOrEqual => Fact.Less(limit, value).Negate(),
                    _ => Fact.Less(value, limit).Negate(),
                };
            }

            case IDeclarationPatternOperation declaration:
            {
                if (declaration.DeclaredSymbol is { } symbol) state = NoteMatch(state, symbol, value, declaration.MatchedType);
                if (declaration.MatchesNull) return Fact.True;
                return declaration.MatchedType is { } matched ? IsOfType(value, matched) : Fact.IsNull(value).Negate();
            }

            case ITypePatternOperation type:
                return IsOfType(value, type.MatchedType);
            case IRecursivePatternOperation recursive:
            {
                if (recursive.DeclaredSymbol is { } symbol) state = NoteMatch(state, symbol, value, recursive.MatchedType);
                var parts = new List<Fact>();
                if (value.Type is not { IsValueType: true }) parts.Add(Fact.IsNull(value).Negate());
                if (recursive.MatchedType is { } matched && !SymbolEqualityComparer.Default.Equals(matched, recursive.InputType)) parts.Add(Fact.Holds(new MemberOf(value, matched)));
                foreach (IPropertySubpatternOperation sub in recursive.PropertySubpatterns)
                {
                    ISymbol? member = MemberIn(sub.Member);
                    Term part = member is null ? new Opaque(sub, "member", null) : PathOf(state, value, member, sub);
                    if (member is not null) CheckRead(state, new MemberOf(value, member, sub.Member.Type), sub.Member.Syntax, byVolatile: false);
                    parts.Add(PatternFact(sub.Pattern, part, ref state));
                }

                if (value is Tuple tuple)
                {
                    for (int index = 0; index < recursive.DeconstructionSubpatterns.Length && index < tuple.Elements.Length; index++)
                        parts.Add(PatternFact(recursive.DeconstructionSubpatterns[index], tuple.Elements[index], ref state));
                }
                else if (!recursive.DeconstructionSubpatterns.IsEmpty && (MembersTakenApart(recursive.DeconstructSymbol as IMethodSymbol) ?? PartsOf(value.Type)) is { } members)
                {
                    for (int index = 0; index < members.Count && index < recursive.DeconstructionSubpatterns.Length; index++)
                    {
                        IPatternOperation sub = recursive.DeconstructionSubpatterns[index];
                        parts.Add(PatternFact(sub, PathOf(state, value, members[index], sub), ref state));
                    }
                }
                else if (!recursive.DeconstructionSubpatterns.IsEmpty)
                {
                    parts.Add(Fact.Holds(new Opaque(pattern, "match", null)));
                }

                return Fact.And(parts);
            }
        }

        return Fact.Holds(new Opaque(pattern, "match", null));
    }

    /// <summary>That the value is of the type: of its own, and of what that derives from, it is if it is not null.</summary>
    private static Fact IsOfType(Term value, ITypeSymbol type)
    {
        Fact notNull = Fact.IsNull(value).Negate();
        return type.SpecialType == SpecialType.System_Object || value.Type.DerivesFrom(type) ? notNull : Fact.And(notNull, Fact.Holds(new MemberOf(value, type)));
    }

    private State NoteMatch(State state, ISymbol symbol, Term value, ITypeSymbol? type)
    {
        Term matched = Recognised([new Outcome(state, value)], type)[0].Value;
        return NoteCopy(state with { Values = state.Values.SetItem(symbol, matched) }, symbol, matched, null);
    }

    private List<Outcome> CreateDelegate(IDelegateCreationOperation creation, State state)
    {
        State next = state;
        if (_engine.IsPartOfCaller(creation, _model)) return [new Outcome(next, new Opaque(creation, "delegate", creation.Type))];
        WatchGiven(creation);
        Opaque symbol = Fresh(creation, "delegate", next, out next);
        if (creation.Target is IMethodReferenceOperation { Instance: { } instance })
        {
            foreach (Outcome outcome in Evaluate(instance, next).Take(1)) next = Publish(outcome.State, outcome.Value);
        }
        else if (creation.Target is IFlowAnonymousFunctionOperation function)
        {
            next = PublishCaptured(next, function);
        }

        return [new Outcome(next, symbol)];
    }

    /// <summary>What a lambda captures can be reached by whoever runs the lambda.</summary>
    private State PublishCaptured(State state, IFlowAnonymousFunctionOperation function)
    {
        if (state.Fresh.IsEmpty) return state;
        ControlFlowGraph inner = _graph.GetAnonymousFunctionControlFlowGraph(function, _cancellation);
        GraphWalk.Any(inner, operation =>
        {
            ISymbol? captured = operation switch { ILocalReferenceOperation local => local.Local, IParameterReferenceOperation parameter => parameter.Parameter, _ => null };
            if (captured is not null && state.Values.TryGetValue(captured, out Term? value)) state = Publish(state, value);
            return false;
        });
        return state;
    }
}
