using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace MmLint.Analyzers;

/// <summary>Goes through a flow graph and its operations, without those of the functions that are nested in it.</summary>
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

    /// <summary>Whether a run may come to the end without passing a block.</summary>
    internal static bool ReachesEnd(ControlFlowGraph graph, BasicBlock without)
    {
        bool[] reached = new bool[graph.Blocks.Length];
        reached[without.Ordinal] = true;
        var open = new Stack<BasicBlock>();
        Reach(graph.Blocks[0]);
        while (open.Count > 0)
        {
            BasicBlock block = open.Pop();
            if (block.Kind == BasicBlockKind.Exit) return true;
            Reach(block.ConditionalSuccessor?.Destination);
            Reach(block.FallThroughSuccessor?.Destination);
        }

        return false;

        void Reach(BasicBlock? block)
        {
            if (block is null || reached[block.Ordinal]) return;
            reached[block.Ordinal] = true;
            open.Push(block);
        }
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
