using System;
using MmLint;
using static MmKernel.FaultHandling;
using static MmKernel.VmaLookup;

namespace MmKernel;

/// <summary>Faulting pages in before they are accessed (<c>mm/gup.c</c>).</summary>
internal static class Populate
{
    /// <summary>
    /// Faults in what is not present of [start, end), as mlock and MAP_POPULATE do: writable private memory is faulted for writing, so that
    /// its pages are there to stay (<c>__mm_populate</c>).
    /// </summary>
    /// <param name="mm">The address space.</param>
    /// <param name="start">First address.</param>
    /// <param name="end">First address behind.</param>
    /// <param name="ignoreErrors">Whether to go on with the next VMA where one cannot be populated.</param>
    /// <returns>0, or −errno.</returns>
    [MustHold("mm.Users"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    internal static int MmPopulate(MmStruct mm, ulong start, ulong end, bool ignoreErrors)
    {
        ulong address = start;
        while (address < end)
        {
            mm.MmapLock.ReadLock();
            var vma = FindVma(mm, address);
            if (vma == null || vma.Start >= end)
            {
                mm.MmapLock.ReadUnlock();
                return 0;
            }

            address = Math.Max(address, vma.Start);
            ulong stop = Math.Min(end, vma.End);
            bool isWrite = (vma.Flags & (VmFlags.Write | VmFlags.Shared)) == VmFlags.Write;
            mm.MmapLock.ReadUnlock();
            int error = PopulateRange(mm, ref address, stop, isWrite);
            if (error == 0)
                continue;
            if (!ignoreErrors)
                return error;
            address = stop;
        }

        return 0;
    }

    /// <summary>Faults in [address, end) for reading or writing (<c>faultin_page_range</c>, for madvise POPULATE).</summary>
    /// <returns>0, or −ENOMEM, −EFAULT or −EHWPOISON with <paramref name="address"/> at the page that failed.</returns>
    [MustHold("mm.Users"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    internal static int PopulateRange(MmStruct mm, ref ulong address, ulong end, bool isWrite)
    {
        while (address < end)
        {
            int error = PopulatePage(mm, address, isWrite);
            if (error == -(int)Errno.EAGAIN)
                continue;
            if (error != 0)
                return error;
            address += Page.Size;
        }

        return 0;
    }

    [MustHold("mm.Users"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    private static int PopulatePage(MmStruct mm, ulong address, bool isWrite)
    {
        mm.MmapLock.ReadLock();
        var vma = LookupVma(mm, address);
        if (vma == null)
        {
            mm.MmapLock.ReadUnlock();
            return -(int)Errno.ENOMEM;
        }

        var needed = isWrite ? VmFlags.Write : VmFlags.AccessMask;
        if ((vma.Flags & needed) == 0)
        {
            mm.MmapLock.ReadUnlock();
            return -(int)Errno.EFAULT;
        }

        if (IsPopulated(PageTableWalk.ReadEntry(vma, address), isWrite))
        {
            mm.MmapLock.ReadUnlock();
            return 0;
        }

        var result = HandleMmFault(vma, address, FlagsOf(isWrite));
        if ((result & VmFault.LockDropped) == 0)
            mm.MmapLock.ReadUnlock();
        if ((result & VmFault.Error) != 0)
            return (result & VmFault.Oom) != 0 ? -(int)Errno.ENOMEM : -(int)Errno.EFAULT;
        return -(int)Errno.EAGAIN;
    }

    /// <summary>The flags of a fault handled under mmap_lock that nobody interrupts.</summary>
    [Ensures("(result & FaultFlag.VmaLock) == 0"), Ensures("(result & FaultFlag.RetryNowait) == 0")]
    private static FaultFlag FlagsOf(bool isWrite)
    {
        if (isWrite)
            return FaultFlag.Write;
        return FaultFlag.None;
    }

    private static bool IsPopulated(ulong entry, bool isWrite) =>
        PageTableEntry.IsPresent(entry) && (!isWrite || PageTableEntry.IsWritable(entry));
}
