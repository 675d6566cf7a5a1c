using System;
using MmLint;
using static MmKernel.PageTableEntry;
using static MmKernel.PageTableWalk;

namespace MmKernel;

/// <summary>Copying page-table entries to a child: what was writable and private becomes shared until written (<c>mm/memory.c</c>).</summary>
internal static class CopyPageTables
{
    /// <summary>
    /// Whether the child needs entries of its own: pages that a fault could find again are left to faults, markers are not
    /// (<c>vma_needs_copy</c>).
    /// </summary>
    [MustHold("source.Frozen && exclusive(target.Lock)")]
    internal static bool NeedsCopy(VmArea target, VmArea source) =>
        source.AnonVma != null || source.MayHoldGuards || (target.Flags & VmFlags.UffdWriteProtect) != 0;

    /// <summary>
    /// Copies the entries of <paramref name="source"/> (<c>copy_page_range</c>). The source is write-locked: a fault in between could map a
    /// page writable again in the parent that the child believes to share.
    /// </summary>
    /// <returns>0 or −ENOMEM; then the child's VMA is torn down with the rest of the child.</returns>
    [MustHold("source.Frozen && exclusive(target.Lock)"), AllocatesPages]
    internal static int CopyPageRange(VmArea target, VmArea source)
    {
        if (source.Mm.Residents.IsClosed)
            Lockdep.AssertHeld(source.Mm.MmapLock, LockMode.Exclusive);
        else
            Lockdep.AssertHeld(source.Lock, LockMode.Exclusive);
        Lockdep.AssertHeld(target.Lock, LockMode.Exclusive);
        ulong address = source.Start;
        ulong end = source.End;
        while (address < end)
        {
            ulong stop = TableEnd(address, end);
            var huge = HugePages.IsWhole(address, stop) ? HugeCopy.TryCopy(target, source, address) : HugeCopyResult.NotHuge;
            if (huge == HugeCopyResult.NoMemory || (huge == HugeCopyResult.NotHuge && !CopyTable(target, source, address, stop)))
                return -(int)Errno.ENOMEM;
            address = stop;
        }

        return 0;
    }

    /// <summary>
    /// Copies the entries of one table, by way of a buffer: the entries that the child will have already count as mappings while only the
    /// source's table is locked, so its own can be locked after it.
    /// </summary>
    /// <returns>False if there was no memory for the child's table.</returns>
    [MustHold("source.Frozen && exclusive(target.Lock)"), AllocatesPages]
    internal static bool CopyTable(VmArea target, VmArea source, ulong start, ulong end)
    {
        var entries = Task.Current.TakeEntryBuffer();
        bool copied = true;
        if (ShareEntries(source, start, end, entries, (target.Flags & VmFlags.UffdWriteProtect) != 0))
            copied = TakeOver(target, start, end, entries) && MigratingCopies.Copy(target, source, start, entries.AsSpan(0, (int)((end - start) >> Page.Shift)));
        Task.Current.ReturnEntryBuffer(entries);
        return copied;
    }

    [MustHold("exclusive(target.Lock)"), AllocatesPages]
    private static bool TakeOver(VmArea target, ulong start, ulong end, ulong[] entries)
    {
        var memory = target.Mm.Machine.Memory;
        var used = entries.AsSpan(0, (int)((end - start) >> Page.Shift));
        if (PinnedCopies.Copy(memory, used))
            return InstallEntries(target, start, end, entries);
        DropEntries(memory, used);
        return false;
    }

    /// <summary>Writes the child's entries into the buffer and takes the right to write from the parent's.</summary>
    /// <returns>Whether there is any entry.</returns>
    [MustHold("source.Frozen")]
    private static bool ShareEntries(VmArea source, ulong start, ulong end, ulong[] entries, bool keepsMarks)
    {
        var pte = PteOffsetMapLock(source, start);
        if (pte == null)
            return false;
        bool any = false;
        int index = 0;
        for (ulong address = start; address < end; address += Page.Size)
        {
            ulong entry = pte.Value;
            ulong copy = IsPresent(entry) ? CopyPresentPte(source, pte, entry) : CopyNonPresentPte(source, pte, entry);
            if (!keepsMarks)
                copy = UffdWriteProtection.WithoutMark(copy);
            entries[index++] = copy;
            any |= copy != None;
            pte.Advance();
        }

        // Once for the table: whoever still writes through an old entry writes before the child can look.
        Tlb.FlushTlbPage(pte, source.Mm);
        PteUnmapUnlock(pte);
        return any;
    }

