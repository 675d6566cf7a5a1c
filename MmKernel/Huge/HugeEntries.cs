using System.Threading;
using MmLint;
using static MmKernel.PageTableEntry;
using static MmKernel.PageTableWalk;

namespace MmKernel;

/// <summary>
/// Entries of the second level that map a huge page instead of leading to a table. They change under page_table_lock, as on kernels that do not
/// split the lock of that level (<c>pmd_lock</c>).
/// </summary>
/// <remarks>
/// An entry can be split at any time, in places where nothing can be allocated. So each has a page table set aside from the start (a
/// <i>deposit</i>); deposits of an address space are interchangeable.
/// </remarks>
internal static unsafe class HugeEntries
{
    /// <summary>Locks page_table_lock if a huge page is mapped at the address (<c>pmd_trans_huge_lock</c>).</summary>
    /// <param name="vma">The VMA.</param>
    /// <param name="address">Any address in the huge page.</param>
    /// <param name="entry">The entry; if the result is false, as it was a moment ago.</param>
    [MustHold("vma.Stable"), Acquires("vma.Mm.PageTableLock", When = "result")]
    internal static bool TryLock(VmArea vma, ulong address, out ulong entry)
    {
        entry = Peek(vma, address);
        if (!IsHuge(entry))
            return false;
        vma.Mm.PageTableLock.Lock();
        entry = Read(vma, address);
        if (IsHuge(entry))
            return true;
        vma.Mm.PageTableLock.Unlock();
        return false;
    }

    /// <summary>The entry; without page_table_lock it may be old the moment it arrives.</summary>
    [MustHold("vma.Stable")]
    internal static ulong Peek(VmArea vma, ulong address)
    {
        ulong* slot = SlotOf(vma.Mm, address);
        return slot == null ? None : Volatile.Read(ref *slot);
    }

    /// <summary>The entry, in which only the processor changes anything as long as page_table_lock is held.</summary>
    [MustHold("vma.Stable && vma.Mm.PageTableLock")]
    internal static ulong Read(VmArea vma, ulong address) => Peek(vma, address);

    /// <summary>The huge page that an entry maps; the entry's own reference keeps it while page_table_lock is held.</summary>
    /// <param name="vma">The VMA.</param>
    /// <param name="entry">What the entry is, as read under the lock.</param>
    [MustHold("vma.Mm.PageTableLock")]
    [return: ValidWhileHeld("vma.Mm.PageTableLock || result.Ref")]
    internal static Folio FolioIn(VmArea vma, ulong entry) => vma.Mm.Machine.Memory.FolioOf(FrameOf(entry));

    /// <summary>Puts an entry where none is; the table that holds it has been made.</summary>
    [MustHold("vma.Anchored && vma.Mm.PageTableLock")]
    internal static void Set(VmArea vma, ulong address, ulong entry) => Volatile.Write(ref *SlotOf(vma.Mm, address), entry);

    /// <summary>Replaces an entry in one step if it is still what it was, the bits included that the processor sets.</summary>
    [MustHold("vma.Stable && vma.Mm.PageTableLock")]
    internal static bool TryReplace(VmArea vma, ulong address, ulong old, ulong entry)
    {
        Interleaving.Reach(SchedulePoint.LockFree, vma);
        return Interlocked.CompareExchange(ref *SlotOf(vma.Mm, address), entry, old) == old;
    }

    /// <summary>Clears an entry and returns it; a flush is owed before the frames are given to somebody else (<c>pmdp_huge_get_and_clear</c>).</summary>
    [MustHold("vma.Stable && vma.Mm.PageTableLock")]
    internal static ulong Clear(VmArea vma, ulong address)
    {
        Interleaving.Reach(SchedulePoint.LockFree, vma);
        return Interlocked.Exchange(ref *SlotOf(vma.Mm, address), None);
    }

    /// <summary>Clears an entry and makes sure that nobody uses it any more (<c>pmdp_huge_clear_flush</c>).</summary>
    [MustHold("vma.Stable && vma.Mm.PageTableLock")]
    internal static ulong ClearFlush(VmArea vma, ulong address)
    {
        ulong old = Clear(vma, address);
        Tlb.Flush(vma.Mm);
        return old;
    }

    /// <summary>Sets bits, keeping those that the processor sets at the same time.</summary>
    [MustHold("vma.Stable && vma.Mm.PageTableLock")]
    internal static void Or(VmArea vma, ulong address, ulong bits) => Interlocked.Or(ref *SlotOf(vma.Mm, address), bits);

