using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace MmLint.Analyzers;

/// <summary>What checking a body has found.</summary>
/// <param name="Found">What is wrong.</param>
/// <param name="Seen">What it does with fields that state no guard, where that is asked for.</param>
internal sealed record CheckedBody(ImmutableArray<Diagnostic> Found, Observations? Seen);

/// <summary>What the analysis of every body of a compilation shares.</summary>
internal sealed class Engine
{
    private static readonly ConditionalWeakTable<Compilation, Engine> Engines = new();

    private Engine(ContractCatalog catalog, LockOrder order)
    {
        Catalog = catalog;
        Order = order;
        _concern = new Concern(this);
        Volatile = catalog.Compilation.GetTypeByMetadataName("System.Threading.Volatile");
        Interlocked = catalog.Compilation.GetTypeByMetadataName("System.Threading.Interlocked");
    }

    /// <summary>The engine that all analyzers of one compilation share.</summary>
    internal static Engine Of(Compilation compilation, AnalyzerOptions options, CancellationToken cancellation) => Engines.GetValue(compilation, compilation =>
    {
        var catalog = new ContractCatalog(compilation, ContractFiles.Read(options.AdditionalFiles, cancellation));
        return new Engine(catalog, LockOrder.Read(catalog));
    });

    private readonly Concern _concern;

    internal ContractCatalog Catalog { get; }

    internal LockOrder Order { get; }

    /// <summary>What the bodies have been seen to take.</summary>
    internal Takings Takings { get; } = new();

    /// <summary>Whether guards are to be suggested that nobody wrote down, which builds leave out: what bodies do with fields is noted only for that.</summary>
    internal bool Suggests { get; set; }

    internal INamedTypeSymbol? Volatile { get; }

    internal INamedTypeSymbol? Interlocked { get; }

    /// <summary>Whether calling the method means calling a delegate whose type has a contract, so that it is known what becomes one.</summary>
    internal bool IsContractedInvoke(IMethodSymbol method) => method.MethodKind == MethodKind.DelegateInvoke && !method.ContainingType.DeclaringSyntaxReferences.IsEmpty && !ContractOf(method.ContainingType).IsEmpty;

    internal MemberContract ContractOf(ISymbol symbol) => Catalog.ContractOf(symbol);

    /// <summary>Whether the body has something to keep by itself, whatever it touches.</summary>
    internal bool IsBound(ISymbol owner, MemberContract contract) => !contract.IsEmpty || (owner is IMethodSymbol { Parameters: var parameters } && parameters.Any(parameter => Catalog.InvocationOf(parameter) == Invocation.Once));

    /// <summary>The model of a file: <paramref name="near"/> if that is where the caller is, for it has bound much already; a partial type may have its helpers elsewhere.</summary>
    internal SemanticModel ModelOf(SyntaxTree tree, SemanticModel near) =>
        near.SyntaxTree == tree ? near : _models.GetOrAdd(tree, key => Catalog.Compilation.GetSemanticModel(key));

    private readonly ConcurrentDictionary<SyntaxTree, SemanticModel> _models = new();

    /// <summary>What a method or getter of this compilation tells, if it does nothing else.</summary>
    internal Telling? TellingOf(IMethodSymbol member, SemanticModel near) =>
        member.DeclaringSyntaxReferences.IsEmpty ? null : _tellings.GetOrAdd(member.OriginalDefinition, key => Telling.Of((IMethodSymbol)key, tree => ModelOf(tree, near)));

    /// <summary>Whether the call is one of an own member that does one thing under a lock: what this body decides it by may be old by then.</summary>
    internal bool ActsUnderLock(IInvocationOperation call, SemanticModel near) =>
        call.Instance is null or IInstanceReferenceOperation && TellingOf(call.TargetMethod, near) is { Locked: not null };

    private readonly ConcurrentDictionary<ISymbol, Telling?> _tellings = new(SymbolEqualityComparer.Default);

    /// <summary>Whether the callee leaves an unpublished argument unpublished.</summary>
    internal bool IsBorrowed(IParameterSymbol parameter) =>
        Catalog.AttributesOf(parameter.OriginalDefinition).Any(static attribute => attribute.Name is "Borrowed" or "Fresh");

