using System;
using MmLint;

namespace MmKernel;

/// <summary>Whether pages that were used since they were last looked at are spared.</summary>
internal enum References
{
    /// <summary>They get a second chance.</summary>
    Respected,

    /// <summary>They go like others: somebody said that they are not needed (<c>ignore_references</c>).</summary>
    Ignored,
}

/// <summary>Freeing isolated folios (<c>mm/vmscan.c</c>). Folios are locked by trying only: their owners may be waiting for memory.</summary>
internal static class FolioReclaim
{
    /// <summary>What the uses of a folio mean for it (<c>enum folio_references</c>).</summary>
    private enum Verdict
    {
        Reclaim,
        Keep,
        Activate,
    }

    /// <summary>Frees what can be freed and puts the rest back on the lists (<c>shrink_folio_list</c>).</summary>
    /// <param name="lru">The lists from which the folios were isolated.</param>
    /// <param name="folios">The folios, each with a reference of the caller.</param>
    /// <param name="references">Whether used ones are spared.</param>
    /// <returns>How many were freed.</returns>
    [TakesRmap]
    internal static int ShrinkFolioList(LruLists lru, ReadOnlySpan<Folio?> folios, References references)
    {
        int reclaimed = 0;
        foreach (var entry in folios)
        {
            var folio = entry!;
            folio.AdoptReference();
            if (TryReclaim(lru, folio, references))
                reclaimed++;
            else
                lru.PutBack(folio);
        }

        return reclaimed;
    }

    [MustHold("folio.Ref"), TakesRmap, Releases("folio.Ref", When = "result")]
    private static bool TryReclaim(LruLists lru, Folio folio, References references)
    {
        if (!folio.TryLock())
            return false;
        var verdict = references == References.Ignored ? Verdict.Reclaim : CheckReferences(folio);
        if (verdict == Verdict.Activate)
        {
            folio.Set(FolioFlags.Active);
            lru.Memory.Events.Add(VmEvent.Pgactivate);
        }

        if (verdict != Verdict.Reclaim || !Evict(lru.Memory, folio))
        {
            // Who unmapped it last could not take it out of the swap cache, for it was locked.
            if (folio.MapCount == 0)
                lru.Memory.Swap.TryFree(lru.Memory, folio);
            folio.Unlock();
            return false;
        }

        folio.Unlock();
        lru.Memory.FreeUnreferenced(folio);
        return true;
    }

    /// <summary>
    /// A folio that is used through several mappings, or twice in a row, becomes active; one that was used once is looked at again later
    /// (<c>folio_check_references</c>).
    /// </summary>
    [MustHold("folio"), TakesRmap]
    private static Verdict CheckReferences(Folio folio)
    {
        if (folio.Has(FolioFlags.Mlocked))
            return Verdict.Keep;
        int mappings = RmapWalking.FolioReferenced(folio, isLocked: true);
        bool wasReferenced = folio.Has(FolioFlags.Referenced);
        folio.Clear(FolioFlags.Referenced);
        if (mappings == 0)
            return Verdict.Reclaim;
        folio.Set(FolioFlags.Referenced);
        return wasReferenced || mappings > 1 ? Verdict.Activate : Verdict.Keep;
    }

    /// <summary>Unmaps, writes and takes the folio out of its cache.</summary>
    /// <returns>Whether it is free now, with no reference left.</returns>
    [MustHold("folio && folio.Ref"), TakesRmap, Releases("folio.Ref", When = "result")]
    private static bool Evict(PhysicalMemory memory, Folio folio)
    {
        // Merged pages stay in memory: a slot would have to remember that they are merged.
        if (folio.Has(FolioFlags.Mlocked) || folio.KsmNode != null)
            return false;
        if (folio.IsLarge && !HugeSplit.TrySplit(memory, folio))
            return Activate(memory, folio);
        bool needsSwap = folio.Has(FolioFlags.SwapBacked) && !folio.Has(FolioFlags.SwapCache);
        if (needsSwap && folio.IsAnonymous && !AddToSwap(memory, folio))
            return Activate(memory, folio);
        if (!Unmapping.TryToUnmap(folio))
            return Activate(memory, folio);

        // A page of a memory file that was never written to is a hole as well.
        if (needsSwap && !folio.IsAnonymous && folio.Has(FolioFlags.Dirty) && !MoveToSwap(memory, folio))
            return Activate(memory, folio);
        if (folio.Has(FolioFlags.Dirty) && !Write(memory, folio))
            return false;
        if (folio.Has(FolioFlags.SwapCache))
            return memory.Swap.TryReclaim(folio);
        if (folio.IsAnonymous)
            return TryDropUnwanted(memory, folio);
        return folio.Mapping is AddressSpace mapping && mapping.TryReclaim(folio);
    }

    [MustHold("folio && folio.Ref"), Releases("folio.Ref", When = "result")]
    private static bool TryDropUnwanted(PhysicalMemory memory, Folio folio)
    {
        if (!folio.TryFreeze(1))
            return false;
        memory.Events.Add(VmEvent.Pglazyfreed);
        return true;
    }

    /// <summary>What cannot be freed is not looked at again soon, and gives a slot back that it does not need.</summary>
    [MustHold("folio"), Ensures("!result")]
    private static bool Activate(PhysicalMemory memory, Folio folio)
    {
        if (!folio.Has(FolioFlags.Mlocked))
        {
            folio.Set(FolioFlags.Active);
            memory.Events.Add(VmEvent.Pgactivate);
        }

        memory.Swap.TryFree(memory, folio);
        return false;
    }

    /// <summary>Gives an anonymous folio a slot, unless somebody outside the page tables works with it (<c>folio_alloc_swap</c>).</summary>
    [MustHold("folio")]
    private static bool AddToSwap(PhysicalMemory memory, Folio folio)
    {
        if (folio.IsPinned || !memory.Swap.TryAllocate(folio))
            return false;

        // What has been marked as not wanted and was written to since may have lost its dirty bit.
        folio.Set(FolioFlags.Dirty);
        return true;
    }

    /// <summary>Moves a page of a memory file to a slot, under which the file finds it from then on (<c>shmem_writeout</c>).</summary>
    [MustHold("folio && folio.Ref")]
    private static bool MoveToSwap(PhysicalMemory memory, Folio folio)
    {
        if (folio.Mapping is not AddressSpace mapping || folio.ReferenceCount != 2 || !AddToSwap(memory, folio))
            return false;
        mapping.ReplaceBySwap(folio);
        return true;
    }

    /// <summary>Writes a folio that nobody but its cache and the caller refers to (<c>pageout</c>).</summary>
    [MustHold("folio && folio.Ref"), MaySleep]
    private static bool Write(PhysicalMemory memory, Folio folio)
    {
        if (folio.ReferenceCount != 2)
            return false;
        folio.Clear(FolioFlags.Dirty);
        bool written = folio.Has(FolioFlags.SwapCache)
            ? memory.Swap.Write(memory, folio)
            : folio.Mapping is AddressSpace mapping && mapping.WriteBack(folio);
        if (!written)
            folio.Set(FolioFlags.Dirty);
        return written;
    }
}
