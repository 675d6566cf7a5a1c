using System.Collections.Generic;
using Microsoft.CodeAnalysis;

namespace MmLint.Analyzers;

/// <summary>
/// Nestings that the lists say nothing about, although they list one of the two locks: a list that leaves them out lets somebody take the same locks the other way round, and nothing
/// is wrong until both are there.
/// </summary>
internal static class UnlistedOrders
{
    internal static IEnumerable<Diagnostic> Of(LockGraph graph)
    {
        foreach (LockEdge edge in graph.Edges)
        {
            if (edge is not { Site: { } site, Owner: { } owner } || !(edge.Outer.IsListed || edge.Inner.IsListed) || graph.IsInLists(edge) || graph.IsAgainstLists(edge)) continue;
            string through = edge.Through is { } callee ? " through '" + LockCycles.NameOf(callee) + "'" : "";
            IEnumerable<Location> taken = edge.Taken is { } place && place != site ? [place.GetLocation()] : [];
            yield return Diagnostic.Create(Rule.UnlistedOrder, site.GetLocation(), taken, "'" + LockCycles.NameOf(owner) + "' takes " + edge.Inner.Name + " inside " + edge.Outer.Name + through + ", and no [LockOrder] says which of the two comes first");
        }
    }
}
