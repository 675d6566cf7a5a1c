using MmLint;

namespace MmKernel;

/// <content>Pages of a memory file that are in swap (<c>mm/shmem.c</c>): the file has an entry in the place of the page.</content>
public sealed partial class AddressSpace
{
    /// <summary>The page, brought back if it is in swap.</summary>
    /// <returns>With a reference, not locked; null if it is a hole, or could not be brought back.</returns>
    [AllocatesPages, Acquires("result.Ref", When = "result != null")]
    internal Folio? FindOrBringBack(ulong index)
    {
        if (Backing != null)
            return FindOrRead(index);
        while (true)
        {
            var folio = Find(index);
            if (folio != null)
                return folio;
            if (!TryFindSwapped(index, out var entry) || !TryBringBack(index, entry))
                return null;
        }
    }

    [AllocatesPages, Acquires("result.Ref", When = "result != null")]
    private Folio? FindOrRead(ulong index)
    {
        var folio = GetLocked(index, out _);
        if (folio == null)
            return null;
        folio.Unlock();
        return folio;
    }

    /// <summary>Puts the slot of a folio into its place; the file does not know the folio any more (<c>shmem_delete_from_page_cache</c>).</summary>
    [MustHold("folio && folio.Ref"), Requires("folio.Mapping == this")]
    internal void ReplaceBySwap(Folio folio)
    {
        Memory.Swap.AddUser(folio.Swap);
        PagesLock.Lock();
        _pages.Remove(folio.Index);
        _swapped.Add(folio.Index, folio.Swap);
        PagesLock.Unlock();
        folio.Mapping = null;
        folio.AdoptReference();
        Memory.Put(folio);
        Memory.SwappedFiles.Add(this);
    }

    /// <summary>Takes a clean page out of the file if nobody but the file and the caller refers to it (<c>__remove_mapping</c>).</summary>
    /// <returns>Whether; then the folio has no reference left.</returns>
    [MustHold("folio && folio.Ref"), Releases("folio.Ref", When = "result")]
    internal bool TryReclaim(Folio folio)
    {
        PagesLock.Lock();
        if (folio.Has(FolioFlags.Dirty) || !folio.TryFreeze(2))
        {
            PagesLock.Unlock();
            return false;
        }

        _pages.Remove(folio.Index);
        PagesLock.Unlock();
        _pageAccount?.Uncharge(1);
        return true;
    }

    /// <summary>Brings back every page that lies on a device (<c>shmem_unuse</c>).</summary>
    /// <returns>False if memory is exhausted.</returns>
    [AllocatesPages]
    internal bool BringBack(int device)
    {
        foreach (ulong index in SwappedBetween(0, ulong.MaxValue))
        {
            if (TryFindSwapped(index, out var entry) && entry.Type == device && !TryBringBack(index, entry))
                return false;
        }

        return true;
    }

    /// <summary>Reads pages of [first, end) that are in swap into memory (<c>shmem_swapin_range</c>).</summary>
    [AllocatesPages]
    internal void ReadSwapped(ulong first, ulong end)
    {
        foreach (ulong index in SwappedBetween(first, end))
        {
            if (TryFindSwapped(index, out var entry))
                SwapIn.ReadToCache(Memory, entry, isAhead: false);
        }
    }

    /// <summary>The numbers of the pages of [first, end) that are in swap.</summary>
    internal ulong[] SwappedBetween(ulong first, ulong end)
    {
        PagesLock.Lock();
        ulong[] indices = KeysBetween(_swapped, first, end);
        PagesLock.Unlock();
        return indices;
    }

    /// <summary>Where the pages lie that are in swap.</summary>
    internal SwapEntry[] SwapEntries()
    {
        PagesLock.Lock();
        var entries = new SwapEntry[_swapped.Count];
        _swapped.Values.CopyTo(entries, 0);
        PagesLock.Unlock();
        return entries;
    }

    /// <summary>Gives up the pages of [first, end) that are in swap (<c>shmem_free_swap</c>).</summary>
    internal void DropSwapped(ulong first, ulong end)
    {
        foreach (ulong index in SwappedBetween(first, end))
        {
            PagesLock.Lock();
            bool removed = _swapped.Remove(index, out var entry);
            PagesLock.Unlock();
            if (!removed)
                continue;
            Memory.Swap.RemoveUserAndCache(Memory, entry);
            _pageAccount?.Uncharge(1);
        }
    }

    [MustNotHold("PagesLock")]
    private bool TryFindSwapped(ulong index, out SwapEntry entry)
    {
        PagesLock.Lock();
        bool found = _swapped.TryGetValue(index, out entry);
        PagesLock.Unlock();
        return found;
    }

    /// <summary>Brings one page back, unless that is not its entry any more (<c>shmem_swapin_folio</c>).</summary>
    /// <returns>False if memory is exhausted or the device failed.</returns>
    [AllocatesPages]
    private bool TryBringBack(ulong index, SwapEntry entry)
    {
        var device = Memory.Swap.TryGet(entry);
        if (device == null)
            return true;
        var folio = SwapIn.Read(Memory, device, entry, out bool exhausted);
        device.Put();
        if (folio == null)
            return !exhausted;
        folio.Lock();
        bool valid = folio.Has(FolioFlags.UpToDate);
        if (valid && folio.Has(FolioFlags.SwapCache) && folio.Swap == entry && TryExchange(index, entry, folio))
            Memory.Swap.RemoveUser(entry);

        SwapFault.ReleaseUnused(Memory, folio);
        return valid;
    }

    /// <summary>Puts the folio into the place of its entry.</summary>
    [MustHold("folio && folio.Ref")]
    private bool TryExchange(ulong index, SwapEntry entry, Folio folio)
    {
        PagesLock.Lock();
        bool isThere = _swapped.TryGetValue(index, out var current) && current == entry && _swapped.Remove(index) && TryInsert(index, folio);
        PagesLock.Unlock();
        if (isThere)
        {
            folio.Mapping = this;
            folio.Index = index;
        }

        return isThere;
    }
}
