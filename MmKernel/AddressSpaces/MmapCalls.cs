using MmLint;
using static MmKernel.VmaLocking;

namespace MmKernel;

/// <summary>mmap (<c>mm/mmap.c</c>, <c>mm/vma.c</c>).</summary>
internal static class MmapCalls
{
    /// <summary>Maps anonymous memory under mmap_lock (<c>vm_mmap_pgoff</c>).</summary>
    [MustHold("mm.Users"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    internal static long VmMmap(MmStruct mm, ulong address, ulong length, Prot prot, MapFlags flags, VmFile? file, ulong pageOffset)
    {
        if (mm.MmapLock.WriteLockKillable() != 0)
            return -(long)Errno.EINTR;
        long result = DoMmap(mm, address, length, prot, flags, file, pageOffset);
        mm.MmapLock.WriteUnlock();
        return result;
    }

    [MustHold("mm.Users && exclusive(mm.MmapLock)"), MaySleep]
    private static long DoMmap(MmStruct mm, ulong address, ulong length, Prot prot, MapFlags flags, VmFile? file, ulong pageOffset)
    {
        if (length == 0)
            return -(long)Errno.EINVAL;
        if ((flags & MapFlags.FixedNoReplace) != 0)
            flags |= MapFlags.Fixed;
        length = Page.AlignUp(length);
        if (length == 0 || length > Page.TaskSize)
            return -(long)Errno.ENOMEM;
        if (mm.MapCount > mm.Machine.Options.MaxMapCount)
            return -(long)Errno.ENOMEM;

        long start = GetUnmappedArea(mm, address, length, flags);
        if (start < 0)
            return start;
        ulong from = (ulong)start;
        if ((flags & MapFlags.FixedNoReplace) != 0 && mm.Vmas.FindIntersection(from, from + length) != null)
            return -(long)Errno.EEXIST;
        if ((flags & MapFlags.Anonymous) == 0 && file == null)
            return -(long)Errno.EBADF;
        if ((flags & MapFlags.TypeMask) is not (MapFlags.Private or MapFlags.Shared))
            return -(long)Errno.EINVAL;

        var vmFlags = VmFlags.MayRead | VmFlags.MayWrite | VmFlags.MayExec | (VmFlags)((ulong)prot & (ulong)VmFlags.AccessMask);
        if ((flags & MapFlags.Shared) != 0)
            vmFlags |= VmFlags.Shared | VmFlags.MayShare;
        return MmapRegion(mm, from, length, vmFlags | mm.DefaultFlags, file, file == null ? from >> Page.Shift : pageOffset);
    }

    /// <summary>Picks the address (<c>__get_unmapped_area</c>).</summary>
    [MustHold("mm.MmapLock")]
    private static long GetUnmappedArea(MmStruct mm, ulong address, ulong length, MapFlags flags)
    {
        if ((flags & MapFlags.Fixed) != 0)
        {
            if (!Page.IsAligned(address))
                return -(long)Errno.EINVAL;
            return address <= Page.TaskSize - length ? (long)address : -(long)Errno.ENOMEM;
        }

        ulong hint = Page.AlignUp(address);
        if (hint >= Page.MinimumAddress && hint <= Page.TaskSize - length && mm.Vmas.FindIntersection(hint, hint + length) == null)
            return (long)hint;
        return mm.Vmas.FindGapTopDown(length, Page.MinimumAddress, mm.MmapBase, out ulong found) ? (long)found : -(long)Errno.ENOMEM;
    }

    /// <summary>Puts a new VMA over whatever is in the range (<c>__mmap_region</c>).</summary>
    [MustHold("mm.Users && exclusive(mm.MmapLock)"), MaySleep]
    private static long MmapRegion(MmStruct mm, ulong start, ulong length, VmFlags flags, VmFile? file, ulong pageOffset)
    {
        if (mm.Vmas.FindIntersection(start, start + length) != null)
        {
            int error = MunmapCalls.DoMunmap(mm, start, length);
            if (error != 0)
                return error;
        }

        var vma = new VmArea(mm) { Start = start, End = start + length, PageOffset = pageOffset, Flags = flags, File = file };
        VmaStartWrite(vma);
        FileRmap.VmaLinkFile(vma);
        VmaLink(mm, vma);
        mm.TotalPages += length >> Page.Shift;
        return (long)start;
    }

    /// <summary>Puts a finished VMA into the tree (<c>vma_link</c>).</summary>
    [MustHold("exclusive(mm.MmapLock) && exclusive(vma.Lock)"), Requires("vma.Mm == mm")]
    internal static void VmaLink(MmStruct mm, VmArea vma)
    {
        VmaMarkAttached(vma);
        mm.Vmas.Store(vma.Start, vma.End, vma);
        mm.MapCount++;
    }
}