    /// <summary>What a method says about null.</summary>
    internal NullContract NullContractOf(IMethodSymbol method) => _nullContracts.GetOrAdd(method, static method => new NullContract(method));

    private readonly ConcurrentDictionary<IMethodSymbol, NullContract> _nullContracts = new(SymbolEqualityComparer.IncludeNullability);

    /// <summary>Checks a body and the lambdas and local functions in it.</summary>
    private IEnumerable<Diagnostic> Analyze(ControlFlowGraph graph, ISymbol owner, MemberContract contract, SyntaxNode body, SemanticModel? model, Observations? seen, CancellationToken cancellation)
    {
        if (contract.NoAnalysis is not null) return [];
        if (_givenUp.ContainsKey(owner.OriginalDefinition)) return [BodyAnalysis.TooLarge(owner, body)];
        var diagnostics = new List<Diagnostic>();
        if (contract.Asserts.Count == 0 && (IsBound(owner, contract) || IsRelevant(graph, model, cancellation)))
        {
            diagnostics.AddRange(new BodyAnalysis(this, graph, owner, contract, body, State.Empty, model, null, cancellation) { Seen = seen }.Check());
        }
        else
        {
            seen?.Skipped.Add(into => Look(graph, owner, contract, model, into, cancellation));
        }

        diagnostics.AddRange(AnalyzeNested(graph, model, seen, cancellation));
        return diagnostics;
    }

    /// <summary>Checks a whole body once, whoever asks first.</summary>
    internal CheckedBody Check(IOperation root, ISymbol owner, Func<ControlFlowGraph?> graph, CancellationToken cancellation)
    {
        if (!Suggests || !IsWatched(owner.ContainingType)) return new CheckedBody(CheckNow(root, owner, graph, null, cancellation), null);
        if (_checked.TryGetValue(root.Syntax, out CheckedBody? known)) return known;
        var seen = new Observations();
        return _checked.GetOrAdd(root.Syntax, new CheckedBody(CheckNow(root, owner, graph, seen, cancellation), seen));
    }

    private readonly ConcurrentDictionary<SyntaxNode, CheckedBody> _checked = new();

    private readonly ConcurrentDictionary<ISymbol, bool> _watched = new(SymbolEqualityComparer.Default);

    /// <summary>Whether fields of the type, or of the types in it and around it, could have a guard that nobody wrote down.</summary>
    internal bool IsWatched(INamedTypeSymbol? type) =>
        type is not null && _watched.GetOrAdd(BodyAnalysis.OutermostOf(type), key => MayHaveGuards((INamedTypeSymbol)key));

    private bool MayHaveGuards(INamedTypeSymbol type) => type.GetMembers().Any(member => member is INamedTypeSymbol nested ? MayHaveGuards(nested) : BodyAnalysis.MayHaveGuard(member, Catalog));

    private ImmutableArray<Diagnostic> CheckNow(IOperation root, ISymbol owner, Func<ControlFlowGraph?> graph, Observations? seen, CancellationToken cancellation)
    {
        if (!_concern.Of(root, owner))
        {
            seen?.Skipped.Add(into =>
            {
                if (GraphOf(root, cancellation) is not { } skipped) return;
                Look(skipped, owner, ContractOf(owner), root.SemanticModel, into, cancellation);
                AnalyzeNested(skipped, root.SemanticModel, into, cancellation);
            });
            return ImmutableArray<Diagnostic>.Empty;
        }

        try
        {
            if (graph() is not { } own) return ImmutableArray<Diagnostic>.Empty;
            MemberContract contract = owner is IMethodSymbol method ? ContractOfCall(method, own, root.SemanticModel, cancellation) : ContractOf(owner);
            return Analyze(own, owner, contract, root.Syntax, root.SemanticModel, seen, cancellation).ToImmutableArray();
        }
        catch (InsufficientExecutionStackException)
        {
            return ImmutableArray.Create(BodyAnalysis.TooLarge(owner, root.Syntax));
        }
    }

