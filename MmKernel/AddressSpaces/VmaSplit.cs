using MmLint;
using static MmKernel.VmaLocking;

namespace MmKernel;

/// <summary>Cuts VMAs (<c>__split_vma</c>), and changes the flags of a part of one, cutting or merging as needed (<c>vma_modify</c>).</summary>
internal static class VmaSplit
{
    /// <summary>Makes a new VMA of what lies below <paramref name="address"/>; the given one keeps the rest.</summary>
    /// <returns>0, or −ENOMEM.</returns>
    [MustHold("exclusive(vma.Mm.MmapLock)"), MaySleep]
    internal static long SplitBelow(VmArea vma, ulong address)
    {
        ulong offset = vma.PageIndex(address);
        long error = Insert(vma, vma.Start, address, vma.PageOffset);
        if (error == 0)
            VmaLayout.Shrink(vma, address, vma.End, offset);
        return error;
    }

    /// <summary>Makes a new VMA of what lies from <paramref name="address"/> on; the given one keeps the rest.</summary>
    /// <returns>0, or −ENOMEM.</returns>
    [MustHold("exclusive(vma.Mm.MmapLock)"), MaySleep]
    internal static long SplitAbove(VmArea vma, ulong address)
    {
        long error = Insert(vma, address, vma.End, vma.PageIndex(address));
        if (error == 0)
            VmaLayout.Shrink(vma, vma.Start, address, vma.PageOffset);
        return error;
    }

    /// <summary>
    /// Finds or makes the VMA that is exactly the part [start, end) of <paramref name="vma"/>, or one that reaches further and has the new
    /// flags already. The caller write-locks it and sets the flags (<c>vma_modify_flags</c>).
    /// </summary>
    /// <returns>The VMA; null if a limit or memory was short (−ENOMEM).</returns>
    [MustHold("exclusive(vma.Mm.MmapLock)"), Ensures("result.Mm == vma.Mm"), MaySleep]
    [return: ValidWhileHeld("result.Mm.MmapLock")]
    internal static VmArea? Modify(VmArea vma, ulong start, ulong end, VmFlags flags) => Modify(vma, start, end, flags, vma.Userfault);

    /// <summary>
    /// The same where the part is also going to have another handler of faults, which the caller sets (<c>vma_modify_flags_uffd</c>).
    /// </summary>
    /// <returns>The VMA; null if a limit or memory was short (−ENOMEM).</returns>
    [MustHold("exclusive(vma.Mm.MmapLock)"), Ensures("result.Mm == vma.Mm"), MaySleep]
    [return: ValidWhileHeld("result.Mm.MmapLock")]
    internal static VmArea? Modify(VmArea vma, ulong start, ulong end, VmFlags flags, UserfaultContext? userfault)
    {
        var merged = VmaMerge.MergeExisting(vma, start, end, flags, userfault, out bool isExhausted);
        if (merged != null || isExhausted)
            return merged;
        if (vma.Start < start && (IsAtLimit(vma.Mm) || SplitBelow(vma, start) != 0))
            return null;
        if (vma.End > end && (IsAtLimit(vma.Mm) || SplitAbove(vma, end) != 0))
            return null;
        return vma;
    }

    [MustHold("mm.MmapLock")]
    private static bool IsAtLimit(MmStruct mm) => mm.MapCount >= mm.Machine.Options.MaxMapCount;

    /// <summary>
    /// Puts a copy of a VMA over a part of it, reachable through reverse mapping before the original gives the part up.
    /// </summary>
    [MustHold("exclusive(vma.Mm.MmapLock)"), Acquires("exclusive(vma.Lock)", Idempotent = true), MaySleep]
    private static long Insert(VmArea vma, ulong start, ulong end, ulong pageOffset)
    {
        VmaStartWrite(vma);
        if (FaultInjector.Fails(FaultPoint.Vma) || !VmaTree.TryReserve())
            return -(long)Errno.ENOMEM;
        var part = VmaLayout.Duplicate(vma, vma.Mm, start, end, pageOffset);
        VmaStartWrite(part);
        int error = AnonVmaLinks.AnonVmaClone(part, vma, reuse: false);
        if (error == 0)
            VmaLayout.Link(part);
        return error;
    }
}
