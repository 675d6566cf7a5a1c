using System;
using System.Threading;
using MmLint;

namespace MmKernel;

/// <summary>
/// A run of neighbouring slots with one lock (<c>struct swap_cluster_info</c>): who uses each slot, and the folio that has its contents
/// (the swap cache). A slot is in use while it has users or a cached folio.
/// </summary>
internal sealed class SwapCluster(int size)
{
    /// <summary>Slots of a cluster (<c>SWAPFILE_CLUSTER</c>).</summary>
    internal const int Size = 256;

    [GuardedBy("Lock", Deep = true)] private readonly int[] _counts = new int[size];
    [GuardedBy("Lock", Deep = true)] private readonly Folio?[] _cached = new Folio?[size];
    [GuardedBy("Lock")] private int _next;
    [GuardedBy("Lock"), ReadFreely] private int _used;

    /// <summary>Guards users and cached folios of the slots (<c>ci->lock</c>).</summary>
    internal SpinLock Lock { get; } = new(LockdepClass.SwapCluster);

    /// <summary>Number of slots in use.</summary>
    internal int Used => Volatile.Read(ref _used);

    /// <summary>Gives a slot to a folio, which is cached there from here on; the slot has no user yet (<c>cluster_alloc_swap_entry</c>).</summary>
    /// <returns>The slot; −1 if none is free.</returns>
    /// <param name="device">The cluster's device. Whether it still gives out slots is asked under the lock, so that none slips through.</param>
    /// <param name="folio">The folio.</param>
    [MustHold("folio")]
    internal int Allocate(SwapDevice device, Folio folio)
    {
        Lock.Lock();
        int slot = device.Allocates ? FindFree() : -1;
        if (slot >= 0)
        {
            _used++;
            _cached[slot] = folio;
            folio.Get();
            folio.HandOverReference();
        }

        Lock.Unlock();
        return slot;
    }

    /// <summary>Adds a user (<c>swap_duplicate</c>).</summary>
    internal void AddUser(int slot)
    {
        Lock.Lock();
        Lockdep.Assert(_counts[slot] > 0 || _cached[slot] != null, "user added to a free swap slot");
        _counts[slot]++;
        Lock.Unlock();
    }

    /// <summary>Takes a user away; a slot without user and without cached folio is free (<c>swap_entry_put</c>).</summary>
    /// <returns>Users left.</returns>
    internal int RemoveUser(int slot)
    {
        Lock.Lock();
        int left = --_counts[slot];
        Lockdep.Assert(left >= 0, "swap slot with fewer than no users");
        FreeIfUnused(slot);
        Lock.Unlock();
        return left;
    }

    /// <summary>Number of users (<c>__swap_count</c>).</summary>
    internal int CountOf(int slot)
    {
        Lock.Lock();
        int count = _counts[slot];
        Lock.Unlock();
        return count;
    }

    /// <summary>The cached folio (<c>swap_cache_get_folio</c>).</summary>
    /// <returns>With a reference, not locked: whether it still is the slot's is known under its lock. Null if there is none.</returns>
    [Acquires("result.Ref", When = "result != null")]
    internal Folio? Find(int slot)
    {
        Lock.Lock();
        var folio = FindLocked(slot);
        Lock.Unlock();
        return folio;
    }

    /// <summary>Whether there is a cached folio (<c>swap_cache_has_folio</c>).</summary>
    internal bool HasCached(int slot)
    {
        Lock.Lock();
        bool cached = _cached[slot] != null;
        Lock.Unlock();
        return cached;
    }

    /// <summary>Caches a folio that is about to be read, unless there is one or nobody uses the slot any more (<c>swap_cache_add_folio</c>).</summary>
    [MustHold("folio")]
    internal bool TryCache(int slot, Folio folio)
    {
        Lock.Lock();
        bool added = _counts[slot] > 0 && _cached[slot] == null;
        if (added)
        {
            _cached[slot] = folio;
            folio.Get();
            folio.HandOverReference();
        }

        Lock.Unlock();
        return added;
    }

    /// <summary>Takes the folio out of the cache if nobody uses its slot, which is free then (<c>folio_free_swap</c>).</summary>
    /// <returns>Whether; then the reference that the cache had is the caller's.</returns>
    [MustHold("folio"), Acquires("folio.Ref", When = "result")]
    internal bool TryFree(int slot, Folio folio)
    {
        Lock.Lock();
        if (_counts[slot] > 0 || _cached[slot] != folio)
        {
            Lock.Unlock();
            return false;
        }

        _cached[slot] = null;
        FreeIfUnused(slot);
        Lock.Unlock();
        folio.AdoptReference();
        return true;
    }

    /// <summary>Takes the folio out of the cache for good if the cache and the caller are all that refer to it (<c>__remove_mapping</c>).</summary>
    /// <returns>Whether; then the folio has no reference left.</returns>
    [MustHold("folio && folio.Ref"), Releases("folio.Ref", When = "result")]
    internal bool TryReclaim(int slot, Folio folio)
    {
        Lock.Lock();
        if (folio.Has(FolioFlags.Dirty) || !folio.TryFreeze(2))
        {
            Lock.Unlock();
            return false;
        }

        _cached[slot] = null;
        FreeIfUnused(slot);
        Lock.Unlock();
        return true;
    }

    /// <summary>
    /// Caches another folio with the same contents in the place of one that nobody but the cache and the caller refers to
    /// (<c>__swap_cache_replace_folio</c>).
    /// </summary>
    [MustHold("source && source.Ref && target && target.Ref")]
    internal bool TryReplace(int slot, Folio source, Folio target)
    {
        Lock.Lock();
        if (_cached[slot] != source || !source.TryEndCaching())
        {
            Lock.Unlock();
            return false;
        }

        _cached[slot] = target;
        target.Get();
        target.HandOverReference();
        Lock.Unlock();
        return true;
    }

    [MustHold("Lock"), Acquires("result.Ref", When = "result != null")]
    private Folio? FindLocked(int slot)
    {
        var folio = _cached[slot];
        if (folio == null)
            return null;
        folio.Get();
        return folio;
    }

    [MustHold("Lock")]
    private int FindFree()
    {
        if (_used == _counts.Length)
            return -1;
        while (_counts[_next] > 0 || _cached[_next] != null)
            _next = (_next + 1) % _counts.Length;
        return _next;
    }

    [MustHold("Lock")]
    private void FreeIfUnused(int slot)
    {
        if (_counts[slot] == 0 && _cached[slot] == null)
            _used--;
    }
}
