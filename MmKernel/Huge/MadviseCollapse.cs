using MmLint;

namespace MmKernel;

/// <summary>MADV_COLLAPSE: huge pages now, whatever the mode is (<c>madvise_collapse</c>, <c>mm/khugepaged.c</c>).</summary>
internal static class MadviseCollapse
{
    /// <summary>Collapses the huge pages that lie in [start, end) as a whole.</summary>
    /// <returns>
    /// 0 if all of them are huge now. −ENOMEM: part of the range is not mapped, or there was no huge page. −EAGAIN: somebody works with a page.
    /// −EINVAL: the mapping does not allow it, or nothing is there to collapse.
    /// </returns>
    [MustHold("mm.Users"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    internal static long Run(MmStruct mm, ulong start, ulong end)
    {
        long unmapped = 0;
        while (start < end)
        {
            mm.MmapLock.ReadLock();
            var vma = MadviseCalls.NextPart(mm, ref start, end, out ulong stop, ref unmapped);
            bool isAllowed = vma == null || HugePages.IsPossible(vma);
            mm.MmapLock.ReadUnlock();
            long error = isAllowed ? RunPart(mm, start, stop) : -(long)Errno.EINVAL;
            if (error != 0)
                return error;
            start = stop;
        }

        return unmapped;
    }

    /// <summary>What lies in one VMA; once one fails for a reason of its own the others are still tried.</summary>
    [MustHold("mm.Users"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    private static long RunPart(MmStruct mm, ulong from, ulong to)
    {
        ulong first = HugePages.AlignUp(from);
        ulong last = HugePages.AlignDown(to);
        long error = from < to && first > last ? -(long)Errno.EINVAL : 0;
        for (ulong start = first; start < last; start += HugePages.Size)
        {
            var result = Collapse.Try(mm, start, HugePageUse.Forced);
            if (result is CollapseResult.Done or CollapseResult.AlreadyHuge)
                continue;
            error = ErrorOf(result);
            if (result is not (CollapseResult.NothingMapped or CollapseResult.Unfit or CollapseResult.Busy))
                return error;
        }

        return error;
    }

    /// <summary>(<c>madvise_collapse_errno</c>)</summary>
    private static long ErrorOf(CollapseResult result) => result switch
    {
        CollapseResult.NoHugePage => -(long)Errno.ENOMEM,
        CollapseResult.TooManyMissing => -(long)Errno.EBUSY,
        CollapseResult.Busy => -(long)Errno.EAGAIN,
        _ => -(long)Errno.EINVAL,
    };
}
