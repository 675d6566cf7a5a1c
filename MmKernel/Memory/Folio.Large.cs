using System.Threading;
using MmLint;

namespace MmKernel;

/// <summary>Folios of several frames (<c>folio_test_large</c>), as huge pages are.</summary>
public sealed partial class Folio
{
    // Null in a folio's only or first page; both change only while nobody else can have a reference.
    [Atomic] private Folio? _head;
    [Atomic] private int _order;

    // In the head of a large folio: entries that map all of it at once, and entries of either size.
    [Atomic] private int _entireMappings;
    [Atomic] private int _largeMappings;

    /// <summary>The first page of the folio that this page belongs to; itself for a page of its own (<c>page_folio</c>).</summary>
    public Folio Head => Volatile.Read(ref _head) ?? this;

    /// <summary>log2 of the number of frames (<c>folio_order</c>).</summary>
    public int Order => Volatile.Read(ref Head._order);

    /// <summary>Whether the folio has several frames (<c>folio_test_large</c>).</summary>
    public bool IsLarge => Head.IsLargeHead;

    /// <summary>Number of frames (<c>folio_nr_pages</c>).</summary>
    public int PageCount => 1 << Order;

    /// <summary>
    /// Number of entries that map this page, those included that map the whole folio (<c>folio_precise_page_mapcount</c>).
    /// </summary>
    public int PageMapCount => Volatile.Read(ref _mappings) + EntireMapCount;

    /// <summary>Number of entries that map the whole folio at once (<c>folio_entire_mapcount</c>).</summary>
    public int EntireMapCount
    {
        get
        {
            var head = Head;
            return head.IsLargeHead ? Volatile.Read(ref head._entireMappings) : 0;
        }
    }

    /// <summary>Whether fewer entries map the folio than it has pages, so that frames lie idle (<c>folio_test_partially_mapped</c>).</summary>
    internal bool IsPartiallyMapped => IsLarge && MapCount != 0 && EntireMapCount == 0 && MapCount < PageCount;

    private bool IsLargeHead => Volatile.Read(ref _order) != 0;

    /// <summary>Makes this folio, the first of a block just allocated, the head of all (<c>prep_compound_page</c>).</summary>
    internal void Compound(PhysicalMemory memory, int order)
    {
        Volatile.Write(ref _order, order);
        for (ulong frame = Frame + 1; frame < Frame + (1UL << order); frame++)
        {
            var tail = memory.FolioOf(frame);
            Volatile.Write(ref tail._flags, 0);
            Volatile.Write(ref tail._head, this);
        }
    }

    /// <summary>Makes the frames folios of their own again, of which nobody has a reference (<c>destroy_large_folio</c>).</summary>
    internal void Dissolve(PhysicalMemory memory)
    {
        Lockdep.Assert(ReferenceCount == 0 && MapCount == 0, "large folio dissolved while in use");
        int pages = PageCount;
        Volatile.Write(ref _order, 0);
        for (ulong frame = Frame + 1; frame < Frame + (ulong)pages; frame++)
            Volatile.Write(ref memory.FolioOf(frame)._head, null);
    }

    /// <summary>
    /// Makes the pages of a folio whose references are frozen folios of their own (<c>__split_folio_to_order</c>). All but the first are left
    /// locked, and with one reference, for their mappings are still to return.
    /// </summary>
    [MustHold("this")]
    internal void Scatter(PhysicalMemory memory)
    {
        const FolioFlags Inherited = FolioFlags.UpToDate | FolioFlags.Dirty | FolioFlags.SwapBacked | FolioFlags.Referenced
            | FolioFlags.Anonymous | FolioFlags.Active | FolioFlags.Mlocked | FolioFlags.Idle | FolioFlags.Young;
        Lockdep.Assert(ReferenceCount == 0 && MapCount == 0, "large folio split while in use");
        int pages = PageCount;
        Volatile.Write(ref _order, 0);
        for (int i = 1; i < pages; i++)
        {
            var page = memory.FolioOf(Frame + (ulong)i);
            page.Set(FlagsAmong(Inherited) | FolioFlags.Locked);
            page.AdoptLock();
            page.Mapping = Mapping;
            page.Index = Index + (ulong)i;
            Volatile.Write(ref page._references, 1);
            Volatile.Write(ref page._head, null);
            page.LeaveLocked();
        }
    }

    /// <summary>Keeps everybody from taking references, if the caller's is the only one (<c>folio_ref_freeze</c>).</summary>
    [MustHold("Ref")]
    internal bool TryFreezeAlone() => Interlocked.CompareExchange(ref _references, 0, 1) == 1;

    /// <summary>Ends that nobody can take a reference (<c>folio_ref_unfreeze</c>).</summary>
    [MustHold("this")]
    internal void Unfreeze() => Volatile.Write(ref _references, 1);

    /// <summary>Takes over the lock of a folio that was left locked.</summary>
    [Acquires("this", Try = true)]
    internal void AdoptLock()
    {
        Lockdep.Assert(IsLocked, "lock adopted that nobody has");
        Lockdep.AcquireByTry(this, LockdepClass.Folio, LockMode.Exclusive);
    }

    /// <summary>Leaves the folio locked, for somebody to adopt the lock.</summary>
    [Releases("this")]
    internal void LeaveLocked() => Lockdep.ReleaseByAnyone(this);

    /// <summary>Counts one more entry that maps the whole folio; page_table_lock is held (<c>folio_add_anon_rmap_pmd</c>).</summary>
    internal void AddEntireMapping()
    {
        Interlocked.Increment(ref _largeMappings);
        Interlocked.Increment(ref _entireMappings);
    }

    /// <summary>Counts one entry less that maps the whole folio (<c>folio_remove_rmap_pmd</c>).</summary>
    internal void RemoveEntireMapping()
    {
        int now = Interlocked.Decrement(ref _entireMappings);
        Lockdep.Assert(now >= 0, "folio map count below zero");
        Interlocked.Decrement(ref _largeMappings);
    }

    /// <summary>
    /// One entry that maps the whole folio becomes one for each page: they all count before the one does no more, so that nobody finds a page
    /// unmapped in between. The references of the new entries are taken, and belong to them.
    /// </summary>
    /// <param name="memory">The machine's memory.</param>
    internal void ReplaceEntireMapping(PhysicalMemory memory)
    {
        bool isExclusive = Has(FolioFlags.AnonExclusive);
        int pages = PageCount;
        Interlocked.Add(ref _references, pages - 1);
        for (ulong frame = Frame; frame < Frame + (ulong)pages; frame++)
        {
            var page = memory.FolioOf(frame);
            if (isExclusive)
                page.Set(FolioFlags.AnonExclusive);
            page.AddMapping();
        }

        RemoveEntireMapping();
    }
}
