using System;
using System.Collections.Generic;
using System.Threading;
using MmLint;

namespace MmKernel;

/// <summary>
/// Same-page merging (<c>mm/ksm.c</c>): finds anonymous pages with equal contents in memory that asked for it (MADV_MERGEABLE), and lets all of
/// them be one write-protected page. A write makes a copy, as after fork.
/// </summary>
/// <remarks>
/// The stable tree holds the merged pages, whose contents cannot change; the unstable tree holds pages seen in this scan that could be merged
/// with, whose contents may, so that it is built anew with each scan. Both are indexed by a checksum, and contents are compared before anything
/// is done. Linux orders its trees by the contents themselves; what is found is the same.
/// </remarks>
public sealed class Ksm
{
    /// <summary>Places of one merged page, so that the walk to all of them ends in time (<c>max_page_sharing</c>).</summary>
    private const int MaxPageSharing = 256;

    [GuardedBy("Mutex", Deep = true)] private readonly Dictionary<ulong, List<KsmStableNode>> _stable = [];
    [GuardedBy("Mutex", Deep = true)] private readonly Dictionary<ulong, KsmRmapItem> _unstable = [];
    [GuardedBy("SlotsLock", Deep = true)] private readonly List<KsmSlot> _slots = [];
    [GuardedBy("Mutex"), ReadFreely] private long _fullScans;
    [Atomic] private bool _stops;
    private readonly Thread? _thread;

    internal Ksm(PhysicalMemory memory, MachineOptions options)
    {
        Memory = memory;
        UsesZeroPage = options.KsmUsesZeroPage;
        if (!options.KsmThread)
            return;
        _thread = new Thread(RunThread) { IsBackground = true, Name = "ksmd" };
        _thread.Start();
    }

    /// <summary>Held by whoever scans or unmerges everything (<c>ksm_thread_mutex</c>).</summary>
    public Mutex Mutex { get; } = new(LockdepClass.KsmMutex);

    /// <summary>Guards the list of address spaces to scan (<c>ksm_mmlist_lock</c>).</summary>
    internal SpinLock SlotsLock { get; } = new(LockdepClass.KsmSlots);

    /// <summary>The machine's memory.</summary>
    internal PhysicalMemory Memory { get; }

    /// <summary>Whether pages of zeros become the zero page (<c>use_zero_pages</c>).</summary>
    internal bool UsesZeroPage { get; }

    /// <summary>Number of scans of everything (<c>full_scans</c>).</summary>
    public long FullScans => Volatile.Read(ref _fullScans);

