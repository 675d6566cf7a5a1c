using System.Threading;
using MmLint;

namespace MmKernel;

/// <summary>
/// A page frame's metadata (<c>struct page</c>, <c>struct folio</c>). The lock of a folio is the folio itself. One object exists for each frame
/// from the start, so that no fault allocates one.
/// </summary>
/// <remarks>
/// Frames that were allocated together are one large folio. The object of the first is its <see cref="Head"/>, which has the lock, the owner, the
/// references, the pins and the place on a list; the objects of all have what is known of a single page: how many entries map it, and whether it
/// is exclusive. References and pins may be taken and given back through any page.
/// </remarks>
[Lock(LockKind.Mutex, Owner = LockOwner.Anyone)]
public sealed partial class Folio
{
    [Atomic] private int _flags;
    [Atomic] private int _references;
    [Atomic] private int _mappings;
    [Atomic] private int _pins;

    internal Folio(ulong frame)
    {
        Frame = frame;
        TableLock = new PageTableLock { Order = frame };
    }

    /// <summary>The frame number (<c>folio_pfn</c>).</summary>
    public ulong Frame { get; }

    /// <summary>A reference that keeps the frame from being given back (<c>_refcount</c>).</summary>
    [Lock(LockKind.Reference)]
    public LockName Ref => default;

    /// <summary>
    /// What owns the contents: an <see cref="AnonVma"/>, an <see cref="AddressSpace"/>, or null. It changes only under the folio lock
    /// (<c>mapping</c>).
    /// </summary>
    [GuardedBy("this"), ReadFreely] internal object? Mapping;

    /// <summary>The page's number in what owns it (<c>index</c>).</summary>
    [GuardedBy("this"), ReadFreely] internal ulong Index;

    /// <summary>The slot in swap, while the folio has one (<c>swap</c>).</summary>
    [GuardedBy("this")] internal SwapEntry Swap;

    // Links and list among the pages that may be reclaimed; once isolated, the folio's links belong to whoever isolated it.
    [GuardedBy("LruLists.Lock")] internal Folio? LruNext;
    [GuardedBy("LruLists.Lock")] internal Folio? LruPrevious;
    [GuardedBy("LruLists.Lock")] internal LruList LruList;

    // Links and order of the free block that starts here; they belong to the buddy allocator while the frame is free.
    [GuardedBy("BuddyAllocator.Lock")] internal Folio? FreeNext;
    [GuardedBy("BuddyAllocator.Lock")] internal Folio? FreePrevious;
    [GuardedBy("BuddyAllocator.Lock")] internal int FreeOrder = NotFree;

    /// <summary>The lock of the page table in this frame, while there is one.</summary>
    internal PageTableLock TableLock { get; }

    internal const int NotFree = -1;

    /// <summary>Number of references; outdated as soon as it is returned (<c>folio_ref_count</c>).</summary>
    public int ReferenceCount => Volatile.Read(ref Head._references);

    /// <summary>Number of page-table entries that map the folio or a page of it (<c>folio_mapcount</c>).</summary>
    public int MapCount
    {
        get
        {
            var head = Head;
            return head.IsLargeHead ? Volatile.Read(ref head._largeMappings) : Volatile.Read(ref _mappings);
        }
    }

    /// <summary>Whether somebody outside the page tables relies on the page staying where it is (<c>folio_maybe_dma_pinned</c>).</summary>
    public bool IsPinned => Volatile.Read(ref Head._pins) > 0;

    /// <summary>Whether somebody holds the folio lock (<c>folio_test_locked</c>).</summary>
    public bool IsLocked => Has(FolioFlags.Locked);

    /// <summary>Whether the contents are anonymous memory (<c>folio_test_anon</c>).</summary>
    public bool IsAnonymous => Head.Has(FolioFlags.Anonymous);

    /// <summary>The node of a page that was merged with others; null for others. It stays as long as the page is mapped (<c>folio_test_ksm</c>).</summary>
    internal KsmStableNode? KsmNode => Volatile.Read(ref Mapping) as KsmStableNode;

    /// <summary>Locks the folio (<c>folio_lock</c>).</summary>
    [Acquires("this"), MaySleep]
    public void Lock()
    {
        Lockdep.Acquire(this, LockdepClass.Folio, LockMode.Exclusive);
        WaitAndTake();
    }

    /// <summary>Locks the folio while another one is locked, as the lock order allows (<c>folio_lock</c> of a destination).</summary>
    /// <param name="outer">The folio that the caller has locked.</param>
    [Acquires("this", Inside = "outer"), MaySleep]
    public void LockNested(Folio outer)
    {
        Lockdep.AcquireInside(this, LockdepClass.Folio, LockMode.Exclusive, outer);
        WaitAndTake();
    }

