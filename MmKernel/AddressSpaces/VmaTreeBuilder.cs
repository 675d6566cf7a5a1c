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
            return new VmaTreeLeaf(start, end, area);
        var first = InsertBelow(root, start, end, area, out var second);
        if (second == null)
            return first;
        var top = default(Draft);
        top.Add(first.Start, first.End, first);
        top.Add(second.Start, second.End, second);
        return top.Build(isLeaf: false, out _);
    }

    /// <summary>A tree without the ranges that meet [start, end).</summary>
    internal static VmaTreeNode? Remove(VmaTreeNode root, ulong start, ulong end)
    {
        var rest = RemoveBelow(root, start, end);
        while (rest is VmaTreeBranch { Count: 1 } branch)
            rest = branch.Children[0];
        return rest;
    }

    private static VmaTreeNode InsertBelow(VmaTreeNode node, ulong start, ulong end, VmArea area, out VmaTreeNode? second)
    {
        second = null;
        var draft = default(Draft);
        if (node is VmaTreeLeaf leaf)
        {
            int at = leaf.FirstEndingAfter(start);
            if (leaf.Count < VmaTreeNode.Fanout)
                return new VmaTreeLeaf(leaf, at, start, end, area);
            draft.AddFrom(leaf, 0, at);
            draft.Add(start, end, area);
            draft.AddFrom(leaf, at, leaf.Count);
            return draft.Build(isLeaf: true, out second);
        }

        var branch = (VmaTreeBranch)node;
        int index = Math.Max(0, branch.LastStartingBefore(start));
        var below = InsertBelow(branch.Children[index]!, start, end, area, out var belowSecond);
        if (belowSecond == null)
            return new VmaTreeBranch(branch, index, below);
        draft.AddFrom(branch, 0, index);
        draft.Add(below.Start, below.End, below);
        draft.Add(belowSecond.Start, belowSecond.End, belowSecond);
        draft.AddFrom(branch, index + 1, branch.Count);
        return draft.Build(isLeaf: false, out second);
    }

    private static VmaTreeNode? RemoveBelow(VmaTreeNode node, ulong start, ulong end)
    {
        int first = node.FirstEndingAfter(start);
        int behind = node.LastStartingBefore(end) + 1;
        if (first >= behind)
            return node;
        if (node is VmaTreeLeaf leaf)
            return behind - first == leaf.Count ? null : new VmaTreeLeaf(leaf, first, behind);

        // Whatever lies between the two outer children goes as a whole.
        var branch = (VmaTreeBranch)node;
        var left = RemoveBelow(branch.Children[first]!, start, end);
        var right = behind - 1 == first ? null : RemoveBelow(branch.Children[behind - 1]!, start, end);
        if (left is { Count: >= VmaTreeNode.FewEntries } && behind - 1 == first)
            return new VmaTreeBranch(branch, first, left);
        var draft = default(Draft);
        draft.AddFrom(branch, 0, first);
        draft.AddOrJoin(left);
        draft.AddOrJoin(right);
        if (behind < branch.Count)
            draft.AddOrJoin(branch.Children[behind]);
        draft.AddFrom(branch, behind + 1, branch.Count);
        return draft.Count == 0 ? null : draft.Build(isLeaf: false, out _);
    }

    /// <summary>The entries of a node to be, one more than a node can have.</summary>
    internal struct Draft
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

        /// <summary>Adds a child, joined with the last one if either has few entries: a tree that shrinks gets shallow again.</summary>
        internal void AddOrJoin(VmaTreeNode? child)
        {
            if (child == null)
                return;
            if (Count > 0 && _items[Count - 1] is VmaTreeNode last && last.Count + child.Count <= VmaTreeNode.Fanout
                && Math.Min(last.Count, child.Count) < VmaTreeNode.FewEntries)
            {
                Count--;
                child = Join(last, child);
            }

            Add(child.Start, child.End, child);
        }

        internal VmaTreeNode Build(bool isLeaf, out VmaTreeNode? second)
        {
            int firstCount = Count <= VmaTreeNode.Fanout ? Count : (Count + 1) / 2;
            second = firstCount == Count ? null : BuildNode(isLeaf, firstCount, Count);
            return BuildNode(isLeaf, 0, firstCount);
        }

        private static VmaTreeNode Join(VmaTreeNode left, VmaTreeNode right)
        {
            var draft = default(Draft);
            draft.AddFrom(left, 0, left.Count);
            draft.AddFrom(right, 0, right.Count);
            return draft.Build(left is VmaTreeLeaf, out _);
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
                leaf.MaxGap = leaf.LargestGap();
                return leaf;
            }

            var branch = new VmaTreeBranch();
            for (int i = from; i < to; i++)
                branch.Children[i - from] = (VmaTreeNode)_items[i]!;
            FillRanges(branch, from, to);
            branch.MaxGap = branch.LargestGapBelow();
            return branch;
        }

        private void FillRanges([Fresh, Borrowed] VmaTreeNode node, int from, int to)
        {
            for (int i = from; i < to; i++)
            {
                node.Starts[i - from] = _starts[i];
                node.Ends[i - from] = _ends[i];
            }

            node.Count = to - from;
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