    /// <summary>Scans everything a number of times; a page is merged in the second scan that finds it unchanged.</summary>
    /// <param name="scans">How often.</param>
    [MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    public void Scan(int scans)
    {
        for (int i = 0; i < scans; i++)
        {
            Mutex.Lock();
            KsmScan.FullScan(this);
            _fullScans++;
            Mutex.Unlock();
        }
    }

    /// <summary>Gives every mapping a page of its own again (writing 2 to <c>/sys/kernel/mm/ksm/run</c>).</summary>
    /// <returns>0, or −ENOMEM with some still merged.</returns>
    [MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    public long UnmergeAll()
    {
        long error = 0;
        Mutex.Lock();
        foreach (var slot in Slots())
        {
            error = KsmUnmerge.UnmergeMm(slot.Mm);
            if (error != 0)
                break;
            KsmScan.DropItems(this, slot, long.MaxValue);
        }

        Mutex.Unlock();
        return error;
    }

    /// <summary>Number of merged pages (<c>pages_shared</c>).</summary>
    /// <returns>The number now.</returns>
    [MaySleep]
    public int CountShared()
    {
        int count = 0;
        Mutex.Lock();
        foreach (var nodes in _stable.Values)
        {
            foreach (var node in nodes)
            {
                if (GetFolio(node) is { } folio)
                {
                    count++;
                    Memory.Put(folio);
                }
            }
        }

        Mutex.Unlock();
        return count;
    }

    /// <summary>An address space is to be scanned from now on; once (<c>__ksm_enter</c>).</summary>
    /// <returns>False if memory was short.</returns>
    internal bool TryEnter(MmStruct mm)
    {
        if (mm.IsMergeable)
            return true;
        if (FaultInjector.Fails(FaultPoint.Merging))
            return false;
        if (mm.TrySetMergeable())
            AddSlot(new KsmSlot(mm));
        return true;
    }

    /// <summary>Ends the thread, if there is one.</summary>
    internal void Stop()
    {
        Volatile.Write(ref _stops, true);
        _thread?.Join();
    }

    /// <summary>The address spaces to scan, without those that ended.</summary>
    internal KsmSlot[] Slots()
    {
        SlotsLock.Lock();
        KsmSlot[] slots = [.. _slots];
        SlotsLock.Unlock();
        return slots;
    }

    /// <summary>Takes an address space out that has ended (<c>__ksm_exit</c>).</summary>
    internal void RemoveSlot(KsmSlot slot)
    {
        SlotsLock.Lock();
        _ = _slots.Remove(slot);
        SlotsLock.Unlock();
    }

    /// <summary>Empties the unstable tree, for a new scan.</summary>
    [MustHold("Mutex")]
    internal void ClearUnstable() => _unstable.Clear();

    /// <summary>The page of the unstable tree with a checksum, or, if there is none, puts this one in (<c>unstable_tree_search_insert</c>).</summary>
    /// <returns>Null if the item was put in.</returns>
    [MustHold("Mutex")]
    internal KsmRmapItem? FindOrInsertUnstable(ulong checksum, KsmRmapItem item) => _unstable.TryAdd(checksum, item) ? null : _unstable[checksum];

    /// <summary>Takes a page out of the unstable tree that was merged.</summary>
    [MustHold("Mutex")]
    internal void RemoveUnstable(ulong checksum) => _ = _unstable.Remove(checksum);

    /// <summary>
    /// The merged page with the contents of another (<c>stable_tree_search</c>), if it takes in one more (<c>is_page_sharing_candidate</c>); nodes of
    /// freed pages are dropped on the way.
    /// </summary>
    /// <returns>With a reference; null if there is none.</returns>
    [MustHold("Mutex"), MaySleep, Acquires("result.Ref", When = "result != null")]
    internal Folio? FindStable(ulong checksum, Folio like)
    {
        if (!_stable.TryGetValue(checksum, out var nodes))
            return null;
        for (int i = nodes.Count - 1; i >= 0; i--)
        {
            // Whoever moves the page either has done so, or sees the reference.
            var node = nodes[i];
            var folio = GetFolioLocked(node);
            if (folio == null)
            {
                nodes.RemoveAt(i);
                continue;
            }

            // One that is mapped nowhere that is scanned is about to go, or is kept by somebody who did not ask for merging.
            bool takesMore = node.Links.Length is > 0 and < MaxPageSharing;
            folio.Unlock();
            if (takesMore && Memory.IsSame(folio, like))
                return folio;
            Memory.Put(folio);
        }

        if (nodes.Count == 0)
            _ = _stable.Remove(checksum);
        return null;
    }

    /// <summary>Adds a merged page to the stable tree (<c>stable_tree_insert</c>).</summary>
    [MustHold("Mutex")]
    internal void InsertStable(ulong checksum, KsmStableNode node)
    {
        if (!_stable.TryGetValue(checksum, out var nodes))
            _stable[checksum] = nodes = [];
        nodes.Add(node);
    }

    /// <summary>The page of a node, if it still is (<c>ksm_get_folio</c>).</summary>
    /// <returns>With a reference; null if the page was freed: the node is dead then.</returns>
    [MustHold("Mutex"), Acquires("result.Ref", When = "result != null")]
    internal Folio? GetFolio(KsmStableNode node)
    {
        while (true)
        {
            var folio = Volatile.Read(ref node.Folio);
            if (folio.TryGet())
            {
                // The frame may have been given to somebody else; with a reference on a page that is the node's it cannot.
                if (Volatile.Read(ref folio.Mapping) == node)
                    return folio;
                Memory.Put(folio);
            }

            // Unless the contents have been moved, the page is gone.
            if (Volatile.Read(ref node.Folio) == folio)
                return null;
        }
    }

    /// <summary>The page of a node, locked so that its contents are not moved.</summary>
    /// <returns>Locked and with a reference; null if the page was freed: the node is dead then.</returns>
    [MustHold("Mutex"), MaySleep]
    [Acquires("result && result.Ref", When = "result != null"), Ensures("result == node.Folio", When = "result != null")]
    internal Folio? GetFolioLocked(KsmStableNode node)
    {
        while (true)
        {
            var folio = GetFolio(node);
            if (folio == null)
                return null;
            folio.Lock();
            if (node.Folio == folio)
                return folio;
            folio.Unlock();
            Memory.Put(folio);
        }
    }

    [MustNotHold("SlotsLock")]
    private void AddSlot(KsmSlot slot)
    {
        SlotsLock.Lock();
        _slots.Add(slot);
        SlotsLock.Unlock();
    }

    [MaySleep]
    private void RunThread()
    {
        while (!Volatile.Read(ref _stops))
        {
            Scan(1);
            Thread.Sleep(1);
        }
    }
}
