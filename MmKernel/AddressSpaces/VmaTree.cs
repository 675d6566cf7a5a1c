using System;
using System.Threading;
using MmLint;

namespace MmKernel;

/// <summary>
/// The VMAs of an address space by address: a copy-on-write B-tree (the part of <c>struct maple_tree</c>). Writers hold mmap_lock
/// exclusively and publish a new root with one store, so readers see the tree before or after a change and never in between. Lookups
/// allocate nothing.
/// </summary>
/// <param name="mm">The address space.</param>
[method: Ensures("Mm == mm")]
public sealed class VmaTree(MmStruct mm)
{
    [ReadBy("Mm.MmapLock"), Atomic, WriteBy("exclusive(Mm.MmapLock)")] private VmaTreeNode? _root;

    /// <summary>The address space.</summary>
    public MmStruct Mm { get; } = mm;

    /// <summary>Whether there is no VMA.</summary>
    [MustHold("Mm.MmapLock || Rcu.Section")]
    public bool IsEmpty => Volatile.Read(ref _root) == null;

    /// <summary>The VMA that covers <paramref name="address"/> (<c>mas_walk</c>).</summary>
    [MustHold("Mm.MmapLock || Rcu.Section"), Ensures("result.Mm == Mm")]
    [return: ValidWhileHeld("Rcu.Section || result.Lock || result.Mm.MmapLock")]
    public VmArea? Walk(ulong address)
    {
        var node = Volatile.Read(ref _root);
        while (node != null)
        {
            int i = node.FirstEndingAfter(address);
            if (i == node.Count || node.Starts[i] > address)
                return null;
            if (node is VmaTreeLeaf leaf)
                return Owned(leaf.Areas[i]!);
            node = ((VmaTreeBranch)node).Children[i];
        }

        return null;
    }

    /// <summary>The first VMA that ends behind <paramref name="address"/>, whether it covers it or not (<c>mas_find</c>).</summary>
    [MustHold("Mm.MmapLock || Rcu.Section"), Ensures("result.Mm == Mm")]
    [return: ValidWhileHeld("Rcu.Section || result.Lock || result.Mm.MmapLock")]
    public VmArea? Find(ulong address)
    {
        var node = Volatile.Read(ref _root);
        while (node != null)
        {
            int i = node.FirstEndingAfter(address);
            if (i == node.Count)
                return null;
            if (node is VmaTreeLeaf leaf)
                return Owned(leaf.Areas[i]!);
            node = ((VmaTreeBranch)node).Children[i];
        }

        return null;
    }

    /// <summary>The last VMA that starts before <paramref name="address"/> (<c>mas_find_rev</c>).</summary>
    [MustHold("Mm.MmapLock || Rcu.Section"), Ensures("result.Mm == Mm")]
    [return: ValidWhileHeld("Rcu.Section || result.Lock || result.Mm.MmapLock")]
    public VmArea? FindBefore(ulong address)
    {
        var node = Volatile.Read(ref _root);
        while (node != null)
        {
            int i = node.LastStartingBefore(address);
            if (i < 0)
                return null;
            if (node is VmaTreeLeaf leaf)
                return Owned(leaf.Areas[i]!);
            node = ((VmaTreeBranch)node).Children[i];
        }

        return null;
    }

    /// <summary>The first VMA that meets [start, end) (<c>find_vma_intersection</c>).</summary>
    [MustHold("Mm.MmapLock"), Ensures("result.Mm == Mm")]
    [return: ValidWhileHeld("result.Lock || result.Mm.MmapLock")]
    public VmArea? FindIntersection(ulong start, ulong end)
    {
        var root = _root;
        if (root == null)
            return null;
        var area = FirstEntry(root, start, out ulong from, out _);
        if (area == null || from >= end)
            return null;
        return Owned(area);
    }

    /// <summary>The VMA behind <paramref name="area"/> (<c>vma_next</c>).</summary>
    [MustHold("Mm.MmapLock"), Requires("area.Mm == Mm"), Ensures("result.Mm == Mm")]
    [return: ValidWhileHeld("result.Lock || result.Mm.MmapLock")]
    public VmArea? Next(VmArea area) => Find(area.End);

    /// <summary>The VMA before <paramref name="area"/> (<c>vma_prev</c>).</summary>
    [MustHold("Mm.MmapLock"), Requires("area.Mm == Mm"), Ensures("result.Mm == Mm")]
    [return: ValidWhileHeld("result.Lock || result.Mm.MmapLock")]
    public VmArea? Previous(VmArea area) => FindBefore(area.Start);

    /// <summary>
    /// Maps [start, end) to <paramref name="area"/> and to nothing else; what reached into the range is cut back in the tree, whose ranges
    /// are the caller's to keep equal to those of the VMAs (<c>vma_iter_store</c>).
    /// </summary>
    [MustHold("exclusive(Mm.MmapLock)"), Requires("area.Mm == Mm")]
    public void Store(ulong start, ulong end, VmArea area)
    {
        Interleaving.Reach(SchedulePoint.LockFree, this);
        Volatile.Write(ref _root, VmaTreeBuilder.Insert(Cleared(start, end), start, end, area));
    }

