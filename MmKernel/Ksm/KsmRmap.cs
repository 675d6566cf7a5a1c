using System;
using MmLint;

namespace MmKernel;

/// <summary>Finding the mappings of merged pages (<c>rmap_walk_ksm</c>).</summary>
internal static class KsmRmap
{
    /// <summary>
    /// Visits every VMA that may map the folio: the places that the scan knows, and then those that were forked from them since.
    /// </summary>
    [MustHold("folio"), TakesRmap]
    internal static void RmapWalkKsm(Folio folio, KsmStableNode node, RmapOne one)
    {
        if (node.Folio != folio)
            return;
        var links = node.Links;
        foreach (var link in links)
        {
            if (!Walk(folio, link, links, isFork: false, one))
                return;
        }

        foreach (var link in links)
        {
            if (!Walk(folio, link, links, isFork: true, one))
                return;
        }
    }

    [MustHold("folio"), TakesRmap]
    private static bool Walk(Folio folio, KsmLink link, KsmLink[] links, bool isFork, RmapOne one)
    {
        bool goesOn = true;
        var anonVma = link.AnonVma;
        anonVma.Lock.ReadLock();
        var intervals = anonVma.Intervals;
        int at = IntervalTree<AnonVmaChain>.None;
        while (goesOn && (at = intervals.Next(at, 0, ulong.MaxValue)) != IntervalTree<AnonVmaChain>.None)
        {
            var vma = intervals.ItemOf(at).Vma;
            if (!RmapWalking.IsLinked(vma, anonVma) || link.Address < vma.Start || link.Address >= vma.End || (vma.Mm != link.Mm) != isFork)
                continue;

            // A fork that the scan knows by now was visited before.
            if (!isFork || !Array.Exists(links, other => other.Mm == vma.Mm && other.Address == link.Address))
                goesOn = one(folio, vma, link.Address);
        }

        anonVma.Lock.ReadUnlock();
        return goesOn;
    }
}
