using System;
using MmLint;

namespace MmKernel;

/// <summary>Linking VMAs to anon_vmas when they are split, copied, forked and removed (<c>mm/rmap.c</c>).</summary>
internal static class AnonVmaLinks
{
    /// <summary>
    /// Links <paramref name="target"/> to everything that <paramref name="source"/> is linked to, so that the source's pages are found in it
    /// too (<c>anon_vma_clone</c>). The target's range is final; it may not be reachable yet, but reverse mapping finds it from here on.
    /// </summary>
    /// <param name="target">The VMA to link.</param>
    /// <param name="source">The VMA that it was copied from.</param>
    /// <param name="reuse">
    /// Whether the target, in a forked child, may be given one of the source's anon_vmas that no VMA uses any more, instead of sharing
    /// the source's own.
    /// </param>
    /// <returns>0; −ENOMEM with nothing linked.</returns>
    [MustHold("source.Frozen && exclusive(target.Lock)"), MustNotHold("AnonVma.Rwsem"), MaySleep]
    internal static int AnonVmaClone(VmArea target, VmArea source, bool reuse)
    {
        var own = source.AnonVma;
        if (own == null)
            return 0;
        var root = own.Root;
        var from = source.AnonVmaChain;
        var links = new AnonVmaChain[from.Length];
        foreach (var _ in from)
        {
            if (FaultInjector.Fails(FaultPoint.AnonVmaChain))
                return -(int)Errno.ENOMEM;
        }

        ulong first = target.PageOffset;
        ulong last = first + target.PageCount - 1;
        AnonVma? chosen = reuse ? null : own;
        root.Rwsem.WriteLock();
        for (int i = 0; i < from.Length; i++)
        {
            var anonVma = from[i].AnonVmaOf(root);
            var link = new AnonVmaChain(target, anonVma);
            link.Node = anonVma.Intervals.Insert(link, first, last);
            links[i] = link;
            if (chosen == null && anonVma.ChildCount < 2 && anonVma.ActiveVmaCount == 0)
                chosen = anonVma;
        }

        if (chosen != null && chosen.Root == root)
            chosen.ActiveVmaCount++;
        root.Rwsem.WriteUnlock();
        target.AnonVmaChain = links;
        if (chosen != null)
            target.AnonVma = chosen;
        return 0;
    }

    /// <summary>
    /// Links a child's VMA to the parent's anon_vmas, for the pages that both map, and gives it one of its own for the pages to come
    /// (<c>anon_vma_fork</c>).
    /// </summary>
    /// <returns>0; −ENOMEM with nothing linked.</returns>
    [MustHold("source.Frozen && exclusive(target.Lock)"), MustNotHold("AnonVma.Rwsem"), MaySleep]
    internal static int AnonVmaFork(VmArea target, VmArea source)
    {
        var parent = source.AnonVma;
        if (parent == null)
            return 0;

        // What may be needed for an anon_vma of its own, before anything is linked.
        if (FaultInjector.Fails(FaultPoint.AnonVma) || FaultInjector.Fails(FaultPoint.AnonVmaChain))
            return -(int)Errno.ENOMEM;
        int error = AnonVmaClone(target, source, reuse: true);
        if (error != 0 || target.AnonVma != null)
            return error;

        var own = new AnonVma(parent);
        own.ActiveVmaCount = 1;
        target.AnonVma = own;
        var link = new AnonVmaChain(target, own);
        own.Lock.WriteLock();
        if (parent.Root == own.Root)
            parent.ChildCount++;
        link.Node = own.Intervals.Insert(link, target.PageOffset, target.PageOffset + target.PageCount - 1);
        own.Lock.WriteUnlock();
        target.AnonVmaChain = [.. target.AnonVmaChain, link];
        return 0;
    }

    /// <summary>Unlinks a VMA that is going away (<c>unlink_anon_vmas</c>).</summary>
    [MustHold("exclusive(vma.Lock)"), MustNotHold("AnonVma.Rwsem"), MaySleep]
    internal static void UnlinkAnonVmas(VmArea vma)
    {
        var own = vma.AnonVma;
        if (own == null)
            return;
        var links = vma.AnonVmaChain;
        var root = own.Root;
        root.Rwsem.WriteLock();
        foreach (var link in links)
        {
            var anonVma = link.AnonVmaOf(root);
            anonVma.Intervals.Remove(link.Node);
            link.Node = IntervalTree<AnonVmaChain>.None;
            if (anonVma.Intervals.IsEmpty())
                DropChild(anonVma.Parent, root);
        }

        own.ActiveVmaCount--;
        Clear(vma, root);
        root.Rwsem.WriteUnlock();
    }

    /// <summary>Takes a VMA out of the trees before its range changes (<c>anon_vma_interval_tree_pre_update_vma</c>).</summary>
    [MustHold("exclusive(vma.Lock) && exclusive(root.Rwsem)")]
    internal static void RemoveIntervals(VmArea vma, AnonVma root)
    {
        foreach (var link in vma.AnonVmaChain)
        {
            link.AnonVmaOf(root).Intervals.Remove(link.Node);
            link.Node = IntervalTree<AnonVmaChain>.None;
        }
    }

    /// <summary>Puts a VMA back after its range changed (<c>anon_vma_interval_tree_post_update_vma</c>).</summary>
    [MustHold("exclusive(vma.Lock) && exclusive(root.Rwsem)")]
    internal static void InsertIntervals(VmArea vma, AnonVma root)
    {
        foreach (var link in vma.AnonVmaChain)
            link.Node = link.AnonVmaOf(root).Intervals.Insert(link, vma.PageOffset, vma.PageOffset + vma.PageCount - 1);
    }

    [MustHold("exclusive(vma.Lock) && exclusive(root.Rwsem)")]
    private static void Clear(VmArea vma, AnonVma root)
    {
        vma.AnonVmaChain = [];
        if (vma.AnonVma != null && vma.AnonVma.Root == root)
            vma.AnonVma = null;
    }

    [MustHold("exclusive(root.Rwsem)")]
    private static void DropChild(AnonVma parent, AnonVma root)
    {
        if (parent.Root != root)
            throw new InvalidOperationException("An anon_vma hangs at another root than its parent.");
        parent.ChildCount--;
    }
}
