using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace MmLint.Analyzers;

/// <summary>One lock class taken while another is held.</summary>
/// <param name="Outer">What is held.</param>
/// <param name="Inner">What is taken.</param>
/// <param name="Owner">The function that holds the outer lock; null where only a list declares the order.</param>
/// <param name="Site">Where it takes the inner lock, or makes the call that does.</param>
/// <param name="Through">The callee that takes it, if the function does not do so itself.</param>
/// <param name="Taken">Where the inner lock is taken in the end.</param>
/// <param name="Gates">Other classes that are held exclusively at the same time: who needs the same gate never meets.</param>
internal sealed record LockEdge(LockNode Outer, LockNode Inner, ISymbol? Owner, SyntaxNode? Site, ISymbol? Through, SyntaxNode? Taken, ImmutableHashSet<string> Gates);

/// <summary>
/// Which lock class is taken inside which, over all bodies of a compilation: directly, through calls, and as the lists declare. Tries are no
/// edges, for who does not wait does not deadlock; neither are two locks of one class, which nesting rules judge.
/// </summary>
internal sealed class LockGraph
{
    private readonly Dictionary<(string Outer, string Inner), LockEdge> _edges = [];

    private LockGraph()
    {
    }

    /// <summary>The edges, one for each pair of classes, by name.</summary>
    internal IEnumerable<LockEdge> Edges => _edges.OrderBy(static entry => entry.Key.Outer, StringComparer.Ordinal).ThenBy(static entry => entry.Key.Inner, StringComparer.Ordinal).Select(static entry => entry.Value);

    internal static LockGraph Of(Takings takings, LockOrder order)
    {
        var graph = new LockGraph();
        foreach (Taking taking in takings.All)
        {
            if (taking.IsTry || taking.Node is not { } inner || Holds(taking.Held, inner)) continue;
            foreach (LockNode outer in Nodes(taking.Held))
            {
                // What contradicts a list is reported where it happens.
                if (!order.Reaches(inner.Key, outer.Key)) graph.Add(new LockEdge(outer, inner, taking.Owner, taking.Site, null, taking.Site, Gates(taking.Held, outer)));
            }
        }

        Dictionary<ISymbol, Dictionary<string, List<Taking>>> reached = Reached(takings);
        foreach (CallUnderLocks call in takings.Calls)
        {
            if (!reached.TryGetValue(call.Callee, out Dictionary<string, List<Taking>>? taken)) continue;
            foreach (Taking taking in taken.Values.Select(places => places.Find(place => !call.RulesOut(place))).OfType<Taking>())
            {
                if (Holds(call.Held, taking.Node!)) continue;
                foreach (LockNode outer in Nodes(call.Held))
                {
                    if (order.Reaches(taking.Node!.Key, outer.Key) && call.Judged.Contains(LockOrder.Bare(taking.Node.Key))) continue;
                    graph.Add(new LockEdge(outer, taking.Node, call.Owner, call.Site, call.Callee, taking.Site, Gates(call.Held, outer)));
                }
            }
        }

        foreach ((string outer, string inner) in order.Pairs)
        {
            if (!graph._edges.ContainsKey((outer, inner)))
                graph._edges[(outer, inner)] = new LockEdge(new LockNode(outer, outer), new LockNode(inner, inner), null, null, null, null, ImmutableHashSet<string>.Empty);
        }

        return graph;
    }

    /// <summary>What each function takes: every place of its own, and for each class one that its callees lead to.</summary>
    private static Dictionary<ISymbol, Dictionary<string, List<Taking>>> Reached(Takings takings)
    {
        var reached = new Dictionary<ISymbol, Dictionary<string, List<Taking>>>(SymbolEqualityComparer.Default);
        var behind = new Dictionary<string, HashSet<ISymbol>>(StringComparer.Ordinal);
        foreach (Taking taking in takings.All.Where(static taking => !taking.IsTry && taking.Node is not null).OrderBy(static taking => taking.Site, SourcePlace.Order))
        {
            Note(taking.Owner.OriginalDefinition, taking);
            if (!behind.TryGetValue(taking.Node!.Key, out HashSet<ISymbol>? callers)) behind[taking.Node.Key] = callers = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
            var pending = new Stack<ISymbol>(takings.CallersOf(taking.Owner));
            while (pending.Count > 0)
            {
                ISymbol caller = pending.Pop();
                if (!callers.Add(caller)) continue;
                Note(caller, taking);
                foreach (ISymbol next in takings.CallersOf(caller)) pending.Push(next);
            }
        }

        return reached;

        void Note(ISymbol function, Taking taking)
        {
            if (!reached.TryGetValue(function, out Dictionary<string, List<Taking>>? known)) reached[function] = known = new Dictionary<string, List<Taking>>(StringComparer.Ordinal);
            if (!known.TryGetValue(taking.Node!.Key, out List<Taking>? places)) known[taking.Node.Key] = places = [];
            places.Add(taking);
        }
    }

    private static IEnumerable<LockNode> Nodes(ImmutableArray<HeldLock> held) => held.Select(static hold => hold.Node).OfType<LockNode>();

    private static bool Holds(ImmutableArray<HeldLock> held, LockNode node) => Nodes(held).Any(other => LockOrder.Bare(other.Key) == LockOrder.Bare(node.Key));

    private static ImmutableHashSet<string> Gates(ImmutableArray<HeldLock> held, LockNode outer) =>
        held.Where(hold => hold.Mode == Mode.Exclusive && hold.Node is { } node && node.Key != outer.Key).Select(static hold => LockOrder.Bare(hold.Node!.Key)).ToImmutableHashSet();

    /// <summary>Of several places the least guarded tells most; else the first in the source.</summary>
    private void Add(LockEdge edge)
    {
        if (_edges.TryGetValue((edge.Outer.Key, edge.Inner.Key), out LockEdge? known)
            && (known.Gates.Count < edge.Gates.Count || (known.Gates.Count == edge.Gates.Count && SourcePlace.Order.Compare(known.Site!, edge.Site!) <= 0))) return;
        _edges[(edge.Outer.Key, edge.Inner.Key)] = edge;
    }
}

/// <summary>The order of places in a compilation, whatever order they were analysed in.</summary>
internal static class SourcePlace
{
    internal static readonly IComparer<SyntaxNode> Order = Comparer<SyntaxNode>.Create(static (left, right) =>
        string.CompareOrdinal(left.SyntaxTree.FilePath, right.SyntaxTree.FilePath) is not 0 and var files ? files
            : left.SpanStart != right.SpanStart ? left.SpanStart.CompareTo(right.SpanStart) : left.Span.Length.CompareTo(right.Span.Length));

    /// <summary>"Account.cs line 12".</summary>
    internal static string Of(SyntaxNode node)
    {
        FileLinePositionSpan span = node.GetLocation().GetLineSpan();
        return System.IO.Path.GetFileName(span.Path) + " line " + (span.StartLinePosition.Line + 1).ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}
