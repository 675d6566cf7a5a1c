using System;
using MmLint;

namespace MmKernel;

/// <summary>
/// The VMAs of an anon_vma by the page indices that they cover: a treap that knows the last index below each node
/// (<c>anon_vma_interval_tree</c>). A link's indices are those that its VMA had when it was inserted, so a VMA is taken out before its range
/// changes and put back after. The nodes lie in one array, so that the owner's lock guards them all by one name.
/// </summary>
/// <param name="owner">The anon_vma, whose lock guards the tree.</param>
[method: Ensures("Owner == owner")]
internal sealed class AnonVmaIntervals(AnonVma owner)
{
    /// <summary>No node: the first one of the array is never used.</summary>
    internal const int None = 0;

    [GuardedBy("Owner.Lock", Deep = true)] private Node[] _nodes = [];
    [GuardedBy("Owner.Lock")] private int _root;
    [GuardedBy("Owner.Lock")] private int _used;
    [GuardedBy("Owner.Lock")] private int _firstFree;
    [GuardedBy("Owner.Lock")] private ulong _inserted;

    internal AnonVma Owner { get; } = owner;

    /// <summary>Whether no VMA is linked.</summary>
    [MustHold("Owner.Lock")]
    internal bool IsEmpty() => _root == None;

    /// <summary>Inserts <paramref name="link"/> with the indices [first, last] that its VMA covers.</summary>
    [MustHold("exclusive(Owner.Lock)"), Requires("link.AnonVma == Owner")]
    internal void Insert(AnonVmaChain link, ulong first, ulong last)
    {
        int node = TakeNode();
        ulong sequence = ++_inserted;

        // Any well mixed function of the sequence number is a good priority (the finalizer of SplitMix64).
        ulong mixed = (sequence ^ (sequence >> 30)) * 0xBF58_476D_1CE4_E5B9;
        _nodes[node] = new Node
        {
            Link = link,
            First = first,
            Last = last,
            LastBelow = last,
            Sequence = sequence,
            Priority = (uint)(mixed >> 32),
        };
        link.Node = node;
        _root = Insert(_root, node);
    }

    /// <summary>Takes <paramref name="link"/> out.</summary>
    [MustHold("exclusive(Owner.Lock)"), Requires("link.AnonVma == Owner")]
    internal void Remove(AnonVmaChain link)
    {
        int node = link.Node;
        if (node == None)
            throw new InvalidOperationException("The VMA is not linked to this anon_vma.");
        _root = Remove(_root, node);
        link.Node = None;
        _nodes[node] = new Node { Left = _firstFree };
        _firstFree = node;
    }

    /// <summary>
    /// The first link behind <paramref name="after"/> (<see cref="None"/>: from the start) whose VMA meets the indices [first, last].
    /// </summary>
    /// <returns>Its node, or <see cref="None"/>.</returns>
    [MustHold("Owner.Lock")]
    internal int Next(int after, ulong first, ulong last) => Search(_root, after, first, last);

    /// <summary>The link of a node.</summary>
    [MustHold("Owner.Lock")]
    internal AnonVmaChain LinkOf(int node) => _nodes[node].Link!;

    [MustHold("Owner.Lock")]
    private int Search(int node, int after, ulong first, ulong last)
    {
        if (node == None || _nodes[node].LastBelow < first)
            return None;
        if (after != None && !Precedes(after, node))
            return Search(_nodes[node].Right, after, first, last);
        int earlier = Search(_nodes[node].Left, after, first, last);
        if (earlier != None)
            return earlier;
        if (_nodes[node].First > last)
            return None;
        return _nodes[node].Last >= first ? node : Search(_nodes[node].Right, after, first, last);
    }

    [MustHold("exclusive(Owner.Lock)")]
    private int TakeNode()
    {
        int node = _firstFree;
        if (node != None)
        {
            _firstFree = _nodes[node].Left;
            return node;
        }

        node = ++_used;
        if (node >= _nodes.Length)
            Array.Resize(ref _nodes, Math.Max(2, node * 2));
        return node;
    }

    [MustHold("exclusive(Owner.Lock)")]
    private int Insert(int node, int added)
    {
        if (node == None)
            return added;
        if (_nodes[added].Priority > _nodes[node].Priority)
        {
            (_nodes[added].Left, _nodes[added].Right) = Split(node, added);
            Update(added);
            return added;
        }

        if (Precedes(added, node))
            _nodes[node].Left = Insert(_nodes[node].Left, added);
        else
            _nodes[node].Right = Insert(_nodes[node].Right, added);
        Update(node);
        return node;
    }

    /// <summary>Parts the nodes into those before and those behind <paramref name="at"/>.</summary>
    [MustHold("exclusive(Owner.Lock)")]
    private (int Before, int Behind) Split(int node, int at)
    {
        if (node == None)
            return (None, None);
        if (Precedes(node, at))
        {
            (int before, int behind) = Split(_nodes[node].Right, at);
            _nodes[node].Right = before;
            Update(node);
            return (node, behind);
        }
        else
        {
            (int before, int behind) = Split(_nodes[node].Left, at);
            _nodes[node].Left = behind;
            Update(node);
            return (before, node);
        }
    }

    [MustHold("exclusive(Owner.Lock)")]
    private int Remove(int node, int removed)
    {
        if (node == removed)
            return Join(_nodes[node].Left, _nodes[node].Right);
        if (Precedes(removed, node))
            _nodes[node].Left = Remove(_nodes[node].Left, removed);
        else
            _nodes[node].Right = Remove(_nodes[node].Right, removed);
        Update(node);
        return node;
    }

    [MustHold("exclusive(Owner.Lock)")]
    private int Join(int before, int behind)
    {
        if (before == None)
            return behind;
        if (behind == None)
            return before;
        if (_nodes[before].Priority > _nodes[behind].Priority)
        {
            _nodes[before].Right = Join(_nodes[before].Right, behind);
            Update(before);
            return before;
        }

        _nodes[behind].Left = Join(before, _nodes[behind].Left);
        Update(behind);
        return behind;
    }

    // The unused node 0 has 0 as its last index, so that it never raises one.
    [MustHold("exclusive(Owner.Lock)")]
    private void Update(int node) => _nodes[node].LastBelow = Math.Max(
        _nodes[node].Last,
        Math.Max(_nodes[_nodes[node].Left].LastBelow, _nodes[_nodes[node].Right].LastBelow));

    [MustHold("Owner.Lock")]
    private bool Precedes(int one, int other) =>
        _nodes[one].First != _nodes[other].First ? _nodes[one].First < _nodes[other].First : _nodes[one].Sequence < _nodes[other].Sequence;

    /// <summary>A node; <see cref="Left"/> links the free ones.</summary>
    private struct Node
    {
        internal AnonVmaChain? Link;
        internal ulong First;
        internal ulong Last;
        internal ulong LastBelow;
        internal ulong Sequence;
        internal uint Priority;
        internal int Left;
        internal int Right;
    }
}
