using System;
using MmLint;

namespace MmKernel;

/// <summary>
/// Idle page tracking (<c>mm/page_idle.c</c>): somebody marks pages as idle, lets time pass, and asks which of them still are. Only pages that
/// reclaim knows, or that are mapped, can be idle.
/// </summary>
/// <param name="memory">The machine's memory.</param>
public sealed class PageIdle(PhysicalMemory memory)
{
    private const int Bits = 64;

    /// <summary>Marks frames as idle (writing <c>/sys/kernel/mm/page_idle/bitmap</c>, <c>page_idle_bitmap_write</c>).</summary>
    /// <param name="first">The frame of the first bit; a multiple of 64.</param>
    /// <param name="bitmap">A bit for each frame; those that are 0 change nothing.</param>
    /// <returns>Number of words used; −EINVAL: misaligned; −ENXIO: behind the last frame.</returns>
    [TakesRmap]
    public long Mark(ulong first, ReadOnlySpan<ulong> bitmap)
    {
        long count = CountWords(first, bitmap.Length);
        for (int bit = 0; bit < count * Bits; bit++)
        {
            if ((bitmap[bit / Bits] & (1UL << (bit % Bits))) == 0 || Get(first + (ulong)bit) is not { } folio)
                continue;
            FolioAge.ClearReferences(folio);
            folio.Set(FolioFlags.Idle);
            memory.Put(folio);
        }

        return count;
    }

    /// <summary>Tells which frames are idle (reading the same, <c>page_idle_bitmap_read</c>).</summary>
    /// <param name="first">The frame of the first bit; a multiple of 64.</param>
    /// <param name="bitmap">A bit for each frame: 1 if it was marked and not used since.</param>
    /// <returns>Number of words set; −EINVAL: misaligned; −ENXIO: behind the last frame.</returns>
    [TakesRmap]
    public long Read(ulong first, Span<ulong> bitmap)
    {
        long count = CountWords(first, bitmap.Length);
        for (int bit = 0; bit < count * Bits; bit++)
        {
            if (bit % Bits == 0)
                bitmap[bit / Bits] = 0;
            if (Get(first + (ulong)bit) is not { } folio)
                continue;
            if (IsIdle(folio))
                bitmap[bit / Bits] |= 1UL << (bit % Bits);
            memory.Put(folio);
        }

        return count;
    }

    [MustHold("folio.Ref"), TakesRmap]
    private static bool IsIdle(Folio folio)
    {
        if (!folio.Has(FolioFlags.Idle))
            return false;
        FolioAge.ClearReferences(folio);
        return folio.Has(FolioFlags.Idle);
    }

    /// <summary>The page in a frame, if it is one whose use is known (<c>page_idle_get_folio</c>).</summary>
    [Acquires("result.Ref", When = "result != null")]
    private Folio? Get(ulong frame)
    {
        if (frame >= (ulong)memory.FrameCount)
            return null;
        var folio = memory.TryGetFolio(frame);
        if (folio == null)
            return null;
        if (folio.Frame == frame && (folio.Has(FolioFlags.Lru) || folio.MapCount > 0))
            return folio;
        memory.Put(folio);
        return null;
    }

    private long CountWords(ulong first, int words)
    {
        if (first % Bits != 0)
            return -(long)Errno.EINVAL;
        if (first >= (ulong)memory.FrameCount)
            return -(long)Errno.ENXIO;
        return Math.Min(words, (memory.FrameCount - (long)first + Bits - 1) / Bits);
    }
}
