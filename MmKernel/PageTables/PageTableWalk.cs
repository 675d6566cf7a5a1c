using System;
using System.Threading;
using MmLint;
using static MmKernel.PageTableEntry;

namespace MmKernel;

/// <summary>Finding and making page tables: four levels, numbered from 0, the lowest, to 3.</summary>
internal static unsafe class PageTableWalk
{
    internal const int TopLevel = 3;

    /// <summary>Bytes that one lowest-level table maps (<c>PMD_SIZE</c>).</summary>
    internal const ulong TableSpan = 1UL << 21;

    private const int BitsPerLevel = 9;
    private const ulong IndexMask = (1UL << BitsPerLevel) - 1;

    /// <summary>Where what one lowest-level table maps ends, or the range up to <paramref name="end"/> if that is before (<c>pmd_addr_end</c>).</summary>
    internal static ulong TableEnd(ulong address, ulong end) => Math.Min(end, (address & ~(TableSpan - 1)) + TableSpan);

    /// <summary>Bytes that one entry of <paramref name="level"/> maps.</summary>
    internal static ulong SpanOf(int level) => 1UL << (Page.Shift + (BitsPerLevel * level));

    /// <summary>The entry for <paramref name="address"/> in the table of <paramref name="level"/> that lies in <paramref name="frame"/>.</summary>
    internal static ulong* EntryIn(PhysicalMemory memory, ulong frame, ulong address, int level) =>
        (ulong*)memory.PointerTo(frame) + ((address >> (Page.Shift + (BitsPerLevel * level))) & IndexMask);

    /// <summary>
    /// Walks with no lock: the lowest-level entry, or null if a table is missing or a huge page mapped in its place. The caller is in a section
    /// that page tables are not freed under.
    /// </summary>
    internal static ulong* Find(MmStruct mm, ulong address, out ulong tableFrame)
    {
        ulong* entry = FindLeaf(mm, address, out tableFrame, out ulong huge);
        return huge == None ? entry : null;
    }

    /// <summary>
    /// Walks as a processor does, with no lock: the entry that maps the address, or null if a table is missing. The caller is in a section that
    /// page tables are not freed under.
    /// </summary>
    /// <param name="mm">The address space.</param>
    /// <param name="address">The address.</param>
    /// <param name="tableFrame">The table that the entry is in.</param>
    /// <param name="huge">
    /// <see cref="Huge"/> if the entry is one of the second level that maps a huge page, else 0. Only as long as the entry has that bit it maps one.
    /// </param>
    internal static ulong* FindLeaf(MmStruct mm, ulong address, out ulong tableFrame, out ulong huge)
    {
        var memory = mm.Machine.Memory;
        tableFrame = mm.TopTable.Frame;
        huge = None;
        for (int level = TopLevel; level > 0; level--)
        {
            ulong* slot = EntryIn(memory, tableFrame, address, level);
            ulong entry = Volatile.Read(ref *slot);
            if ((entry & (Present | Huge)) != Present)
            {
                huge = entry & Huge;
                return IsPresent(entry) ? slot : null;
            }

            tableFrame = FrameOf(entry);
        }

        Interleaving.Reach(SchedulePoint.LockFree, mm);
        return EntryIn(memory, tableFrame, address, level: 0);
    }

    /// <summary>
    /// The entry's value without lock: to be compared again under the lock before anything is decided (<c>ptep_get_lockless</c>). For a page of a
    /// huge page it is what the entry would be had it one of its own, marked by <see cref="Huge"/>.
    /// </summary>
    [MustHold("vma.Stable")]
    internal static ulong ReadEntry(VmArea vma, ulong address)
    {
        ulong value;
        ulong huge;
        Rcu.ReadLock();
        do
        {
            ulong* entry = FindLeaf(vma.Mm, address, out _, out huge);
            Interleaving.Reach(SchedulePoint.LockFree, vma);
            value = entry == null ? None : Volatile.Read(ref *entry);
        }
        while (huge != None && value != None && !IsHuge(value));
        Rcu.ReadUnlock();
        return huge == None || value == None ? value : HugeEntries.PageOf(value, address);
    }

    /// <summary>
    /// Makes the tables for <paramref name="address"/> that are missing (<c>pte_alloc</c> and the levels above), unless a huge page is in the
    /// place of the lowest.
    /// </summary>
    /// <param name="vma">The VMA.</param>
    /// <param name="address">The address.</param>
    /// <param name="lowest">The lowest level that is needed.</param>
    /// <returns>False if memory is exhausted.</returns>
    [MustHold("vma.Anchored"), MaySleep]
    internal static bool AllocateTables(VmArea vma, ulong address, int lowest = 0)
    {
        var mm = vma.Mm;
        ulong frame = mm.TopTable.Frame;
        for (int level = TopLevel; level > lowest; level--)
        {
            ulong* slot = EntryIn(mm.Machine.Memory, frame, address, level);
            ulong entry = Volatile.Read(ref *slot);
            if (!IsPresent(entry))
            {
                var table = mm.Machine.Memory.AllocateTable();
                if (table == null)
                    return false;
                entry = Install(mm, slot, table);
            }

            if (IsHuge(entry))
                return true;
            frame = FrameOf(entry);
        }

        return true;
    }

