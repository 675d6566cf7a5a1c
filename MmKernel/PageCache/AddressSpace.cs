using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using MmLint;

namespace MmKernel;

/// <summary>The contents of a file: its cached pages and who maps them (<c>struct address_space</c>).</summary>
public sealed partial class AddressSpace
{
    [GuardedBy("PagesLock")] private readonly Dictionary<ulong, Folio> _pages = [];
    [GuardedBy("PagesLock")] private readonly Dictionary<ulong, SwapEntry> _swapped = [];
    [GuardedBy("PagesLock"), ReadFreely] private ulong _size;

    // Shared mappings that are or can become writable; negative: none may come (i_mmap_writable).
    [Atomic] private int _writableMappings;

    private readonly CommitAccount? _pageAccount;

    /// <summary>Creates an empty file.</summary>
    /// <param name="memory">Where the pages come from.</param>
    /// <param name="backing">Where the contents lie; null if nowhere else.</param>
    /// <param name="pageAccount">What each page is charged to; null if the pages are promised already, or can be written back.</param>
    internal AddressSpace(PhysicalMemory memory, FileBacking? backing, CommitAccount? pageAccount)
    {
        Memory = memory;
        Backing = backing;
        _pageAccount = pageAccount;
        Vmas = new IntervalTree<VmArea>(ImapLock);
    }

    /// <summary>Guards the set of VMAs that map the file (<c>i_mmap_rwsem</c>).</summary>
    public RwSemaphore ImapLock { get; } = new(LockdepClass.ImapLock);

    /// <summary>The VMAs that map the file, by page index (<c>i_mmap</c>).</summary>
    [Ensures("result.Guard == ImapLock")]
    internal IntervalTree<VmArea> Vmas { get; }

    /// <summary>Guards the index of the cached pages (the lock of <c>i_pages</c>).</summary>
    internal SpinLock PagesLock { get; } = new(LockdepClass.Pages);

    /// <summary>Where the pages come from.</summary>
    internal PhysicalMemory Memory { get; }

    /// <summary>Length in bytes (<c>i_size</c>). It changes under the file's lock; whoever has a folio locked tests it again.</summary>
    internal ulong Size => Volatile.Read(ref _size);

    /// <summary>Number of cached pages (<c>nrpages</c>).</summary>
    internal int PageCount
    {
        get
        {
            PagesLock.Lock();
            int count = _pages.Count;
            PagesLock.Unlock();
            return count;
        }
    }

    /// <summary>Stores the length; no page behind it is added from here on (<c>i_size_write</c>).</summary>
    internal void SetSize(ulong bytes)
    {
        PagesLock.Lock();
        Volatile.Write(ref _size, bytes);
        PagesLock.Unlock();
    }

    /// <summary>The cached page (<c>filemap_get_folio</c>).</summary>
    /// <returns>With a reference, not locked; null if there is none.</returns>
    [Acquires("result.Ref", When = "result != null")]
    internal Folio? Find(ulong index)
    {
        PagesLock.Lock();
        var folio = Peek(index);
        if (folio == null)
        {
            PagesLock.Unlock();
            return null;
        }

        folio.Get();
        PagesLock.Unlock();
        return folio;
    }

    /// <summary>The cached page; the cache's own reference keeps it while the lock is held.</summary>
    [MustHold("PagesLock")]
    [return: ValidWhileHeld("PagesLock || result.Ref")]
    private Folio? Peek(ulong index) => _pages.GetValueOrDefault(index);

    /// <summary>Whether the page is cached now (<c>filemap_get_entry</c>, for mincore).</summary>
    internal bool IsCached(ulong index)
    {
        PagesLock.Lock();
        bool cached = _pages.ContainsKey(index);
        bool swapped = _swapped.TryGetValue(index, out var entry);
        PagesLock.Unlock();
        return cached || (swapped && Memory.Swap.IsCached(Memory, entry));
    }