    private void Look(ControlFlowGraph graph, ISymbol owner, MemberContract contract, SemanticModel? model, Observations into, CancellationToken cancellation) =>
        _ = new BodyAnalysis(this, graph, owner, contract, graph.OriginalOperation.Syntax, State.Empty, model, null, cancellation) { Seen = into }.Check().Count();

    /// <summary>What the bodies of a type do with its fields; nothing if none of them holds a lock of the type.</summary>
    internal Observations Watch(IReadOnlyCollection<(IOperation Root, ISymbol Owner)> bodies, CancellationToken cancellation)
    {
        Suggests = true;
        var all = new Observations();
        foreach ((IOperation root, ISymbol owner) in bodies)
        {
            if (Check(root, owner, () => GraphOf(root, cancellation), cancellation).Seen is not { } seen) continue;
            all.Add(seen);
            seen.Skipped.Clear();
        }

        if (!all.Accesses.Any(static access => !access.Held.IsEmpty) && !all.Calls.Any(static call => !call.Held.IsEmpty)) return new Observations();
        // Bodies in those that were skipped come after them.
        for (int index = 0; index < all.Skipped.Count; index++) all.Skipped[index](all);
        return all;
    }

    /// <summary>Those of a member's blocks that run, and not what its attributes and default values say.</summary>
    internal static IEnumerable<IOperation> BodiesOf(ImmutableArray<IOperation> blocks) => blocks.Where(static block =>
        block.Kind is OperationKind.Block or OperationKind.MethodBody or OperationKind.ConstructorBody or OperationKind.FieldInitializer or OperationKind.PropertyInitializer);

    internal static IOperation RootOf(IOperation block)
    {
        while (block.Parent is not null) block = block.Parent;
        return block;
    }

    private static ControlFlowGraph? GraphOf(IOperation root, CancellationToken cancellation) => root switch
    {
        IMethodBodyOperation method => ControlFlowGraph.Create(method, cancellation),
        IConstructorBodyOperation constructor => ControlFlowGraph.Create(constructor, cancellation),
        IBlockOperation block => ControlFlowGraph.Create(block, cancellation),
        _ => null,
    };

    /// <summary>Checks what is nested in a body that is checked elsewhere.</summary>
    private List<Diagnostic> AnalyzeNested(ControlFlowGraph graph, SemanticModel? model, Observations? seen, CancellationToken cancellation)
    {
        var diagnostics = new List<Diagnostic>();
        List<IOperation> delegates = DelegatesIn(graph);
        if (delegates.Count > 0) diagnostics.AddRange(Conversions(delegates.OfType<IDelegateCreationOperation>(), graph, model, cancellation));
        foreach (IMethodSymbol local in graph.LocalFunctions)
        {
            ControlFlowGraph inner = graph.GetLocalFunctionControlFlowGraph(local, cancellation);
            diagnostics.AddRange(Analyze(inner, local, ContractOfCall(local, graph, model, cancellation), inner.OriginalOperation.Syntax, model, seen, cancellation));
        }

        foreach (IFlowAnonymousFunctionOperation function in delegates.OfType<IFlowAnonymousFunctionOperation>())
        {
            if (IsQuoted(function)) continue;
            ControlFlowGraph inner = graph.GetAnonymousFunctionControlFlowGraph(function, cancellation);
            if (function.Parent is IDelegateCreationOperation creation && IsPartOfCaller(creation, model)) diagnostics.AddRange(AnalyzeNested(inner, model, seen, cancellation));
            else diagnostics.AddRange(Analyze(inner, function.Symbol, ContractOfLambda(function.Symbol, function.Parent), function.Syntax, model, seen, cancellation));
        }

        return diagnostics;
    }

    /// <summary>Whether a lambda becomes an expression tree: whoever gets that looks at it, and need not run it.</summary>
    private static bool IsQuoted(IFlowAnonymousFunctionOperation function) => function.Parent is IConversionOperation;

