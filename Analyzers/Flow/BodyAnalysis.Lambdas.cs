using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace MmLint.Analyzers;

/// <content>
/// Delegates that a callee invokes before it returns (<c>[InvokedNow]</c>): the body of a lambda is part of this body, so it is followed from
/// the state of the call, and what it does to locks, facts and captured locals is done after the call.
/// </content>
internal sealed partial class BodyAnalysis
{
    /// <summary>Rounds after which a lambda that is invoked again and again is taken to have settled.</summary>
    private const int MaxRounds = 8;

    /// <summary>The body that this lambda is part of; null for a body of its own.</summary>
    private readonly BodyAnalysis? _outer;

    private readonly Dictionary<IFlowAnonymousFunctionOperation, BodyAnalysis> _lambdas = [];

    /// <summary>The part of <paramref name="outer"/> that stands in a lambda: same owner, same contract, same findings, another graph.</summary>
    private BodyAnalysis(BodyAnalysis outer, ControlFlowGraph graph, IFlowAnonymousFunctionOperation lambda)
        : this(outer._engine, graph, outer._owner, outer._contract, lambda.Syntax, State.Empty, outer._model, outer._inference, outer._cancellation)
    {
        _outer = outer;
        _findings = outer._findings;
        for (int index = 0; index < _inLoop.Length; index++) _inLoop[index] = true;
    }

    /// <summary>Delegates that run while the result of a call is enumerated.</summary>
    private readonly Dictionary<IOperation, ImmutableHashSet<IDelegateCreationOperation>> _carried = [];

    /// <summary>The paths after a call has invoked what it invokes before it returns.</summary>
    private List<State> InvokeNow(State state, CallSite site)
    {
        List<State> states = [state];
        if (site.Callee is not IMethodSymbol callee) return states;
        foreach (IParameterSymbol parameter in callee.Parameters)
        {
            if (parameter.Ordinal >= site.Arguments.Length) continue;
            Invocation? invocation = _catalog.InvocationOf(parameter);
            ImmutableHashSet<IDelegateCreationOperation> carried = CarriedBy(site.Arguments[parameter.Ordinal]);
            if (!carried.IsEmpty && DelegateUse.Carries(parameter, _catalog))
            {
                _carried[site.Operation] = _carried.TryGetValue(site.Operation, out ImmutableHashSet<IDelegateCreationOperation>? known) ? known.Union(carried) : carried;
            }
            else if (!carried.IsEmpty)
            {
                states = Step(states, at => Consume(at, site, carried, parameter, once: invocation == Invocation.Once));
            }
            else if (invocation is { } stated && ValueContract(site, parameter) is { } contract)
            {
                states = Step(states, at => RunAgain(at, start => CallGiven(start, site, contract.Carrier, contract, null), site.Operation, once: stated == Invocation.Once));
            }
        }

        return states;
    }

    /// <summary>The delegates that are invoked when the value is consumed: itself, or those that a sequence is made with.</summary>
    private ImmutableHashSet<IDelegateCreationOperation> CarriedBy(Term value) => value switch
    {
        Opaque { Site: IDelegateCreationOperation creation } when _engine.IsPartOfCaller(creation, _model) => ImmutableHashSet.Create(creation),
        Opaque { Site: IOperation call } when _carried.TryGetValue(call, out ImmutableHashSet<IDelegateCreationOperation>? carried) => carried,
        _ => ImmutableHashSet<IDelegateCreationOperation>.Empty,
    };

    /// <summary>The paths after the delegates were invoked, in any order of their source.</summary>
    private List<State> Consume(State state, CallSite site, ImmutableHashSet<IDelegateCreationOperation> carried, IParameterSymbol? parameter, bool once)
    {
        List<State> states = [state];
        foreach (IDelegateCreationOperation creation in carried.OrderBy(static creation => creation.Syntax.SpanStart))
        {
            states = Step(states, at => RunAgain(at, start => RunGiven(start, site, creation, parameter), creation, once));
        }

        return states;
    }

    private List<State> RunGiven(State state, CallSite site, IDelegateCreationOperation creation, IParameterSymbol? parameter) => creation.Target switch
    {
        IFlowAnonymousFunctionOperation lambda => RunLambda(state, site, parameter, lambda),
        IMethodReferenceOperation method => CallGiven(state, site, method.Method, _engine.ContractOfCall(method.Method, _graph, _model, _cancellation), method.Instance, parameter),
        _ => [state],
    };

