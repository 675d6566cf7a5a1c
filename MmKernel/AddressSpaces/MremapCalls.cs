using System;
using MmLint;

namespace MmKernel;

/// <summary>mremap (<c>mm/mremap.c</c>): checks and choice of what to do. The move itself is in <see cref="VmaMove"/>.</summary>
internal static class MremapCalls
{
    // A move splits one VMA into three before it unmaps, twice at worst.
    private const int SpareVmas = 3;

    /// <summary>Grows, shrinks or moves mappings (<c>do_mremap</c>).</summary>
    /// <returns>
    /// The address, or −errno. −EINVAL: misaligned, overlapping, contradictory. −EFAULT: not mapped, or across the end of a VMA. −ENOMEM: no
    /// room, a limit. −EAGAIN: more locked memory than allowed. −EPERM: sealed.
    /// </returns>
    [MustHold("mm.Users"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    internal static long Mremap(MmStruct mm, ulong address, ulong oldLength, ulong newLength, RemapFlags flags, ulong newAddress)
    {
        var request = new RemapRequest
        {
            Address = address,
            OldLength = Page.AlignUp(oldLength),
            NewLength = Page.AlignUp(newLength),
            Flags = flags,
            NewAddress = newAddress,
        };
        long error = CheckParameters(request);
        if (error != 0)
            return error;
        if (mm.MmapLock.WriteLockKillable() != 0)
            return -(long)Errno.EINTR;
        ulong populate = 0;
        error = CheckMapCount(mm, request);
        if (error == 0)
            error = request.IsMoveOnly ? MoveAll(mm, request) : RemapOne(mm, request, out populate);
        UffdEvents.UnlockAndComplete(mm);
        if (error >= 0 && populate != 0)
            Populating.MmPopulate(mm, (ulong)error + request.OldLength, populate, ignoreErrors: true);
        return error;
    }

    /// <summary>What is wrong with a request whatever is mapped (<c>check_mremap_params</c>).</summary>
    private static long CheckParameters(in RemapRequest request)
    {
        const RemapFlags Known = RemapFlags.MayMove | RemapFlags.Fixed | RemapFlags.DontUnmap;
        if ((request.Flags & ~Known) != 0 || !Page.IsAligned(request.Address) || request.NewLength == 0 || request.NewLength > Page.TaskSize)
            return -(long)Errno.EINVAL;
        if (!request.NamesTarget)
            return 0;
        bool isWrong = request.NewAddress > Page.TaskSize - request.NewLength
            || !Page.IsAligned(request.NewAddress)
            || (request.Flags & RemapFlags.MayMove) == 0
            || ((request.Flags & RemapFlags.DontUnmap) != 0 && request.OldLength != request.NewLength)
            || (request.Address + request.OldLength > request.NewAddress && request.NewAddress + request.NewLength > request.Address);
        return isWrong ? -(long)Errno.EINVAL : 0;
    }

    [MustHold("mm.MmapLock")]
    private static long CheckMapCount(MmStruct mm, in RemapRequest request) =>
        request.NamesTarget && mm.MapCount + 2 >= mm.Machine.Options.MaxMapCount - SpareVmas ? -(long)Errno.ENOMEM : 0;

    /// <summary>
    /// Moves everything in a range, however many VMAs that is, keeping the distances between them (<c>remap_move</c>, Linux 6.17).
    /// </summary>
    [MustHold("exclusive(mm.MmapLock) && mm.Users"), MaySleep]
    private static long MoveAll(MmStruct mm, in RemapRequest request)
    {
        ulong end = request.Address + request.OldLength;
        ulong at = request.Address;
        long result = -(long)Errno.EFAULT;
        while (at < end)
        {
            var vma = mm.Vmas.FindIntersection(at, end);
            if (vma == null)
                break;
            if (at == request.Address && vma.Start > at)
                return -(long)Errno.EFAULT;

            // Whoever handles faults of a VMA hears of one move at a time, so it moves alone or not at all (vma_multi_allowed).
            if (vma.Userfault != null && (result >= 0 || vma.End < end))
                return -(long)Errno.EFAULT;
            ulong from = Math.Max(vma.Start, at);
            ulong to = Math.Min(vma.End, end);
            var part = request with
            {
                Address = from,
                OldLength = to - from,
                NewLength = to - from,
                NewAddress = request.NewAddress + (from - request.Address),
            };
            long moved = Check(vma, part, out _);
            if (moved == 0)
                moved = MoveTo(mm, part);
            if (moved < 0)
                return moved;
            if (result < 0)
                result = moved;
            at = to;
        }

        return result;
    }

    [MustHold("exclusive(mm.MmapLock) && mm.Users"), MaySleep]
    private static long RemapOne(MmStruct mm, in RemapRequest request, out ulong populate)
    {
        populate = 0;
        var vma = mm.Vmas.Walk(request.Address);
        if (vma == null)
            return -(long)Errno.EFAULT;
        long error = Check(vma, request, out bool growsLocked);
        if (error != 0)
            return error;
        if (growsLocked)
            populate = request.Growth;
        if (request.NamesTarget)
            return MoveTo(mm, request);
        if (request.NewLength == request.OldLength)
            return (long)request.Address;
        return request.NewLength < request.OldLength ? Shrink(mm, request) : Expand(vma, request);
    }

    /// <summary>What is wrong with a request for a VMA (<c>check_prep_vma</c>).</summary>
    [MustHold("exclusive(vma.Mm.MmapLock)")]
    private static long Check(VmArea vma, in RemapRequest request, out bool growsLocked)
    {
        growsLocked = false;
        if ((vma.Flags & VmFlags.Sealed) != 0)
            return -(long)Errno.EPERM;
        if (request.NewLength <= request.OldLength && !request.NamesTarget)
            return 0;
        if (request.OldLength == 0 && (vma.Flags & (VmFlags.Shared | VmFlags.MayShare)) == 0)
            return -(long)Errno.EINVAL;
        if ((request.Flags & RemapFlags.DontUnmap) != 0 && (vma.Flags & VmFlags.DontExpand) != 0)
            return -(long)Errno.EINVAL;
        if (Math.Min(request.OldLength, request.NewLength) > vma.End - request.Address)
            return -(long)Errno.EFAULT;
        if (request.NewLength <= request.OldLength)
            return 0;

        growsLocked = (vma.Flags & VmFlags.Locked) != 0;
        ulong index = vma.PageIndex(request.Address);
        if (index + (request.NewLength >> Page.Shift) < index)
            return -(long)Errno.EINVAL;
        if ((vma.Flags & VmFlags.DontExpand) != 0)
            return -(long)Errno.EFAULT;
        if (!VmAccounting.MayLockMore(vma.Mm, vma.Flags, request.Growth))
            return -(long)Errno.EAGAIN;
        return VmAccounting.MayExpand(vma.Mm, vma.Flags, request.Growth >> Page.Shift) ? 0 : -(long)Errno.ENOMEM;
    }

    [MustHold("exclusive(mm.MmapLock)"), MaySleep]
    private static long Shrink(MmStruct mm, in RemapRequest request)
    {
        long error = MunmapCalls.DoMunmap(mm, request.Address + request.NewLength, request.OldLength - request.NewLength);
        return error != 0 ? error : (long)request.Address;
    }

    /// <summary>Grows in place if there is room, else moves if that is allowed (<c>expand_vma</c>).</summary>
    [MustHold("exclusive(vma.Mm.MmapLock) && vma.Mm.Users"), MaySleep]
    private static long Expand(VmArea vma, in RemapRequest request)
    {
        var mm = vma.Mm;
        ulong end = vma.End + request.Growth;
        bool isTail = vma.End - request.Address == request.OldLength;
        if (isTail && end > vma.End && mm.Vmas.FindIntersection(vma.End, end) == null
            && GapSearch.GetUnmappedArea(mm, vma.Start, end - vma.Start, isFixed: true) >= 0)
        {
            return ExpandInPlace(vma, request);
        }

        if ((request.Flags & RemapFlags.MayMove) == 0)
            return -(long)Errno.ENOMEM;
        long target = GapSearch.GetUnmappedArea(mm, 0, request.NewLength, isFixed: false);
        return target < 0 ? target : VmaMove.Move(vma, request with { NewAddress = (ulong)target });
    }

    [MustHold("exclusive(vma.Mm.MmapLock)"), MaySleep]
    private static long ExpandInPlace(VmArea vma, in RemapRequest request)
    {
        var mm = vma.Mm;
        var flags = vma.Flags;
        ulong pages = request.Growth >> Page.Shift;
        bool isCharged = (flags & VmFlags.Account) != 0;
        if (isCharged && !VmAccounting.TryCharge(mm, pages))
            return -(long)Errno.ENOMEM;
        var extension = new VmaProposal
        {
            Start = vma.End,
            End = vma.End + request.Growth,
            PageOffset = vma.PageOffset + vma.PageCount,
            Flags = flags,
            File = vma.File,

            // The VMA is a neighbour of the extension: no pages come from anywhere, even if a parent handed the VMA down.
            AnonVma = vma.AnonVma,
            Userfault = vma.Userfault,
        };
        if (VmaMerge.MergeNew(mm, extension) == null)
        {
            if (isCharged)
                mm.Machine.Commit.Uncharge(pages);
            return -(long)Errno.ENOMEM;
        }

        VmAccounting.Add(mm, flags, pages);
        return (long)request.Address;
    }

    /// <summary>Clears the target, shrinks the source if asked, and moves (<c>mremap_to</c>).</summary>
    [MustHold("exclusive(mm.MmapLock) && mm.Users"), MaySleep]
    private static long MoveTo(MmStruct mm, RemapRequest request)
    {
        if ((request.Flags & RemapFlags.Fixed) != 0)
        {
            long error = MunmapCalls.DoMunmap(mm, request.NewAddress, request.NewLength);
            if (error != 0)
                return error;

            // An old length that overflows hides that both ranges are one.
            if (mm.Vmas.Walk(request.Address) == null)
                return -(long)Errno.EFAULT;
        }

        if (request.NewLength < request.OldLength)
        {
            long error = MunmapCalls.DoMunmap(mm, request.Address + request.NewLength, request.OldLength - request.NewLength);
            if (error != 0)
                return error;
            request = request with { OldLength = request.NewLength };
        }

        var vma = mm.Vmas.Walk(request.Address);
        if (vma == null)
            return -(long)Errno.EFAULT;
        if ((request.Flags & RemapFlags.DontUnmap) != 0 && !VmAccounting.MayExpand(mm, vma.Flags, request.OldLength >> Page.Shift))
            return -(long)Errno.ENOMEM;
        bool isFixed = (request.Flags & RemapFlags.Fixed) != 0;
        long target = GapSearch.GetUnmappedArea(mm, request.NewAddress, request.NewLength, isFixed);
        return target < 0 ? target : VmaMove.Move(vma, request with { NewAddress = (ulong)target });
    }
}
