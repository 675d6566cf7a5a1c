using MmLint;
using static MmKernel.FaultHandling;
using static MmKernel.PageTableWalk;
using static MmKernel.VmaLookup;

namespace MmKernel;

/// <summary>Getting at the pages of an address space from outside (<c>mm/gup.c</c>). Faults for others always run under mmap_lock.</summary>
internal static class GetUserPages
{
    /// <summary>The page at an address if it is present and allows the access (<c>follow_page_mask</c>, <c>follow_page_pte</c>).</summary>
    /// <param name="vma">The VMA.</param>
    /// <param name="address">The address.</param>
    /// <param name="isWrite">Whether the page will be written to.</param>
    /// <param name="isPin">Whether it is to be pinned.</param>
    /// <param name="unshare">Whether the page must first become the process's own.</param>
    /// <returns>With a reference, and a pin if one was asked for; null if it takes a fault.</returns>
    [MustHold("vma.Mm.MmapLock"), Acquires("result.Ref", When = "result != null")]
    internal static Folio? FollowPage(VmArea vma, ulong address, bool isWrite, bool isPin, out bool unshare)
    {
        var huge = HugeFollow.Page(vma, address, isWrite, isPin, out bool isHuge, out unshare);
        if (isHuge)
            return huge;
        var pte = TryPteOffsetMapLock(vma, address);
        if (pte == null)
            return null;
        ulong entry = pte.Value;
        if (!PageTableEntry.IsPresent(entry) || (isWrite && !PageTableEntry.IsWritable(entry)))
        {
            PteUnmapUnlock(pte);
            return null;
        }

        var folio = pte.FolioIn(vma.Mm.Machine.Memory, entry);
        unshare = isPin && PinUserPages.MustUnshare(folio, isWrite);
        if (unshare)
        {
            PteUnmapUnlock(pte);
            return null;
        }

        // Dirty now: the write comes after the lock is gone.
        pte.Or(isWrite ? PageTableEntry.Accessed | PageTableEntry.Dirty : PageTableEntry.Accessed);
        folio.Get();
        if (isPin && !PageTableEntry.IsSpecial(entry))
            folio.AddPin();
        PteUnmapUnlock(pte);
        return folio;
    }

    /// <summary>The page at an address, faulted in if need be (<c>get_user_pages_remote</c> of one page).</summary>
    /// <param name="mm">The address space, not necessarily the current one.</param>
    /// <param name="address">The address.</param>
    /// <param name="flags">What the page is for.</param>
    /// <param name="isPin">Whether it is to be pinned.</param>
    /// <param name="error">0; −EFAULT if nothing is mapped or the use is forbidden, −ENOMEM, −EINTR.</param>
    /// <returns>With a reference, a pin if one was asked for, and mmap_lock held; null after an error, with nothing held.</returns>
    [MustHold("mm.Users"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    [Acquires("result.Ref && shared(mm.MmapLock)", When = "result != null")]
    internal static Folio? GetUserPageLocked(MmStruct mm, ulong address, PinFlags flags, bool isPin, out int error)
    {
        bool isWrite = (flags & PinFlags.Write) != 0;
        while (true)
        {
            error = mm.MmapLock.ReadLockKillable();
            if (error != 0)
                return null;
            var vma = LookupVma(mm, address);
            if (vma == null || !Allows(vma, flags))
            {
                mm.MmapLock.ReadUnlock();
                error = -(int)Errno.EFAULT;
                return null;
            }

            var folio = FollowPage(vma, address, isWrite, isPin, out bool unshare);
            if (folio != null)
                return folio;
            var result = HandleMmFault(vma, address, FlagsOf(isWrite, isPin, unshare));
            if ((result & VmFault.LockDropped) == 0)
                mm.MmapLock.ReadUnlock();
            error = ErrorAfter(result);
            if (error != 0)
                return null;
        }
    }

    /// <summary>Why a page that was faulted in is not to be looked for once more (<c>faultin_page</c>).</summary>
    /// <returns>0: look; −ENOMEM, −EFAULT, −EINTR.</returns>
    private static int ErrorAfter(VmFault result)
    {
        if ((result & VmFault.Error) != 0)
            return (result & VmFault.Oom) != 0 ? -(int)Errno.ENOMEM : -(int)Errno.EFAULT;
        return Task.Current.IsFatalSignalPending ? -(int)Errno.EINTR : 0;
    }

    /// <summary>
    /// Whether the VMA allows the use (<c>check_vma_flags</c>). A file that wants to hear of writes is not pinned for long for writing: its
    /// pages would change unheard (<c>writable_file_mapping_allowed</c>).
    /// </summary>
    [MustHold("vma.Mm.MmapLock")]
    private static bool Allows(VmArea vma, PinFlags flags)
    {
        bool isWrite = (flags & PinFlags.Write) != 0;
        if ((vma.Flags & (isWrite ? VmFlags.Write : VmFlags.Read)) == 0)
            return false;
        return !isWrite || (flags & PinFlags.LongTerm) == 0 || !vma.IsShared || vma.File?.Mapping.Backing == null;
    }

    /// <summary>How to fault. Where it is not for a pin, the fault may release the lock, and a fatal signal ends its waits.</summary>
    [Ensures("(result & FaultFlag.VmaLock) == 0"), Ensures("(result & FaultFlag.RetryNowait) == 0")]
    private static FaultFlag FlagsOf(bool isWrite, bool isPin, bool unshare)
    {
        if (!isPin)
            return FaultFlag.Remote | FaultFlag.AllowRetry | FaultFlag.Killable | (isWrite ? FaultFlag.Write : FaultFlag.None);
        if (isWrite)
            return FaultFlag.Remote | FaultFlag.Write;
        return unshare ? FaultFlag.Remote | FaultFlag.Unshare : FaultFlag.Remote;
    }
}
