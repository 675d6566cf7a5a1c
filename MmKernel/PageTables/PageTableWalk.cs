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

    /// <summary>Bytes that one entry of <paramref name="level"/> maps.</summary>
    internal static ulong SpanOf(int level) => 1UL << (Page.Shift + (BitsPerLevel * level));

    /// <summary>The entry for <paramref name="address"/> in the table of <paramref name="level"/> that lies in <paramref name="frame"/>.</summary>
    internal static ulong* EntryIn(PhysicalMemory memory, ulong frame, ulong address, int level) =>
        (ulong*)memory.PointerTo(frame) + ((address >> (Page.Shift + (BitsPerLevel * level))) & IndexMask);

    /// <summary>
    /// Walks as a processor does, with no lock: the lowest-level entry, or null if a table is missing. The caller is in a section that page
    /// tables are not freed under.
    /// </summary>
    internal static ulong* Find(MmStruct mm, ulong address, out ulong tableFrame)
    {
        var memory = mm.Machine.Memory;
        tableFrame = mm.TopTable.Frame;
        for (int level = TopLevel; level > 0; level--)
        {
            ulong entry = Volatile.Read(ref *EntryIn(memory, tableFrame, address, level));
            if (!IsPresent(entry))
                return null;
            tableFrame = FrameOf(entry);
        }

        Interleaving.Reach(SchedulePoint.LockFree, mm);
        return EntryIn(memory, tableFrame, address, level: 0);
    }

    /// <summary>The entry's value without lock: to be compared again under the lock before anything is decided (<c>ptep_get_lockless</c>).</summary>
    [MustHold("vma.Stable")]
    internal static ulong ReadEntry(VmArea vma, ulong address)
    {
        Rcu.ReadLock();
        ulong* entry = Find(vma.Mm, address, out _);
        Interleaving.Reach(SchedulePoint.LockFree, vma);
        ulong value = entry == null ? None : Volatile.Read(ref *entry);
        Rcu.ReadUnlock();
        return value;
    }

    /// <summary>Makes the tables for <paramref name="address"/> that are missing (<c>pte_alloc</c> and the levels above).</summary>
    /// <returns>False if memory is exhausted.</returns>
    [MustHold("vma.Anchored"), MaySleep]
    internal static bool AllocateTables(VmArea vma, ulong address)
    {
        var mm = vma.Mm;
        ulong frame = mm.TopTable.Frame;
        for (int level = TopLevel; level > 0; level--)
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

            frame = FrameOf(entry);
        }

        return true;
    }

    /// <summary>Maps the entry and locks its table (<c>pte_offset_map_lock</c>).</summary>
    /// <returns>Null if there is no table.</returns>
    [MustHold("vma.Stable"), Acquires("result && result.Ptl", When = "result != null")]
    internal static MappedPte? PteOffsetMapLock(VmArea vma, ulong address)
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

    /// <summary>Maps an entry without locking its table, which stays as long as the VMA does (<c>pte_offset_map_rw_nolock</c>).</summary>
    /// <returns>Null if there is no table.</returns>
    [MustHold("vma.Anchored"), Acquires("result", When = "result != null")]
    internal static MappedPte? PteOffsetMapNolock(VmArea vma, ulong address) => PteOffsetMap(vma.Mm, address, out _);

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

    /// <summary>Puts a table into an upper-level entry unless somebody was faster; returns the entry that is there then.</summary>
    private static ulong Install(MmStruct mm, ulong* slot, Folio table)
    {
        mm.PageTableLock.Lock();
        ulong entry = *slot;
        bool installed = !IsPresent(entry);
        if (installed)
        {
            entry = Make(table.Frame, Table);
            Volatile.Write(ref *slot, entry);
        }

        mm.PageTableLock.Unlock();
        if (installed)
            Interlocked.Increment(ref mm.TableFrames);
        else
            mm.Machine.Memory.FreeTable(table);
        return entry;
    }
}
