using MmLint;

namespace MmKernel;

/// <summary>Bringing pages back from swap, by way of the swap cache (<c>mm/swap_state.c</c>).</summary>
internal static class SwapIn
{
    /// <summary>The folio of a swap entry, read if it is not cached (<c>read_swap_cache_async</c>).</summary>
    /// <param name="memory">The machine's memory.</param>
    /// <param name="device">The entry's device.</param>
    /// <param name="entry">The entry; it may have lost its last user.</param>
    /// <param name="exhausted">Whether there was no memory.</param>
    /// <returns>With a reference, not locked; null if nobody uses the entry any more or memory is exhausted.</returns>
    [MustHold("device.Ref"), AllocatesPages, Acquires("result.Ref", When = "result != null")]
    internal static unsafe Folio? Read(PhysicalMemory memory, SwapDevice device, SwapEntry entry, out bool exhausted)
    {
        var cluster = device.ClusterOf(entry.Slot, out int index);
        exhausted = false;
        while (true)
        {
            var cached = cluster.Find(index);
            if (cached != null)
                return cached;
            if (cluster.CountOf(index) == 0)
                return null;
            var folio = memory.Allocate();
            if (folio == null)
            {
                exhausted = true;
                return null;
            }

            // Nobody else can reach the folio, so this never waits.
            folio.Lock();
            folio.Swap = entry;
            folio.Set(FolioFlags.SwapBacked | FolioFlags.SwapCache);
            if (cluster.TryCache(index, folio))
            {
                memory.Events.Add(VmEvent.Pswpin);
                if (device.Read(entry.Slot, memory.PointerTo(folio.Frame)))
                    folio.Set(FolioFlags.UpToDate);
                memory.Lru?.Add(folio);
                folio.Unlock();
                return folio;
            }

            folio.Clear(FolioFlags.SwapCache);
            folio.Swap = default;
            folio.Unlock();
            memory.Put(folio);
        }
    }

    /// <summary>
    /// The folio for a fault. Its neighbours are read ahead, unless the device is fast and nobody shares the page
    /// (<c>swapin_readahead</c>).
    /// </summary>
    /// <returns>As <see cref="Read"/>.</returns>
    [MustHold("vmf.FaultLock"), AllocatesPages, Acquires("result.Ref", When = "result != null")]
    internal static Folio? ReadForFault(FaultContext vmf, out bool exhausted)
    {
        exhausted = false;
        var memory = vmf.Vma.Mm.Machine.Memory;
        var entry = SwapEntry.Of(vmf.OrigPte);
        var device = memory.Swap.TryGet(entry);
        if (device == null)
            return null;
        var folio = memory.Swap.Find(entry);
        if (folio != null)
        {
            SwapReadahead.Hit(vmf.Vma, vmf.Address, folio);
            device.Put();
            return folio;
        }

        if (!device.IsSynchronous || device.ClusterOf(entry.Slot, out int index).CountOf(index) != 1)
            ReadAhead(vmf.Vma, vmf.Address);
        var read = Read(memory, device, entry, out exhausted);
        device.Put();
        if (read != null)
            memory.Events.Add(VmEvent.Pgmajfault);
        return read;
    }

    /// <summary>Reads the pages around an address that are in swap into the cache, without mapping them (<c>swap_vma_readahead</c>).</summary>
    [MustHold("vma.Anchored"), AllocatesPages]
    private static void ReadAhead(VmArea vma, ulong address)
    {
        var (start, end) = SwapReadahead.Next(vma, address);
        for (ulong other = start; other < end; other += Page.Size)
        {
            if (other != address)
                ReadEntry(vma, other, isAhead: true);
        }
    }

    /// <summary>Reads what a range has in swap into the cache (<c>swapin_walk_pmd_entry</c>, for MADV_WILLNEED).</summary>
    [MustHold("vma.Anchored"), AllocatesPages]
    internal static void ReadRange(VmArea vma, ulong start, ulong end)
    {
        for (ulong address = start; address < end; address += Page.Size)
            ReadEntry(vma, address, isAhead: false);
    }

    [MustHold("vma.Anchored"), AllocatesPages]
    private static void ReadEntry(VmArea vma, ulong address, bool isAhead)
    {
        ulong value = PageTableWalk.ReadEntry(vma, address);
        if (SwapEntry.IsIn(value))
            ReadToCache(vma.Mm.Machine.Memory, SwapEntry.Of(value), isAhead);
    }

    /// <summary>Reads a page into the cache, without mapping it.</summary>
    /// <param name="memory">The machine's memory.</param>
    /// <param name="entry">Its entry; it may have lost its last user.</param>
    /// <param name="isAhead">Whether it is only a guess that the page will be of use.</param>
    [AllocatesPages]
    internal static void ReadToCache(PhysicalMemory memory, SwapEntry entry, bool isAhead)
    {
        var device = memory.Swap.TryGet(entry);
        if (device == null)
            return;
        bool wasCached = memory.Swap.IsCached(memory, entry);
        var folio = Read(memory, device, entry, out _);
        device.Put();
        if (folio == null)
            return;
        if (isAhead && !wasCached)
        {
            memory.Events.Add(VmEvent.SwapRa);
            folio.Set(FolioFlags.Readahead);
        }

        memory.Swap.FreeCache(memory, folio);
        memory.Put(folio);
    }
}