    /// <summary>The page, made if it is a hole, and locked so that it stays in the file (<c>shmem_get_folio</c>).</summary>
    /// <param name="index">Its number.</param>
    /// <param name="error">Why there is none: <see cref="VmFault.Sigbus"/> behind the end, <see cref="VmFault.Oom"/>.</param>
    /// <returns>Locked and with a reference; null after an error.</returns>
    [Acquires("result && result.Ref", When = "result != null"), Ensures("result.Mapping == this"), AllocatesPages]
    internal Folio? GetLocked(ulong index, out VmFault error)
    {
        while (true)
        {
            if (IsBeyondEnd(index))
            {
                error = VmFault.Sigbus;
                return null;
            }

            var folio = Find(index);
            if (folio != null)
            {
                folio.Lock();

                // Between finding and locking the page may have been cut off.
                if (folio.Mapping == this)
                {
                    bool isValid = TryRead(folio);
                    error = isValid ? VmFault.None : VmFault.Sigbus;
                    if (isValid)
                        return folio;
                    folio.Unlock();
                    Memory.Put(folio);
                    return null;
                }

                folio.Unlock();
                Memory.Put(folio);
            }
            else
            {
                if (!TryFindSwapped(index, out var entry))
                    error = AddNew(index);
                else
                    error = TryBringBack(index, entry) ? VmFault.None : VmFault.Oom;
                if (error != VmFault.None)
                    return null;
            }
        }
    }

    /// <summary>Whether the file ends before the page; that may change at any time.</summary>
    internal bool IsBeyondEnd(ulong index) => index >= Page.AlignUp(Size) >> Page.Shift;

    /// <summary>The cached page, locked so that it stays in the file (<c>filemap_lock_folio</c>).</summary>
    /// <returns>Locked and with a reference; null if there is none.</returns>
    [Acquires("result && result.Ref", When = "result != null"), Ensures("result.Mapping == this"), AllocatesPages]
    internal Folio? FindLocked(ulong index)
    {
        while (true)
        {
            var folio = Find(index);
            if (folio == null)
            {
                // In swap it is the file's as well.
                if (!TryFindSwapped(index, out var entry) || !TryBringBack(index, entry))
                    return null;
                continue;
            }

            folio.Lock();
            if (folio.Mapping == this)
                return folio;
            folio.Unlock();
            Memory.Put(folio);
        }
    }

    /// <summary>
    /// Puts a page into the file, locked, so that nobody uses it before its contents count (<c>shmem_add_to_page_cache</c>). The file has a
    /// reference of its own then.
    /// </summary>
    /// <returns>0; −EEXIST: there is one; −EFAULT: the file ends before it. The folio is not of the file and not locked then.</returns>
    [MustHold("folio.Ref"), Acquires("folio", When = "result == 0"), Ensures("folio.Mapping == this", When = "result == 0")]
    internal long Add([Fresh] Folio folio, ulong index)
    {
        if (!folio.TryLock())
            throw new System.InvalidOperationException("A page that nobody knows is locked.");
        folio.Mapping = this;
        folio.Index = index;
        folio.Set(FolioFlags.UpToDate | FolioFlags.SwapBacked);
        long error = 0;
        PagesLock.Lock();
        if (IsBeyondEnd(index))
            error = -(long)Errno.EFAULT;
        else if (!TryInsert(index, folio))
            error = -(long)Errno.EEXIST;
        PagesLock.Unlock();
        if (error != 0)
        {
            folio.Mapping = null;
            folio.Unlock();
            return error;
        }

        Memory.Lru?.Add(folio);
        return 0;
    }

    /// <summary>Takes a page out of the file; it stays with whoever has a reference (<c>filemap_remove_folio</c>).</summary>
    [MustHold("folio"), Requires("folio.Mapping == this")]
    internal void Remove(Folio folio)
    {
        PagesLock.Lock();
        bool removed = _pages.Remove(folio.Index);
        PagesLock.Unlock();
        folio.Mapping = null;
        if (!removed)
            throw new InvalidOperationException("A page of the file is not in its index.");
        folio.AdoptReference();
        Memory.Put(folio);
        _pageAccount?.Uncharge(1);
    }

