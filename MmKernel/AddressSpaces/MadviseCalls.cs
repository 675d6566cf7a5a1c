using System;
using MmLint;

namespace MmKernel;

/// <summary>
/// madvise (<c>mm/madvise.c</c>). Each advice runs under the weakest lock that it can: flags change under mmap_lock held exclusively, pages
/// under mmap_lock held shared, and what may take long drops it in between.
/// </summary>
internal static class MadviseCalls
{
    /// <summary>Applies advice to whatever is mapped in a range (<c>do_madvise</c>).</summary>
    /// <returns>
    /// 0, or −errno. −EINVAL: misaligned, unknown, or not for this mapping. −ENOMEM: done, but part of the range is not mapped. −EPERM: sealed.
    /// −EAGAIN: memory or the limit of VMAs ran out. −EACCES: the file behind cannot be written. −EFAULT: populating raised a signal.
    /// </returns>
    [MustHold("mm.Users"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    internal static long Madvise(MmStruct mm, ulong start, ulong length, Advice advice)
    {
        if (!IsKnown(advice) || !Page.IsAligned(start))
            return -(long)Errno.EINVAL;
        ulong aligned = Page.AlignUp(length);
        if (length != 0 && aligned == 0)
            return -(long)Errno.EINVAL;
        ulong end = start + aligned;
        if (end < start)
            return -(long)Errno.EINVAL;
        if (end == start)
            return 0;
        return advice switch
        {
            Advice.PopulateRead => Populating.MadvisePopulate(mm, start, end, write: false),
            Advice.PopulateWrite => Populating.MadvisePopulate(mm, start, end, write: true),
            Advice.Remove => MadviseRemove.Run(mm, start, end),
            Advice.Collapse => MadviseCollapse.Run(mm, start, end),
            _ when ChangesFlags(advice) => ChangeFlags(mm, start, end, advice),
            _ => ChangePages(mm, start, end, advice),
        };
    }

    // Poisoning needs CONFIG_MEMORY_FAILURE. Linux built without it does not know the numbers.
    private static bool IsKnown(Advice advice) => Enum.IsDefined(advice) && advice is not (Advice.HwPoison or Advice.SoftOffline);

    private static bool ChangesFlags(Advice advice) => advice is Advice.Normal or Advice.Random or Advice.Sequential or Advice.DontFork
        or Advice.DoFork or Advice.WipeOnFork or Advice.KeepOnFork or Advice.DontDump or Advice.DoDump or Advice.Mergeable
        or Advice.Unmergeable or Advice.HugePage or Advice.NoHugePage;

    /// <summary>The next part of a range that lies in one VMA (<c>madvise_walk_vmas</c>).</summary>
    /// <param name="mm">The address space.</param>
    /// <param name="start">Where to look from; then the start of the part.</param>
    /// <param name="end">The end of the range.</param>
    /// <param name="stop">The end of the part.</param>
    /// <param name="unmapped">Becomes −ENOMEM if something up to the part, or all up to the end, is not mapped.</param>
    /// <returns>The VMA; null at the end of the range.</returns>
    [MustHold("mm.MmapLock"), Ensures("result.Mm == mm")]
    [return: ValidWhileHeld("result.Lock || result.Mm.MmapLock")]
    internal static VmArea? NextPart(MmStruct mm, ref ulong start, ulong end, out ulong stop, ref long unmapped)
    {
        var vma = mm.Vmas.FindIntersection(start, end);
        if (vma == null || vma.Start > start)
            unmapped = -(long)Errno.ENOMEM;
        start = vma == null ? end : Math.Max(start, vma.Start);
        stop = vma == null ? end : Math.Min(vma.End, end);
        return vma;
    }

    [MustHold("mm.Users"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    private static long ChangeFlags(MmStruct mm, ulong start, ulong end, Advice advice)
    {
        if (mm.MmapLock.WriteLockKillable() != 0)
            return -(long)Errno.EINTR;
        long unmapped = 0;
        long error = 0;
        while (start < end && error == 0 && NextPart(mm, ref start, end, out ulong stop, ref unmapped) is { } vma)
        {
            error = ChangeFlagsOfPart(vma, start, stop, advice);
            start = stop;
        }

        mm.MmapLock.WriteUnlock();
        return error != 0 ? error : unmapped;
    }

    [MustHold("exclusive(vma.Mm.MmapLock)"), MaySleep]
    private static long ChangeFlagsOfPart(VmArea vma, ulong start, ulong end, Advice advice)
    {
        if (Discards(advice) && IsSealedAgainstDiscard(vma))
            return -(long)Errno.EPERM;
        var flags = vma.Flags;
        switch (advice)
        {
            case Advice.Normal:
                flags &= ~(VmFlags.RandomRead | VmFlags.SequentialRead);
                break;
            case Advice.Sequential:
                flags = (flags & ~VmFlags.RandomRead) | VmFlags.SequentialRead;
                break;
            case Advice.Random:
                flags = (flags & ~VmFlags.SequentialRead) | VmFlags.RandomRead;
                break;
            case Advice.DontFork:
                flags |= VmFlags.DontCopy;
                break;
            case Advice.DoFork:
                if ((flags & VmFlags.Io) != 0)
                    return -(long)Errno.EINVAL;
                flags &= ~VmFlags.DontCopy;
                break;
            case Advice.WipeOnFork:
                if (!vma.IsAnonymous || vma.IsShared)
                    return -(long)Errno.EINVAL;
                flags |= VmFlags.WipeOnFork;
                break;
            case Advice.KeepOnFork:
                if ((flags & VmFlags.Droppable) != 0)
                    return -(long)Errno.EINVAL;
                flags &= ~VmFlags.WipeOnFork;
                break;
            case Advice.DontDump:
                flags |= VmFlags.DontDump;
                break;
            case Advice.DoDump:
                if ((flags & (VmFlags.Io | VmFlags.DontExpand)) != 0 && (flags & VmFlags.HugeTlb) == 0)
                    return -(long)Errno.EINVAL;
                flags &= ~VmFlags.DontDump;
                break;
            case Advice.Mergeable:
                if ((flags & (VmFlags.Shared | VmFlags.MayShare | VmFlags.Io | VmFlags.DontExpand | VmFlags.HugeTlb)) != 0)
                    break;
                if (!vma.Mm.Machine.Ksm.TryEnter(vma.Mm))
                    return -(long)Errno.ENOMEM;
                flags |= VmFlags.Mergeable;
                break;
            case Advice.Unmergeable:
                if ((flags & VmFlags.Mergeable) != 0 && KsmUnmerge.UnmergeRange(vma, start, end) is var error and not 0)
                    return error;
                flags &= ~VmFlags.Mergeable;
                break;
            case Advice.HugePage:
                flags = (flags & ~VmFlags.NoHugePage) | VmFlags.HugePage;
                break;
            case Advice.NoHugePage:
                flags = (flags & ~VmFlags.HugePage) | VmFlags.NoHugePage;
                break;
        }

        if (flags == vma.Flags)
            return 0;
        var part = VmaSplit.Modify(vma, start, end, flags);
        if (part == null)
            return -(long)Errno.EAGAIN;
        VmaLocking.VmaStartWrite(part);
        part.Flags = flags;
        return 0;
    }

    [MustHold("mm.Users"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    private static long ChangePages(MmStruct mm, ulong start, ulong end, Advice advice)
    {
        mm.MmapLock.ReadLock();
        long unmapped = 0;
        long error = 0;
        while (start < end && error == 0 && NextPart(mm, ref start, end, out ulong stop, ref unmapped) is { } vma)
        {
            if (IsAnnounced(vma, advice) && !UffdEvents.Remove(vma, start, stop))
            {
                // While the handler was told, anything may have happened to the mapping.
                mm.MmapLock.ReadLock();
                if (mm.Vmas.Walk(start) is not { } found)
                {
                    mm.MmapLock.ReadUnlock();
                    return -(long)Errno.ENOMEM;
                }

                vma = found;
                stop = Math.Min(stop, vma.End);
            }

            error = ChangePagesOfPart(vma, start, stop, advice);
            start = stop;
        }

        mm.MmapLock.ReadUnlock();
        return error != 0 ? error : unmapped;
    }

    [MustHold("vma.Mm.MmapLock && vma.Mm.Users"), MaySleep]
    private static long ChangePagesOfPart(VmArea vma, ulong start, ulong end, Advice advice)
    {
        bool isLocked = (vma.Flags & VmFlags.Locked) != 0;
        if (Discards(advice) && IsSealedAgainstDiscard(vma))
            return -(long)Errno.EPERM;
        switch (advice)
        {
            case Advice.DontNeed when !isLocked:
            case Advice.DontNeedLocked:
                Zap.ZapVmaRange(vma, start, end, ZapScope.Pages);
                return 0;
            case Advice.Free when !isLocked && vma.IsAnonymous:
                MadvisePages.Free(vma, start, end);
                return 0;
            case Advice.Cold when !isLocked:
                MadvisePages.Cool(vma, start, end);
                return 0;
            case Advice.PageOut when !isLocked:
                MadvisePages.PageOut(vma, start, end);
                return 0;
            case Advice.WillNeed:
                MadvisePages.WillNeed(vma, start, end);
                return 0;
            case Advice.GuardInstall when !isLocked && !IsSpecial(vma):
                return GuardRegions.Install(vma, start, end);
            case Advice.GuardRemove when !IsSpecial(vma):
                GuardRegions.Remove(vma, start, end);
                return 0;
            default:
                return -(long)Errno.EINVAL;
        }
    }

    /// <summary>Whether a handler of faults hears of it before the pages go: where they may go at all.</summary>
    [MustHold("vma.Mm.MmapLock")]
    private static bool IsAnnounced(VmArea vma, Advice advice) => advice switch
    {
        Advice.DontNeedLocked => true,
        Advice.DontNeed => (vma.Flags & VmFlags.Locked) == 0,
        Advice.Free => (vma.Flags & VmFlags.Locked) == 0 && vma.IsAnonymous,
        _ => false,
    };

    private static bool Discards(Advice advice) => advice is Advice.DontNeed or Advice.DontNeedLocked or Advice.Free or Advice.Remove
        or Advice.DontFork or Advice.WipeOnFork or Advice.GuardInstall;

    /// <summary>A sealed mapping that cannot be written keeps its pages, for its owner could not put them back (<c>can_modify_vma_madv</c>).</summary>
    [MustHold("vma.Mm.MmapLock")]
    internal static bool IsSealedAgainstDiscard(VmArea vma) =>
        (vma.Flags & VmFlags.Sealed) != 0 && vma.IsAnonymous && (vma.Flags & VmFlags.Write) == 0;

    [MustHold("vma.Mm.MmapLock")]
    private static bool IsSpecial(VmArea vma) => (vma.Flags & (VmFlags.Io | VmFlags.DontExpand | VmFlags.HugeTlb)) != 0;
}
