using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace MmLint.Analyzers;

/// <summary>Circles in the lock graph: threads that take their locks in these orders can wait for each other for ever.</summary>
internal static class LockCycles
{
    internal static IEnumerable<Diagnostic> Of(LockGraph graph)
    {
        foreach (IReadOnlyList<LockEdge> circle in In(graph))
        {
            SyntaxNode site = circle[0].Site!;
            IEnumerable<Location> others = circle.SelectMany(static part => new[] { part.Site, part.Taken }).OfType<SyntaxNode>().Where(other => other != site).Distinct().Select(static other => other.GetLocation());
            bool closes = Closes(circle);
            string what = closes ? "locks are taken in a circle: " : "locks are taken in a circle if these objects belong together: ";
            yield return Diagnostic.Create(closes ? Rule.LockCycle : Rule.PossibleCycle, site.GetLocation(), others, what + string.Join("; ", circle.Select(edge => Sentence(edge, circle))));
        }
    }

    /// <summary>The circles, each from an edge that the source shows, best from one that breaks a list; every edge is in one of them at most.</summary>
    internal static IEnumerable<IReadOnlyList<LockEdge>> In(LockGraph graph)
    {
        List<LockEdge> edges = graph.Edges.ToList();
        ILookup<string, LockEdge> outgoing = edges.ToLookup(static edge => edge.Outer.Key, StringComparer.Ordinal);
        var told = new HashSet<(string Outer, string Inner)>();
        foreach (LockEdge edge in edges.Where(static edge => edge.Site is not null).OrderByDescending(graph.IsAgainstLists).ThenBy(static edge => edge.Site!, SourcePlace.Order).ThenBy(static edge => edge.Inner.Key, StringComparer.Ordinal))
        {
            if (told.Contains((edge.Outer.Key, edge.Inner.Key)) || Back(edge, outgoing) is not { } rest) continue;
            List<LockEdge> circle = [edge, .. rest];
            if (Guarded(circle) || Descends(circle)) continue;
            foreach (LockEdge part in circle) told.Add((part.Outer.Key, part.Inner.Key));
            yield return circle;
        }
    }

    /// <summary>
    /// Whether the circle comes back to the very lock that it began with. Classes that a list names stand for all their locks; where nothing states an order, that takes
    /// one object all the way round, or a lock of which there is only one.
    /// </summary>
    private static bool Closes(IReadOnlyCollection<LockEdge> circle) =>
        circle.Any(static edge => edge.Outer.IsListed || edge.Inner.IsListed || edge.Kinship == Kinship.Single) || circle.All(static edge => edge.Kinship == Kinship.Same);

    /// <summary>
    /// Whether the circle goes from an object to another one that its members lead to, and never back: a wrapper that calls what it wraps, a node and the next one.
    /// </summary>
    private static bool Descends(IReadOnlyCollection<LockEdge> circle) => !Closes(circle) && circle.Count(static edge => edge.Kinship != Kinship.Same) == 1 && circle.All(static edge => edge.Kinship != Kinship.Unknown);

    /// <summary>The shortest way from the inner lock of an edge back to its outer one.</summary>
    private static List<LockEdge>? Back(LockEdge edge, ILookup<string, LockEdge> outgoing)
    {
        var arrivals = new Dictionary<string, LockEdge?>(StringComparer.Ordinal) { [edge.Inner.Key] = null };
        var pending = new Queue<string>();
        pending.Enqueue(edge.Inner.Key);
        while (pending.Count > 0)
        {
            string at = pending.Dequeue();
            if (at == edge.Outer.Key)
            {
                var way = new List<LockEdge>();
                for (LockEdge? step = arrivals[at]; step is not null; step = arrivals[step.Outer.Key]) way.Insert(0, step);
                return way;
            }

            foreach (LockEdge next in outgoing[at])
            {
                if (arrivals.ContainsKey(next.Inner.Key)) continue;
                arrivals[next.Inner.Key] = next;
                pending.Enqueue(next.Inner.Key);
            }
        }

        return null;
    }

    /// <summary>Whether one and the same lock is held exclusively all the way round, so that no two threads are in the circle at a time.</summary>
    private static bool Guarded(List<LockEdge> circle) =>
        circle.Aggregate((ImmutableHashSet<string>?)null, static (common, edge) => common is null ? edge.Gates : common.Intersect(edge.Gates)) is { IsEmpty: false };

    private static string Sentence(LockEdge edge, IReadOnlyList<LockEdge> circle)
    {
        string pair = NameOf(edge.Inner, circle) + " inside " + NameOf(edge.Outer, circle);
        if (edge.Owner is null || edge.Site is null) return pair + " (declared order)";
        string through = edge.Through is { } callee ? " through '" + NameOf(callee) + "'" : "";
        return pair + " ('" + NameOf(edge.Owner) + "'" + through + ", " + SourcePlace.Of(edge.Site) + ")";
    }

    /// <summary>The short name of a lock, unless another one of the circle has it too.</summary>
    private static string NameOf(LockNode node, IReadOnlyList<LockEdge> circle) =>
        circle.Any(edge => edge.Outer.Name == node.Name && edge.Outer.Key != node.Key) ? node.Key.Replace("global::", "") : node.Name;

    /// <summary>A function as messages name it; a lambda by the member that it stands in.</summary>
    internal static string NameOf(ISymbol function)
    {
        while (function is IMethodSymbol { MethodKind: MethodKind.AnonymousFunction, ContainingSymbol: { } container }) function = container;
        if (function is IMethodSymbol { MethodKind: MethodKind.DelegateInvoke }) return function.ContainingType.Name;
        return function is IMethodSymbol { AssociatedSymbol: { } member } ? member.Name : function is IMethodSymbol { MethodKind: MethodKind.Constructor } ? function.ContainingType.Name : function.Name;
    }
}
