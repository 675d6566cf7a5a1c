using MmLint;

namespace MmKernel;

/// <summary>MADV_REMOVE: frees a range of the file behind a shared mapping (<c>madvise_remove</c>).</summary>
internal static class MadviseRemove
{
    /// <summary>Punches holes into whatever files are mapped in a range.</summary>
    /// <returns>
    /// 0, or −errno. −EINVAL: locked, or no file behind. −EACCES: the mapping cannot be made writable or is private. −ENOMEM: done, but part
    /// of the range is not mapped.
    /// </returns>
    [MustHold("mm.Users"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    internal static long Run(MmStruct mm, ulong start, ulong end)
    {
        long unmapped = 0;
        while (start < end)
        {
            mm.MmapLock.ReadLock();
            if (MadviseCalls.NextPart(mm, ref start, end, out ulong stop, ref unmapped) is not { } vma)
            {
                mm.MmapLock.ReadUnlock();
                return unmapped;
            }

            long error = Check(vma);
            if (error != 0)
            {
                mm.MmapLock.ReadUnlock();
                return error;
            }

            // The file's lock comes before mmap_lock; the reference keeps the file when the VMA goes.
            var file = vma.File!.File;
            ulong offset = vma.PageIndex(start) << Page.Shift;
            file.Get();
            if (UffdEvents.Remove(vma, start, stop))
                mm.MmapLock.ReadUnlock();
            error = file.PunchHole(offset, stop - start);
            file.Put();
            if (error != 0)
                return error;
            start = stop;
        }

        return unmapped;
    }

    [MustHold("vma.Mm.MmapLock")]
    private static long Check(VmArea vma)
    {
        if (MadviseCalls.IsSealedAgainstDiscard(vma))
            return -(long)Errno.EPERM;
        if ((vma.Flags & VmFlags.Locked) != 0 || vma.File == null)
            return -(long)Errno.EINVAL;
        return FileRmap.CanBeWrittenShared(vma.Flags) ? 0 : -(long)Errno.EACCES;
    }
}
