using System;
using MmLint;

namespace MmKernel;

/// <summary>mseal (<c>mm/mseal.c</c>).</summary>
internal static class MsealCalls
{
    /// <summary>Makes place, size and protection of all mappings of a range final (<c>mseal(2)</c>).</summary>
    /// <returns>0; −EINVAL: flags, misaligned, overflow; −ENOMEM: a hole, in which case nothing is sealed, or too many VMAs.</returns>
    [MustHold("mm.Users"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    internal static long Mseal(MmStruct mm, ulong start, ulong length, ulong flags)
    {
        if (flags != 0 || !Page.IsAligned(start))
            return -(long)Errno.EINVAL;
        ulong aligned = Page.AlignUp(length);
        ulong end = start + aligned;
        if ((length != 0 && aligned == 0) || end < start)
            return -(long)Errno.EINVAL;
        if (end == start)
            return 0;
        if (mm.MmapLock.WriteLockKillable() != 0)
            return -(long)Errno.EINTR;
        long error = HasHole(mm, start, end) ? -(long)Errno.ENOMEM : Seal(mm, start, end);
        mm.MmapLock.WriteUnlock();
        return error;
    }

    [MustHold("mm.MmapLock")]
    private static bool HasHole(MmStruct mm, ulong start, ulong end)
    {
        while (start < end)
        {
            var vma = mm.Vmas.Walk(start);
            if (vma == null)
                return true;
            start = vma.End;
        }

        return false;
    }

    [MustHold("exclusive(mm.MmapLock)"), MaySleep]
    private static long Seal(MmStruct mm, ulong start, ulong end)
    {
        while (start < end)
        {
            var vma = mm.Vmas.Walk(start);
            if (vma == null)
                return -(long)Errno.ENOMEM;
            ulong partEnd = Math.Min(vma.End, end);
            if ((vma.Flags & VmFlags.Sealed) == 0)
            {
                var part = VmaSplit.Modify(vma, start, partEnd, vma.Flags | VmFlags.Sealed);
                if (part == null)
                    return -(long)Errno.ENOMEM;
                VmaLocking.VmaStartWrite(part);
                part.Flags |= VmFlags.Sealed;
            }

            start = partEnd;
        }

        return 0;
    }
}