    /// <summary>Locks the folio if that takes no waiting (<c>folio_trylock</c>).</summary>
    [Acquires("this", When = "result", Try = true)]
    public bool TryLock()
    {
        Interleaving.Reach(SchedulePoint.Try, this);
        if (!TrySetLocked())
        {
            LockStatistics.Count(LockdepClass.Folio, LockEvent.Refused);
            return false;
        }

        Lockdep.AcquireByTry(this, LockdepClass.Folio, LockMode.Exclusive);
        LockStatistics.Count(LockdepClass.Folio, LockEvent.Exclusive);
        return true;
    }

    /// <summary>
    /// Has the calling task woken when the folio is unlocked the next time (<c>migration_entry_wait_on_locked</c>). No reference is needed by who
    /// holds what the folio is locked for.
    /// </summary>
    /// <returns>False if it is not locked.</returns>
    internal bool TryQueueForUnlock()
    {
        var bucket = WaitTable.For(this);
        bucket.Lock.Lock();

        // With this flag set before the lock is looked at, it is not given back without a look at the queue.
        Set(FolioFlags.Waiters);
        bool isLocked = IsLocked;
        if (isLocked)
            bucket.Enqueue(Task.Current, this, exclusive: false);
        else
            Grant(bucket);
        bucket.Lock.Unlock();
        return isLocked;
    }

    /// <summary>Unlocks the folio; anybody may do it (<c>folio_unlock</c>).</summary>
    [Releases("this")]
    public void Unlock()
    {
        Interleaving.Reach(SchedulePoint.Release, this);
        Lockdep.ReleaseByAnyone(this);
        int flags = Volatile.Read(ref _flags);
        while ((flags & (int)FolioFlags.Waiters) == 0)
        {
            int seen = Interlocked.CompareExchange(ref _flags, flags & ~(int)FolioFlags.Locked, flags);
            if (seen == flags)
                return;
            flags = seen;
        }

        var bucket = WaitTable.For(this);
        bucket.Lock.Lock();
        Clear(FolioFlags.Locked);
        Grant(bucket);
        bucket.Lock.Unlock();
    }

    internal bool Has(FolioFlags flag) => (Volatile.Read(ref _flags) & (int)flag) != 0;

    /// <summary>Those of some flags that are set.</summary>
    internal FolioFlags FlagsAmong(FolioFlags flags) => (FolioFlags)Volatile.Read(ref _flags) & flags;

    internal void Set(FolioFlags flag) => Interlocked.Or(ref _flags, (int)flag);

    internal void Clear(FolioFlags flag) => Interlocked.And(ref _flags, ~(int)flag);

    /// <summary>Takes one more reference (<c>folio_get</c>).</summary>
    [Acquires("Ref")]
    internal void Get()
    {
        Interleaving.Reach(SchedulePoint.LockFree, this);
        Interlocked.Increment(ref Head._references);
    }

    /// <summary>Takes a reference unless the last one is gone (<c>folio_try_get</c>).</summary>
    [Acquires("Ref", When = "result", Try = true)]
    internal bool TryGet()
    {
        Interleaving.Reach(SchedulePoint.LockFree, this);
        var head = Head;
        int references = Volatile.Read(ref head._references);
        while (references != 0)
        {
            int seen = Interlocked.CompareExchange(ref head._references, references + 1, references);
            if (seen == references)
                return true;
            references = seen;
        }

        return false;
    }

    /// <summary>
    /// The reference that the caller owned belongs to somebody else from here on, such as the page-table entry that maps the folio.
    /// </summary>
    [Releases("Ref")]
    internal void HandOverReference() => Lockdep.Assert(ReferenceCount > 0, "reference handed over that nobody has");

    /// <summary>Takes over a reference that something kept which is gone now, such as a cleared page-table entry.</summary>
    [Acquires("Ref")]
    internal void AdoptReference() => Lockdep.Assert(ReferenceCount > 0, "reference adopted that nobody has");

    /// <summary>Gives a reference back (<c>folio_put_testzero</c>).</summary>
    /// <returns>Whether it was the last: then the caller frees the frame.</returns>
    [Releases("Ref")]
    internal bool PutTestZero()
    {
        Interleaving.Reach(SchedulePoint.LockFree, this);
        int now = Interlocked.Decrement(ref Head._references);
        Lockdep.Assert(now >= 0, "folio reference count below zero");
        return now == 0;
    }

