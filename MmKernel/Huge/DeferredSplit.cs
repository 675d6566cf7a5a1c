using System.Collections.Generic;
using MmLint;

namespace MmKernel;

/// <summary>
/// Large folios of which some pages are mapped no more (<c>deferred_split_queue</c>). Splitting them frees these pages, but there is no hurry as
/// long as memory is not short.
/// </summary>
/// <param name="memory">The machine's memory.</param>
internal sealed class DeferredSplit(PhysicalMemory memory)
{
    [GuardedBy("Lock", Deep = true)] private readonly HashSet<Folio> _folios = [];
    [GuardedBy("Lock"), ReadFreely] private int _count;

    /// <summary>Guards the set (<c>split_queue_lock</c>).</summary>
    internal SpinLock Lock { get; } = new(LockdepClass.DeferredSplit);

    /// <summary>Number of folios; outdated as soon as it is returned.</summary>
    internal int Count => System.Threading.Volatile.Read(ref _count);

    /// <summary>Remembers the folio of a page that an entry maps no more, if it is mapped in part now (<c>deferred_split_folio</c>).</summary>
    internal void NoteUnmapped(Folio page)
    {
        if (!page.IsPartiallyMapped)
            return;
        Lock.Lock();
        if (_folios.Add(page.Head))
        {
            _count++;
            memory.HugeEvents.Add(HugePageEvent.DeferredSplitPage);
        }

        Lock.Unlock();
    }

    /// <summary>Forgets a folio that is being freed or has been split (<c>folio_unqueue_deferred_split</c>).</summary>
    internal void Remove(Folio folio)
    {
        Lock.Lock();
        if (_folios.Remove(folio))
            _count--;
        Lock.Unlock();
    }

    /// <summary>Splits what can be split without waiting (<c>deferred_split_scan</c>).</summary>
    /// <returns>How many folios.</returns>
    [TakesRmap]
    internal int Scan()
    {
        if (Count == 0)
            return 0;
        int split = 0;
        foreach (var folio in Snapshot())
        {
            if (!folio.TryGet())
                continue;
            if (folio.TryLock())
            {
                if (folio.IsLarge && HugeSplit.TrySplit(memory, folio))
                    split++;
                folio.Unlock();
            }

            memory.Put(folio);
        }

        return split;
    }

    [MustNotHold("Lock")]
    private Folio[] Snapshot()
    {
        Lock.Lock();
        var folios = new Folio[_folios.Count];
        _folios.CopyTo(folios);
        Lock.Unlock();
        return folios;
    }
}
