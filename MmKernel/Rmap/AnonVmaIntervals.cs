using System;
using MmLint;

namespace MmKernel;

/// <summary>
/// The VMAs of an anon_vma by the page indices that they cover: a treap that knows the last index below each node
/// (<c>anon_vma_interval_tree</c>). A link's indices are those that its VMA had when it was inserted, so a VMA is taken out before its range
/// changes and put back after.
/// </summary>
/// <param name="owner">The anon_vma, whose lock guards the tree.</param>
internal sealed class AnonVmaIntervals(AnonVma owner)
{
    [GuardedBy("Owner.Lock")] private AnonVmaChain? _root;
    [GuardedBy("Owner.Lock")] private ulong _inserted;

    internal AnonVma Owner { get; } = owner;

    internal bool IsEmpty
    {
        [MustHold("Owner.Lock")]
        get => _root == null;
    }

    /// <summary>Inserts <paramref name="link"/> with the indices that its VMA covers now.</summary>
    [MustHold("exclusive(Owner.Lock) && link.Vma.Stable"), Requires("link.AnonVma == Owner")]
    internal void Insert(AnonVmaChain link)
    {
        link.FirstIndex = link.Vma.PageOffset;
        link.LastIndex = link.Vma.PageOffset + link.Vma.PageCount - 1;
        link.LastIndexBelow = link.LastIndex;
        link.Left = null;
        link.Right = null;
        link.Sequence = ++_inserted;

        // Any well mixed function of the sequence number is a good priority (the finalizer of SplitMix64).
        ulong mixed = (link.Sequence ^ (link.Sequence >> 30)) * 0xBF58_476D_1CE4_E5B9;
        link.Priority = (uint)(mixed >> 32);
        _root = Insert(_root, link);
    }

    /// <summary>Takes <paramref name="link"/> out.</summary>
    [MustHold("exclusive(Owner.Lock)"), Requires("link.AnonVma == Owner")]
    internal void Remove(AnonVmaChain link)
    {
        _root = Remove(_root, link);
        link.Left = null;
        link.Right = null;
    }

    /// <summary>
    /// The first link behind <paramref name="after"/> (null: from the start) whose VMA meets the indices [first, last].
    /// </summary>
    [MustHold("Owner.Lock"), Ensures("result.AnonVma == Owner")]
    internal AnonVmaChain? Next(AnonVmaChain? after, ulong first, ulong last) => Search(_root, after, first, last);

    [MustHold("Owner.Lock")]
    private AnonVmaChain? Search(AnonVmaChain? node, AnonVmaChain? after, ulong first, ulong last)
    {
        if (node == null || node.LastIndexBelow < first)
            return null;
        if (after != null && !Precedes(after, node))
            return Search(node.Right, after, first, last);
        if (Search(node.Left, after, first, last) is { } earlier)
            return earlier;
        if (node.FirstIndex > last)
            return null;
        return node.LastIndex >= first ? node : Search(node.Right, after, first, last);
    }

    [MustHold("exclusive(Owner.Lock)")]
    private AnonVmaChain Insert(AnonVmaChain? node, AnonVmaChain link)
    {
        if (node == null)
            return link;
        if (link.Priority > node.Priority)
        {
            Split(node, link, out link.Left, out link.Right);
            Update(link);
            return link;
        }

        if (Precedes(link, node))
            node.Left = Insert(node.Left, link);
        else
            node.Right = Insert(node.Right, link);
        Update(node);
        return node;
    }

    /// <summary>Parts the nodes into those before and those behind <paramref name="at"/>.</summary>
    [MustHold("exclusive(Owner.Lock)")]
    private void Split(AnonVmaChain? node, AnonVmaChain at, out AnonVmaChain? before, out AnonVmaChain? behind)
    {
        if (node == null)
        {
            before = null;
            behind = null;
            return;
        }

        if (Precedes(node, at))
        {
            Split(node.Right, at, out node.Right, out behind);
            before = node;
        }
        else
        {
            Split(node.Left, at, out before, out node.Left);
            behind = node;
        }

        Update(node);
    }

    [MustHold("exclusive(Owner.Lock)")]
    private AnonVmaChain? Remove(AnonVmaChain? node, AnonVmaChain link)
    {
        if (node == null)
            throw new InvalidOperationException("The VMA is not linked to this anon_vma.");
        if (node == link)
            return Join(node.Left, node.Right);
        if (Precedes(link, node))
            node.Left = Remove(node.Left, link);
        else
            node.Right = Remove(node.Right, link);
        Update(node);
        return node;
    }

    [MustHold("exclusive(Owner.Lock)")]
    private AnonVmaChain? Join(AnonVmaChain? before, AnonVmaChain? behind)
    {
        if (before == null)
            return behind;
        if (behind == null)
            return before;
        if (before.Priority > behind.Priority)
        {
            before.Right = Join(before.Right, behind);
            Update(before);
            return before;
        }

        behind.Left = Join(before, behind.Left);
        Update(behind);
        return behind;
    }

    [MustHold("exclusive(Owner.Lock)")]
    private void Update(AnonVmaChain node)
    {
        ulong last = node.LastIndex;
        if (node.Left != null)
            last = Math.Max(last, node.Left.LastIndexBelow);
        if (node.Right != null)
            last = Math.Max(last, node.Right.LastIndexBelow);
        node.LastIndexBelow = last;
    }

    [MustHold("Owner.Lock")]
    private bool Precedes(AnonVmaChain one, AnonVmaChain other) =>
        one.FirstIndex != other.FirstIndex ? one.FirstIndex < other.FirstIndex : one.Sequence < other.Sequence;
}
