using MmLint;

namespace MmKernel;

/// <summary>msync (<c>mm/msync.c</c>).</summary>
internal static class MsyncCalls
{
    /// <summary>
    /// Has changes of shared mappings written to their files (<c>msync(2)</c>). Memory files have nothing behind them, so what is left are
    /// the checks; files that have are written by <see cref="MemoryFile.Sync"/> only.
    /// </summary>
    /// <returns>0; −EINVAL: flags, misaligned; −ENOMEM: overflow, or part of the range is not mapped; −EBUSY: invalidate locked memory.</returns>
    [MustHold("mm.Users"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    internal static long Msync(MmStruct mm, ulong start, ulong length, SyncFlags flags)
    {
        const SyncFlags Both = SyncFlags.Async | SyncFlags.Sync;
        if ((flags & ~(Both | SyncFlags.Invalidate)) != 0 || !Page.IsAligned(start) || (flags & Both) == Both)
            return -(long)Errno.EINVAL;
        ulong end = start + Page.AlignUp(length);
        if (end < start)
            return -(long)Errno.ENOMEM;
        if (end == start)
            return 0;
        mm.MmapLock.ReadLock();
        long error = Check(mm, start, end, flags);
        mm.MmapLock.ReadUnlock();
        return error;
    }

    [MustHold("mm.MmapLock")]
    private static long Check(MmStruct mm, ulong start, ulong end, SyncFlags flags)
    {
        long unmapped = 0;
        while (start < end)
        {
            var vma = mm.Vmas.FindIntersection(start, end);
            if (vma == null || vma.Start > start)
            {
                // With nothing to wait for and nothing to invalidate the answer is known.
                unmapped = -(long)Errno.ENOMEM;
                if (vma == null || flags == SyncFlags.Async)
                    return unmapped;
            }

            if ((flags & SyncFlags.Invalidate) != 0 && (vma.Flags & VmFlags.Locked) != 0)
                return -(long)Errno.EBUSY;
            start = vma.End;
        }

        return unmapped;
    }
}
