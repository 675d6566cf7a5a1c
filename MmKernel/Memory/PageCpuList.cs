using System;
using System.Threading;
using MmLint;

namespace MmKernel;

/// <summary>
/// One processor's stack of free frames in front of the buddy allocator: the frame freed last is warm in the cache, and threads on different
/// processors do not meet (<c>struct per_cpu_pages</c>).
/// </summary>
/// <param name="buddy">Where batches come from and go to.</param>
internal sealed class PageCpuList(BuddyAllocator buddy)
{
    /// <summary>Frames moved at a time (<c>pcp->batch</c>): a lock of the zone per 64 faults is not noticeable.</summary>
    internal const int Batch = 64;

    private const int Capacity = 8 * Batch;

    [GuardedBy("Lock")] private readonly Folio?[] _frames = new Folio?[Capacity];
    [GuardedBy("Lock"), ReadFreely] private int _count;

    internal SpinLock Lock { get; } = new(LockdepClass.PageCpuList);

    internal int Count => Volatile.Read(ref _count);

    /// <summary>Takes a frame.</summary>
    /// <param name="reserve">Frames of the buddy allocator that are left alone.</param>
    /// <returns>Null if there is none beyond the reserve.</returns>
    internal Folio? Take(long reserve)
    {
        Lock.Lock();
        if (_count == 0 && buddy.FreeFrames > reserve)
            _count = buddy.AllocateMany(_frames.AsSpan(0, Batch));
        var folio = _count == 0 ? null : _frames[--_count];
        Lock.Unlock();
        return folio;
    }

    /// <summary>Adds a free frame.</summary>
    internal void Add(Folio folio)
    {
        Lock.Lock();
        if (_count == Capacity)
        {
            // The oldest frames go: they are the coldest.
            buddy.FreeMany(_frames.AsSpan(0, Batch));
            _frames.AsSpan(Batch).CopyTo(_frames);
            _count -= Batch;
        }

        _frames[_count++] = folio;
        Lock.Unlock();
    }

    /// <summary>Gives all frames to the buddy allocator.</summary>
    internal void Drain()
    {
        Lock.Lock();
        buddy.FreeMany(_frames.AsSpan(0, _count));
        _count = 0;
        Lock.Unlock();
    }
}
