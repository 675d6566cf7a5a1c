using System;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace MmLint.Analyzers;

/// <summary>Goes through the operations of a flow graph, without those of the functions that are nested in it.</summary>
internal static class GraphWalk
{
    /// <summary>Whether <paramref name="found"/> says so of some operation; each is asked about before its parts, and none after the first that is found.</summary>
    internal static bool Any(ControlFlowGraph graph, Func<IOperation, bool> found)
    {
        foreach (BasicBlock block in graph.Blocks)
        {
            foreach (IOperation operation in block.Operations)
            {
                if (AnyIn(operation, found)) return true;
            }

            if (block.BranchValue is { } value && AnyIn(value, found)) return true;
        }

        return false;
    }

    private static bool AnyIn(IOperation operation, Func<IOperation, bool> found)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (found(operation)) return true;
        foreach (IOperation child in operation.ChildOperations)
        {
            if (AnyIn(child, found)) return true;
        }

        return false;
    }
}
