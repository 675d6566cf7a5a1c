using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace MmLint.Analyzers;

/// <summary>What the analysis of every body of a compilation shares.</summary>
internal sealed class Engine
{
    internal Engine(ContractCatalog catalog, LockOrder order)
    {
        Catalog = catalog;
        Order = order;
        Volatile = catalog.Compilation.GetTypeByMetadataName("System.Threading.Volatile");
        Interlocked = catalog.Compilation.GetTypeByMetadataName("System.Threading.Interlocked");
    }

    internal ContractCatalog Catalog { get; }

    internal LockOrder Order { get; }

    /// <summary>What the bodies have been seen to take.</summary>
    internal Takings Takings { get; } = new();

    internal INamedTypeSymbol? Volatile { get; }

    internal INamedTypeSymbol? Interlocked { get; }

    internal MemberContract ContractOf(ISymbol symbol) => Catalog.ContractOf(symbol);

    /// <summary>Whether the callee leaves an unpublished argument unpublished.</summary>
    internal bool IsBorrowed(IParameterSymbol parameter) =>
        Catalog.AttributesOf(parameter.OriginalDefinition).Any(static attribute => attribute.Name is "Borrowed" or "Fresh");

    /// <summary>Checks a body and the lambdas and local functions in it.</summary>
    internal IEnumerable<Diagnostic> Analyze(ControlFlowGraph graph, ISymbol owner, MemberContract contract, SyntaxNode body, SemanticModel? model, CancellationToken cancellation)
    {
        if (contract.NoAnalysis is not null) return [];
        var diagnostics = new List<Diagnostic>();
        if (contract.Asserts.Count == 0 && (!contract.IsEmpty || IsRelevant(graph, model, cancellation)))
        {
            diagnostics.AddRange(new BodyAnalysis(this, graph, owner, contract, body, State.Empty, model, null, cancellation).Check());
        }

        foreach (IMethodSymbol local in graph.LocalFunctions)
        {
            ControlFlowGraph inner = graph.GetLocalFunctionControlFlowGraph(local, cancellation);
            diagnostics.AddRange(Analyze(inner, local, ContractOfCall(local, graph, model, cancellation), inner.OriginalOperation.Syntax, model, cancellation));
        }

        foreach (IFlowAnonymousFunctionOperation function in Functions(graph))
        {
            ControlFlowGraph inner = graph.GetAnonymousFunctionControlFlowGraph(function, cancellation);
            diagnostics.AddRange(Analyze(inner, function.Symbol, ContractOfLambda(function), function.Syntax, model, cancellation));
        }

        return diagnostics;
    }

    /// <summary>The contract of a callee: what it states, else, for private helpers in the same file, what their bodies ask for.</summary>
    internal MemberContract ContractOfCall(IMethodSymbol method, ControlFlowGraph caller, SemanticModel? model, CancellationToken cancellation)
    {
        method = method.OriginalDefinition;
        MemberContract stated = ContractOf(method);
        if (!stated.IsEmpty || model is null) return stated;
        if (_inferred.TryGetValue(method, out MemberContract? known)) return known;
        if (!_helpers.GetOrAdd(method, static candidate => IsHelper((IMethodSymbol)candidate))) return stated;
        return GraphOf(method, caller, model, cancellation) is { } graph ? Infer(method, graph, model, stated, cancellation) : stated;
    }

    private readonly ConcurrentDictionary<ISymbol, bool> _helpers = new(SymbolEqualityComparer.Default);

    private readonly ConcurrentDictionary<ISymbol, MemberContract> _inferred = new(SymbolEqualityComparer.Default);

    /// <summary>What this thread assumes of helpers whose contract it is inferring right now, so that recursion ends.</summary>
    [ThreadStatic]
    private static Dictionary<ISymbol, MemberContract>? _assumed;

    /// <summary>Whether only this type can call the member, so that its contract need not be stated.</summary>
    private static bool IsHelper(IMethodSymbol method) =>
        method is { MethodKind: MethodKind.LocalFunction, IsExtern: false }
        || (method is { MethodKind: MethodKind.Ordinary, DeclaredAccessibility: Accessibility.Private, IsExtern: false, IsAbstract: false } && method.ExplicitInterfaceImplementations.IsEmpty && IsCalledByName(method));

