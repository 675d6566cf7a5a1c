using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
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

    internal INamedTypeSymbol? Volatile { get; }

    internal INamedTypeSymbol? Interlocked { get; }

    internal MemberContract ContractOf(ISymbol symbol) => Catalog.ContractOf(symbol);

    /// <summary>Whether the callee leaves an unpublished argument unpublished.</summary>
    internal bool IsBorrowed(IParameterSymbol parameter) =>
        Catalog.AttributesOf(parameter.OriginalDefinition).Any(static attribute => attribute.Name is "Borrowed" or "Fresh");

    /// <summary>Checks a body and the lambdas and local functions in it.</summary>
    internal IEnumerable<Diagnostic> Analyze(ControlFlowGraph graph, ISymbol owner, MemberContract contract, SyntaxNode body, CancellationToken cancellation)
    {
        if (contract.NoAnalysis is not null) return [];
        var diagnostics = new List<Diagnostic>();
        if (contract.Asserts.Count == 0 && (!contract.IsEmpty || IsRelevant(graph)))
        {
            diagnostics.AddRange(new BodyAnalysis(this, graph, owner, contract, body, State.Empty, cancellation).Check());
        }

        foreach (IMethodSymbol local in graph.LocalFunctions)
        {
            ControlFlowGraph inner = graph.GetLocalFunctionControlFlowGraph(local, cancellation);
            diagnostics.AddRange(Analyze(inner, local, ContractOf(local), inner.OriginalOperation.Syntax, cancellation));
        }

        foreach (IFlowAnonymousFunctionOperation function in Functions(graph))
        {
            ControlFlowGraph inner = graph.GetAnonymousFunctionControlFlowGraph(function, cancellation);
            diagnostics.AddRange(Analyze(inner, function.Symbol, ContractOfLambda(function), function.Syntax, cancellation));
        }

        return diagnostics;
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
    private bool IsRelevant(ControlFlowGraph graph)
    {
        foreach (BasicBlock block in graph.Blocks)
        {
            foreach (IOperation operation in block.BranchValue is null ? block.Operations : block.Operations.Add(block.BranchValue))
            {
                foreach (IOperation inner in operation.DescendantsAndSelf())
                {
                    if (Touches(inner)) return true;
                }
            }
        }

        return false;
    }

    /// <summary>Whether one operation touches a contract.</summary>
    internal bool Touches(IOperation operation) => operation switch
    {
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
