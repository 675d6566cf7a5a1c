using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace MmLint.Analyzers;

/// <summary>Where a body publishes its own object, that is passes it as an argument: until then others cannot know it from there.</summary>
internal sealed class Publications
{
    /// <summary>Blocks, and in them the places of statements, in which the object is published.</summary>
    private readonly Dictionary<BasicBlock, List<int>> _places = [];
    private readonly Dictionary<BasicBlock, HashSet<BasicBlock>> _reached = [];

    internal Publications(ControlFlowGraph graph)
    {
        foreach (BasicBlock block in graph.Blocks)
        {
            for (int index = 0; index <= block.Operations.Length; index++)
            {
                if (StatementAt(block, index) is { } statement && statement.DescendantsAndSelf().Any(Publishes)) (_places.TryGetValue(block, out List<int>? known) ? known : _places[block] = []).Add(index);
            }
        }
    }

    /// <summary>Whether the object is published after a statement of a block, and cannot have been before it.</summary>
    internal bool AreAllAfter(BasicBlock block, SyntaxNode? statement)
    {
        if (_places.Count == 0) return false;
        int place = Enumerable.Range(0, block.Operations.Length + 1).FirstOrDefault(index => ReferenceEquals(StatementAt(block, index)?.Syntax, statement));
        bool follows = false;
        foreach (KeyValuePair<BasicBlock, List<int>> entry in _places)
        {
            if (ReachedFrom(entry.Key).Contains(block) || (entry.Key == block && entry.Value[0] < place)) return false;
            follows |= ReachedFrom(block).Contains(entry.Key) || (entry.Key == block && entry.Value[entry.Value.Count - 1] >= place);
        }

        return follows;
    }

    private static IOperation? StatementAt(BasicBlock block, int index) => index < block.Operations.Length ? block.Operations[index] : block.BranchValue;

    /// <summary>Whether the operation passes the object to a call, or a lambda does.</summary>
    private static bool Publishes(IOperation operation) => operation switch
    {
        IArgumentOperation { Value: var given } => (given is IConversionOperation conversion ? conversion.Operand : given) is IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance },
        IFlowAnonymousFunctionOperation { Syntax: var lambda } => lambda.DescendantNodes().Any(static node => node is Microsoft.CodeAnalysis.CSharp.Syntax.ThisExpressionSyntax { Parent: Microsoft.CodeAnalysis.CSharp.Syntax.ArgumentSyntax }),
        _ => false,
    };

    /// <summary>The blocks that control can reach after a block.</summary>
    private HashSet<BasicBlock> ReachedFrom(BasicBlock from)
    {
        if (_reached.TryGetValue(from, out HashSet<BasicBlock>? known)) return known;
        var reached = new HashSet<BasicBlock>();
        var pending = new Stack<BasicBlock>([from]);
        while (pending.Count > 0)
        {
            BasicBlock at = pending.Pop();
            foreach (ControlFlowBranch? branch in new[] { at.FallThroughSuccessor, at.ConditionalSuccessor })
            {
                if (branch?.Destination is { } next && reached.Add(next)) pending.Push(next);
            }
        }

        return _reached[from] = reached;
    }
}