    /// <summary>A helper that nothing calls is judged where it stands.</summary>
    private static bool IsCalledByName(IMethodSymbol method) => method.ContainingType.DeclaringSyntaxReferences.Any(reference => reference.GetSyntax().DescendantNodes()
        .Any(node => node is SimpleNameSyntax { Identifier.ValueText: var name } && name == method.Name
            && node.Parent is InvocationExpressionSyntax or MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax } && node.FirstAncestorOrSelf<MethodDeclarationSyntax>()?.Identifier.ValueText != method.Name));

    private static ControlFlowGraph? GraphOf(IMethodSymbol method, ControlFlowGraph caller, SemanticModel model, CancellationToken cancellation)
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
            if (reference.SyntaxTree == model.SyntaxTree && model.GetOperation(reference.GetSyntax(cancellation), cancellation) is IMethodBodyOperation body) return ControlFlowGraph.Create(body, cancellation);
        }

        return null;
    }

    private MemberContract Infer(IMethodSymbol method, ControlFlowGraph graph, SemanticModel model, MemberContract stated, CancellationToken cancellation)
    {
        Dictionary<ISymbol, MemberContract> assumed = _assumed ??= new Dictionary<ISymbol, MemberContract>(SymbolEqualityComparer.Default);
        if (assumed.TryGetValue(method, out MemberContract? assumption)) return assumption;
        MemberContract contract = stated;
        assumed[method] = contract;
        try
        {
            if (!IsRelevant(graph, model, cancellation)) return Settle(stated);
            for (int round = 0; round < Inference.MaxRounds; round++)
            {
                var inference = new Inference(method);
                _ = new BodyAnalysis(this, graph, method, contract, graph.OriginalOperation.Syntax, State.Empty, model, inference, cancellation).Check().Count();
                if (inference.Improve(contract) is not { } better) break;
                assumed[method] = contract = better;
            }
        }
        finally
        {
            assumed.Remove(method);
        }

        return Settle(contract);

        // A contract found while another one is only assumed may rest on that assumption, so it is not kept.
        MemberContract Settle(MemberContract found) => assumed.Count <= (assumed.ContainsKey(method) ? 1 : 0) ? _inferred.GetOrAdd(method, found) : found;
    }

    /// <summary>The contract a lambda runs under: its own, else that of the delegate it becomes.</summary>
    internal MemberContract ContractOfLambda(IFlowAnonymousFunctionOperation function)
    {
        if (Catalog.StatesContract(function.Symbol)) return ContractOf(function.Symbol);
        if (function.Parent is not IDelegateCreationOperation creation) return new MemberContract(function.Symbol, function.Symbol.Parameters);
        ISymbol? value = Destination(creation);
        if (value is not null && Catalog.ContractOfValue(value) is { } stated) return stated;
        return creation.Type is INamedTypeSymbol type ? ContractOf(type) : new MemberContract(function.Symbol, function.Symbol.Parameters);
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

    private static IEnumerable<IFlowAnonymousFunctionOperation> Functions(ControlFlowGraph graph) =>
        graph.Blocks.SelectMany(static block => block.BranchValue is null ? block.Operations : block.Operations.Add(block.BranchValue))
            .SelectMany(static operation => operation.DescendantsAndSelf())
            .OfType<IFlowAnonymousFunctionOperation>();

    /// <summary>Whether the graph touches anything that has a contract; other bodies cost no dataflow.</summary>
    private bool IsRelevant(ControlFlowGraph graph, SemanticModel? model, CancellationToken cancellation)
    {
        foreach (BasicBlock block in graph.Blocks)
        {
            foreach (IOperation operation in block.BranchValue is null ? block.Operations : block.Operations.Add(block.BranchValue))
            {
                foreach (IOperation inner in operation.DescendantsAndSelf())
                {
                    if (Touches(inner) || (inner is IInvocationOperation { TargetMethod: var called } && !ContractOfCall(called, graph, model, cancellation).IsEmpty)) return true;
                }
            }
        }

        return false;
    }

    /// <summary>Whether one operation touches a contract.</summary>
    internal bool Touches(IOperation operation) => operation switch
    {
        // Which method takes a value apart is only known to the semantic model, so such bodies are always looked at.
        IDeconstructionAssignmentOperation { Value: not ITupleOperation } => true,
        IInvocationOperation invocation => !ContractOf(invocation.TargetMethod).IsEmpty
            || (invocation.TargetMethod.MethodKind == MethodKind.DelegateInvoke && (!ContractOf(invocation.TargetMethod.ContainingType).IsEmpty || TouchesValue(invocation.Instance))),
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
