using System;
using System.Collections.Generic;
using System.Threading;
using MmLint;

namespace MmKernel;

/// <summary>All swap devices of a machine, and what is done with entries whatever their device (<c>mm/swapfile.c</c>).</summary>
internal sealed class SwapSpace
{
    // A device leaves its place only when no entry names it any more.
    private readonly SwapDevice?[] _devices = new SwapDevice?[SwapEntry.MaxTypes];

    /// <summary>Number of slots that could be given out (<c>get_nr_swap_pages</c>).</summary>
    internal long FreeSlots
    {
        get
        {
            long free = 0;
            for (int type = 0; type < _devices.Length; type++)
            {
                if (Volatile.Read(ref _devices[type]) is { Allocates: true } device)
                    free += device.SlotCount - device.UsedSlots;
            }

            return free;
        }
    }

    /// <summary>Number of slots of all devices (<c>total_swap_pages</c>).</summary>
    internal long TotalSlots
    {
        get
        {
            long total = 0;
            foreach (var device in Devices())
                total += device.SlotCount;
            return total;
        }
    }

    /// <summary>The devices in use.</summary>
    internal SwapDevice[] Devices()
    {
        var devices = new List<SwapDevice>();
        for (int type = 0; type < _devices.Length; type++)
        {
            if (Volatile.Read(ref _devices[type]) is { } device)
                devices.Add(device);
        }

        return [.. devices];
    }

    /// <summary>Puts a device to use.</summary>
    /// <returns>Null if there are too many.</returns>
    internal SwapDevice? Add(SwapStore store)
    {
        for (int type = 0; type < _devices.Length; type++)
        {
            var device = new SwapDevice(type, store);
            if (Interlocked.CompareExchange(ref _devices[type], device, null) == null)
                return device;
        }

        return null;
    }

    /// <summary>Forgets a device that nothing lies on any more.</summary>
    internal void Remove(SwapDevice device) => Volatile.Write(ref _devices[device.Type], null);

    /// <summary>The device of an entry, kept until it is put (<c>get_swap_device</c>).</summary>
    /// <returns>Null if it is gone: then the entry that named it has changed.</returns>
    [Acquires("result.Ref", When = "result != null", Try = true)]
    internal SwapDevice? TryGet(SwapEntry entry)
    {
        var device = Volatile.Read(ref _devices[entry.Type]);
        if (device == null || !device.HasSlot(entry.Slot) || !device.TryGet())
            return null;
        return device;
    }

    /// <summary>Gives a slot on some device to a folio (<c>folio_alloc_swap</c>).</summary>
    /// <returns>False if all are full.</returns>
    [MustHold("folio")]
    internal bool TryAllocate(Folio folio)
    {
        if (FaultInjector.Fails(FaultPoint.SwapSlot))
            return false;
        for (int type = 0; type < _devices.Length; type++)
        {
            var device = Volatile.Read(ref _devices[type]);
            if (device != null && device.Allocates && device.TryAllocate(folio))
                return true;
        }

        return false;
    }

    /// <summary>Adds a user of an entry; another user or a cached folio keeps the slot (<c>swap_duplicate</c>).</summary>
    internal void AddUser(SwapEntry entry) => ClusterOf(entry, out int index).AddUser(index);

    /// <summary>Takes a user of an entry away and leaves a cached folio alone (<c>swap_free</c>).</summary>
    /// <returns>Users left.</returns>
    internal int RemoveUser(SwapEntry entry) => ClusterOf(entry, out int index).RemoveUser(index);

    /// <summary>
    /// Takes a user of an entry away; with the last one a cached folio that nobody is busy with goes too (<c>free_swap_and_cache</c>).
    /// </summary>
    internal void RemoveUserAndCache(PhysicalMemory memory, SwapEntry entry)
    {
        var cluster = ClusterOf(entry, out int index);
        if (cluster.RemoveUser(index) != 0)
            return;
        var folio = cluster.Find(index);
        if (folio == null)
            return;
        FreeCache(memory, folio);
        memory.Put(folio);
    }

