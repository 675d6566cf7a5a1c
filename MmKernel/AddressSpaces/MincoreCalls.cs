using System;
using MmLint;

namespace MmKernel;

/// <summary>mincore (<c>mm/mincore.c</c>).</summary>
internal static class MincoreCalls
{
    /// <summary>Tells which pages of a range are in memory (<c>mincore(2)</c>).</summary>
    /// <param name="mm">The address space.</param>
    /// <param name="start">First address; page-aligned.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="residency">A byte for each page; bit 0 says that it is in memory.</param>
    /// <returns>0; −EINVAL: misaligned; −ENOMEM: part of the range is not mapped; −EFAULT: too little room for the answer.</returns>
    [MustHold("mm.Users"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    internal static long Mincore(MmStruct mm, ulong start, ulong length, Span<byte> residency)
    {
        if (!Page.IsAligned(start))
            return -(long)Errno.EINVAL;
        if (start > Page.TaskSize || length > Page.TaskSize - start)
            return -(long)Errno.ENOMEM;
        ulong end = start + Page.AlignUp(length);
        if ((end - start) >> Page.Shift > (ulong)residency.Length)
            return -(long)Errno.EFAULT;
        mm.MmapLock.ReadLock();
        ulong address = start;
        while (address < end)
        {
            var vma = mm.Vmas.Walk(address);
            if (vma == null)
                break;
            ulong stop = Math.Min(vma.End, end);
            for (; address < stop; address += Page.Size)
                residency[(int)((address - start) >> Page.Shift)] = IsInCore(vma, address) ? (byte)1 : (byte)0;
        }

        mm.MmapLock.ReadUnlock();
        return address < end ? -(long)Errno.ENOMEM : 0;
    }

    /// <summary>A page that is not mapped may still be cached; markers count as not mapped (<c>mincore_pte_range</c>).</summary>
    [MustHold("vma.Mm.MmapLock")]
    private static bool IsInCore(VmArea vma, ulong address)
    {
        ulong entry = PageTableWalk.ReadEntry(vma, address);
        var memory = vma.Mm.Machine.Memory;
        if (SwapEntry.IsIn(entry))
            return memory.Swap.IsCached(memory, SwapEntry.Of(entry));
        return PageTableEntry.IsPresent(entry) || MigrationEntry.IsIn(entry) || (vma.File != null && vma.File.Mapping.IsCached(vma.PageIndex(address)));
    }
}
