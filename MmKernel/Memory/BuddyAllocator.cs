using System;
using System.Threading;
using MmLint;

namespace MmKernel;

/// <summary>
/// Free memory in blocks of 2^n frames, aligned to their size, so that a freed block finds its buddy by flipping one bit of its number
/// (<c>mm/page_alloc.c</c>).
/// </summary>
/// <param name="folios">The metadata of all frames.</param>
internal sealed class BuddyAllocator(Folio[] folios)
{
    /// <summary>The largest block has 2^MaxOrder frames (<c>MAX_PAGE_ORDER</c>).</summary>
    internal const int MaxOrder = 10;

    [GuardedBy("Lock")] private readonly Folio?[] _heads = new Folio?[MaxOrder + 1];
    [GuardedBy("Lock"), ReadFreely] private long _freeFrames;

    internal SpinLock Lock { get; } = new(LockdepClass.Buddy);

    internal long FreeFrames => Volatile.Read(ref _freeFrames);

    /// <summary>Takes a block (<c>rmqueue_buddy</c>).</summary>
    /// <returns>Its first folio; null if there is none.</returns>
    internal Folio? Allocate(int order)
    {
        Lock.Lock();
        var folio = AllocateLocked(order);
        Lock.Unlock();
        return folio;
    }

    /// <summary>Takes single frames, up to the length of <paramref name="into"/> (<c>rmqueue_bulk</c>).</summary>
    /// <returns>How many there were.</returns>
    internal int AllocateMany(Span<Folio?> into)
    {
        int count = 0;
        Lock.Lock();
        while (count < into.Length && AllocateLocked(0) is { } folio)
            into[count++] = folio;
        Lock.Unlock();
        return count;
    }

    /// <summary>Takes one given frame out of the free block that it is in (<c>__isolate_free_page</c>).</summary>
    /// <returns>False if it is not free.</returns>
    internal bool TryTake(Folio folio)
    {
        Lock.Lock();
        bool taken = TryTakeLocked(folio.Frame);
        Lock.Unlock();
        return taken;
    }

    /// <summary>Gives a block back (<c>free_one_page</c>).</summary>
    internal void Free(Folio folio, int order)
    {
        Lock.Lock();
        FreeLocked(folio.Frame, order);
        Lock.Unlock();
    }

    /// <summary>Gives single frames back (<c>free_pcppages_bulk</c>).</summary>
    internal void FreeMany(ReadOnlySpan<Folio?> singles)
    {
        Lock.Lock();
        foreach (var folio in singles)
            FreeLocked(folio!.Frame, 0);
        Lock.Unlock();
    }

    /// <summary>Hands over the frames [first, end) at the start (<c>memblock_free_all</c>).</summary>
    internal void FreeRange(ulong first, ulong end)
    {
        Lock.Lock();
        while (first < end)
        {
            int order = 0;
            while (order < MaxOrder && (first & ((2UL << order) - 1)) == 0 && first + (2UL << order) <= end)
                order++;
            FreeLocked(first, order);
            first += 1UL << order;
        }

        Lock.Unlock();
    }

    /// <summary>Whether there is a free block of that order or a higher one; outdated as soon as it is returned.</summary>
    internal bool HasBlock(int order)
    {
        Lock.Lock();
        int from = SmallestFrom(order);
        Lock.Unlock();
        return from <= MaxOrder;
    }

    [MustHold("Lock")]
    private Folio? AllocateLocked(int order)
    {
        int from = SmallestFrom(order);
        if (from > MaxOrder)
            return null;
        var block = _heads[from]!;
        Unlink(block);

        // The upper halves of a larger block go back, one of each order.
        while (from > order)
        {
            from--;
            Link(folios[block.Frame + (1UL << from)], from);
        }

        _freeFrames -= 1L << order;
        return block;
    }

    /// <summary>The lowest order from <paramref name="order"/> on that has a free block; beyond <see cref="MaxOrder"/> if none has.</summary>
    [MustHold("Lock")]
    private int SmallestFrom(int order)
    {
        while (order <= MaxOrder && _heads[order] == null)
            order++;
        return order;
    }

    [MustHold("Lock")]
    private bool TryTakeLocked(ulong frame)
    {
        int order = 0;
        while (order <= MaxOrder && folios[frame & ~((1UL << order) - 1)].FreeOrder != order)
            order++;
        if (order > MaxOrder)
            return false;
        ulong first = frame & ~((1UL << order) - 1);
        Unlink(folios[first]);

        // The half that the frame is not in goes back, again and again.
        while (order > 0)
        {
            order--;
            ulong middle = first + (1UL << order);
            Link(folios[frame < middle ? middle : first], order);
            first = frame < middle ? first : middle;
        }

        _freeFrames--;
        return true;
    }

    [MustHold("Lock")]
    private void FreeLocked(ulong frame, int order)
    {
        _freeFrames += 1L << order;
        while (order < MaxOrder)
        {
            ulong buddy = frame ^ (1UL << order);
            if (buddy >= (ulong)folios.Length || folios[buddy].FreeOrder != order)
                break;
            Unlink(folios[buddy]);
            frame &= ~(1UL << order);
            order++;
        }

        Link(folios[frame], order);
    }

    [MustHold("Lock")]
    private void Link(Folio block, int order)
    {
        var head = _heads[order];
        block.FreeOrder = order;
        block.FreePrevious = null;
        block.FreeNext = head;
        if (head != null)
            head.FreePrevious = block;
        _heads[order] = block;
    }

    [MustHold("Lock")]
    private void Unlink(Folio block)
    {
        if (block.FreePrevious == null)
            _heads[block.FreeOrder] = block.FreeNext;
        else
            block.FreePrevious.FreeNext = block.FreeNext;
        if (block.FreeNext != null)
            block.FreeNext.FreePrevious = block.FreePrevious;
        block.FreeNext = null;
        block.FreePrevious = null;
        block.FreeOrder = Folio.NotFree;
    }
}