    /// <summary>Maps [start, end) to nothing (<c>vma_iter_clear</c>).</summary>
    [MustHold("exclusive(Mm.MmapLock)")]
    public void Clear(ulong start, ulong end)
    {
        Interleaving.Reach(SchedulePoint.LockFree, this);
        Volatile.Write(ref _root, Cleared(start, end));
    }

    /// <summary>Gives an empty tree its first contents.</summary>
    [MustHold("exclusive(Mm.MmapLock)")]
    internal void Load(VmaTreeNode root) => Volatile.Write(ref _root, root);

    /// <summary>Maps [start, end) to nothing, and returns what was mapped before.</summary>
    /// <returns>The tree as it was, which changes no more. It is not walked by anybody else.</returns>
    [MustHold("exclusive(Mm.MmapLock)"), Ensures("result.Mm == Mm")]
    internal VmaTree Detach(ulong start, ulong end)
    {
        var before = new VmaTree(Mm);
        before._root = _root;
        Clear(start, end);
        return before;
    }

    /// <summary>
    /// The highest free range of <paramref name="length"/> bytes within [low, high) (<c>mas_empty_area_rev</c>).
    /// </summary>
    /// <returns>Whether there is one; <paramref name="address"/> is its start.</returns>
    [MustHold("Mm.MmapLock")]
    public bool FindGapTopDown(ulong length, ulong low, ulong high, out ulong address)
    {
        address = 0;
        if (high < low || high - low < length)
            return false;
        ulong upper = high;
        if (_root != null && FindGapBelow(_root, length, low, ref upper, out address))
            return true;
        if (upper < low || upper - low < length)
            return false;
        address = upper - length;
        return true;
    }

    /// <summary>The lowest free range of <paramref name="length"/> bytes within [low, high) (<c>mas_empty_area</c>).</summary>
    /// <returns>Whether there is one; <paramref name="address"/> is its start.</returns>
    [MustHold("Mm.MmapLock")]
    public bool FindGapBottomUp(ulong length, ulong low, ulong high, out ulong address)
    {
        address = low;
        while (address < high && high - address >= length)
        {
            if (_root == null || FirstEntry(_root, address, out ulong start, out ulong end) == null)
                return true;
            if (start > address && start - address >= length)
                return true;
            address = end;
        }

        return false;
    }

    /// <summary>
    /// Searches the gaps between the ranges below <paramref name="node"/> from the top; <paramref name="upper"/> is where the free space
    /// above the part that has been searched ends, and on return where the node starts.
    /// </summary>
    private static bool FindGapBelow(VmaTreeNode node, ulong length, ulong low, ref ulong upper, out ulong address)
    {
        address = 0;
        for (int i = node.Count - 1; i >= 0; i--)
        {
            ulong floor = Math.Max(low, node.Ends[i]);
            if (upper >= floor && upper - floor >= length)
            {
                address = upper - length;
                return true;
            }

            if (node is VmaTreeBranch branch)
            {
                var child = branch.Children[i]!;
                if (child.MaxGap >= length && child.End > low && FindGapBelow(child, length, low, ref upper, out address))
                    return true;
            }

            upper = Math.Min(upper, node.Starts[i]);
        }

        return false;
    }

    [MustHold("Mm.MmapLock")]
    private VmaTreeNode? Cleared(ulong start, ulong end)
    {
        var root = _root;
        if (root == null || FirstEntry(root, start, out ulong first, out _) is not { } head || first >= end)
            return root;
        var tail = FirstEntry(root, end - 1, out ulong last, out ulong lastEnd);
        root = VmaTreeBuilder.Remove(root, start, end);
        if (first < start)
            root = VmaTreeBuilder.Insert(root, first, start, head);
        if (tail != null && last < end && lastEnd > end)
            root = VmaTreeBuilder.Insert(root, end, lastEnd, tail);
        return root;
    }

    /// <summary>Makes sure that a change of the tree will find memory for its nodes (<c>vma_iter_prealloc</c>).</summary>
    internal static bool TryReserve() => !FaultInjector.Fails(FaultPoint.TreeNode);

    /// <summary>Every VMA in the tree belongs to its address space: <see cref="Store"/> requires it, and here it is tested again.</summary>
    [Ensures("result.Mm == Mm")]
    private VmArea Owned(VmArea area)
    {
        if (area.Mm != Mm)
            throw new InvalidOperationException("A VMA in the tree of another address space.");
        return area;
    }

    private static VmArea? FirstEntry(VmaTreeNode root, ulong address, out ulong start, out ulong end)
    {
        start = 0;
        end = 0;
        var node = root;
        while (true)
        {
            int i = node.FirstEndingAfter(address);
            if (i == node.Count)
                return null;
            if (node is VmaTreeLeaf leaf)
            {
                start = leaf.Starts[i];
                end = leaf.Ends[i];
                return leaf.Areas[i];
            }

            node = ((VmaTreeBranch)node).Children[i]!;
        }
    }
}