    /// <summary>Shares one page (<c>copy_present_ptes</c>).</summary>
    /// <returns>The child's entry.</returns>
    [MustHold("source.Frozen && pte && pte.Ptl"), Acquires("pte.Ptl.FlushPending", Idempotent = true)]
    private static ulong CopyPresentPte(VmArea source, MappedPte pte, ulong entry)
    {
        var folio = source.Mm.Machine.Memory.FolioOf(FrameOf(entry));
        if (PinnedCopies.IsNeeded(source.Mm, folio))
        {
            pte.Ptl.OweFlush();
            return PinnedCopies.Keep(folio, entry);
        }

        if (!source.IsShared && IsWritable(entry))
        {
            Tlb.PtepSetWriteProtect(pte);
            entry &= ~Writable;
        }
        else
        {
            pte.Ptl.OweFlush();
        }

        if (IsSpecial(entry))
            return entry;
        folio.Get();
        folio.AddMapping();
        if (folio.IsAnonymous)
            folio.Clear(FolioFlags.AnonExclusive);
        folio.HandOverReference();
        if (source.IsShared)
            entry &= ~Dirty;
        return entry & ~Accessed;
    }

    /// <summary>Copies a marker or shares a page in swap, which belongs to neither alone from here on (<c>copy_nonpresent_pte</c>).</summary>
    /// <returns>The child's entry.</returns>
    [MustHold("source.Frozen && pte && pte.Ptl")]
    private static ulong CopyNonPresentPte(VmArea source, MappedPte pte, ulong entry)
    {
        if (!SwapEntry.IsIn(entry))
            return entry;
        source.Mm.Machine.Memory.Swap.AddUser(SwapEntry.Of(entry));
        entry &= ~SwapExclusive;
        pte.Value = entry;
        return entry;
    }

    /// <summary>Puts the buffered entries into the child's table; without memory for it, drops what they count.</summary>
    [MustHold("exclusive(target.Lock)"), AllocatesPages]
    private static bool InstallEntries(VmArea target, ulong start, ulong end, ulong[] entries)
    {
        var memory = target.Mm.Machine.Memory;
        int count = (int)((end - start) >> Page.Shift);
        if (!AllocateTables(target, start))
        {
            PinnedCopies.Drop(memory, entries.AsSpan(0, count));
            DropEntries(memory, entries.AsSpan(0, count));
            return false;
        }

        var pte = PteOffsetMapLock(target, start);
        if (pte == null)
            throw new InvalidOperationException("A page table of an address space that nobody can reach is gone.");
        for (int i = 0; i < count; i++)
        {
            ulong entry = entries[i];
            if (PinnedCopies.IsMarked(entry) && target.AnonVma != null)
                entry = PinnedCopies.Map(target, start + ((ulong)i << Page.Shift), pte, entry);
            if (entry != None && !MigrationEntry.IsIn(entry))
            {
                pte.Value = entry;
                if (MapsPage(entry))
                    target.Mm.Rss.Add(RssCounters.KindOf(memory.FolioOf(FrameOf(entry))), 1);
                else if (SwapEntry.IsIn(entry))
                    target.Mm.Rss.Add(RssKind.Swap, 1);
            }

            pte.Advance();
        }

        PteUnmapUnlock(pte);
        return true;
    }

    private static void DropEntries(PhysicalMemory memory, ReadOnlySpan<ulong> entries)
    {
        foreach (ulong entry in entries)
        {
            if (SwapEntry.IsIn(entry))
                memory.Swap.RemoveUserAndCache(memory, SwapEntry.Of(entry));
            if (!MapsPage(entry))
                continue;
            var folio = memory.FolioOf(FrameOf(entry));
            folio.RemoveMapping();
            folio.AdoptReference();
            memory.Put(folio);
        }
    }
}
