using System;
using MmLint;

namespace MmKernel;

/// <summary>mprotect (<c>mm/mprotect.c</c>).</summary>
internal static class MprotectCalls
{
    /// <summary>Changes the protection of a range, which must be mapped without a hole (<c>do_mprotect_pkey</c>).</summary>
    /// <returns>
    /// 0, or −errno; what lies before the place that failed has the new protection. −EINVAL: misaligned, unknown bits. −ENOMEM: a hole, or
    /// too many VMAs. −EACCES: the mapping was never allowed that. −EPERM: sealed.
    /// </returns>
    [MustHold("mm.Users"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    internal static long Mprotect(MmStruct mm, ulong start, ulong length, Prot prot)
    {
        var grows = prot & (Prot.GrowsDown | Prot.GrowsUp);
        prot &= ~grows;
        if (grows == (Prot.GrowsDown | Prot.GrowsUp) || !Page.IsAligned(start))
            return -(long)Errno.EINVAL;
        if (length == 0)
            return 0;
        ulong end = start + Page.AlignUp(length);
        if (end <= start)
            return -(long)Errno.ENOMEM;
        if ((prot & ~(Prot.Read | Prot.Write | Prot.Exec | Prot.Semaphore)) != 0)
            return -(long)Errno.EINVAL;
        if (mm.MmapLock.WriteLockKillable() != 0)
            return -(long)Errno.EINTR;
        long error = ProtectRange(mm, start, end, prot, grows);
        mm.MmapLock.WriteUnlock();
        return error;
    }

    [MustHold("exclusive(mm.MmapLock) && mm.Users"), MaySleep]
    private static long ProtectRange(MmStruct mm, ulong start, ulong end, Prot prot, Prot grows)
    {
        var vma = mm.Vmas.FindIntersection(start, end);
        if (vma == null)
            return -(long)Errno.ENOMEM;
        if ((grows & Prot.GrowsDown) != 0)
        {
            start = vma.Start;
            if ((vma.Flags & VmFlags.GrowsDown) == 0)
                return -(long)Errno.EINVAL;
        }
        else if (vma.Start > start)
        {
            return -(long)Errno.ENOMEM;
        }
        else if ((grows & Prot.GrowsUp) != 0)
        {
            // Nothing grows up on x86-64.
            return -(long)Errno.EINVAL;
        }

        while (start < end)
        {
            vma = mm.Vmas.Walk(start);
            if (vma == null)
                return -(long)Errno.ENOMEM;
            var flags = (vma.Flags & ~VmFlags.AccessMask) | (VmFlags)((ulong)prot & (ulong)VmFlags.AccessMask);
            if (((ulong)flags & ~((ulong)flags >> 4) & (ulong)VmFlags.AccessMask) != 0)
                return -(long)Errno.EACCES;
            ulong partEnd = Math.Min(vma.End, end);
            long error = ProtectPart(vma, start, partEnd, flags);
            if (error != 0)
                return error;
            start = partEnd;
        }

        return 0;
    }

    /// <summary>Changes the protection within one VMA (<c>mprotect_fixup</c>).</summary>
    [MustHold("exclusive(vma.Mm.MmapLock) && vma.Mm.Users"), MaySleep]
    private static long ProtectPart(VmArea vma, ulong start, ulong end, VmFlags flags)
    {
        var mm = vma.Mm;
        var old = vma.Flags;
        ulong pages = (end - start) >> Page.Shift;
        if ((old & VmFlags.Sealed) != 0)
            return -(long)Errno.EPERM;
        if (flags == old)
            return 0;

        bool charged = false;
        if ((flags & VmFlags.Write) != 0)
        {
            if (!VmAccounting.MayExpand(mm, flags, pages) && VmAccounting.MayExpand(mm, old, pages))
                return -(long)Errno.ENOMEM;
            if ((old & (VmFlags.Account | VmFlags.Write | VmFlags.HugeTlb | VmFlags.Shared | VmFlags.NoReserve)) == 0)
            {
                if (!VmAccounting.TryCharge(mm, pages))
                    return -(long)Errno.ENOMEM;
                charged = true;
                flags |= VmFlags.Account;
            }
        }
        else if ((old & VmFlags.Account) != 0 && vma.IsAnonymous && vma.AnonVma == null)
        {
            // Nothing was written, so nothing needs memory; with pages the charge cannot be told apart any more.
            flags &= ~VmFlags.Account;
        }

        var part = VmaSplit.Modify(vma, start, end, flags);
        if (part == null)
        {
            if (charged)
                mm.Machine.Commit.Uncharge(pages);
            return -(long)Errno.ENOMEM;
        }

        VmaLocking.VmaStartWrite(part);
        part.Flags = flags;
        Protection.ChangeProtection(part, start, end);
        if ((old & VmFlags.Account) != 0 && (flags & VmFlags.Account) == 0)
            mm.Machine.Commit.Uncharge(pages);
        VmAccounting.Remove(mm, old, pages);
        VmAccounting.Add(mm, flags, pages);

        // Locked memory must not fault, and a private page would at the first write.
        if ((old & (VmFlags.Write | VmFlags.Shared | VmFlags.Locked)) == VmFlags.Locked && (flags & VmFlags.Write) != 0)
            Populating.PopulateLocked(part, start, end);
        return 0;
    }
}
