using System;
using System.Runtime.CompilerServices;
using MmLint;

namespace MmKernel;

/// <summary>
/// Makes new versions of a tree from old ones. Every function returns new nodes along the path that changed and shares the rest.
/// </summary>
internal static class VmaTreeBuilder
{
    /// <summary>A tree in which [start, end) maps to <paramref name="area"/>; the range must be free.</summary>
    internal static VmaTreeNode Insert(VmaTreeNode? root, ulong start, ulong end, VmArea area)
    {
        if (root == null)
        {
            var draft = default(Draft);
            draft.Add(start, end, area);
            return draft.Build(isLeaf: true, out _);
        }

        var first = InsertBelow(root, start, end, area, out var second);
        if (second == null)
            return first;
        var top = default(Draft);
        top.Add(first.Start, first.End, first);
        top.Add(second.Start, second.End, second);
        return top.Build(isLeaf: false, out _);
    }

    /// <summary>A tree without the range that starts at <paramref name="start"/>, which must be there.</summary>
    internal static VmaTreeNode? Remove(VmaTreeNode root, ulong start)
    {
        var rest = RemoveBelow(root, start);
        while (rest is VmaTreeBranch { Count: 1 } branch)
            rest = branch.Children[0];
        return rest;
    }

    private static VmaTreeNode InsertBelow(VmaTreeNode node, ulong start, ulong end, VmArea area, out VmaTreeNode? second)
    {
        var draft = default(Draft);
        if (node is VmaTreeLeaf leaf)
        {
            int at = leaf.FirstEndingAfter(start);
            draft.AddFrom(leaf, 0, at);
            draft.Add(start, end, area);
            draft.AddFrom(leaf, at, leaf.Count);
            return draft.Build(isLeaf: true, out second);
        }

        var branch = (VmaTreeBranch)node;
        int index = Math.Max(0, branch.LastStartingBefore(start));
        var below = InsertBelow(branch.Children[index]!, start, end, area, out var belowSecond);
        draft.AddFrom(branch, 0, index);
        draft.Add(below.Start, below.End, below);
        if (belowSecond != null)
            draft.Add(belowSecond.Start, belowSecond.End, belowSecond);
        draft.AddFrom(branch, index + 1, branch.Count);
        return draft.Build(isLeaf: false, out second);
    }

    private static VmaTreeNode? RemoveBelow(VmaTreeNode node, ulong start)
    {
        var draft = default(Draft);
        int index = node.FirstEndingAfter(start);
        if (node is VmaTreeLeaf leaf)
        {
            draft.AddFrom(leaf, 0, index);
            draft.AddFrom(leaf, index + 1, leaf.Count);
            return draft.Count == 0 ? null : draft.Build(isLeaf: true, out _);
        }

        var branch = (VmaTreeBranch)node;
        var below = RemoveBelow(branch.Children[index]!, start);
        int before = index;
        int after = index + 1;
        if (below is { Count: < VmaTreeNode.FewEntries })
        {
            // Joined with a neighbour, so that a tree that shrinks gets shallow again.
            if (index > 0 && branch.Children[index - 1]!.Count + below.Count <= VmaTreeNode.Fanout)
                below = Join(branch.Children[--before]!, below);
            else if (after < branch.Count && branch.Children[after]!.Count + below.Count <= VmaTreeNode.Fanout)
                below = Join(below, branch.Children[after++]!);
        }

        draft.AddFrom(branch, 0, before);
        if (below != null)
            draft.Add(below.Start, below.End, below);
        draft.AddFrom(branch, after, branch.Count);
        return draft.Count == 0 ? null : draft.Build(isLeaf: false, out _);
    }

    private static VmaTreeNode Join(VmaTreeNode left, VmaTreeNode right)
    {
        var draft = default(Draft);
        draft.AddFrom(left, 0, left.Count);
        draft.AddFrom(right, 0, right.Count);
        return draft.Build(left is VmaTreeLeaf, out _);
    }

    /// <summary>The entries of a node to be, one more than a node can have.</summary>
    private struct Draft
    {
        private Keys _starts;
        private Keys _ends;
        private Items _items;

        internal int Count { get; private set; }

        internal void Add(ulong start, ulong end, object item)
        {
            _starts[Count] = start;
            _ends[Count] = end;
            _items[Count] = item;
            Count++;
        }

        internal void AddFrom(VmaTreeNode node, int from, int to)
        {
            for (int i = from; i < to; i++)
                Add(node.Starts[i], node.Ends[i], node is VmaTreeLeaf leaf ? leaf.Areas[i]! : ((VmaTreeBranch)node).Children[i]!);
        }

        internal VmaTreeNode Build(bool isLeaf, out VmaTreeNode? second)
        {
            int firstCount = Count <= VmaTreeNode.Fanout ? Count : (Count + 1) / 2;
            second = firstCount == Count ? null : BuildNode(isLeaf, firstCount, Count);
            return BuildNode(isLeaf, 0, firstCount);
        }

        [return: Fresh]
        private VmaTreeNode BuildNode(bool isLeaf, int from, int to)
        {
            if (isLeaf)
            {
                var leaf = new VmaTreeLeaf();
                for (int i = from; i < to; i++)
                    leaf.Areas[i - from] = (VmArea)_items[i]!;
                FillRanges(leaf, from, to);
                return leaf;
            }

            var branch = new VmaTreeBranch();
            ulong gap = 0;
            for (int i = from; i < to; i++)
            {
                var child = (VmaTreeNode)_items[i]!;
                branch.Children[i - from] = child;
                gap = Math.Max(gap, child.MaxGap);
            }

            FillRanges(branch, from, to);
            branch.MaxGap = Math.Max(branch.MaxGap, gap);
            return branch;
        }

        private void FillRanges([Fresh, Borrowed] VmaTreeNode node, int from, int to)
        {
            ulong gap = 0;
            for (int i = from; i < to; i++)
            {
                node.Starts[i - from] = _starts[i];
                node.Ends[i - from] = _ends[i];
                if (i > from)
                    gap = Math.Max(gap, _starts[i] - _ends[i - 1]);
            }

            node.Count = to - from;
            node.MaxGap = gap;
        }

        [InlineArray(VmaTreeNode.Fanout + 1)]
        private struct Keys
        {
            private ulong _first;
        }

        [InlineArray(VmaTreeNode.Fanout + 1)]
        private struct Items
        {
            private object? _first;
        }
    }
}
