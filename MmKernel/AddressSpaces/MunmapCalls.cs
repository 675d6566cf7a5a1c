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
        int error = DoMunmap(mm, address, length);
        mm.MmapLock.WriteUnlock();
        return error;
    }

    /// <summary>Takes every VMA, or the part of it, that lies in the range out of the address space (<c>do_vmi_munmap</c>).</summary>
    [MustHold("exclusive(mm.MmapLock)"), MaySleep]
    internal static int DoMunmap(MmStruct mm, ulong start, ulong length)
    {
        if (!Page.IsAligned(start) || start > Page.TaskSize || length > Page.TaskSize - start)
            return -(int)Errno.EINVAL;
        length = Page.AlignUp(length);
        if (length == 0)
            return -(int)Errno.EINVAL;
        ulong end = start + length;

        var first = mm.Vmas.FindIntersection(start, end);
        if (first == null)
            return 0;
        if (first.Start < start)
        {
            if (first.End > end && mm.MapCount >= mm.Machine.Options.MaxMapCount)
                return -(int)Errno.ENOMEM;
            SplitVma(mm, first, start);
        }

        var last = mm.Vmas.Walk(end - 1);
        if (last != null && last.End > end)
            SplitVma(mm, last, end);

        ulong floor = mm.Vmas.FindBefore(start)?.End ?? 0;
        ulong ceiling = mm.Vmas.Find(end)?.Start ?? ulong.MaxValue;
        VmArea? vma;
        while ((vma = mm.Vmas.FindIntersection(start, end)) != null)
            RemoveVma(mm, vma);
        TableFreeing.FreeTables(mm, start, end, floor, ceiling);
        return 0;
    }

    /// <summary>Makes a VMA unreachable and gives up its pages (<c>vms_gather_munmap_vmas</c>, <c>remove_vma</c>).</summary>
    [MustHold("exclusive(mm.MmapLock)"), Requires("vma.Mm == mm"), MaySleep]
    private static void RemoveVma(MmStruct mm, VmArea vma)
    {
        VmaStartWrite(vma);
        mm.Vmas.Clear(vma.Start, vma.End);
        VmaMarkDetached(vma);
        mm.MapCount--;
        mm.TotalPages -= vma.PageCount;

        // Reverse mapping still finds the VMA, so it is unlinked only when no entry is left.
        Zap.ZapVmaRange(vma, vma.Start, vma.End);
        AnonVmaLinks.UnlinkAnonVmas(vma);
        FileRmap.UnlinkFileVma(vma);
    }

    /// <summary>Cuts a VMA in two; the given one keeps the lower part (<c>__split_vma</c>).</summary>
    [MustHold("exclusive(mm.MmapLock)"), Requires("vma.Mm == mm"), MaySleep]
    private static void SplitVma(MmStruct mm, VmArea vma, ulong address)
    {
        VmaStartWrite(vma);
        var upper = new VmArea(mm)
        {
            Start = address,
            End = vma.End,
            PageOffset = vma.PageIndex(address),
            Flags = vma.Flags,
            File = vma.File,
        };
        VmaStartWrite(upper);
        AnonVmaLinks.AnonVmaClone(upper, vma, reuse: false);
        RmapLocking.TakeRmapLocks(vma);
        if (vma.AnonVma != null)
            AnonVmaLinks.RemoveIntervals(vma, vma.AnonVma.Root);
        vma.End = address;
        if (vma.AnonVma != null)
            AnonVmaLinks.InsertIntervals(vma, vma.AnonVma.Root);
        RmapLocking.DropRmapLocks(vma);
        FileRmap.VmaLinkFile(upper);
        MmapCalls.VmaLink(mm, upper);
    }
}
