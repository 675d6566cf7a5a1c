using MmLint;

namespace MmKernel;

/// <summary>
/// Grows mappings that grow down when something below them is accessed (<c>expand_stack</c>). That moves a border, so mmap_lock is held
/// exclusively; a fault that finds itself below a stack starts over with it.
/// </summary>
internal static class StackGrowth
{
    /// <summary>Looks for the VMA at an address again, exclusively, and grows it down to the address if it lies above (<c>expand_stack</c>).</summary>
    /// <returns>The VMA, with mmap_lock held shared again; null with nothing held if there is none or it may not grow.</returns>
    [MustHold("mm.MmapLock && mm.Users"), Releases("mm.MmapLock"), Acquires("shared(mm.MmapLock)", When = "result != null")]
    [Ensures("result.Mm == mm"), MaySleep]
    [return: ValidWhileHeld("mm.MmapLock")]
    internal static VmArea? ExpandStack(MmStruct mm, ulong address)
    {
        mm.MmapLock.ReadUnlock();
        if (mm.MmapLock.WriteLockKillable() != 0)
            return null;
        var vma = mm.Vmas.Find(address);
        if (vma != null && (vma.Start <= address || ExpandDownwards(vma, Page.AlignDown(address)) == 0))
        {
            mm.MmapLock.DowngradeWrite();
            return vma;
        }

        mm.MmapLock.WriteUnlock();
        return null;
    }

    /// <summary>Moves the start of a VMA down to <paramref name="address"/> (<c>expand_downwards</c>).</summary>
    /// <returns>0; −EFAULT: it does not grow; −EPERM: too low; −ENOMEM: a neighbour is too near, or a limit.</returns>
    [MustHold("exclusive(vma.Mm.MmapLock)"), MaySleep]
    private static long ExpandDownwards(VmArea vma, ulong address)
    {
        var mm = vma.Mm;
        if ((vma.Flags & VmFlags.GrowsDown) == 0)
            return -(long)Errno.EFAULT;
        if (address < mm.Machine.Options.MinimumAddress)
            return -(long)Errno.EPERM;

        // A stack may touch another stack, and what cannot be accessed serves as a guard itself.
        var below = mm.Vmas.FindBefore(vma.Start);
        if (below != null && (below.Flags & VmFlags.GrowsDown) == 0 && VmAccounting.IsAccessible(below.Flags)
            && address - below.End < GapSearch.StackGuardGap)
        {
            return -(long)Errno.ENOMEM;
        }

        ulong pages = (vma.Start - address) >> Page.Shift;
        if (pages > vma.PageOffset || AnonPrepare.AnonVmaPrepare(vma) != 0 || !VmaTree.TryReserve() || !Charge(mm, vma.Flags, vma.End - address, pages))
            return -(long)Errno.ENOMEM;
        VmaLocking.VmaStartWrite(vma);
        VmAccounting.Add(mm, vma.Flags, pages);
        VmaLayout.Resize(vma, address, vma.End, vma.PageOffset - pages);
        return 0;
    }

    /// <summary>
    /// Tests the limits and charges what can be written (<c>acct_stack_growth</c>). Linux charges every growth, and never takes back what it
    /// charged for a stack that is not accounted; here only what is accounted is charged.
    /// </summary>
    [MustHold("mm.MmapLock")]
    private static bool Charge(MmStruct mm, VmFlags flags, ulong size, ulong pages) =>
        VmAccounting.MayExpand(mm, flags, pages)
        && size <= mm.Limits.Stack
        && VmAccounting.MayLockMore(mm, flags, pages << Page.Shift)
        && ((flags & VmFlags.Account) == 0 || VmAccounting.TryCharge(mm, pages));
}
