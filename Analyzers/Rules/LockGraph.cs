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
/// <param name="Kinship">How the two objects are reached from each other that the locks belong to.</param>
internal sealed record LockEdge(LockNode Outer, LockNode Inner, ISymbol? Owner, SyntaxNode? Site, ISymbol? Through, SyntaxNode? Taken, ImmutableHashSet<string> Gates, Kinship Kinship);

/// <summary>
/// Which lock class is taken inside which, over all bodies of a compilation: directly, through calls, and as the lists declare. Tries are no
/// edges, for who does not wait does not deadlock; neither are two locks of one class, which nesting rules judge.
/// </summary>
internal sealed class LockGraph
{
    private readonly Dictionary<(string Outer, string Inner), LockEdge> _edges = [];

    private readonly LockOrder _order;

    private LockGraph(LockOrder order) => _order = order;

    /// <summary>The edges, one for each pair of classes, by name.</summary>
    internal IEnumerable<LockEdge> Edges => _edges.OrderBy(static entry => entry.Key.Outer, StringComparer.Ordinal).ThenBy(static entry => entry.Key.Inner, StringComparer.Ordinal).Select(static entry => entry.Value);

    /// <summary>Whether the lists have the edge.</summary>
    internal bool IsInLists(LockEdge edge) => _order.Reaches(edge.Outer.Key, edge.Inner.Key);

    /// <summary>Whether the edge is the other way round in the lists.</summary>
    internal bool IsAgainstLists(LockEdge edge) => _order.Reaches(edge.Inner.Key, edge.Outer.Key);

    internal static LockGraph Of(Takings takings, LockOrder order)
    {
        var graph = new LockGraph(order);
        foreach (Taking taking in takings.All)
        {
            if (taking.IsTry || taking.Node is not { } inner || Holds(taking.Held, inner)) continue;
            foreach (HeldLock held in taking.Held)
            {
                // What contradicts a list is reported where it happens.
                if (held.Node is { } outer && !order.Reaches(inner.Key, outer.Key)) graph.Add(new LockEdge(outer, inner, taking.Owner, taking.Site, null, taking.Site, Gates(taking.Held, outer), Kinships.OfLocks(held.Term, taking.Term)));
            }
        }

        Dictionary<ISymbol, Dictionary<string, List<(Taking Taking, Kinship Kinship)>>> reached = Reached(takings);
        foreach (CallUnderLocks call in takings.Calls)
        {
            if (!reached.TryGetValue(call.Callee, out Dictionary<string, List<(Taking Taking, Kinship Kinship)>>? taken)) continue;
            foreach ((Taking taking, Kinship kinship) in taken.Values.SelectMany(static places => places))
            {
                if (call.RulesOut(taking) || Holds(call.Held, taking.Node!)) continue;
                foreach (HeldLock held in call.Held)
                {
                    if (held.Node is not { } outer || (order.Reaches(taking.Node!.Key, outer.Key) && call.Judged.Contains(LockOrder.Bare(taking.Node.Key)))) continue;
                    Kinship known = call.KinshipOf(held.Term, taking, kinship);

                    // A virtual call on this leads to the overrides of this object only.
                    if (known == Kinship.Same && !Kinships.MayBelongToOne(held.Term, taking.Term)) continue;
                    graph.Add(new LockEdge(outer, taking.Node!, call.Owner, call.Site, call.Callee, taking.Site, Gates(call.Held, outer), known));
                }
            }
        }

        foreach ((string outer, string inner) in order.Pairs)
        {
            if (!graph._edges.ContainsKey((outer, inner)))
                graph._edges[(outer, inner)] = new LockEdge(new LockNode(outer, outer), new LockNode(inner, inner), null, null, null, null, ImmutableHashSet<string>.Empty, Kinship.Same);
        }

        return graph;
    }

    /// <summary>What each function takes: every place of its own, and for each class those that its callees lead to, one for each way in which the objects are reached.</summary>
    private static Dictionary<ISymbol, Dictionary<string, List<(Taking Taking, Kinship Kinship)>>> Reached(Takings takings)
    {
        var reached = new Dictionary<ISymbol, Dictionary<string, List<(Taking Taking, Kinship Kinship)>>>(SymbolEqualityComparer.Default);
        Dictionary<ISymbol, Dictionary<ISymbol, Kinship>> calls = takings.Callers();
        var behind = new Dictionary<string, Dictionary<ISymbol, Kinship>>(StringComparer.Ordinal);
        foreach (Taking taking in takings.All.Where(static taking => !taking.IsTry && taking.Node is not null).OrderBy(static taking => taking.Site, SourcePlace.Order))
        {
            Kinship own = Kinships.OfLock(Root.This(taking.Owner.ContainingType), taking.Term);
            Note(taking.Owner.OriginalDefinition, taking, own);
            if (!behind.TryGetValue(taking.Node!.Key, out Dictionary<ISymbol, Kinship>? callers)) behind[taking.Node.Key] = callers = new Dictionary<ISymbol, Kinship>(SymbolEqualityComparer.Default);
            var pending = new Stack<(ISymbol Caller, Kinship Kinship)>();
            Push(taking.Owner, own);
            while (pending.Count > 0)
            {
                (ISymbol caller, Kinship kinship) = pending.Pop();
                if (callers.TryGetValue(caller, out Kinship known) && known <= kinship) continue;
                callers[caller] = kinship;
                Note(caller, taking, kinship);
                Push(caller, kinship);
            }

            void Push(ISymbol callee, Kinship inner)
            {
                if (!calls.TryGetValue(callee.OriginalDefinition, out Dictionary<ISymbol, Kinship>? known)) return;
                foreach (KeyValuePair<ISymbol, Kinship> call in known) pending.Push((call.Key, Kinships.Through(call.Value, inner)));
            }
        }

        return reached;

        void Note(ISymbol function, Taking taking, Kinship kinship)
        {
            if (!reached.TryGetValue(function, out Dictionary<string, List<(Taking Taking, Kinship Kinship)>>? known)) reached[function] = known = new Dictionary<string, List<(Taking Taking, Kinship Kinship)>>(StringComparer.Ordinal);
            if (!known.TryGetValue(taking.Node!.Key, out List<(Taking Taking, Kinship Kinship)>? places)) known[taking.Node.Key] = places = [];
            places.Add((taking, kinship));
        }
    }

    private static IEnumerable<LockNode> Nodes(ImmutableArray<HeldLock> held) => held.Select(static hold => hold.Node).OfType<LockNode>();

    private static bool Holds(ImmutableArray<HeldLock> held, LockNode node) => Nodes(held).Any(other => LockOrder.Bare(other.Key) == LockOrder.Bare(node.Key));

    private static ImmutableHashSet<string> Gates(ImmutableArray<HeldLock> held, LockNode outer) =>
        held.Where(hold => hold.Mode == Mode.Exclusive && hold.Node is { } node && node.Key != outer.Key).Select(static hold => LockOrder.Bare(hold.Node!.Key)).ToImmutableHashSet();

    /// <summary>Of several places the least guarded tells most, then the one whose objects are known best; else the first in the source.</summary>
    private void Add(LockEdge edge)
    {
        if (_edges.TryGetValue((edge.Outer.Key, edge.Inner.Key), out LockEdge? known)
            && (known.Gates.Count, known.Kinship, SourcePlace.Order.Compare(known.Site!, edge.Site!)).CompareTo((edge.Gates.Count, edge.Kinship, 0)) <= 0) return;
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
