using System.Collections.Generic;
using MmLint;

namespace MmKernel;

/// <summary>
/// Fills the empty tree of an address space with VMAs in ascending order, which is much less work than to insert one after the other (the idea of
/// <c>__mt_dup</c>). They are found only once <see cref="Finish"/> was called.
/// </summary>
/// <param name="mm">The address space, which nobody else looks into yet.</param>
[method: Ensures("Mm == mm")]
internal sealed class VmaTreeLoader(MmStruct mm)
{
    // Nodes are left with some room, so that the first insertions do not have to split them.
    private const int EntriesPerNode = VmaTreeNode.Fanout * 3 / 4;

    private readonly List<VmaTreeNode> _nodes = [];
    [GuardedBy("Mm.MmapLock")] private VmaTreeBuilder.Draft _draft;

    internal MmStruct Mm { get; } = mm;

    /// <summary>Adds a VMA that lies behind all that were added before.</summary>
    [MustHold("exclusive(Mm.MmapLock)"), Requires("area.Mm == Mm")]
    internal void Add(VmArea area)
    {
        if (_draft.Count == EntriesPerNode)
            CloseNode(isLeaf: true);
        _draft.Add(area.Start, area.End, area);
    }

    /// <summary>Puts what was added into the tree.</summary>
    [MustHold("exclusive(Mm.MmapLock)")]
    internal void Finish()
    {
        if (_draft.Count > 0)
            CloseNode(isLeaf: true);
        if (_nodes.Count == 0)
            return;
        while (_nodes.Count > 1)
            AddLevel();
        Mm.Vmas.Load(_nodes[0]);
    }

    [MustHold("exclusive(Mm.MmapLock)")]
    private void AddLevel()
    {
        VmaTreeNode[] below = [.. _nodes];
        _nodes.Clear();
        foreach (var node in below)
        {
            if (_draft.Count == EntriesPerNode)
                CloseNode(isLeaf: false);
            _draft.Add(node.Start, node.End, node);
        }

        CloseNode(isLeaf: false);
    }

    [MustHold("exclusive(Mm.MmapLock)")]
    private void CloseNode(bool isLeaf)
    {
        _nodes.Add(_draft.Build(isLeaf, out _));
        _draft = default;
    }
}