    /// <summary>
    /// Puts another folio with the same contents in the place of one that nobody but the file and the caller refers to
    /// (<c>folio_migrate_mapping</c>).
    /// </summary>
    [MustHold("source && source.Ref && target && target.Ref"), Requires("source.Mapping == this")]
    internal bool TryReplace(Folio source, Folio target)
    {
        PagesLock.Lock();
        if (!source.TryEndCaching())
        {
            PagesLock.Unlock();
            return false;
        }

        _pages[source.Index] = target;
        target.Get();
        target.HandOverReference();
        PagesLock.Unlock();
        return true;
    }

    /// <summary>Counts one more shared mapping that can be written through (<c>mapping_map_writable</c>).</summary>
    /// <returns>False if there may be none.</returns>
    internal bool TryMapWritable()
    {
        int mappings = Volatile.Read(ref _writableMappings);
        while (mappings >= 0)
        {
            int seen = Interlocked.CompareExchange(ref _writableMappings, mappings + 1, mappings);
            if (seen == mappings)
                return true;
            mappings = seen;
        }

        return false;
    }

    /// <summary>Counts one less (<c>mapping_unmap_writable</c>).</summary>
    internal void UnmapWritable() => Interlocked.Decrement(ref _writableMappings);

    /// <summary>Allows no more of them, if there is none (<c>mapping_deny_writable</c>).</summary>
    internal bool TryDenyWritable() => Interlocked.CompareExchange(ref _writableMappings, -1, 0) <= 0;

    /// <summary>One more of them, or again none forbidden (<c>mapping_allow_writable</c>).</summary>
    internal void AllowWritable() => Interlocked.Increment(ref _writableMappings);

    /// <summary>The numbers of the cached pages in [first, end), for those who then look at each.</summary>
    internal ulong[] IndicesBetween(ulong first, ulong end)
    {
        PagesLock.Lock();
        ulong[] indices = KeysBetween(_pages, first, end);
        PagesLock.Unlock();
        Array.Sort(indices);
        return indices;
    }

    private static ulong[] KeysBetween<T>(Dictionary<ulong, T> index, ulong first, ulong end) => [.. index.Keys.Where(key => key >= first && key < end)];

    /// <summary>Adds a page of zeros unless somebody was faster or the end has moved before it.</summary>
    /// <returns><see cref="VmFault.Oom"/>, or <see cref="VmFault.Sigbus"/> if no page can be promised.</returns>
    [AllocatesPages]
    private VmFault AddNew(ulong index)
    {
        if (_pageAccount != null && !_pageAccount.TryChargeCurrent(1))
            return VmFault.Sigbus;
        var folio = FaultInjector.Fails(FaultPoint.PageCacheNode) ? null : Memory.AllocateZeroed();
        if (folio == null)
        {
            _pageAccount?.Uncharge(1);
            return VmFault.Oom;
        }

        folio.Mapping = this;
        folio.Index = index;
        if (Backing == null)
            folio.Set(FolioFlags.UpToDate | FolioFlags.SwapBacked);
        PagesLock.Lock();
        bool added = !IsBeyondEnd(index) && TryInsert(index, folio);
        PagesLock.Unlock();
        if (added)
            Memory.Lru?.Add(folio);
        else
            _pageAccount?.Uncharge(1);
        Memory.Put(folio);
        return VmFault.None;
    }

    /// <summary>
    /// Puts a page into the index unless one is there or in swap. The index has a reference of its own, for others may take the page out again as
    /// soon as the lock is given back.
    /// </summary>
    [MustHold("PagesLock && folio.Ref")]
    private bool TryInsert(ulong index, Folio folio)
    {
        if (_swapped.ContainsKey(index) || !_pages.TryAdd(index, folio))
            return false;
        folio.Get();
        folio.HandOverReference();
        return true;
    }
}
