using System;
using System.Runtime.InteropServices;
using System.Threading;
using MmLint;

namespace MmKernel;

/// <summary>
/// Physical memory: one block of native memory divided into frames, the metadata of each, and who hands frames out. Frame 0 is the zero
/// page, mapped read-only wherever memory was read before it was written.
/// </summary>
public sealed unsafe class PhysicalMemory : IDisposable
{
    /// <summary>The frame of the zero page (<c>my_zero_pfn</c>).</summary>
    public const ulong ZeroFrame = 0;

    private const int Alignment = 2 << 20;
    private const int RetriesBeforeKill = 16;

    private readonly byte* _base;
    private readonly Folio[] _folios;
    private readonly BuddyAllocator _buddy;
    private readonly PageCpuList[] _cpuLists;
    private readonly DirectCompaction _compaction;
    [Atomic] private bool _disposed;

    internal PhysicalMemory(long bytes, ReclaimPolicy reclaim)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1L << (BuddyAllocator.MaxOrder + Page.Shift));
        int frames = checked((int)(bytes >> Page.Shift));
        _base = (byte*)NativeMemory.AlignedAlloc((nuint)frames << Page.Shift, Alignment);
        _folios = new Folio[frames];
        for (int i = 0; i < frames; i++)
            _folios[i] = new Folio((ulong)i);
        _buddy = new BuddyAllocator(_folios);
        Deferred = new DeferredSplit(this);
        _compaction = new DirectCompaction(this);
        OomKiller = new OomKiller(this);
        _cpuLists = new PageCpuList[Environment.ProcessorCount];
        for (int i = 0; i < _cpuLists.Length; i++)
            _cpuLists[i] = new PageCpuList(_buddy);

        NativeMemory.Clear(_base, Page.Size);
        _folios[ZeroFrame].ResetForUse(FolioFlags.UpToDate | FolioFlags.Zero);
        _folios[ZeroFrame].HandOverReference();
        _buddy.FreeRange(1, (ulong)frames);
        if (reclaim == ReclaimPolicy.Off)
            return;
        Watermarks = Watermarks.For(frames);
        Lru = new LruLists(this);
        Reclaimer = new Reclaimer(this, Lru, reclaim);
    }

    /// <summary>Number of frames.</summary>
    public int FrameCount => _folios.Length;

    /// <summary>Frames that are free now, those on per-CPU lists included.</summary>
    public long FreeFrames
    {
        get
        {
            long free = _buddy.FreeFrames;
            foreach (var list in _cpuLists)
                free += list.Count;
            return free;
        }
    }

    /// <summary>What a frame is used for (<c>/proc/kpageflags</c>); outdated as soon as it is returned.</summary>
    /// <param name="frame">Its number.</param>
    public KernelPageFlags FlagsOf(ulong frame) => KernelPageFlagsView.Describe(_folios[frame]);

    /// <summary>The pages that may be reclaimed; null if the machine does not reclaim.</summary>
    internal LruLists? Lru { get; }

    /// <summary>Who frees memory when it is short; null if nobody does.</summary>
    internal Reclaimer? Reclaimer { get; }

    /// <summary>Who ends processes when nothing can be reclaimed.</summary>
    internal OomKiller OomKiller { get; }

    /// <summary>How much is kept free; nothing if the machine does not reclaim.</summary>
    internal Watermarks Watermarks { get; }

    /// <summary>Large folios to split when memory is short.</summary>
    internal DeferredSplit Deferred { get; }

    /// <summary>What happened to huge pages.</summary>
    internal HugePageCounters HugeEvents { get; } = new();

    /// <summary>The swap devices.</summary>
    internal SwapSpace Swap { get; } = new();

    /// <summary>How often what happened.</summary>
    public VmEventCounters Events { get; } = new();

    /// <summary>The address spaces of all processes.</summary>
    internal Registry<MmStruct> AddressSpaces { get; } = new();

    /// <summary>The files in memory that have had pages in swap.</summary>
    internal Registry<AddressSpace> SwappedFiles { get; } = new();

    /// <summary>Frames that are free and on no per-CPU list (<c>NR_FREE_PAGES</c>).</summary>
    internal long FreeInZone => _buddy.FreeFrames;

    /// <summary>
    /// The metadata of a frame (<c>pfn_to_page</c>); <see cref="Folio.Head"/> is that of the folio that it is a page of (<c>pfn_folio</c>).
    /// </summary>
    internal Folio FolioOf(ulong frame) => _folios[frame];

    /// <summary>The folio that a frame is a page of, whoever uses it (<c>folio_try_get</c>, with the look after it that Linux's callers take).</summary>
    /// <returns>With a reference; null if it is free.</returns>
    [Acquires("result.Ref", When = "result != null")]
    internal Folio? TryGetFolio(ulong frame)
    {
        var page = FolioOf(frame);
        var folio = page.Head;
        if (!folio.TryGet())
            return null;

        // Before the reference was taken, the page may have become part of another folio, or one of its own.
        if (page.Head == folio)
            return folio;
        Put(folio);
        return null;
    }

    /// <summary>The contents of a frame (<c>page_address</c>).</summary>
    internal byte* PointerTo(ulong frame) => _base + (frame << Page.Shift);

    /// <summary>Allocates a frame whose contents are undefined (<c>folio_alloc</c>).</summary>
    /// <returns>A folio with one reference; null if memory is exhausted.</returns>
    [return: Fresh]
    [AllocatesPages, Acquires("result.Ref", When = "result != null")]
    internal Folio? Allocate()
    {
        if (FaultInjector.Fails(FaultPoint.Page))
            return null;
        var folio = _cpuLists[Task.Current.Cpu].Take(Watermarks.Min);
        if (folio == null)
            folio = TakeAfterReclaim();
        if (folio == null)
            return null;
        if (Reclaimer != null && _buddy.FreeFrames < Watermarks.Low)
            Reclaimer.Wake();
        folio.ResetForUse(FolioFlags.None);
        return folio;
    }

    /// <summary>Allocates a frame filled with zeros (<c>folio_prealloc</c> with zeroing).</summary>
    /// <returns>A folio with one reference; null if memory is exhausted.</returns>
    [return: Fresh]
    [AllocatesPages, Acquires("result.Ref", When = "result != null")]
    internal Folio? AllocateZeroed()
    {
        var folio = Allocate();
        if (folio != null)
            NativeMemory.Clear(PointerTo(folio.Frame), Page.Size);
        return folio;
    }

    /// <summary>
    /// Allocates a huge page filled with zeros (<c>vma_alloc_anon_folio_pmd</c>). Nothing is reclaimed for it: whoever gets none does with single
    /// pages.
    /// </summary>
    /// <param name="compacts">Whether pages are moved out of the way if no block is free; that takes its time (<c>GFP_TRANSHUGE</c>).</param>
    /// <returns>A folio with one reference; null if there is no block of that size.</returns>
    [return: Fresh]
    [AllocatesPages, Acquires("result.Ref", When = "result != null")]
    internal Folio? AllocateHuge(bool compacts = false)
    {
        if (FaultInjector.Fails(FaultPoint.Page))
            return null;
        var folio = TakeHugeBlock();
        if (folio == null && compacts && _compaction.TryMakeBlock(HugePages.Order))
            folio = TakeHugeBlock();
        if (folio == null)
            return null;
        if (Reclaimer != null && _buddy.FreeFrames < Watermarks.Low)
            Reclaimer.Wake();
        folio.ResetForUse(FolioFlags.None);
        folio.Compound(this, HugePages.Order);
        NativeMemory.Clear(PointerTo(folio.Frame), (nuint)HugePages.Size);
        return folio;
    }

    /// <summary>Whether there is a free block of that order or a higher one; outdated as soon as it is returned.</summary>
    internal bool HasBlock(int order) => _buddy.HasBlock(order);

    /// <summary>Allocates one given frame, whose contents are undefined.</summary>
    /// <returns>A folio with one reference; null if the frame is not free, or on a per-CPU list.</returns>
    [return: Fresh]
    [Acquires("result.Ref", When = "result != null")]
    internal Folio? TryAllocateAt(ulong frame)
    {
        if (!_buddy.TryTake(_folios[frame]))
            return null;
        var folio = _folios[frame];
        folio.ResetForUse(FolioFlags.None);
        return folio;
    }

    /// <summary>Allocates an empty page table (<c>pagetable_alloc</c>).</summary>
    /// <returns>A folio whose one reference is the table's; null if memory is exhausted.</returns>
    [return: Fresh]
    [AllocatesPages]
    internal Folio? AllocateTable()
    {
        var folio = AllocateZeroed();
        if (folio == null)
            return null;
        folio.HandOverReference();
        return folio;
    }

    /// <summary>Frees a page table that nobody can reach any more.</summary>
    internal void FreeTable(Folio table)
    {
        table.AdoptReference();
        Put(table);
    }

    /// <summary>Gives a reference back and with the last one the frame (<c>folio_put</c>).</summary>
    [Releases("folio.Ref")]
    internal void Put(Folio folio)
    {
        if (folio.PutTestZero())
            Free(folio.Head);
    }

    /// <summary>Copies a whole frame.</summary>
    internal void Copy(Folio target, Folio source) =>
        Buffer.MemoryCopy(PointerTo(source.Frame), PointerTo(target.Frame), Page.Size, Page.Size);

    /// <summary>Gives this processor's list back to the buddy allocator (<c>drain_local_pages</c>).</summary>
    internal void DrainLocalList() => _cpuLists[Task.Current.Cpu].Drain();

    /// <summary>Whether two frames have the same contents now (<c>pages_identical</c>).</summary>
    internal bool IsSame(Folio first, Folio second) =>
        new ReadOnlySpan<byte>(PointerTo(first.Frame), Page.Size).SequenceEqual(new ReadOnlySpan<byte>(PointerTo(second.Frame), Page.Size));

    /// <summary>Gives the per-CPU lists back to the buddy allocator, so that its blocks can be looked at (<c>drain_all_pages</c>).</summary>
    internal void DrainCpuLists()
    {
        foreach (var list in _cpuLists)
            list.Drain();
    }

    /// <summary>Frees a folio whose references have been ended by <see cref="Folio.TryFreeze"/>.</summary>
    internal void FreeUnreferenced(Folio folio) => Free(folio);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, true))
            return;
        NativeMemory.AlignedFree(_base);
    }

    /// <summary>Frees pages until one is left for the caller (<c>__alloc_pages_slowpath</c>).</summary>
    [AllocatesPages]
    private Folio? TakeAfterReclaim()
    {
        var task = Task.Current;
        if (Reclaimer == null)
            return null;
        Reclaimer.Wake();
        int failures = 0;
        while (!task.IsReclaiming && task.Mm?.IsOomVictim != true)
        {
            Volatile.Write(ref task.AllocationStalls, Volatile.Read(ref task.AllocationStalls) + 1);
            bool progress = Reclaimer.TryToFreePages() > 0;
            if (!progress)
                DrainCpuLists();
            var folio = _cpuLists[task.Cpu].Take(Watermarks.Min);
            if (folio != null)
                return folio;
            if (progress)
                continue;
            Thread.Yield();
            if (++failures < RetriesBeforeKill)
                continue;
            if (task.IsOomOrigin)
                return null;
            if (!OomKiller.TryKill())
                break;
            failures = 0;
        }

        return _cpuLists[task.Cpu].Take(0);
    }

    private Folio? TakeHugeBlock() => _buddy.FreeFrames - HugePages.PageCount < Watermarks.Min ? null : _buddy.Allocate(HugePages.Order);

    private void Free(Folio folio)
    {
        folio.AssertUnreferenced();
        if (Lru != null)
            Lru.Release(folio);
        Lockdep.Assert(folio.MapCount == 0, "folio freed while mapped");
        folio.Mapping = null;
        folio.Index = 0;
        folio.Swap = default;
        if (folio.IsLarge)
        {
            int order = folio.Order;
            Deferred.Remove(folio);
            folio.Dissolve(this);
            _buddy.Free(folio, order);
            return;
        }

        _cpuLists[Task.Current.Cpu].Add(folio);
    }
}
