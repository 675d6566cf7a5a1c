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
        ulong end = 0;
        long error = CheckRange(address, length, ref end);
        if (error == 0)
            error = Isolate(mm, address, end, out _);
        if (error != 0)
        {
            UffdEvents.UnlockAndComplete(mm);
            return error;
        }

        // What is left is found by nobody who looks for mappings, so faults elsewhere need not wait for it.
        var detached = Detach(mm, address, end, out var borders);
        var events = UffdEvents.Take(mm);
        mm.MmapLock.DowngradeWrite();
        if (detached != null)
            Release(detached, address, end, borders);
        mm.MmapLock.ReadUnlock();
        UffdEvents.Complete(events);
        return 0;
    }

    /// <summary>Takes every VMA, or the part of it, that lies in the range out of the address space (<c>do_vmi_munmap</c>).</summary>
    [MustHold("exclusive(mm.MmapLock)"), MaySleep]
    internal static long DoMunmap(MmStruct mm, ulong start, ulong length)
    {
        ulong end = 0;
        long error = CheckRange(start, length, ref end);
        return error != 0 ? error : UnmapRange(mm, start, end);
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

    private static long CheckRange(ulong start, ulong length, ref ulong end)
    {
        if (!Page.IsAligned(start) || start > Page.TaskSize || length > Page.TaskSize - start)
            return -(long)Errno.EINVAL;
        end = start + Page.AlignUp(length);
        return end == start ? -(long)Errno.EINVAL : 0;
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

            if (!UffdEvents.TryNoteUnmap(vma, start, end))
                return -(long)Errno.ENOMEM;
            pages.Total += vma.PageCount;
            if ((vma.Flags & VmFlags.Account) != 0)
                pages.Accounted += vma.PageCount;
        }

        return VmaTree.TryReserve() ? 0 : -(long)Errno.ENOMEM;
    }

    /// <summary>Removes the VMAs of a range that has been isolated (<c>vms_complete_munmap_vmas</c>).</summary>
    [MustHold("exclusive(mm.MmapLock)"), MaySleep]
    internal static void Remove(MmStruct mm, ulong start, ulong end)
    {
        var detached = Detach(mm, start, end, out var borders);
        if (detached != null)
            Release(detached, start, end, borders);
    }

    /// <summary>Makes the VMAs of a range that has been isolated unreachable for faults, and stops counting them.</summary>
    /// <returns>A tree with them in it, others besides; null if there is none in the range.</returns>
    [MustHold("exclusive(mm.MmapLock)"), Ensures("result.Mm == mm"), MaySleep]
    private static VmaTree? Detach(MmStruct mm, ulong start, ulong end, out Borders borders)
    {
        borders = default;
        var vma = mm.Vmas.FindIntersection(start, end);
        if (vma == null)
            return null;
        borders = new Borders(mm.Vmas.FindBefore(start)?.End ?? 0, mm.Vmas.Find(end)?.Start ?? ulong.MaxValue);
        var detached = mm.Vmas.Detach(start, end);
        for (; vma != null; vma = detached.FindIntersection(vma.End, end))
        {
            VmaStartWrite(vma);
            VmaMarkDetached(vma);
            mm.MapCount--;
            if ((vma.Flags & VmFlags.Account) != 0)
                mm.Machine.Commit.Uncharge(vma.PageCount);
            VmAccounting.Remove(mm, vma.Flags, vma.PageCount);
        }

        return detached;
    }

    /// <summary>
    /// Gives up the pages, the page tables and the objects of detached VMAs (<c>vms_clear_ptes</c>, <c>remove_vma</c>). Entries go while
    /// reverse mapping still finds the VMAs, so that a truncation that runs meanwhile misses none.
    /// </summary>
    [MustHold("detached.Mm.MmapLock"), MaySleep]
    private static void Release(VmaTree detached, ulong start, ulong end, Borders borders)
    {
        var mm = detached.Mm;
        var gather = TlbGather.Start(mm);
        for (var vma = detached.FindIntersection(start, end); vma != null; vma = detached.FindIntersection(vma.End, end))
            Zap.ZapRange(gather, vma, vma.Start, vma.End, ZapScope.Everything);
        gather.Finish();
        TableFreeing.FreeTables(mm, start, end, borders.Floor, borders.Ceiling);

        ulong next = start;
        while (detached.FindIntersection(next, end) is { } vma)
        {
            next = vma.End;
            FreeDetached(vma);
        }
    }

    [MustHold("vma.Mm.MmapLock"), MaySleep]
    private static void FreeDetached(VmArea vma)
    {
        VmaAssertDetached(vma);
        VmaLayout.Free(vma);
    }

    /// <summary>What is mapped next to a range.</summary>
    /// <param name="Floor">Where the mapping below it ends.</param>
    /// <param name="Ceiling">Where the mapping above it starts.</param>
    private readonly record struct Borders(ulong Floor, ulong Ceiling);

    /// <summary>What a range holds.</summary>
    internal struct MappedPages
    {
        /// <summary>Pages mapped.</summary>
        internal ulong Total;

        /// <summary>Pages charged against the commit limit.</summary>
        internal ulong Accounted;
    }
}