    /// <summary>The contract of a callee: what it states, else, for private helpers, what their bodies ask for.</summary>
    internal MemberContract ContractOfCall(IMethodSymbol method, ControlFlowGraph caller, SemanticModel? model, CancellationToken cancellation)
    {
        method = method.OriginalDefinition;
        MemberContract stated = ContractOf(method);
        if (!stated.IsEmpty || model is null) return stated;
        if (_inferred.TryGetValue(method, out MemberContract? known)) return known;
        if (!_helpers.GetOrAdd(method, candidate => IsHelper((IMethodSymbol)candidate, model))) return stated;
        return GraphOf(method, caller, model, cancellation) is { } graph ? Infer(method, graph, ModelOf(graph.OriginalOperation.Syntax.SyntaxTree, model), stated, cancellation) : stated;
    }

    private readonly ConcurrentDictionary<ISymbol, bool> _helpers = new(SymbolEqualityComparer.Default);

    private readonly ConcurrentDictionary<ISymbol, MemberContract> _inferred = new(SymbolEqualityComparer.Default);

    /// <summary>The helpers whose contract this thread is inferring right now, so that recursion ends.</summary>
    [ThreadStatic]
    private static Inferences? _inferring;

    /// <summary>Helpers that call each other in so many ways that following them was given up.</summary>
    private readonly ConcurrentDictionary<ISymbol, byte> _givenUp = new(SymbolEqualityComparer.Default);

    /// <summary>Whether only this type can call the member, so that its contract need not be stated.</summary>
    private bool IsHelper(IMethodSymbol method, SemanticModel model) =>
        method is { MethodKind: MethodKind.LocalFunction, IsExtern: false }
        || (method is { MethodKind: MethodKind.Ordinary, DeclaredAccessibility: Accessibility.Private, IsExtern: false, IsAbstract: false } && method.ExplicitInterfaceImplementations.IsEmpty && IsCalledByName(method, model));

    /// <summary>A helper that nothing calls is judged where it stands.</summary>
    private bool IsCalledByName(IMethodSymbol method, SemanticModel model) =>
        _names.GetOrAdd(method.ContainingType, static type => type.DeclaringSyntaxReferences.SelectMany(static reference => reference.GetSyntax().DescendantNodes().OfType<SimpleNameSyntax>()).ToLookup(static name => name.Identifier.ValueText))
            [method.Name].Any(node => IsCall(node, model) && node.FirstAncestorOrSelf<MethodDeclarationSyntax>()?.Identifier.ValueText != method.Name);

    /// <summary>The names that occur in a type.</summary>
    private readonly ConcurrentDictionary<ISymbol, ILookup<string, SimpleNameSyntax>> _names = new(SymbolEqualityComparer.Default);

    /// <summary>Whether the name of a method is there to call it, or to have it called in the same body.</summary>
    private bool IsCall(SyntaxNode name, SemanticModel model)
    {
        SyntaxNode whole = name.Parent is MemberAccessExpressionSyntax access ? access : name;
        return whole.Parent is InvocationExpressionSyntax
            || (whole.Parent is ArgumentSyntax or EqualsValueClauseSyntax && DelegateUse.IsPartOfCaller(ModelOf(whole.SyntaxTree, model).GetOperation(whole), Catalog));
    }

    /// <summary>The helpers that become delegates here although their bodies ask for more than the delegate type says.</summary>
    private IEnumerable<Diagnostic> Conversions(IEnumerable<IDelegateCreationOperation> creations, ControlFlowGraph graph, SemanticModel? model, CancellationToken cancellation)
    {
        foreach (IDelegateCreationOperation creation in creations)
        {
            if (creation.Target is not IMethodReferenceOperation { Method: var method } || !ContractOf(method).IsEmpty || IsPartOfCaller(creation, model)) continue;
            foreach (ContractProblem problem in ContractConversion.CheckDelegate(this, creation, ContractOfCall(method, graph, model, cancellation)))
                yield return Diagnostic.Create(problem.Rule, problem.Location, problem.Properties, problem.Arguments);
        }
    }

