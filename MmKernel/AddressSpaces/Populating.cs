using System;
using MmLint;

namespace MmKernel;

/// <summary>Faults pages in ahead of their use (<c>mm/gup.c</c>): what MAP_POPULATE, locked memory and madvise ask for.</summary>
internal static class Populating
{
    /// <summary>Populates whatever is mapped in a range (<c>__mm_populate</c>).</summary>
    /// <param name="mm">The address space.</param>
    /// <param name="start">First address.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="ignoreErrors">Whether to go on with the next VMA where one cannot be populated.</param>
    /// <returns>0; −EFAULT: no access, or the object ends; −ENOMEM.</returns>
    [MustHold("mm.Users"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    internal static long MmPopulate(MmStruct mm, ulong start, ulong length, bool ignoreErrors)
    {
        ulong end = start + length;
        long error = 0;
        while (start < end && (error == 0 || ignoreErrors))
        {
            mm.MmapLock.ReadLock();
            var vma = mm.Vmas.FindIntersection(start, end);
            if (vma == null)
            {
                mm.MmapLock.ReadUnlock();
                return 0;
            }

            start = Math.Max(start, vma.Start);
            ulong stop = Math.Min(vma.End, end);
            error = PopulatePart(vma, ref start, stop, out bool locked);
            if (locked)
                mm.MmapLock.ReadUnlock();
            if (error != 0)
                start = stop;
        }

        return ignoreErrors ? 0 : error;
    }

    /// <summary>Populates a part of a VMA under a lock that stays held (<c>populate_vma_page_range</c> without a place to drop it).</summary>
    [MustHold("exclusive(vma.Mm.MmapLock) && vma.Mm.Users"), MaySleep]
    internal static void PopulateLocked(VmArea vma, ulong start, ulong end)
    {
        if ((vma.Flags & VmFlags.LockOnFault) != 0)
            return;
        bool isWrite = PopulatesForWriting(vma.Flags);
        for (ulong address = start; address < end; address += Page.Size)
        {
            if ((FaultHandling.HandleMmFault(vma, address, WithoutWaiting(isWrite)) & (VmFault.Error | VmFault.Retry)) != 0)
                return;
        }
    }

    /// <summary>Populates for madvise, which says why it cannot (<c>madvise_populate</c>).</summary>
    /// <returns>0; −ENOMEM: not mapped; −EINVAL: the mapping forbids the access; −EFAULT: the access would raise a signal; −EINTR.</returns>
    [MustHold("mm.Users"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    internal static long MadvisePopulate(MmStruct mm, ulong start, ulong end, bool write)
    {
        var needed = write ? VmFlags.Write : VmFlags.Read;
        long error = 0;
        while (start < end && error == 0)
        {
            mm.MmapLock.ReadLock();
            var vma = mm.Vmas.Walk(start);
            if (vma == null || (vma.Flags & needed) == 0)
            {
                mm.MmapLock.ReadUnlock();
                return vma == null ? -(long)Errno.ENOMEM : -(long)Errno.EINVAL;
            }

            error = FaultIn(vma, ref start, Math.Min(vma.End, end), write, out bool locked);
            if (locked)
                mm.MmapLock.ReadUnlock();
        }

        return error;
    }

    [MustHold("vma.Mm.MmapLock && vma.Mm.Users"), Releases("vma.Mm.MmapLock", When = "!locked"), MaySleep]
    private static long PopulatePart(VmArea vma, ref ulong start, ulong end, out bool locked)
    {
        locked = true;
        if ((vma.Flags & VmFlags.LockOnFault) != 0)
        {
            start = end;
            return 0;
        }

        // Every permission but none will do: the page is only to be there.
        if (!VmAccounting.IsAccessible(vma.Flags) || (vma.Flags & VmFlags.MayRead) == 0)
            return -(long)Errno.EFAULT;
        return FaultIn(vma, ref start, end, PopulatesForWriting(vma.Flags), out locked);
    }

    /// <summary>
    /// Faults until the end of the range, an error, or the loss of the lock; <paramref name="start"/> is where to go on
    /// (<c>faultin_page</c>).
    /// </summary>
    [MustHold("vma.Mm.MmapLock && vma.Mm.Users"), Releases("vma.Mm.MmapLock", When = "!locked"), MaySleep]
    private static long FaultIn(VmArea vma, ref ulong start, ulong end, bool isWrite, out bool locked)
    {
        locked = true;
        while (start < end)
        {
            var result = FaultHandling.HandleMmFault(vma, start, WithWaiting(isWrite));
            if ((result & VmFault.LockDropped) != 0)
            {
                locked = false;
                if ((result & VmFault.Completed) != 0)
                    start += Page.Size;
                return Task.Current.IsFatalSignalPending ? -(long)Errno.EINTR : 0;
            }

            if ((result & VmFault.Oom) != 0)
                return -(long)Errno.ENOMEM;
            if ((result & VmFault.HwPoison) != 0)
                return -(long)Errno.EHWPOISON;
            if ((result & VmFault.Error) != 0)
                return -(long)Errno.EFAULT;
            start += Page.Size;
        }

        return 0;
    }

    // Private writable memory is copied now rather than at the first write; shared memory would only be dirtied for nothing.
    private static bool PopulatesForWriting(VmFlags flags) => (flags & (VmFlags.Write | VmFlags.Shared)) == VmFlags.Write;

    /// <summary>The flags of a fault handled under mmap_lock, which it may drop.</summary>
    [Ensures("(result & FaultFlag.VmaLock) == 0"), Ensures("(result & FaultFlag.RetryNowait) == 0")]
    private static FaultFlag WithWaiting(bool isWrite)
    {
        if (isWrite)
            return FaultFlag.AllowRetry | FaultFlag.Killable | FaultFlag.Write;
        return FaultFlag.AllowRetry | FaultFlag.Killable;
    }

    /// <summary>The flags of a fault handled under mmap_lock, which it keeps in any case.</summary>
    [Ensures("(result & FaultFlag.VmaLock) == 0"), Ensures("(result & FaultFlag.RetryNowait) != 0")]
    private static FaultFlag WithoutWaiting(bool isWrite)
    {
        if (isWrite)
            return FaultFlag.AllowRetry | FaultFlag.RetryNowait | FaultFlag.Write;
        return FaultFlag.AllowRetry | FaultFlag.RetryNowait;
    }
}
