using System;
using System.Threading;
using MmLint;

namespace MmKernel;

/// <summary>The lists of pages by use (<c>enum lru_list</c>).</summary>
internal enum LruList
{
    /// <summary>Backed by swap, to be looked at next.</summary>
    InactiveAnonymous,

    /// <summary>Backed by swap, used repeatedly.</summary>
    ActiveAnonymous,

    /// <summary>Backed by a file or worth nothing, to be looked at next.</summary>
    InactiveFile,

    /// <summary>Backed by a file, used repeatedly.</summary>
    ActiveFile,

    /// <summary>Locked into memory: not looked at.</summary>
    Unevictable,
}

/// <summary>
/// The pages that may be reclaimed, least recently used last (<c>struct lruvec</c>). A folio on a list has the flag
/// <see cref="FolioFlags.Lru"/>; whoever clears that under the lock has isolated the folio and owns its links.
/// </summary>
internal sealed class LruLists
{
    private const int ListCount = 5;

    [GuardedBy("Lock", Deep = true)] private readonly Folio?[] _heads = new Folio?[ListCount];
    [GuardedBy("Lock", Deep = true)] private readonly Folio?[] _tails = new Folio?[ListCount];
    private readonly long[] _counts = new long[ListCount];
    private readonly LruBatch[] _batches;

    internal LruLists(PhysicalMemory memory)
    {
        Memory = memory;
        _batches = new LruBatch[Environment.ProcessorCount];
        for (int cpu = 0; cpu < _batches.Length; cpu++)
            _batches[cpu] = new LruBatch(this);
    }

    /// <summary>Guards the lists, and which folio is on one (<c>lru_lock</c>).</summary>
    internal SpinLock Lock { get; } = new(LockdepClass.Lru);

    internal PhysicalMemory Memory { get; }

    /// <summary>Pages on a list; outdated as soon as it is returned.</summary>
    internal long CountOf(LruList list) => Volatile.Read(ref _counts[(int)list]);

    /// <summary>Has a folio put on its list soon; a batch keeps a reference until then (<c>folio_add_lru</c>).</summary>
    [MustHold("folio.Ref")]
    internal void Add(Folio folio) => _batches[Task.Current.Cpu].Add(folio);

    /// <summary>Like <see cref="Add(Folio)"/>, for a page of a VMA that may be locked (<c>folio_add_lru_vma</c>).</summary>
    [MustHold("folio.Ref")]
    internal void Add(Folio folio, VmFlags flags)
    {
        if ((flags & VmFlags.Locked) != 0)
            folio.Set(FolioFlags.Mlocked);
        Add(folio);
    }

    /// <summary>Puts what waits in this processor's batch on the lists (<c>lru_add_drain</c>).</summary>
    internal void DrainLocal() => _batches[Task.Current.Cpu].Drain();

    /// <summary>Puts what waits in any batch on the lists (<c>lru_add_drain_all</c>).</summary>
    internal void DrainAll()
    {
        foreach (var batch in _batches)
            batch.Drain();
    }

    /// <summary>Puts folios on their lists (<c>lru_add</c>).</summary>
    internal void Link(ReadOnlySpan<Folio?> folios)
    {
        Lock.Lock();
        foreach (var folio in folios)
            LinkLocked(folio!);
        Lock.Unlock();
    }

    /// <summary>Takes a folio off its list; its owner is whoever called (<c>folio_isolate_lru</c>).</summary>
    /// <returns>False if it is on no list.</returns>
    [MustHold("folio.Ref")]
    internal bool TryIsolate(Folio folio)
    {
        Lock.Lock();
        bool isolated = folio.Has(FolioFlags.Lru);
        if (isolated)
            UnlinkLocked(folio);
        Lock.Unlock();
        return isolated;
    }

    /// <summary>
    /// Takes folios off the end of a list, each with a reference that belongs to the caller (<c>isolate_lru_folios</c>).
    /// </summary>
    /// <returns>How many.</returns>
    internal int Isolate(LruList list, Span<Folio?> into)
    {
        int count = 0;
        Lock.Lock();
        var next = _tails[(int)list];
        while (next != null && count < into.Length)
        {
            var folio = next;
            next = folio.LruPrevious;
            if (TryTake(folio))
                into[count++] = folio;
        }

        Lock.Unlock();
        return count;
    }

    /// <summary>Unlinks a folio with a new reference, unless it is on its way to being freed, by somebody who waits for the lock.</summary>
    [MustHold("Lock")]
    private bool TryTake(Folio folio)
    {
        if (!folio.TryGet())
            return false;
        folio.HandOverReference();
        UnlinkLocked(folio);
        return true;
    }

