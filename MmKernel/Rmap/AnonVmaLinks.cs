using MmLint;

namespace MmKernel;

/// <summary>Linking VMAs to anon_vmas when they are split, copied, forked and removed (<c>mm/rmap.c</c>).</summary>
internal static class AnonVmaLinks
{
    /// <summary>
    /// Links <paramref name="target"/> to everything that <paramref name="source"/> is linked to, so that the source's pages are found in it
    /// too (<c>anon_vma_clone</c>). The target's range is final, and its anon_vma is that of the source already, or null for fork, which may
    /// then be given one of the source's that no VMA uses any more.
    /// </summary>
    [MustHold("exclusive(source.Mm.MmapLock) && exclusive(source.Lock)"), MustNotHold("AnonVma.Rwsem"), MaySleep]
    internal static void AnonVmaClone([Fresh, Borrowed] VmArea target, VmArea source)
    {
        if (source.AnonVma == null)
            return;
        AnonVmaChain? links = null;
        for (var link = source.AnonVmaChain; link != null; link = link.NextOfVma)
            links = new AnonVmaChain(target, link.AnonVma) { NextOfVma = links };
        target.AnonVmaChain = links;

        var root = source.AnonVma.Root;
        root.Rwsem.WriteLock();
        for (var link = links; link != null; link = link.NextOfVma)
        {
            var anonVma = link.AnonVma;
            anonVma.Intervals.Insert(link);
            if (target.AnonVma == null && anonVma.ChildCount < 2 && anonVma.ActiveVmaCount == 0)
                target.AnonVma = anonVma;
        }

        if (target.AnonVma != null)
            target.AnonVma.ActiveVmaCount++;
        root.Rwsem.WriteUnlock();
    }

    /// <summary>
    /// Links a child's VMA to the parent's anon_vmas, for the pages that both map, and gives it one of its own for the pages to come
    /// (<c>anon_vma_fork</c>).
    /// </summary>
    [MustHold("exclusive(source.Mm.MmapLock) && exclusive(source.Lock)"), MustNotHold("AnonVma.Rwsem"), MaySleep]
    internal static void AnonVmaFork([Fresh, Borrowed] VmArea target, VmArea source)
    {
        var parent = source.AnonVma;
        if (parent == null)
            return;
        target.AnonVma = null;
        AnonVmaClone(target, source);
        if (target.AnonVma != null)
            return;

        var own = new AnonVma(parent);
        var link = new AnonVmaChain(target, own) { NextOfVma = target.AnonVmaChain };
        own.ActiveVmaCount = 1;
        target.AnonVma = own;
        target.AnonVmaChain = link;
        parent.Lock.WriteLock();
        own.Intervals.Insert(link);
        parent.ChildCount++;
        parent.Lock.WriteUnlock();
    }

    /// <summary>Unlinks a VMA that is going away (<c>unlink_anon_vmas</c>).</summary>
    [MustHold("exclusive(vma.Lock)"), MustNotHold("AnonVma.Rwsem"), MaySleep]
    internal static void UnlinkAnonVmas(VmArea vma)
    {
        var own = vma.AnonVma;
        if (own == null)
            return;
        var root = own.Root;
        root.Rwsem.WriteLock();
        for (var link = vma.AnonVmaChain; link != null; link = link.NextOfVma)
        {
            var anonVma = link.AnonVma;
            anonVma.Intervals.Remove(link);
            if (anonVma.Intervals.IsEmpty)
                anonVma.Parent.ChildCount--;
        }

        own.ActiveVmaCount--;
        vma.AnonVmaChain = null;
        vma.AnonVma = null;
        root.Rwsem.WriteUnlock();
    }

    /// <summary>Takes a VMA out of the trees before its range changes (<c>anon_vma_interval_tree_pre_update_vma</c>).</summary>
    [MustHold("exclusive(vma.Lock) && exclusive(vma.AnonVma.Lock)")]
    internal static void RemoveIntervals(VmArea vma)
    {
        for (var link = vma.AnonVmaChain; link != null; link = link.NextOfVma)
            link.AnonVma.Intervals.Remove(link);
    }

    /// <summary>Puts a VMA back after its range changed (<c>anon_vma_interval_tree_post_update_vma</c>).</summary>
    [MustHold("exclusive(vma.Lock) && exclusive(vma.AnonVma.Lock)")]
    internal static void InsertIntervals(VmArea vma)
    {
        for (var link = vma.AnonVmaChain; link != null; link = link.NextOfVma)
            link.AnonVma.Intervals.Insert(link);
    }
}