    private ControlFlowGraph? GraphOf(IMethodSymbol method, ControlFlowGraph caller, SemanticModel model, CancellationToken cancellation)
    {
        if (method.MethodKind == MethodKind.LocalFunction)
        {
            for (ControlFlowGraph? at = caller; at is not null; at = at.Parent)
            {
                if (at.LocalFunctions.Contains(method)) return at.GetLocalFunctionControlFlowGraph(method, cancellation);
            }

            return null;
        }

        foreach (SyntaxReference reference in method.DeclaringSyntaxReferences)
        {
            if (ModelOf(reference.SyntaxTree, model).GetOperation(reference.GetSyntax(cancellation), cancellation) is IMethodBodyOperation body) return ControlFlowGraph.Create(body, cancellation);
        }

        return null;
    }

    private MemberContract Infer(IMethodSymbol method, ControlFlowGraph graph, SemanticModel model, MemberContract stated, CancellationToken cancellation)
    {
        Inferences inferring = _inferring ??= new Inferences();
        if (inferring.Find(method) is { } assumption) return assumption;
        MemberContract contract = inferring.Begin(method, stated);
        bool ended = false;
        try
        {
            for (int round = 0; round < Inference.MaxRounds && !inferring.IsExhausted && (round > 0 || IsRelevant(graph, model, cancellation)); round++)
            {
                var inference = new Inference(method, Catalog);
                _ = new BodyAnalysis(this, graph, method, contract, graph.OriginalOperation.Syntax, State.Empty, model, inference, cancellation).Check().Count();
                if (inference.Improve(contract) is not { } better) break;
                contract = better;
                inferring.Improve(contract);
            }

            ended = true;
        }
        finally
        {
            foreach (KeyValuePair<ISymbol, MemberContract> certain in inferring.End(ended))
            {
                _inferred.TryAdd(certain.Key, certain.Value);
                if (inferring.IsExhausted) _givenUp.TryAdd(certain.Key, 0);
            }
        }

        return contract;
    }

    /// <summary>The contract a lambda runs under: its own, else that of the delegate it becomes.</summary>
    internal MemberContract ContractOfLambda(IMethodSymbol lambda, IOperation? parent)
    {
        if (Catalog.StatesContract(lambda)) return ContractOf(lambda);
        if (parent is not IDelegateCreationOperation creation) return new MemberContract(lambda, lambda.Parameters);
        ISymbol? value = Destination(creation);
        if (value is not null && Catalog.ContractOfValue(value) is { } stated) return stated;
        return creation.Type is INamedTypeSymbol type ? ContractOf(type) : new MemberContract(lambda, lambda.Parameters);
    }

    /// <summary>The parameter, field, property or event that a delegate is given to.</summary>
    internal static ISymbol? Destination(IOperation creation)
    {
        IOperation? parent = creation.Parent;
        while (parent is IConversionOperation or IParenthesizedOperation or IConditionalOperation or ICoalesceOperation) parent = parent.Parent;
        return parent switch
        {
            IArgumentOperation argument => argument.Parameter,
            IAssignmentOperation { Target: IMemberReferenceOperation target } => target.Member,
            IEventAssignmentOperation { EventReference: IEventReferenceOperation target } => target.Event,
            IFieldInitializerOperation field => field.InitializedFields.FirstOrDefault(),
            IPropertyInitializerOperation property => property.InitializedProperties.FirstOrDefault(),
            _ => null,
        };
    }

    /// <summary>Whether the delegate is invoked in the body that makes it and nowhere else, so that it is part of that body.</summary>
    internal bool IsPartOfCaller(IDelegateCreationOperation creation, SemanticModel? model) => model is not null && creation.Syntax.SyntaxTree == model.SyntaxTree
        && _partsOfCaller.GetOrAdd(creation.Syntax, syntax => DelegateUse.IsPartOfCaller(model.GetOperation(syntax), Catalog));

    private readonly ConcurrentDictionary<SyntaxNode, bool> _partsOfCaller = new();

    /// <summary>What makes delegates, and the lambdas.</summary>
    private static List<IOperation> DelegatesIn(ControlFlowGraph graph)
    {
        var found = new List<IOperation>();
        GraphWalk.Any(graph, operation =>
        {
            if (operation.Kind is OperationKind.DelegateCreation or OperationKind.FlowAnonymousFunction) found.Add(operation);
            return false;
        });
        return found;
    }