    /// <summary>Puts an isolated folio on the list that its flags name, and its reference back (<c>folio_putback_lru</c>).</summary>
    [MustHold("folio.Ref"), Releases("folio.Ref")]
    internal void PutBack(Folio folio)
    {
        Lock.Lock();
        LinkLocked(folio);
        Lock.Unlock();
        Memory.Put(folio);
    }

    /// <summary>Takes a folio that is being freed off its list (<c>__page_cache_release</c>).</summary>
    internal void Release(Folio folio)
    {
        Lock.Lock();
        if (folio.Has(FolioFlags.Lru))
            UnlinkLocked(folio);
        Lock.Unlock();
    }

    /// <summary>
    /// Makes single pages of a folio whose references are frozen, and puts them on the list of the first, or on that which its flags name
    /// (<c>lru_add_split_folio</c>).
    /// </summary>
    [MustHold("folio")]
    internal void Scatter(Folio folio)
    {
        ulong end = folio.Frame + (ulong)folio.PageCount;
        Lock.Lock();
        bool linked = folio.Has(FolioFlags.Lru);
        if (linked)
            UnlinkLocked(folio);
        folio.Scatter(Memory);
        for (ulong frame = linked ? folio.Frame : folio.Frame + 1; frame < end; frame++)
            LinkLocked(Memory.FolioOf(frame));
        Lock.Unlock();
    }

    /// <summary>Moves a folio to the inactive list of files or swap (<c>folio_deactivate</c>, <c>folio_mark_lazyfree</c>).</summary>
    /// <param name="folio">The folio.</param>
    /// <param name="isLazyFree">Whether its contents are not wanted any more, so that it can go without being written.</param>
    internal void Deactivate(Folio folio, bool isLazyFree)
    {
        Lock.Lock();
        if (folio.Has(FolioFlags.Lru) && !folio.Has(FolioFlags.Mlocked))
        {
            UnlinkLocked(folio);
            folio.Clear(FolioFlags.Active | FolioFlags.Referenced | (isLazyFree ? FolioFlags.SwapBacked : FolioFlags.None));
            LinkLocked(folio);
        }

        Lock.Unlock();
    }

    /// <summary>Makes a folio of a locked VMA unevictable (<c>mlock_folio</c>).</summary>
    internal void Mlock(Folio folio) => SetMlocked(folio, mlocked: true);

    /// <summary>
    /// Makes a folio evictable again that a locked VMA gave up (<c>munlock_folio</c>). Should another locked VMA map it, reclaim finds out when
    /// it comes to unmap the folio.
    /// </summary>
    internal void Munlock(Folio folio)
    {
        if (folio.Has(FolioFlags.Mlocked))
            SetMlocked(folio, mlocked: false);
    }

    [MustNotHold("Lock")]
    private void SetMlocked(Folio folio, bool mlocked)
    {
        Lock.Lock();
        bool linked = folio.Has(FolioFlags.Lru);
        if (linked)
            UnlinkLocked(folio);
        if (mlocked)
            folio.Set(FolioFlags.Mlocked);
        else
            folio.Clear(FolioFlags.Mlocked);
        if (linked)
            LinkLocked(folio);
        Lock.Unlock();
    }

    [MustHold("Lock")]
    private void LinkLocked(Folio folio)
    {
        Lockdep.Assert(!folio.Has(FolioFlags.Lru), "folio put on a second list");
        var list = ListOf(folio);
        var head = _heads[(int)list];
        folio.LruList = list;
        folio.LruPrevious = null;
        folio.LruNext = head;
        if (head == null)
            _tails[(int)list] = folio;
        else
            head.LruPrevious = folio;
        _heads[(int)list] = folio;
        folio.Set(FolioFlags.Lru);
        Volatile.Write(ref _counts[(int)list], _counts[(int)list] + folio.PageCount);
    }

    [MustHold("Lock")]
    private void UnlinkLocked(Folio folio)
    {
        int list = (int)folio.LruList;
        if (folio.LruPrevious == null)
            _heads[list] = folio.LruNext;
        else
            folio.LruPrevious.LruNext = folio.LruNext;
        if (folio.LruNext == null)
            _tails[list] = folio.LruPrevious;
        else
            folio.LruNext.LruPrevious = folio.LruPrevious;
        folio.LruNext = null;
        folio.LruPrevious = null;
        folio.Clear(FolioFlags.Lru);
        Volatile.Write(ref _counts[list], _counts[list] - folio.PageCount);
    }

    /// <summary>The list that a folio's flags name (<c>folio_lru_list</c>).</summary>
    private static LruList ListOf(Folio folio)
    {
        if (folio.Has(FolioFlags.Mlocked))
            return LruList.Unevictable;
        bool active = folio.Has(FolioFlags.Active);
        if (folio.Has(FolioFlags.SwapBacked))
            return active ? LruList.ActiveAnonymous : LruList.InactiveAnonymous;
        return active ? LruList.ActiveFile : LruList.InactiveFile;
    }
}