    /// <summary>A call of a local that holds a lambda, or an operation that enumerates a sequence.</summary>
    private List<State> ConsumeValue(State state, IOperation operation, ISymbol consumer, Term value, bool once)
    {
        ImmutableHashSet<IDelegateCreationOperation> carried = CarriedBy(value);
        return carried.IsEmpty ? [state] : Consume(state, new CallSite(operation, consumer, new MemberContract(consumer, ImmutableArray<IParameterSymbol>.Empty), null, [], null), carried, null, once);
    }

    /// <summary>
    /// The contract of a delegate that comes from a parameter or member which states one, where the callee says nothing of what it holds for it.
    /// </summary>
    private MemberContract? ValueContract(CallSite site, IParameterSymbol parameter)
    {
        if (parameter.Ordinal >= site.Operands.Count || site.Operands[parameter.Ordinal] is not { } operand) return null;
        ISymbol? value = Unwrap(operand) switch
        {
            IParameterReferenceOperation reference => reference.Parameter,
            IMemberReferenceOperation member => member.Member,
            _ => null,
        };
        return value is null || _catalog.ContractOfValue(parameter) is not null ? null : _catalog.ContractOfValue(value);
    }

    /// <summary>Once, or any number of rounds, none included, until another one adds nothing.</summary>
    private List<State> RunAgain(State state, Func<State, List<State>> run, IOperation place, bool once)
    {
        if (once) return run(state);
        bool recording = _recording;
        _recording = false;
        var known = new List<State> { state };
        var work = new Queue<State>(known);
        int block = -1 - place.Syntax.SpanStart;
        for (int round = 0; round < MaxRounds * MaxStates && work.Count > 0; round++)
        {
            foreach (State after in run(work.Dequeue()))
            {
                State[] before = [.. known];
                if (!AddTo(known, block, after)) continue;
                foreach (State changed in known.Except(before)) work.Enqueue(changed);
            }
        }

        _recording = recording;
        if (recording)
        {
            foreach (State each in known) run(each);
        }

        // What some round was reported to lack, the call lacks: it is not reported again where no round is made.
        ImmutableHashSet<Term> lacking = known.Aggregate(ImmutableHashSet<Term>.Empty, static (all, each) => all.Union(each.Excused));
        if (lacking.IsEmpty) return known;
        var settled = new List<State>();
        foreach (State each in known) AddTo(settled, block, each with { Excused = lacking.Where(term => each.Excused.Contains(term) || HoldOf(each, term) is null).ToImmutableHashSet() });
        return settled;
    }

    /// <summary>One invocation of a method group, or of a delegate whose contract is known.</summary>
    private List<State> CallGiven(State state, CallSite site, ISymbol given, MemberContract contract, IOperation? instance, IParameterSymbol? parameter = null)
    {
        if (contract.IsEmpty) return [state];
        Term? receiver = instance is null ? given is IMethodSymbol { IsStatic: true } ? null : Root.This(_owner.ContainingType) : Evaluate(instance, state)[0].Value;
        IMethodSymbol? invoked = given as IMethodSymbol ?? (ContractCatalog.TypeOf(given) as INamedTypeSymbol)?.DelegateInvokeMethod;
        Term[] arguments = (invoked?.Parameters ?? ImmutableArray<IParameterSymbol>.Empty).Select(parameter => (Term)new Opaque(parameter, parameter.Name, parameter.Type)).ToArray();
        State start = Drop(state, site);
        return Hold([start], site, parameter, arguments)
            .SelectMany(at => Apply(at, new CallSite(site.Operation, given, contract, receiver, arguments, invoked?.ReturnType)))
            .Select(outcome => Restore(outcome.State, state, start)).ToList();
    }

    /// <summary>The contract of what is given for the parameter.</summary>
    private MemberContract GivenFor(IParameterSymbol parameter) => _catalog.ContractOfValue(parameter) ?? _engine.ContractOf(parameter.Type);

    /// <summary>Whatever the callee gives up it may have given up when it invokes the delegate.</summary>
    private State Drop(State state, CallSite site)
    {
        foreach (LockFormula.Lock item in site.Contract.Releases.SelectMany(clause => clause.Locks.Replace(part => Substitute(part, site, null, exit: false)).Locks))
        {
            state = Lose(state, state.Canonical(item.Term), site.Site, site.Released);
        }

        return state;
    }

