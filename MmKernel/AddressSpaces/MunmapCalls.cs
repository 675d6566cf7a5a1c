using MmLint;
using static MmKernel.VmaLocking;

namespace MmKernel;

/// <summary>munmap (<c>mm/vma.c</c>).</summary>
internal static class MunmapCalls
{
    /// <summary>Unmaps under mmap_lock (<c>__vm_munmap</c>).</summary>
    [MustHold("mm.Users"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    internal static long VmMunmap(MmStruct mm, ulong address, ulong length)
    {
        if (mm.MmapLock.WriteLockKillable() != 0)
            return -(long)Errno.EINTR;
        long error = DoMunmap(mm, address, length);
        mm.MmapLock.WriteUnlock();
        return error;
    }

    /// <summary>Takes every VMA, or the part of it, that lies in the range out of the address space (<c>do_vmi_munmap</c>).</summary>
    [MustHold("exclusive(mm.MmapLock)"), MaySleep]
    internal static long DoMunmap(MmStruct mm, ulong start, ulong length)
    {
        if (!Page.IsAligned(start) || start > Page.TaskSize || length > Page.TaskSize - start)
            return -(long)Errno.EINVAL;
        ulong end = start + Page.AlignUp(length);
        return end == start ? -(long)Errno.EINVAL : UnmapRange(mm, start, end);
    }

    /// <summary>Unmaps [start, end), which is known to be a range of user addresses (<c>do_vmi_align_munmap</c>).</summary>
    [MustHold("exclusive(mm.MmapLock)"), MaySleep]
    internal static long UnmapRange(MmStruct mm, ulong start, ulong end)
    {
        long error = Isolate(mm, start, end, out _);
        if (error == 0)
            Remove(mm, start, end);
        return error;
    }

    /// <summary>
    /// Cuts VMAs at the borders of a range that is to be unmapped, and finds out whether it may be (<c>vms_gather_munmap_vmas</c>).
    /// </summary>
    /// <param name="mm">The address space.</param>
    /// <param name="start">First address.</param>
    /// <param name="end">First address behind the range.</param>
    /// <param name="pages">How much the range holds.</param>
    /// <returns>0; −EPERM where something is sealed; −ENOMEM.</returns>
    [MustHold("exclusive(mm.MmapLock)"), MaySleep]
    internal static long Isolate(MmStruct mm, ulong start, ulong end, out MappedPages pages)
    {
        pages = default;
        var vma = mm.Vmas.FindIntersection(start, end);
        if (vma != null && vma.Start < start)
        {
            // Cutting a hole needs one VMA more in the end; other cuts only until the rest is gone.
            if (vma.End > end && mm.MapCount >= mm.Machine.Options.MaxMapCount)
                return -(long)Errno.ENOMEM;
            if ((vma.Flags & VmFlags.Sealed) != 0)
                return -(long)Errno.EPERM;
            long error = VmaSplit.SplitBelow(vma, start);
            if (error != 0)
                return error;
        }

        for (vma = mm.Vmas.FindIntersection(start, end); vma != null; vma = mm.Vmas.FindIntersection(vma.End, end))
        {
            if ((vma.Flags & VmFlags.Sealed) != 0)
                return -(long)Errno.EPERM;
            if (vma.End > end)
            {
                long error = VmaSplit.SplitAbove(vma, end);
                if (error != 0)
                    return error;
            }

            pages.Total += vma.PageCount;
            if ((vma.Flags & VmFlags.Account) != 0)
                pages.Accounted += vma.PageCount;
        }

        return 0;
    }

    /// <summary>Removes the VMAs of a range that has been isolated (<c>vms_complete_munmap_vmas</c>).</summary>
    [MustHold("exclusive(mm.MmapLock)"), MaySleep]
    internal static void Remove(MmStruct mm, ulong start, ulong end)
    {
        var vma = mm.Vmas.FindIntersection(start, end);
        if (vma == null)
            return;
        ulong floor = mm.Vmas.FindBefore(start)?.End ?? 0;
        ulong ceiling = mm.Vmas.Find(end)?.Start ?? ulong.MaxValue;
        for (; vma != null; vma = mm.Vmas.FindIntersection(start, end))
            RemoveVma(mm, vma);
        TableFreeing.FreeTables(mm, start, end, floor, ceiling);
    }

    /// <summary>
    /// Makes a VMA unreachable for faults and gives up its pages. Its entries go while reverse mapping still finds the VMA, so that a
    /// truncation that runs meanwhile misses none.
    /// </summary>
    [MustHold("exclusive(mm.MmapLock)"), Requires("vma.Mm == mm"), MaySleep]
    private static void RemoveVma(MmStruct mm, VmArea vma)
    {
        VmaStartWrite(vma);
        mm.Vmas.Clear(vma.Start, vma.End);
        VmaMarkDetached(vma);
        mm.MapCount--;
        if ((vma.Flags & VmFlags.Locked) != 0)
            mm.LockedPages -= vma.PageCount;
        if ((vma.Flags & VmFlags.Account) != 0)
            mm.Machine.Commit.Uncharge(vma.PageCount);
        VmAccounting.Remove(mm, vma.Flags, vma.PageCount);
        var gather = TlbGather.Start(mm);
        Zap.ZapRange(gather, vma, vma.Start, vma.End, ZapScope.Everything);
        gather.Finish();
        VmaLayout.Free(vma);
    }

    /// <summary>What a range holds.</summary>
    internal struct MappedPages
    {
        /// <summary>Pages mapped.</summary>
        internal ulong Total;

        /// <summary>Pages charged against the commit limit.</summary>
        internal ulong Accounted;
    }
}
