using System;
using MmLint;

namespace MmKernel;

/// <summary>
/// Folios that one processor is going to put on the lists: many for one time that the lock of the lists is taken (<c>struct folio_batch</c>).
/// </summary>
/// <param name="lists">The lists.</param>
internal sealed class LruBatch(LruLists lists)
{
    private const int Capacity = 31;

    [GuardedBy("Lock", Deep = true)] private readonly Folio?[] _folios = new Folio?[Capacity];
    [GuardedBy("Lock")] private int _count;

    internal SpinLock Lock { get; } = new(LockdepClass.LruBatch);

    /// <summary>Adds a folio, with a reference that the batch keeps. A large one is not kept waiting.</summary>
    [MustHold("folio.Ref")]
    internal void Add(Folio folio)
    {
        Lock.Lock();
        folio.Get();
        folio.HandOverReference();
        _folios[_count++] = folio;
        if (_count == Capacity || folio.IsLarge)
            DrainLocked();
        Lock.Unlock();
    }

    /// <summary>Puts all folios on the lists.</summary>
    internal void Drain()
    {
        Lock.Lock();
        DrainLocked();
        Lock.Unlock();
    }

    [MustHold("Lock")]
    private void DrainLocked()
    {
        lists.Link(_folios.AsSpan(0, _count));
        while (_count > 0)
        {
            var folio = _folios[--_count]!;
            _folios[_count] = null;
            folio.AdoptReference();
            lists.Memory.Put(folio);
        }
    }
}
