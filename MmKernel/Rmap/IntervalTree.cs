using System;
using MmLint;

namespace MmKernel;

/// <summary>
/// What maps pages, by the page indices that it covers: a treap that knows the last index below each node (<c>interval_tree.h</c>; the trees
/// of anon_vmas and of files). The indices of an item are those that it had when it was inserted, so an item is taken out before its range
/// changes and put back after. The nodes lie in one array, so that one lock guards them all by one name.
/// </summary>
/// <typeparam name="T">What is found.</typeparam>
/// <param name="guard">The lock that guards the tree.</param>
[method: Ensures("Guard == guard")]
internal sealed class IntervalTree<T>(RwSemaphore guard)
    where T : class
{
    /// <summary>No node: the first one of the array is never used.</summary>
    internal const int None = 0;

    [GuardedBy("Guard", Deep = true)] private Node[] _nodes = [];
    [GuardedBy("Guard")] private int _root;
    [GuardedBy("Guard")] private int _used;
    [GuardedBy("Guard")] private int _firstFree;
    [GuardedBy("Guard")] private ulong _inserted;

    /// <summary>The lock that guards the tree.</summary>
    internal RwSemaphore Guard { get; } = guard;

    /// <summary>Whether nothing is linked.</summary>
    [MustHold("Guard")]
    internal bool IsEmpty() => _root == None;

    /// <summary>Inserts <paramref name="item"/> with the indices [first, last] that it covers.</summary>
    /// <returns>Its node, by which it is taken out.</returns>
    [MustHold("exclusive(Guard)")]
    internal int Insert(T item, ulong first, ulong last)
    {
        Lockdep.AssertHeld(Guard, LockMode.Exclusive);
        int node = TakeNode();
        ulong sequence = ++_inserted;

        // Any well mixed function of the sequence number is a good priority (the finalizer of SplitMix64).
        ulong mixed = (sequence ^ (sequence >> 30)) * 0xBF58_476D_1CE4_E5B9;
        _nodes[node] = new Node
        {
            Item = item,
            First = first,
            Last = last,
            LastBelow = last,
            Sequence = sequence,
            Priority = (uint)(mixed >> 32),
        };
        _root = Insert(_root, node);
        return node;
    }

    /// <summary>Takes an item out.</summary>
    /// <param name="node">What its insertion returned.</param>
    [MustHold("exclusive(Guard)")]
    internal void Remove(int node)
    {
        Lockdep.AssertHeld(Guard, LockMode.Exclusive);
        if (node == None || _nodes[node].Item == null)
            throw new InvalidOperationException("What is to be taken out is not in the tree.");
        _root = Remove(_root, node);
        _nodes[node] = new Node { Left = _firstFree };
        _firstFree = node;
    }

    /// <summary>
    /// The first item behind <paramref name="after"/> (<see cref="None"/>: from the start) that meets the indices [first, last].
    /// </summary>
    /// <returns>Its node, or <see cref="None"/>.</returns>
    [MustHold("Guard")]
    internal int Next(int after, ulong first, ulong last) => Search(_root, after, first, last);

    /// <summary>The item of a node.</summary>
    [MustHold("Guard")]
    internal T ItemOf(int node) => _nodes[node].Item!;

    [MustHold("Guard")]
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

    [MustHold("exclusive(Guard)")]
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

    [MustHold("exclusive(Guard)")]
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
    [MustHold("exclusive(Guard)")]
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

    [MustHold("exclusive(Guard)")]
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

    [MustHold("exclusive(Guard)")]
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
    [MustHold("exclusive(Guard)")]
    private void Update(int node) => _nodes[node].LastBelow = Math.Max(
        _nodes[node].Last,
        Math.Max(_nodes[_nodes[node].Left].LastBelow, _nodes[_nodes[node].Right].LastBelow));

    [MustHold("Guard")]
    private bool Precedes(int one, int other) =>
        _nodes[one].First != _nodes[other].First ? _nodes[one].First < _nodes[other].First : _nodes[one].Sequence < _nodes[other].Sequence;

    /// <summary>A node; <see cref="Left"/> links the free ones.</summary>
    private struct Node
    {
        internal T? Item;
        internal ulong First;
        internal ulong Last;
        internal ulong LastBelow;
        internal ulong Sequence;
        internal uint Priority;
        internal int Left;
        internal int Right;
    }
}
