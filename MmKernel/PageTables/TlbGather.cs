using System;
using MmLint;

namespace MmKernel;

/// <summary>
/// Pages whose entries were cleared, kept until a flush made sure that nobody uses them any more, so that many pages cost one flush
/// (<c>struct mmu_gather</c>).
/// </summary>
internal sealed class TlbGather
{
    private const int Capacity = 512;

    private readonly Folio?[] _folios = new Folio?[Capacity];
    private MmStruct? _mm;
    private int _count;
    private bool _flushOwed;

    /// <summary>Whether the next page may not fit: then it is time to flush, with no table locked.</summary>
    internal bool IsFull => _count == Capacity;

    /// <summary>Starts gathering for <paramref name="mm"/> (<c>tlb_gather_mmu</c>).</summary>
    internal static TlbGather Start(MmStruct mm)
    {
        var gather = Task.Current.TakeGather();
        gather._mm = mm;
        return gather;
    }

    /// <summary>Undertakes to flush for the entries that were cleared under this lock.</summary>
    [MustHold("pte && pte.Ptl"), Releases("pte.Ptl.FlushPending", Idempotent = true)]
    internal void OweFlush(MappedPte pte)
    {
        _flushOwed = true;
        pte.Ptl.FlushDone();
    }

    /// <summary>Undertakes to flush for an entry of a huge page that was cleared under page_table_lock.</summary>
    internal void OweFlush() => _flushOwed = true;

    /// <summary>Takes over the reference of an entry that was cleared (<c>__tlb_remove_folio_pages</c>).</summary>
    internal void Add(Folio folio) => _folios[_count++] = folio;

    /// <summary>Flushes and frees what was gathered (<c>tlb_flush_mmu</c>).</summary>
    internal void Flush()
    {
        if (_flushOwed)
            Tlb.Flush(_mm!);
        _flushOwed = false;
        var memory = _mm!.Machine.Memory;
        foreach (var folio in _folios.AsSpan(0, _count))
        {
            folio!.AdoptReference();
            memory.Swap.FreeCache(memory, folio);
            memory.Put(folio);
        }

        _count = 0;
    }

    /// <summary>Flushes and ends the gathering (<c>tlb_finish_mmu</c>).</summary>
    internal void Finish()
    {
        Flush();
        _mm = null;
        Task.Current.ReturnGather(this);
    }
}
