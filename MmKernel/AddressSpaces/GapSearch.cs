using System;
using MmLint;

namespace MmKernel;

/// <summary>Finds room for mappings (<c>get_unmapped_area</c>; x86-64, top-down layout).</summary>
internal static class GapSearch
{
    /// <summary>Bytes below a mapping that grows down that others leave free (<c>stack_guard_gap</c>).</summary>
    internal const ulong StackGuardGap = 256UL << Page.Shift;

    private const long MaxErrno = 4095;

    /// <summary>Picks or checks the address of a mapping (<c>__get_unmapped_area</c>).</summary>
    /// <param name="mm">The address space.</param>
    /// <param name="address">A fixed address or a hint.</param>
    /// <param name="length">Bytes, in pages.</param>
    /// <param name="isFixed">Whether the address is fixed.</param>
    /// <returns>The address, or −errno.</returns>
    [MustHold("mm.MmapLock")]
    internal static long GetUnmappedArea(MmStruct mm, ulong address, ulong length, bool isFixed)
    {
        if (length > Page.TaskSize)
            return -(long)Errno.ENOMEM;

        // Addresses and errors share one result, so a fixed address that looks like an error is taken for one (IS_ERR_VALUE).
        if (isFixed && (long)address is < 0 and >= -MaxErrno)
            return (long)address;
        if (!isFixed && !TryHint(mm, ref address, length) && !FindTopDown(mm, length, out address)
            && !mm.Vmas.FindGapBottomUp(length, mm.Machine.Options.MinimumAddress, Page.TaskSize, out address))
        {
            return -(long)Errno.ENOMEM;
        }

        if (address > Page.TaskSize - length)
            return -(long)Errno.ENOMEM;
        if (!Page.IsAligned(address))
            return -(long)Errno.EINVAL;
        return address < mm.Machine.Options.MinimumAddress ? -(long)Errno.EPERM : (long)address;
    }

    /// <summary>First address of a VMA, less the gap that it keeps if it grows down (<c>vm_start_gap</c>).</summary>
    [MustHold("vma.Stable")]
    internal static ulong StartWithGap(VmArea vma)
    {
        if ((vma.Flags & VmFlags.GrowsDown) == 0)
            return vma.Start;
        return vma.Start > StackGuardGap ? vma.Start - StackGuardGap : 0;
    }

    [MustHold("mm.MmapLock")]
    private static bool TryHint(MmStruct mm, ref ulong address, ulong length)
    {
        address = Page.AlignDown(address);
        if (address == 0)
            return false;
        address = Math.Max(address, mm.Machine.Options.MinimumAddress);
        if (address > Page.TaskSize - length)
            return false;
        var next = mm.Vmas.Find(address);
        return next == null || address + length <= StartWithGap(next);
    }

    /// <summary>The highest free range below the mmap base that leaves the gaps of stacks alone (<c>unmapped_area_topdown</c>).</summary>
    [MustHold("mm.MmapLock")]
    private static bool FindTopDown(MmStruct mm, ulong length, out ulong address)
    {
        ulong high = mm.MmapBase;
        while (mm.Vmas.FindGapTopDown(length, mm.Machine.Options.MinimumAddress, high, out address))
        {
            var next = mm.Vmas.Find(address);
            if (next == null || address + length <= StartWithGap(next))
                return true;
            high = StartWithGap(next);
        }

        return false;
    }
}