    /// <summary>The cached folio of an entry that somebody uses (<c>swap_cache_get_folio</c>).</summary>
    [Acquires("result.Ref", When = "result != null")]
    internal Folio? Find(SwapEntry entry)
    {
        var device = Volatile.Read(ref _devices[entry.Type]);
        if (device == null || !device.HasSlot(entry.Slot))
            return null;
        return device.ClusterOf(entry.Slot, out int index).Find(index);
    }

    /// <summary>Whether a folio is cached for an entry that somebody uses (<c>swap_cache_has_folio</c>).</summary>
    internal bool HasCached(SwapEntry entry) => ClusterOf(entry, out int index).HasCached(index);

    /// <summary>Whether a page in swap is in memory as well (<c>mincore_swap</c>).</summary>
    internal bool IsCached(PhysicalMemory memory, SwapEntry entry)
    {
        var folio = Find(entry);
        if (folio == null)
            return false;
        bool upToDate = folio.Has(FolioFlags.UpToDate);
        memory.Put(folio);
        return upToDate;
    }

    /// <summary>Lets a folio go from the swap cache that nobody maps any more, unless somebody works with it (<c>free_swap_cache</c>).</summary>
    [MustHold("folio.Ref")]
    internal void FreeCache(PhysicalMemory memory, Folio folio)
    {
        while (folio.Has(FolioFlags.SwapCache) && folio.MapCount == 0 && folio.TryLock())
        {
            if (!folio.Has(FolioFlags.SwapCache))
            {
                folio.Unlock();
                return;
            }

            // The device may be given up as soon as the folio is not locked any more.
            var cluster = ClusterOf(folio.Swap, out int index);
            bool isFree = TryFree(memory, folio);
            folio.Unlock();

            // Who gave the slot up after the look at it found the folio locked, and left it to us.
            if (isFree || cluster.CountOf(index) != 0)
                return;
        }
    }

    /// <summary>
    /// Takes a folio out of the swap cache if nothing refers to its slot; its contents are nowhere else then (<c>folio_free_swap</c>).
    /// </summary>
    [MustHold("folio")]
    internal bool TryFree(PhysicalMemory memory, Folio folio)
    {
        if (!folio.Has(FolioFlags.SwapCache))
            return false;
        if (!ClusterOf(folio.Swap, out int index).TryFree(index, folio))
            return false;
        folio.Clear(FolioFlags.SwapCache);
        folio.Swap = default;
        folio.Set(FolioFlags.Dirty);
        memory.Put(folio);
        return true;
    }

    /// <summary>Takes a clean folio out of the swap cache for good if nobody else refers to it (<c>__remove_mapping</c>).</summary>
    [MustHold("folio && folio.Ref"), Releases("folio.Ref", When = "result")]
    internal bool TryReclaim(Folio folio) => ClusterOf(folio.Swap, out int index).TryReclaim(index, folio);

    /// <summary>Caches another folio in the place of one that nobody else refers to (<c>folio_migrate_mapping</c>).</summary>
    [MustHold("source && source.Ref && target && target.Ref")]
    internal bool TryReplace(Folio source, Folio target) => ClusterOf(source.Swap, out int index).TryReplace(index, source, target);

    /// <summary>Writes a folio to its slot (<c>swap_writeout</c>).</summary>
    [MustHold("folio"), MaySleep]
    internal unsafe bool Write(PhysicalMemory memory, Folio folio)
    {
        memory.Events.Add(VmEvent.Pswpout);
        return DeviceOf(folio.Swap).Write(folio.Swap.Slot, memory.PointerTo(folio.Frame));
    }

    /// <summary>The cluster of an entry that is in use, and the number of its slot there.</summary>
    private SwapCluster ClusterOf(SwapEntry entry, out int index) => DeviceOf(entry).ClusterOf(entry.Slot, out index);

    /// <summary>The device of an entry that is in use, and so keeps the device.</summary>
    private SwapDevice DeviceOf(SwapEntry entry)
    {
        Interleaving.Reach(SchedulePoint.LockFree, this);
        return Volatile.Read(ref _devices[entry.Type]) ?? throw new InvalidOperationException("A swap entry names a device that is gone.");
    }
}
