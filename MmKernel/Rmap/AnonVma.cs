using System;
using MmLint;

namespace MmKernel;

/// <summary>
/// What the anonymous pages of one or more VMAs point to, so that reverse mapping finds those VMAs and those of forked children
/// (<c>struct anon_vma</c>). All anon_vmas that descend from one by fork share the lock of that one, their root.
/// </summary>
public sealed class AnonVma
{
    private readonly IntervalTree<AnonVmaChain> _intervals;

    /// <summary>Creates an anon_vma; it is unpublished until a VMA points to it (<c>anon_vma_alloc</c>).</summary>
    /// <param name="parent">The anon_vma of the parent process's VMA; null for a root.</param>
    internal AnonVma(AnonVma? parent)
    {
        Root = parent == null ? this : parent.Root;
        Parent = parent ?? this;
        Rwsem = parent == null ? new RwSemaphore(LockdepClass.AnonVma) : parent.Root.Rwsem;
        _intervals = new IntervalTree<AnonVmaChain>(Rwsem);
    }

    /// <summary>The anon_vma whose lock stands for all of the tree (<c>root</c>).</summary>
    [WriteOnce] public AnonVma Root { get; }

    /// <summary>The lock; the same object in all anon_vmas of one root.</summary>
    public RwSemaphore Rwsem { get; }

    /// <summary>The lock that guards this anon_vma (<c>anon_vma_lock_write</c> and so on).</summary>
    [LockAlias("Root.Rwsem")]
    public RwSemaphore Lock => Root.Rwsem;

    /// <summary>The anon_vma that this one was forked from; itself for a root (<c>parent</c>).</summary>
    [GuardedBy("Lock")] internal AnonVma Parent;

    /// <summary>Number of anon_vmas forked from this one, itself included for a root (<c>num_children</c>).</summary>
    [GuardedBy("Lock")] internal int ChildCount;

    /// <summary>Number of VMAs that point to this one (<c>num_active_vmas</c>).</summary>
    [GuardedBy("Lock")] internal int ActiveVmaCount;

    /// <summary>The links to all VMAs that may map pages of this one, by page index (<c>rb_root</c>).</summary>
    internal IntervalTree<AnonVmaChain> Intervals
    {
        [Ensures("result.Guard == Root.Rwsem")]
        get
        {
            if (_intervals.Guard != Root.Rwsem)
                throw new InvalidOperationException("An anon_vma whose tree is guarded by another lock than its root's.");
            return _intervals;
        }
    }
}