    /// <summary>Whether the graph touches anything that has a contract; other bodies cost no dataflow.</summary>
    private bool IsRelevant(ControlFlowGraph graph, SemanticModel? model, CancellationToken cancellation) => GraphWalk.Any(graph, operation => Touches(operation) || operation switch
    {
        IInvocationOperation { TargetMethod: var called } call => !ContractOfCall(called, graph, model, cancellation).IsEmpty || (model is not null && ActsUnderLock(call, model)),
        IFlowAnonymousFunctionOperation { Parent: IDelegateCreationOperation creation } lambda => IsPartOfCaller(creation, model) && IsRelevant(graph.GetAnonymousFunctionControlFlowGraph(lambda, cancellation), model, cancellation),
        IDelegateCreationOperation { Target: IMethodReferenceOperation { Method: var given } } creation => IsPartOfCaller(creation, model) && !ContractOfCall(given, graph, model, cancellation).IsEmpty,
        _ => false,
    });

    /// <summary>Whether one operation touches a contract. Most are of kinds that cannot, which takes less to find out than whether they are of a type.</summary>
    internal bool Touches(IOperation operation) => operation.Kind is OperationKind.DeconstructionAssignment or OperationKind.Invocation or OperationKind.Argument or OperationKind.ParameterReference
        or OperationKind.Binary or OperationKind.Unary or OperationKind.Conversion or OperationKind.EventAssignment or OperationKind.ObjectCreation or OperationKind.FieldReference or OperationKind.PropertyReference
        && TouchesContract(operation);

    private bool TouchesContract(IOperation operation) => operation switch
    {
        // Which method takes a value apart is only known to the semantic model, so such bodies are always looked at.
        IDeconstructionAssignmentOperation { Value: not ITupleOperation } => true,
        IInvocationOperation { TargetMethod: { Name: "Dispose", Parameters.IsEmpty: true, ContainingType: { } owner } } when Catalog.IsScopedLock(owner) => true,
        IInvocationOperation invocation => !ContractOf(invocation.TargetMethod).IsEmpty
            || (invocation.TargetMethod.MethodKind == MethodKind.DelegateInvoke && (!ContractOf(invocation.TargetMethod.ContainingType).IsEmpty || TouchesValue(invocation.Instance))),
        IArgumentOperation { Parameter: { } parameter } argument when Catalog.InvocationOf(parameter) is not null => TouchesValue(argument.Value is IConversionOperation conversion ? conversion.Operand : argument.Value),
        IParameterReferenceOperation { Parameter: var given } => given.Type.TypeKind == TypeKind.Delegate && Catalog.InvocationOf(given) == Invocation.Once,
        IBinaryOperation { OperatorMethod: { } method } => !ContractOf(method).IsEmpty,
        IUnaryOperation { OperatorMethod: { } method } => !ContractOf(method).IsEmpty,
        IConversionOperation { OperatorMethod: { } method } => !ContractOf(method).IsEmpty,
        IEventAssignmentOperation { EventReference: IEventReferenceOperation { Event: var @event } } => (@event.AddMethod is { } add && !ContractOf(add).IsEmpty) || (@event.RemoveMethod is { } remove && !ContractOf(remove).IsEmpty),
        IObjectCreationOperation { Constructor: { } constructor } => !ContractOf(constructor).IsEmpty,
        IFieldReferenceOperation field => Catalog.DataOf(field.Field).IsStated,
        IPropertyReferenceOperation property => Catalog.DataOf(property.Property).IsStated
            || (property.Property.GetMethod is { } getter && !ContractOf(getter).IsEmpty)
            || (property.Property.SetMethod is { } setter && !ContractOf(setter).IsEmpty)
            || (Catalog.GetterOf(property.Property) is { } term && term.Any(part => part is MemberOf member && Catalog.DataOf(member.Member).IsStated)),
        _ => false,
    };

    private bool TouchesValue(IOperation? instance) => instance switch
    {
        IParameterReferenceOperation parameter => Catalog.ContractOfValue(parameter.Parameter) is not null,
        IMemberReferenceOperation member => Catalog.ContractOfValue(member.Member) is not null,
        _ => false,
    };
}
