using System;
using MmLint;

namespace MmKernel;

/// <summary>mlock, mlock2, munlock, mlockall and munlockall (<c>mm/mlock.c</c>).</summary>
internal static class MlockCalls
{
    /// <summary>Locks a range and populates it (<c>do_mlock</c>).</summary>
    /// <param name="mm">The address space.</param>
    /// <param name="start">First address; the page that holds it counts.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="flags">Whether to wait for faults instead of populating.</param>
    /// <returns>
    /// 0, or −errno. −EINVAL: overflow, unknown flag. −EPERM: may lock nothing. −ENOMEM: over the limit, a hole, no access. −EAGAIN: memory
    /// ran out while populating.
    /// </returns>
    [MustHold("mm.Users"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    internal static long Mlock(MmStruct mm, ulong start, ulong length, MlockFlags flags)
    {
        if ((flags & ~MlockFlags.OnFault) != 0)
            return -(long)Errno.EINVAL;
        if (!mm.Limits.MayLock)
            return -(long)Errno.EPERM;
        length = Page.AlignUp(length + (start & Page.OffsetMask));
        start = Page.AlignDown(start);
        if (mm.MmapLock.WriteLockKillable() != 0)
            return -(long)Errno.EINTR;
        var vmFlags = flags == MlockFlags.OnFault ? VmFlags.LockedMask : VmFlags.Locked;
        long error = FitsLimit(mm, start, length) ? SetRange(mm, start, length, vmFlags) : -(long)Errno.ENOMEM;
        mm.MmapLock.WriteUnlock();
        if (error != 0)
            return error;

        // mlock(2) has its own words for what population can run into.
        return Populating.MmPopulate(mm, start, length, ignoreErrors: false) switch
        {
            -(long)Errno.EFAULT => -(long)Errno.ENOMEM,
            -(long)Errno.ENOMEM => -(long)Errno.EAGAIN,
            var other => other,
        };
    }

    /// <summary>Unlocks a range.</summary>
    /// <returns>0, or −errno as <see cref="Mlock"/>.</returns>
    [MustHold("mm.Users"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    internal static long Munlock(MmStruct mm, ulong start, ulong length)
    {
        length = Page.AlignUp(length + (start & Page.OffsetMask));
        start = Page.AlignDown(start);
        if (mm.MmapLock.WriteLockKillable() != 0)
            return -(long)Errno.EINTR;
        long error = SetRange(mm, start, length, VmFlags.None);
        mm.MmapLock.WriteUnlock();
        return error;
    }

    /// <summary>Locks what is mapped, what will be mapped, or both (<c>mlockall(2)</c>).</summary>
    /// <returns>0, or −errno.</returns>
    [MustHold("mm.Users"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    internal static long MlockAll(MmStruct mm, MlockAllFlags flags)
    {
        const MlockAllFlags Known = MlockAllFlags.Current | MlockAllFlags.Future | MlockAllFlags.OnFault;
        if (flags == MlockAllFlags.None || (flags & ~Known) != 0 || flags == MlockAllFlags.OnFault)
            return -(long)Errno.EINVAL;
        if (!mm.Limits.MayLock)
            return -(long)Errno.EPERM;
        if (mm.MmapLock.WriteLockKillable() != 0)
            return -(long)Errno.EINTR;
        bool current = (flags & MlockAllFlags.Current) != 0;
        long error = -(long)Errno.ENOMEM;
        if (!current || mm.Limits.MayLockBeyondLimit || mm.TotalPages <= mm.Limits.LockedMemory >> Page.Shift)
        {
            SetAll(mm, flags);
            error = 0;
        }

        mm.MmapLock.WriteUnlock();
        if (error == 0 && current)
            Populating.MmPopulate(mm, 0, Page.TaskSize, ignoreErrors: true);
        return error;
    }

    /// <summary>Unlocks everything, present and future (<c>munlockall(2)</c>).</summary>
    /// <returns>0, or −EINTR.</returns>
    [MustHold("mm.Users"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    internal static long MunlockAll(MmStruct mm)
    {
        if (mm.MmapLock.WriteLockKillable() != 0)
            return -(long)Errno.EINTR;
        SetAll(mm, MlockAllFlags.None);
        mm.MmapLock.WriteUnlock();
        return 0;
    }

    /// <summary>Gives a range without holes new lock flags (<c>apply_vma_lock_flags</c>).</summary>
    [MustHold("exclusive(mm.MmapLock)"), MaySleep]
    private static long SetRange(MmStruct mm, ulong start, ulong length, VmFlags lockFlags)
    {
        if (start > ulong.MaxValue - length)
            return -(long)Errno.EINVAL;
        ulong end = start + length;
        while (start < end)
        {
            var vma = mm.Vmas.Walk(start);
            if (vma == null)
                return -(long)Errno.ENOMEM;
            ulong partEnd = Math.Min(vma.End, end);
            long error = SetPart(vma, start, partEnd, (vma.Flags & ~VmFlags.LockedMask) | lockFlags);
            if (error != 0)
                return error;
            start = partEnd;
        }

        return 0;
    }

    /// <summary>Gives all that is mapped new lock flags, whatever cannot have them left aside (<c>apply_mlockall_flags</c>).</summary>
    [MustHold("exclusive(mm.MmapLock)"), MaySleep]
    private static void SetAll(MmStruct mm, MlockAllFlags flags)
    {
        var wanted = VmFlags.None;
        if (flags != MlockAllFlags.None)
            wanted = (flags & MlockAllFlags.OnFault) != 0 ? VmFlags.LockedMask : VmFlags.Locked;
        mm.DefaultFlags &= ~VmFlags.LockedMask;
        if ((flags & MlockAllFlags.Future) != 0)
            mm.DefaultFlags |= wanted;
        if (flags != MlockAllFlags.None && (flags & MlockAllFlags.Current) == 0)
            return;

        ulong next = 0;
        for (var vma = mm.Vmas.Find(0); vma != null; vma = mm.Vmas.Find(next))
        {
            next = vma.End;
            SetPart(vma, vma.Start, vma.End, (vma.Flags & ~VmFlags.LockedMask) | wanted);
        }
    }

    /// <summary>Changes the lock flags of a part of one VMA (<c>mlock_fixup</c>).</summary>
    [MustHold("exclusive(vma.Mm.MmapLock)"), MaySleep]
    private static long SetPart(VmArea vma, ulong start, ulong end, VmFlags flags)
    {
        var mm = vma.Mm;
        var old = vma.Flags;
        if (flags == old || (old & (VmFlags.Io | VmFlags.DontExpand | VmFlags.HugeTlb | VmFlags.Droppable)) != 0)
            return 0;
        var part = VmaSplit.Modify(vma, start, end, flags);
        if (part == null)
            return -(long)Errno.ENOMEM;

        ulong pages = (end - start) >> Page.Shift;
        bool wasLocked = (old & VmFlags.Locked) != 0;
        bool isLocked = (flags & VmFlags.Locked) != 0;
        if (isLocked && !wasLocked)
            mm.LockedPages += pages;
        else if (!isLocked)
            mm.LockedPages -= pages;
        VmaLocking.VmaStartWrite(part);
        part.Flags = flags;
        if (isLocked != wasLocked && mm.Machine.Memory.Lru != null)
            LockedPages.Update(part, start, end, mm.Machine.Memory.Lru);
        return 0;
    }

    /// <summary>Whether a range may be locked; pages of it that are locked already do not count twice.</summary>
    [MustHold("mm.MmapLock")]
    private static bool FitsLimit(MmStruct mm, ulong start, ulong length)
    {
        if (mm.Limits.MayLockBeyondLimit)
            return true;
        ulong limit = mm.Limits.LockedMemory >> Page.Shift;
        ulong locked = mm.LockedPages + (length >> Page.Shift);
        return locked <= limit || locked - CountLocked(mm, start, start + length) <= limit;
    }

    /// <summary>Pages of a range that are locked already (<c>count_mm_mlocked_page_nr</c>).</summary>
    [MustHold("mm.MmapLock")]
    private static ulong CountLocked(MmStruct mm, ulong start, ulong end)
    {
        ulong count = 0;
        for (var vma = mm.Vmas.FindIntersection(start, end); vma != null; vma = mm.Vmas.FindIntersection(vma.End, end))
        {
            if ((vma.Flags & VmFlags.Locked) != 0)
                count += (Math.Min(vma.End, end) - Math.Max(vma.Start, start)) >> Page.Shift;
        }

        return count;
    }
}
