using System;
using MmLint;

namespace MmKernel;

/// <summary>What <c>/proc/PID/pagemap</c> says (<c>fs/proc/task_mmu.c</c>), and the contents of what is mapped.</summary>
internal static class PagemapView
{
    /// <summary>The entries of the pages from <paramref name="start"/> on (<c>pagemap_read</c>).</summary>
    [MustHold("mm.MmapLock")]
    internal static void Read(MmStruct mm, ulong start, Span<PagemapEntry> entries)
    {
        entries.Clear();
        ulong end = start + ((ulong)entries.Length << Page.Shift);
        for (var vma = mm.Vmas.FindIntersection(start, end); vma != null; vma = mm.Vmas.FindIntersection(vma.End, end))
        {
            for (ulong address = Math.Max(start, vma.Start); address < Math.Min(end, vma.End); address += Page.Size)
                entries[(int)((address - start) >> Page.Shift)] = Describe(mm.Machine.Memory, PageTableWalk.ReadEntry(vma, address));
        }
    }

    /// <summary>Copies the contents of a page that is mapped, without faulting it in.</summary>
    /// <returns>Whether the page is in memory.</returns>
    [MustHold("mm.MmapLock")]
    internal static unsafe bool Peek(MmStruct mm, ulong address, Span<byte> contents)
    {
        var vma = mm.Vmas.Walk(address);
        if (vma == null)
            return false;
        if (HugeEntries.TryLock(vma, address, out ulong entry))
        {
            ulong page = PageTableEntry.FrameOf(HugeEntries.PageOf(entry, address));
            new ReadOnlySpan<byte>(mm.Machine.Memory.PointerTo(page), Page.Size).CopyTo(contents);
            mm.PageTableLock.Unlock();
            return true;
        }

        var pte = PageTableWalk.TryPteOffsetMapLock(vma, address);
        if (pte == null)
            return false;
        bool isPresent = PageTableEntry.IsPresent(pte.Value);
        if (isPresent)
            new ReadOnlySpan<byte>(mm.Machine.Memory.PointerTo(PageTableEntry.FrameOf(pte.Value)), Page.Size).CopyTo(contents);
        PageTableWalk.PteUnmapUnlock(pte);
        return isPresent;
    }

    /// <summary>Device in the lower 5 bits, slot in those above.</summary>
    private static PagemapEntry DescribeSwapped(ulong entry)
    {
        var place = SwapEntry.Of(entry);
        return PagemapEntry.Swapped | (PagemapEntry)(((ulong)place.Slot << 5) | (uint)place.Type) | DescribeMarks(entry);
    }

    /// <summary>A page that is being moved shows as one in swap, on a device of its own, with the frame that it is leaving as its slot.</summary>
    private static PagemapEntry DescribeMigrating(PhysicalMemory memory, ulong entry)
    {
        ulong frame = PageTableEntry.FrameOf(entry);
        var result = PagemapEntry.Swapped | (PagemapEntry)((frame << 5) | MigrationEntry.TypeOf(entry)) | DescribeMarks(entry);
        return memory.FolioOf(frame).IsAnonymous ? result : result | PagemapEntry.File;
    }

    private static PagemapEntry DescribeMarks(ulong entry)
    {
        var result = PagemapEntry.None;
        if ((entry & PageTableEntry.SwapSoftDirty) != 0)
            result |= PagemapEntry.SoftDirty;
        if ((entry & PageTableEntry.SwapUffdWriteProtect) != 0)
            result |= PagemapEntry.UffdWriteProtected;
        return result;
    }

    /// <summary>Translates an entry (<c>pte_to_pagemap_entry</c>).</summary>
    private static PagemapEntry Describe(PhysicalMemory memory, ulong entry)
    {
        if (entry == PageTableEntry.None)
            return PagemapEntry.None;
        if (PageTableEntry.IsGuard(entry))
            return PagemapEntry.GuardRegion;
        if (entry == PageTableEntry.UffdMarker)
            return PagemapEntry.Swapped | PagemapEntry.UffdWriteProtected;
        if (entry == PageTableEntry.Poison)
            return PagemapEntry.Swapped;
        if (SwapEntry.IsIn(entry))
            return DescribeSwapped(entry);
        if (MigrationEntry.IsIn(entry))
            return DescribeMigrating(memory, entry);
        var result = PagemapEntry.Present | (PagemapEntry)PageTableEntry.FrameOf(entry);
        if ((entry & PageTableEntry.UffdWriteProtect) != 0)
            result |= PagemapEntry.UffdWriteProtected;
        if (PageTableEntry.IsSpecial(entry))
            return result;
        var folio = memory.FolioOf(PageTableEntry.FrameOf(entry));
        if (!folio.IsAnonymous)
            result |= PagemapEntry.File;
        if (folio.PageMapCount == 1)
            result |= PagemapEntry.ExclusivelyMapped;
        return result;
    }
}
