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
}

/// <summary>A node whose ranges are nodes.</summary>
internal sealed class VmaTreeBranch : VmaTreeNode
{
    [WriteOnce] internal Slots<VmaTreeNode> Children;
}
