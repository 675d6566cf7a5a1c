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

    /// <summary>Whether the call only says how a task is awaited, and stands for the same task.</summary>
    internal static bool IsConfiguring(IOperation call) => call is IInvocationOperation { TargetMethod: { Name: "ConfigureAwait", IsStatic: false, ContainingType: var type } } && IsTask(type);

    /// <summary>The call whose task the operand of an await is, if it is awaited on the spot.</summary>
    internal static IOperation Started(IOperation operand)
    {
        while (true)
        {
            if (operand is IConversionOperation conversion) operand = conversion.Operand;
            else if (IsConfiguring(operand) && operand is IInvocationOperation { Instance: { } task }) operand = task;
            else return operand;
        }
    }

    /// <summary>Whether the task that the call makes is awaited on the spot.</summary>
    internal static bool IsAwaitedHere(IOperation call)
    {
        IOperation? parent = call.Parent;
        while (parent is IConversionOperation || (parent is not null && IsConfiguring(parent))) parent = parent.Parent;
        return parent is IAwaitOperation;
    }
}