    /// <summary>The paths on which the callee holds for the delegate what it says, or what its body shows.</summary>
    private List<State> Hold(List<State> states, CallSite site, IParameterSymbol? parameter, IReadOnlyList<Term> arguments)
    {
        if (parameter is null) return states;
        MemberContract given = GivenFor(parameter);
        Term? Map(Term part) => part is Root { Kind: RootKind.Parameter, Symbol: IParameterSymbol named } && !SymbolEqualityComparer.Default.Equals(named.ContainingSymbol, parameter.ContainingSymbol.OriginalDefinition)
            && IndexOf(given.Parameters, named.OriginalDefinition) is >= 0 and var index && index < arguments.Count ? arguments[index]
            : part is Root ? Substitute(part, site, null, exit: false) : null;
        foreach (FactClause clause in given.Requires) states = states.Select(state => state.Assume(clause.When is null ? clause.Fact.Replace(Map) : Fact.Or(clause.When.Replace(Map).Negate(), clause.Fact.Replace(Map))) ?? state).ToList();
        foreach (LockClause clause in given.Needs) states = Enter(states, clause, Mode.None, certain: true, Map, Origin.Assumed);
        if (!site.Contract.Given.TryGetValue(parameter.Ordinal, out List<LockFormula>? known)) return states;
        foreach (LockFormula formula in known) states = Enter(states, new LockClause(formula, null, Inference.Source), Mode.None, certain: true, part => Substitute(part, site, null, exit: false), Origin.Assumed);
        return states;
    }

    private List<State> RunLambda(State state, CallSite site, IParameterSymbol? parameter, IFlowAnonymousFunctionOperation lambda)
    {
        if (!_lambdas.TryGetValue(lambda, out BodyAnalysis? body))
            _lambdas[lambda] = body = new BodyAnalysis(this, _graph.GetAnonymousFunctionControlFlowGraph(lambda, _cancellation), lambda);
        State start = Drop(state, site);
        return body.RunOnce(start, lambda.Symbol, at => Hold([at], site, parameter, lambda.Symbol.Parameters.Select(static own => (Term)Root.Parameter(own)).ToList())).Select(end => Restore(end, state, start)).ToList();
    }

    /// <summary>What the callee held for the delegate is its own again, and what it gave up before is for its contract to say.</summary>
    private static State Restore(State end, State caller, State start)
    {
        ImmutableArray<Hold> holds = end.Holds.Where(hold => hold.Origin != Origin.Assumed || IsInvoked(hold) || caller.Holds.Any(known => known.Term.Equals(hold.Term))).ToImmutableArray();
        holds = holds.AddRange(caller.Holds.Where(hold => start.Holds.All(kept => !kept.Term.Equals(hold.Term)) && holds.All(kept => !kept.Term.Equals(hold.Term))));
        return holds.SequenceEqual(end.Holds) ? end : end with { Holds = holds };
    }

    /// <summary>Follows this lambda once, from the state of a call.</summary>
    private List<State> RunOnce(State start, IMethodSymbol lambda, Func<State, List<State>> hold)
    {
        foreach (IParameterSymbol parameter in lambda.Parameters)
        {
            Root name = Root.Parameter(parameter);
            start = start.Retire(name, new Opaque(parameter, parameter.Name, parameter.Type, earlier: true));
            start = Introduce(start, parameter);
        }

        List<State> states = hold(start);
        _thrown.Clear();
        _pendingFinally.Clear();
        _spent = _outer!._spent;
        ImmutableHashSet<object> outside = start.Values.Keys.ToImmutableHashSet();
        var run = new Run(0, _graph.Blocks.Length - 1);
        List<State> ends = Solve(run, 0, states, record: _outer._recording);
        _outer._spent = _spent;
        var merged = new List<State>();
        foreach (State end in ends)
        {
            State outer = end with { Values = end.Values.RemoveRange(end.Values.Keys.Where(key => !outside.Contains(key) || key is IParameterSymbol own && SymbolEqualityComparer.Default.Equals(own.ContainingSymbol, lambda))) };
            AddTo(merged, _graph.Blocks.Length - 1, outer);
        }

        return merged;
    }

    /// <summary>An exception that leaves the lambda leaves the call that invoked it.</summary>
    private void RaiseOutside(List<State> states, SyntaxNode? thrower, bool isExplicit)
    {
        if (_outer!._recording && !_recording) return;
        _outer.Raise(_outer._block?.EnclosingRegion, states, thrower, isExplicit);
    }
}
