using System;
using System.Runtime.CompilerServices;
using MmLint;

namespace MmKernel;

/// <summary>
/// A node of <see cref="VmaTree"/>: up to sixteen disjoint ranges in ascending order. Nodes never change once they are built, which is what
/// lets readers walk them with no lock.
/// </summary>
internal abstract class VmaTreeNode
{
    internal const int Fanout = 16;

    /// <summary>Below this a node is joined with a neighbour if both fit into one.</summary>
    internal const int FewEntries = Fanout / 3;

    [WriteOnce] internal int Count;

    /// <summary>The largest hole between two neighbouring ranges below this node.</summary>
    [WriteOnce] internal ulong MaxGap;

    [WriteOnce] internal Keys Starts;
    [WriteOnce] internal Keys Ends;

    internal ulong Start => Starts[0];

    internal ulong End => Ends[Count - 1];

    /// <summary>Index of the first range that ends behind <paramref name="address"/>; <see cref="Count"/> if there is none.</summary>
    internal int FirstEndingAfter(ulong address)
    {
        ReadOnlySpan<ulong> ends = Ends;
        int i = 0;
        while (i < Count && ends[i] <= address)
            i++;
        return i;
    }

    /// <summary>Index of the last range that starts before <paramref name="address"/>; −1 if there is none.</summary>
    internal int LastStartingBefore(ulong address)
    {
        ReadOnlySpan<ulong> starts = Starts;
        int i = Count - 1;
        while (i >= 0 && starts[i] >= address)
            i--;
        return i;
    }

    /// <summary>The largest hole between two neighbouring ranges of this node.</summary>
    internal ulong LargestGap()
    {
        ReadOnlySpan<ulong> starts = Starts;
        ReadOnlySpan<ulong> ends = Ends;
        ulong gap = 0;
        for (int i = 1; i < Count; i++)
            gap = Math.Max(gap, starts[i] - ends[i - 1]);
        return gap;
    }

    /// <summary>Copies <paramref name="count"/> entries except [at, behind), leaving <paramref name="room"/> free ones in their place.</summary>
    protected static void CopyAround<T>(ReadOnlySpan<T> from, Span<T> to, int count, int at, int behind, int room)
    {
        from[..at].CopyTo(to);
        from[behind..count].CopyTo(to[(at + room)..]);
    }

    /// <summary>Sixteen addresses.</summary>
    [InlineArray(Fanout)]
    internal struct Keys
    {
        private ulong _first;
    }

    /// <summary>Sixteen references.</summary>
    [InlineArray(Fanout)]
    internal struct Slots<T>
        where T : class
    {
        private T? _first;
    }
}

/// <summary>A node whose ranges are VMAs.</summary>
internal sealed class VmaTreeLeaf : VmaTreeNode
{
    [WriteOnce] internal Slots<VmArea> Areas;

    internal VmaTreeLeaf()
    {
    }

    /// <summary>A leaf with one range.</summary>
    internal VmaTreeLeaf(ulong start, ulong end, VmArea area)
    {
        Starts[0] = start;
        Ends[0] = end;
        Areas[0] = area;
        Count = 1;
    }

    /// <summary>A copy with one more range.</summary>
    internal VmaTreeLeaf(VmaTreeLeaf other, int at, ulong start, ulong end, VmArea area)
    {
        CopyAround<ulong>(other.Starts, Starts, other.Count, at, at, room: 1);
        CopyAround<ulong>(other.Ends, Ends, other.Count, at, at, room: 1);
        CopyAround<VmArea?>(other.Areas, Areas, other.Count, at, at, room: 1);
        Starts[at] = start;
        Ends[at] = end;
        Areas[at] = area;
        Count = other.Count + 1;
        MaxGap = LargestGap();
    }

    /// <summary>A copy without the ranges [at, behind).</summary>
    internal VmaTreeLeaf(VmaTreeLeaf other, int at, int behind)
    {
        CopyAround<ulong>(other.Starts, Starts, other.Count, at, behind, room: 0);
        CopyAround<ulong>(other.Ends, Ends, other.Count, at, behind, room: 0);
        CopyAround<VmArea?>(other.Areas, Areas, other.Count, at, behind, room: 0);
        Count = other.Count - (behind - at);
        MaxGap = LargestGap();
    }
}

/// <summary>A node whose ranges are nodes.</summary>
internal sealed class VmaTreeBranch : VmaTreeNode
{
    [WriteOnce] internal Slots<VmaTreeNode> Children;

    internal VmaTreeBranch()
    {
    }

    /// <summary>A copy in which one child is another.</summary>
    internal VmaTreeBranch(VmaTreeBranch other, int at, VmaTreeNode child)
    {
        Starts = other.Starts;
        Ends = other.Ends;
        Children = other.Children;
        Starts[at] = child.Start;
        Ends[at] = child.End;
        Children[at] = child;
        Count = other.Count;
        MaxGap = LargestGapBelow();
    }

    /// <summary>The largest hole between two neighbouring ranges below this node.</summary>
    internal ulong LargestGapBelow()
    {
        ReadOnlySpan<VmaTreeNode?> children = Children;
        ulong gap = LargestGap();
        for (int i = 0; i < Count; i++)
            gap = Math.Max(gap, children[i]!.MaxGap);
        return gap;
    }
}
