using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace MmLint.Analyzers;

/// <summary>What a task stands for: the call that made it, and what that comes to when it is awaited.</summary>
internal static class Tasks
{
    /// <summary>Whether awaiting a value of the type is waiting for a call that has been made.</summary>
    internal static bool IsTask(ITypeSymbol? type) =>
        type is { Name: "Task" or "ValueTask", ContainingNamespace: { Name: "Tasks", ContainingNamespace: { Name: "Threading", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } } } };

    /// <summary>What a value of the type comes to when it has been awaited; the type itself where there is nothing to await, or nothing comes of it.</summary>
    internal static ITypeSymbol? Awaited(ITypeSymbol? type) => IsTask(type) && type is INamedTypeSymbol { TypeArguments: { Length: 1 } results } ? results[0] : type;

    /// <summary>The task that a call only says something about, as how it is awaited: its contract ensures that the result is the same. Null for any other call.</summary>
    internal static IOperation? SameTask(IOperation operation, ContractCatalog catalog)
    {
        if (operation is not IInvocationOperation call) return null;
        foreach (FactClause clause in catalog.ContractOf(call.TargetMethod).Ensures)
        {
            if (clause is not { When: null, Fact: Fact.Single { Literal: { Positive: true, Atom: { Kind: AtomKind.Equal, Left: var left, Right: { } right } } } }) continue;
            IOperation? same = (left is Root { Kind: RootKind.Result } ? right : right is Root { Kind: RootKind.Result } ? left : null) switch
            {
                Root { Kind: RootKind.This } => call.Instance,
                Root { Kind: RootKind.Parameter, Symbol: var parameter } => call.Arguments.FirstOrDefault(argument => SymbolEqualityComparer.Default.Equals(argument.Parameter?.OriginalDefinition, parameter))?.Value,
                _ => null,
            };
            if (same is not null && IsTask(same.Type)) return same;
        }

        return null;
    }

    /// <summary>The call whose task the operand of an await is, if it is awaited on the spot.</summary>
    internal static IOperation Started(IOperation operand, ContractCatalog catalog)
    {
        while (true)
        {
            if (operand is IConversionOperation conversion) operand = conversion.Operand;
            else if (SameTask(operand, catalog) is { } task) operand = task;
            else return operand;
        }
    }

    /// <summary>Whether the task that the call makes is awaited on the spot.</summary>
    internal static bool IsAwaitedHere(IOperation call, ContractCatalog catalog)
    {
        for (IOperation at = call; ;)
        {
            switch (at.Parent)
            {
                case IConversionOperation or IArgumentOperation:
                    break;
                case IInvocationOperation outer when SameTask(outer, catalog) is { } same && (same == at || (at as IArgumentOperation)?.Value == same):
                    break;
                default:
                    return at.Parent is IAwaitOperation;
            }

            at = at.Parent;
        }
    }
}