    /// <summary>Clears bits, keeping those that the processor sets at the same time.</summary>
    [MustHold("vma.Stable && vma.Mm.PageTableLock")]
    internal static void AndNot(VmArea vma, ulong address, ulong bits) => Interlocked.And(ref *SlotOf(vma.Mm, address), ~bits);

    /// <summary>The entry of a table for one page that a huge entry maps; it keeps the mark of a huge one.</summary>
    internal static ulong PageOf(ulong entry, ulong address) => entry + (((address >> Page.Shift) & (HugePages.PageCount - 1)) << Page.Shift);

    /// <summary>Sets a table aside for an entry that is about to map a huge page (<c>pgtable_trans_huge_deposit</c>).</summary>
    /// <returns>False if memory is exhausted.</returns>
    [AllocatesPages]
    internal static bool TryDeposit(MmStruct mm)
    {
        var table = mm.Machine.Memory.AllocateTable();
        if (table == null)
            return false;
        mm.PageTableLock.Lock();
        mm.DepositedTables.Push(table);
        mm.PageTableLock.Unlock();
        Interlocked.Increment(ref mm.TableFrames);
        return true;
    }

    /// <summary>Gives back tables that were set aside for entries which came to nothing.</summary>
    internal static void CancelDeposits(MmStruct mm, int count)
    {
        mm.PageTableLock.Lock();
        for (; count > 0; count--)
            DropDeposit(mm);
        mm.PageTableLock.Unlock();
    }

    /// <summary>Gives back the table of an entry that is gone, or came to nothing (<c>zap_deposited_table</c>).</summary>
    [MustHold("mm.PageTableLock")]
    internal static void DropDeposit(MmStruct mm)
    {
        mm.Machine.Memory.FreeTable(mm.DepositedTables.Pop());
        Interlocked.Decrement(ref mm.TableFrames);
    }

    /// <summary>
    /// Makes the entry lead to a table that maps the pages of the huge page one by one (<c>__split_huge_pmd_locked</c>). Nobody sees a moment in
    /// which nothing is mapped, and nobody has to be told: what an access under way uses leads to the same frames.
    /// </summary>
    [MustHold("vma.Stable && vma.Mm.PageTableLock")]
    internal static void Split(VmArea vma, ulong address)
    {
        var mm = vma.Mm;
        var memory = mm.Machine.Memory;
        var table = mm.DepositedTables.Pop();
        ulong entry = Read(vma, address);
        if (!IsSpecial(entry))
            FolioIn(vma, entry).ReplaceEntireMapping(memory);
        ulong link = Make(table.Frame, Table);
        Fill(memory, table, entry);
        while (!TryReplace(vma, address, entry, link))
        {
            // The processor marked the entry as used meanwhile.
            entry = Read(vma, address);
            Fill(memory, table, entry);
        }

        mm.Machine.HugePages.Counters.Add(HugePageEvent.SplitPmd);
    }

    /// <summary>Splits the entry if it maps a huge page (<c>split_huge_pmd</c>).</summary>
    /// <returns>Whether the entry leads to a table now.</returns>
    [MustHold("vma.Stable")]
    internal static bool TrySplit(VmArea vma, ulong address)
    {
        if (!TryLock(vma, address, out ulong entry))
            return IsPresent(entry);
        Split(vma, address);
        vma.Mm.PageTableLock.Unlock();
        return true;
    }

    private static void Fill(PhysicalMemory memory, Folio table, ulong entry)
    {
        ulong* entries = (ulong*)memory.PointerTo(table.Frame);
        bool isZero = IsSpecial(entry);
        ulong bits = entry & ~(FrameMask | Huge);
        for (ulong page = 0; page < HugePages.PageCount; page++)
            entries[page] = Make(isZero ? PhysicalMemory.ZeroFrame : FrameOf(entry) + page, bits);
    }

    /// <summary>Where the entry stands; null if a table above is missing. Tables stay as long as the VMA does.</summary>
    private static ulong* SlotOf(MmStruct mm, ulong address)
    {
        ulong frame = mm.TopTable.Frame;
        for (int level = TopLevel; level > 1; level--)
        {
            ulong entry = Volatile.Read(ref *EntryIn(mm.Machine.Memory, frame, address, level));
            if (!IsPresent(entry))
                return null;
            frame = FrameOf(entry);
        }

        return EntryIn(mm.Machine.Memory, frame, address, level: 1);
    }
}
