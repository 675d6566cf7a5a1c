using System;
using MmLint;
using static MmKernel.PageTableEntry;

namespace MmKernel;

/// <summary>Giving mappings of merged pages pages of their own again (<c>mm/ksm.c</c>).</summary>
internal static class KsmUnmerge
{
    // The lock is kept: a fault that wanted to drop it would leave the caller with a VMA that may be gone.
    private const FaultFlag Unshare = FaultFlag.Remote | FaultFlag.Unshare | FaultFlag.AllowRetry | FaultFlag.RetryNowait;

    /// <summary>Copies every merged page of a range (<c>unmerge_ksm_pages</c>, <c>break_ksm</c>).</summary>
    /// <returns>0; −ENOMEM; −EAGAIN if a page is busy.</returns>
    [MustHold("vma.Mm.MmapLock"), MaySleep]
    internal static long UnmergeRange(VmArea vma, ulong start, ulong end)
    {
        for (ulong address = start; address < end; address += Page.Size)
        {
            while (IsMerged(vma, address))
            {
                var result = FaultHandling.HandleMmFault(vma, address, Unshare);
                if ((result & VmFault.Oom) != 0)
                    return -(long)Errno.ENOMEM;
                if ((result & (VmFault.Error | VmFault.Retry)) != 0)
                    return -(long)Errno.EAGAIN;
            }
        }

        return 0;
    }

    /// <summary>Copies every merged page of an address space, unless it has ended.</summary>
    /// <returns>0; −ENOMEM, −EAGAIN.</returns>
    [MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    internal static long UnmergeMm(MmStruct mm)
    {
        long error = 0;
        mm.MmapLock.ReadLock();
        ulong address = 0;
        while (!mm.IsExiting && error == 0 && VmaLookup.FindVma(mm, address) is { } vma)
        {
            address = vma.End;
            if (KsmMerging.IsMergeable(vma))
                error = UnmergeRange(vma, vma.Start, vma.End);
        }

        mm.MmapLock.ReadUnlock();
        return error;
    }

    /// <summary>Copies one page that was made a merged one for nothing (<c>break_cow</c>).</summary>
    [MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    internal static void BreakCow(KsmRmapItem item)
    {
        var mm = item.Mm;
        mm.MmapLock.ReadLock();
        if (KsmMerging.FindMergeableVma(mm, item.Address) is { } vma)
            _ = UnmergeRange(vma, item.Address, item.Address + Page.Size);
        mm.MmapLock.ReadUnlock();
    }

    /// <summary>Whether a merged page is mapped, or one that is being moved: the fault waits, and then it shows.</summary>
    [MustHold("vma.Mm.MmapLock")]
    private static bool IsMerged(VmArea vma, ulong address)
    {
        ulong entry = PageTableWalk.ReadEntry(vma, address);
        if (MigrationEntry.IsIn(entry))
            return true;
        if (!IsPresent(entry))
            return false;
        return IsSpecial(entry) ? (entry & Dirty) != 0 : vma.Mm.Machine.Memory.FolioOf(FrameOf(entry)).KsmNode != null;
    }
}