    /// <summary>Ends all references at once if there are as many as expected, so that no new one can be taken (<c>folio_ref_freeze</c>).</summary>
    /// <param name="expected">The caller's and those that it gives back on behalf of others.</param>
    [Releases("Ref", When = "result")]
    internal bool TryFreeze(int expected) => Interlocked.CompareExchange(ref _references, 0, expected) == expected;

    /// <summary>
    /// Gives the reference back that a cache has, if besides it there is only the caller's: then nobody is using the contents
    /// (<c>folio_ref_freeze</c> and what follows it, in one step).
    /// </summary>
    [MustHold("Ref")]
    internal bool TryEndCaching()
    {
        Interleaving.Reach(SchedulePoint.LockFree, this);
        return Interlocked.CompareExchange(ref _references, 1, 2) == 2;
    }

    /// <summary>Counts one more pin; the pinner has a reference besides (<c>GUP_PIN_COUNTING_BIAS</c>).</summary>
    internal void AddPin() => Interlocked.Increment(ref Head._pins);

    /// <summary>Counts one pin less.</summary>
    internal void RemovePin()
    {
        int now = Interlocked.Decrement(ref Head._pins);
        Lockdep.Assert(now >= 0, "folio pin count below zero");
    }

    /// <summary>Counts one more page-table entry that maps this page; the lock of its table is held.</summary>
    internal void AddMapping()
    {
        var head = Head;
        if (head.IsLargeHead)
            Interlocked.Increment(ref head._largeMappings);
        Interlocked.Increment(ref _mappings);
    }

    /// <summary>Counts one page-table entry less; the lock of its table is held.</summary>
    internal void RemoveMapping()
    {
        var head = Head;
        int now = Interlocked.Decrement(ref _mappings);
        Lockdep.Assert(now >= 0, "folio map count below zero");
        if (head.IsLargeHead)
            Interlocked.Decrement(ref head._largeMappings);
    }

    /// <summary>Makes the metadata that of a frame just allocated: one reference, nothing else known. Nobody else can reach it.</summary>
    [Acquires("Ref")]
    internal void ResetForUse(FolioFlags flags)
    {
        Lockdep.Assert(!Has(FolioFlags.Lru), "free folio on a list of pages in use");
        Volatile.Write(ref _flags, (int)flags);
        Volatile.Write(ref _references, 1);
    }

    /// <summary>
    /// Whoever brought the reference count to zero is alone with the folio, as if it were locked (checked, and assumed from here on).
    /// </summary>
    [AssertsHeld("exclusive(this)")]
    internal void AssertUnreferenced() => Lockdep.Assert(ReferenceCount == 0 && !IsLocked, "folio freed while in use");

    private bool TrySetLocked()
    {
        int flags = Volatile.Read(ref _flags);
        while ((flags & (int)(FolioFlags.Locked | FolioFlags.Waiters)) == 0)
        {
            int seen = Interlocked.CompareExchange(ref _flags, flags | (int)FolioFlags.Locked, flags);
            if (seen == flags)
                return true;
            flags = seen;
        }

        return false;
    }

    [Acquires("this"), MaySleep]
    private void WaitAndTake()
    {
        Interleaving.Reach(SchedulePoint.Acquire, this);
        if (!TrySetLocked())
            Wait();
        Lockdep.AcquireByTry(this, LockdepClass.Folio, LockMode.Exclusive);
        LockStatistics.Count(LockdepClass.Folio, LockEvent.Exclusive);
    }

    [MaySleep]
    private void Wait()
    {
        LockStatistics.Count(LockdepClass.Folio, LockEvent.Waited);
        var task = Task.Current;
        var bucket = WaitTable.For(this);
        bucket.Lock.Lock();
        Set(FolioFlags.Waiters);
        bucket.Enqueue(task, this, exclusive: true);
        Grant(bucket);
        bucket.Lock.Unlock();
        _ = task.SleepUntilWoken(killable: false);
    }

    /// <summary>Wakes who only waits for an unlocked folio, and hands it to who has waited longest to lock it.</summary>
    [MustHold("bucket.Lock")]
    private void Grant(WaitBucket bucket)
    {
        while (!IsLocked && bucket.FirstReaderFor(this) is { } reader)
            bucket.Grant(reader);
        if (!IsLocked && bucket.FirstFor(this) is { } first)
        {
            Set(FolioFlags.Locked);
            bucket.Grant(first);
        }

        if (bucket.FirstFor(this) == null)
            Clear(FolioFlags.Waiters);
    }
}
