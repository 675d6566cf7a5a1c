using System;
using System.Threading;
using MmLint;

namespace MmKernel;

/// <summary>Freeing memory when it is short (<c>mm/vmscan.c</c>): by whoever needs it, and in the background.</summary>
internal sealed class Reclaimer
{
    /// <summary>Folios looked at in one go, and pages after which an allocation has freed enough (<c>SWAP_CLUSTER_MAX</c>).</summary>
    private const int Batch = 32;

    private const int DefaultPriority = 12;

    private readonly PhysicalMemory _memory;
    private readonly LruLists _lru;
    private readonly SemaphoreSlim _work = new(0);
    private readonly Thread? _worker;
    [Atomic] private int _awake;
    [Atomic] private bool _stops;

    internal Reclaimer(PhysicalMemory memory, LruLists lru, ReclaimPolicy policy)
    {
        _memory = memory;
        _lru = lru;
        if (policy != ReclaimPolicy.Background)
            return;
        _worker = new Thread(RunInBackground) { IsBackground = true, Name = "kswapd" };
        _worker.Start();
    }

    /// <summary>Frees some memory for an allocation (<c>try_to_free_pages</c>).</summary>
    /// <returns>Pages freed; 0 after all lists have been looked through in vain.</returns>
    [TakesRmap]
    internal long TryToFreePages()
    {
        var task = Task.Current;
        if (task.IsReclaiming)
            return 0;
        task.IsReclaiming = true;
        _lru.DrainAll();
        long reclaimed = _memory.Deferred.Scan();
        for (int priority = DefaultPriority; priority >= 0 && reclaimed < Batch; priority--)
            reclaimed += Shrink(priority);
        task.IsReclaiming = false;
        return reclaimed;
    }

    /// <summary>Has the background reclaimer look at how much is free (<c>wakeup_kswapd</c>).</summary>
    internal void Wake()
    {
        if (_worker != null && Interlocked.Exchange(ref _awake, 1) == 0)
            _work.Release();
    }

    /// <summary>Waits until the background reclaimer sleeps, for those who look at everything.</summary>
    [MaySleep]
    internal void WaitUntilIdle()
    {
        Task.Current.BeginWait(this);
        var spinner = default(SpinWait);
        while (Volatile.Read(ref _awake) != 0)
            spinner.SpinOnce();
        Task.Current.EndWait();
    }

    /// <summary>Ends the background reclaimer.</summary>
    [MaySleep]
    internal void Stop()
    {
        if (_worker == null)
            return;
        Volatile.Write(ref _stops, true);
        _work.Release();
        _worker.Join();
    }

    /// <summary>Reclaims given folios of the lists (<c>reclaim_pages</c>).</summary>
    [TakesRmap]
    internal int ReclaimPages(ReadOnlySpan<Folio?> isolated) => FolioReclaim.ShrinkFolioList(_lru, isolated, References.Ignored);

    [MaySleep]
    private void RunInBackground()
    {
        while (true)
        {
            _work.Wait();
            if (Volatile.Read(ref _stops))
                return;
            Balance();
            Volatile.Write(ref _awake, 0);
        }
    }

    /// <summary>Frees pages until the high mark is reached or nothing more can be freed (<c>balance_pgdat</c>).</summary>
    [TakesRmap]
    private void Balance()
    {
        _lru.DrainAll();
        _ = _memory.Deferred.Scan();
        for (int priority = DefaultPriority; priority > 0 && !Volatile.Read(ref _stops); priority--)
        {
            while (_memory.FreeInZone < _memory.Watermarks.High && Shrink(priority) > 0)
                _memory.DrainLocalList();
            _memory.DrainCpuLists();
            if (_memory.FreeInZone >= _memory.Watermarks.High)
                return;
        }
    }

    /// <summary>Looks through a part of each list, smaller the higher the priority number (<c>shrink_lruvec</c>).</summary>
    [TakesRmap]
    private long Shrink(int priority)
    {
        long reclaimed = ShrinkPair(LruList.ActiveFile, LruList.InactiveFile, priority);
        if (_memory.Swap.FreeSlots > 0)
            reclaimed += ShrinkPair(LruList.ActiveAnonymous, LruList.InactiveAnonymous, priority);
        return reclaimed;
    }

    [TakesRmap]
    private long ShrinkPair(LruList active, LruList inactive, int priority)
    {
        // The inactive list is to be long enough for uses to show before a page comes to its end (inactive_is_low).
        long count = _lru.CountOf(inactive);
        if (count < _lru.CountOf(active))
            ShrinkActiveList(active, Share(_lru.CountOf(active), priority));
        long reclaimed = 0;
        for (long left = Share(_lru.CountOf(inactive), priority); left > 0; left -= Batch)
            reclaimed += ShrinkInactiveList(inactive);
        return reclaimed;
    }

    private static long Share(long count, int priority) => count == 0 ? 0 : Math.Max(count >> priority, Math.Min(count, Batch));

    /// <summary>Frees what has not been used from the end of an inactive list (<c>shrink_inactive_list</c>).</summary>
    [TakesRmap]
    private int ShrinkInactiveList(LruList list)
    {
        var buffer = new FolioBuffer();
        Span<Folio?> folios = buffer;
        int count = _lru.Isolate(list, folios);
        int freed = FolioReclaim.ShrinkFolioList(_lru, folios[..count], References.Respected);
        bool isAnonymous = list == LruList.InactiveAnonymous;
        bool isDirect = Task.Current.IsReclaiming;
        _memory.Events.Add(isDirect ? VmEvent.PgscanDirect : VmEvent.PgscanKswapd, count);
        _memory.Events.Add(isAnonymous ? VmEvent.PgscanAnon : VmEvent.PgscanFile, count);
        _memory.Events.Add(isDirect ? VmEvent.PgstealDirect : VmEvent.PgstealKswapd, freed);
        _memory.Events.Add(isAnonymous ? VmEvent.PgstealAnon : VmEvent.PgstealFile, freed);
        return freed;
    }

    /// <summary>
    /// Moves pages from the end of an active list to the inactive one, whether used or not: they will show there. Only pages of files that
    /// were used stay another round, as they are most likely code (<c>shrink_active_list</c>).
    /// </summary>
    [TakesRmap]
    private void ShrinkActiveList(LruList list, long scan)
    {
        var buffer = new FolioBuffer();
        Span<Folio?> folios = buffer;
        for (; scan > 0; scan -= Batch)
        {
            int count = _lru.Isolate(list, folios);
            _memory.Events.Add(VmEvent.Pgrefill, count);
            foreach (var entry in folios[..count])
            {
                var folio = entry!;
                folio.AdoptReference();
                bool isReferenced = RmapWalking.FolioReferenced(folio, isLocked: false) != 0;
                if (!isReferenced || list == LruList.ActiveAnonymous)
                {
                    folio.Clear(FolioFlags.Active);
                    _memory.Events.Add(VmEvent.Pgdeactivate);
                }

                _lru.PutBack(folio);
            }
        }
    }

    [System.Runtime.CompilerServices.InlineArray(Batch)]
    private struct FolioBuffer
    {
        private Folio? _first;
    }
}