    /// <summary>
    /// Maps the entry and locks its table; a huge page in its place is split first (<c>split_huge_pmd</c>, <c>pte_offset_map_lock</c>). So who
    /// knows single entries only never meets anything else.
    /// </summary>
    /// <returns>Null if there is no table.</returns>
    [MustHold("vma.Stable"), Acquires("result && result.Ptl", When = "result != null")]
    internal static MappedPte? PteOffsetMapLock(VmArea vma, ulong address)
    {
        while (true)
        {
            var pte = TryPteOffsetMapLock(vma, address);
            if (pte != null)
                return pte;
            if (!HugeEntries.TrySplit(vma, address))
                return null;
        }
    }

    /// <summary>Maps the entry and locks its table (<c>pte_offset_map_lock</c>).</summary>
    /// <returns>Null if there is no table, or a huge page in its place.</returns>
    [MustHold("vma.Stable"), Acquires("result && result.Ptl", When = "result != null")]
    internal static MappedPte? TryPteOffsetMapLock(VmArea vma, ulong address)
    {
        var mm = vma.Mm;
        while (true)
        {
            var pte = PteOffsetMap(mm, address, out ulong frame);
            if (pte == null)
                return null;
            pte.Ptl.Lock();
            Interleaving.Reach(SchedulePoint.LockFree, pte);

            // The table may have been taken out of the level above before its lock was ours.
            if (Find(mm, address, out ulong current) != null && current == frame)
                return pte;
            pte.Ptl.Unlock();
            pte.Unmap();
        }
    }

    /// <summary>Whether there is a table; a huge page in its place is split.</summary>
    [MustHold("vma.Stable")]
    internal static bool HasTable(VmArea vma, ulong address)
    {
        var pte = PteOffsetMapLock(vma, address);
        if (pte == null)
            return false;
        PteUnmapUnlock(pte);
        return true;
    }

    /// <summary>Maps an entry without locking its table, which stays as long as the VMA does (<c>pte_offset_map_rw_nolock</c>).</summary>
    /// <returns>Null if there is no table.</returns>
    [MustHold("vma.Anchored"), Acquires("result", When = "result != null")]
    internal static MappedPte? PteOffsetMapNolock(VmArea vma, ulong address) => PteOffsetMap(vma.Mm, address, out _);

    /// <summary>Maps the first entry of a table that has been taken out of the level above, and locks it.</summary>
    [Acquires("result && result.Ptl")]
    internal static MappedPte MapDetached(PhysicalMemory memory, ulong frame)
    {
        var pte = Task.Current.TakePte();
        pte.Ptl = memory.FolioOf(frame).TableLock;
        pte.Map((ulong*)memory.PointerTo(frame));
        pte.Ptl.Lock();
        return pte;
    }

    /// <summary>Locks two tables in ascending order, or the one that both are (<c>double_pt_lock</c>).</summary>
    [Acquires("first"), Acquires("second", When = "first != second")]
    internal static void DoublePtLock(PageTableLock first, PageTableLock second)
    {
        if (first == second)
        {
            first.Lock();
        }
        else if (first.Order < second.Order)
        {
            first.Lock();
            second.Lock();
        }
        else
        {
            second.Lock();
            first.Lock();
        }
    }

    /// <summary>Unlocks what <see cref="DoublePtLock"/> locked (<c>double_pt_unlock</c>).</summary>
    [Releases("first"), Releases("second", When = "first != second"), MustNotHold("first.FlushPending && second.FlushPending")]
    internal static void DoublePtUnlock(PageTableLock first, PageTableLock second)
    {
        if (first != second)
            second.Unlock();
        first.Unlock();
    }

    /// <summary>Unlocks the table and unmaps the entry (<c>pte_unmap_unlock</c>).</summary>
    [Releases("pte && pte.Ptl"), MustNotHold("pte.Ptl.FlushPending")]
    internal static void PteUnmapUnlock(MappedPte pte)
    {
        pte.Ptl.Unlock();
        pte.Unmap();
    }

    [Acquires("result", When = "result != null")]
    private static MappedPte? PteOffsetMap(MmStruct mm, ulong address, out ulong frame)
    {
        Rcu.ReadLock();
        ulong* entry = Find(mm, address, out frame);
        if (entry == null)
        {
            Rcu.ReadUnlock();
            return null;
        }

        var pte = Task.Current.TakePte();
        pte.Ptl = mm.Machine.Memory.FolioOf(frame).TableLock;
        pte.Map(entry);
        Rcu.ReadUnlock();
        return pte;
    }

    /// <summary>Stores an upper-level entry; walkers without locks read it at the same time.</summary>
    [MustHold("mm.PageTableLock")]
    internal static void SetUpper(MmStruct mm, ulong* slot, ulong entry)
    {
        Lockdep.AssertHeld(mm.PageTableLock, LockMode.Exclusive);
        Volatile.Write(ref *slot, entry);
    }

    /// <summary>Puts a table into an upper-level entry unless somebody was faster; returns the entry that is there then.</summary>
    [MustNotHold("mm.PageTableLock")]
    private static ulong Install(MmStruct mm, ulong* slot, Folio table)
    {
        mm.PageTableLock.Lock();
        ulong entry = *slot;
        bool installed = !IsPresent(entry);
        if (installed)
        {
            entry = Make(table.Frame, Table);
            SetUpper(mm, slot, entry);
        }

        mm.PageTableLock.Unlock();
        if (installed)
            Interlocked.Increment(ref mm.TableFrames);
        else
            mm.Machine.Memory.FreeTable(table);
        return entry;
    }
}
