using MmLint;
using static MmKernel.VmaLocking;

namespace MmKernel;

/// <summary>Moves a mapping with its pages (<c>move_vma</c> in <c>mm/mremap.c</c>).</summary>
internal static class VmaMove
{
    /// <summary>Moves a part of a VMA to a free range.</summary>
    /// <param name="vma">The VMA that holds the part.</param>
    /// <param name="request">From where to where; the target is free.</param>
    /// <returns>The new address, or −ENOMEM.</returns>
    [MustHold("exclusive(vma.Mm.MmapLock) && vma.Mm.Users"), MaySleep]
    internal static long Move(VmArea vma, in RemapRequest request)
    {
        var mm = vma.Mm;
        if (mm.MapCount >= mm.Machine.Options.MaxMapCount - 3)
            return -(long)Errno.ENOMEM;
        bool keepsOld = (request.Flags & RemapFlags.DontUnmap) != 0;
        var flags = vma.Flags;

        // Merged pages would be looked for where they were (ksm_madvise in prep_move_vma).
        if ((flags & VmFlags.Mergeable) != 0 && KsmUnmerge.UnmergeRange(vma, request.Address, request.Address + request.OldLength) != 0)
            return -(long)Errno.ENOMEM;
        ulong charge = (flags & VmFlags.Account) != 0 ? request.NewLength >> Page.Shift : 0;
        if (charge != 0 && !VmAccounting.TryCharge(mm, charge))
            return -(long)Errno.ENOMEM;

        VmaStartWrite(vma);
        ulong oldEnd = request.Address + request.OldLength;
        bool isWhole = request.Address == vma.Start && oldEnd == vma.End;
        var target = Copy(vma, request);
        if (target == null)
        {
            mm.Machine.Commit.Uncharge(charge);
            return -(long)Errno.ENOMEM;
        }

        VmaStartWrite(target);
        ulong count = request.NewLength >> Page.Shift;
        VmAccounting.Add(mm, flags, count);

        // The merge may have swallowed the source, when neither has pages.
        var source = mm.Vmas.Walk(request.Address);
        if (source == null)
            return -(long)Errno.ENOMEM;
        VmaStartWrite(source);
        if (!MovePageTables.Prepare(source, target, request.Address, request.NewAddress, request.OldLength))
        {
            MunmapCalls.DoMunmap(mm, request.NewAddress, request.NewLength);
            return -(long)Errno.ENOMEM;
        }

        MovePageTables.Move(source, target, request.Address, request.NewAddress, request.OldLength);
        UffdEvents.NoteRemap(target, request.Address, request.NewAddress, request.OldLength);

        if (keepsOld)
            KeepSource(source, target, isWhole);
        else
            MunmapCalls.DoMunmap(mm, request.Address, request.OldLength);
        return (long)request.NewAddress;
    }

    /// <summary>Makes the target: grows a neighbour that fits, or a copy of the source's VMA (<c>copy_vma</c>).</summary>
    [MustHold("exclusive(vma.Mm.MmapLock) && exclusive(vma.Lock)"), Ensures("result.Mm == vma.Mm"), MaySleep]
    private static VmArea? Copy(VmArea vma, in RemapRequest request)
    {
        var mm = vma.Mm;
        ulong end = request.NewAddress + request.NewLength;

        // Without pages nothing remembers the old index, and with one that matches the new address it merges better.
        bool isUntouched = vma.IsAnonymous && vma.AnonVma == null;
        ulong offset = isUntouched ? request.NewAddress >> Page.Shift : vma.PageIndex(request.Address);
        var range = new VmaProposal
        {
            Start = request.NewAddress,
            End = end,
            PageOffset = offset,
            Flags = vma.Flags,
            File = vma.File,
            AnonVma = vma.AnonVma,
            Userfault = vma.Userfault,
            IsFromForkChild = VmaMerge.IsForkChild(vma),
        };
        var merged = VmaMerge.MergeNew(mm, range, vma);
        if (merged != null)
            return merged;

        if (FaultInjector.Fails(FaultPoint.Vma) || !VmaTree.TryReserve())
            return null;
        var copy = VmaLayout.Duplicate(vma, mm, request.NewAddress, end, offset);
        VmaStartWrite(copy);
        if (AnonVmaLinks.AnonVmaClone(copy, vma, reuse: false) != 0)
            return null;
        VmaLayout.Link(copy);
        return copy;
    }

    /// <summary>Leaves the source mapped and empty (<c>dontunmap_complete</c>).</summary>
    [MustHold("exclusive(vma.Mm.MmapLock) && exclusive(vma.Lock)"), MaySleep]
    private static void KeepSource(VmArea vma, VmArea target, bool isWhole)
    {
        // Linux goes on counting the source as locked, and what it counts decides what else may be locked.
        vma.Flags &= ~VmFlags.LockedMask;
        if (target != vma && isWhole)
            AnonVmaLinks.UnlinkAnonVmas(vma);
    }
}
