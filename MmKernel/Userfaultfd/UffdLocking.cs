using MmLint;
using static MmKernel.AnonPrepare;
using static MmKernel.VmaLocking;

namespace MmKernel;

/// <summary>The locks under which a userfaultfd fills and moves pages (<c>mm/userfaultfd.c</c>).</summary>
internal static class UffdLocking
{
    /// <summary>
    /// Read-locks the VMA at an address, ready for anonymous pages if it is private (<c>uffd_lock_vma</c>). The address space need not be the
    /// current one: nothing is faulted in.
    /// </summary>
    /// <returns>Null after −ENOENT: not mapped; −ENOMEM; −EAGAIN: the VMA is being changed.</returns>
    [MustHold("mm.Users && mm.Residents"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    [Acquires("shared(result.Lock)", When = "result != null"), Ensures("result.Mm == mm"), Ensures("result.IsShared || result.AnonVma != null")]
    [Ensures("error != 0", When = "result == null")]
    [return: ValidWhileHeld("result.Lock")]
    internal static VmArea? UffdLockVma(MmStruct mm, ulong address, out long error)
    {
        error = 0;
        var vma = LockVmaUnderRcu(mm, address);
        if (vma != null && (vma.IsShared || vma.AnonVma != null))
            return vma;
        if (vma != null)
            VmaEndRead(vma);
        mm.MmapLock.ReadLock();
        vma = FindVmaAndPrepareAnon(mm, address, out error);
        if (vma != null && !VmaStartReadLocked(vma))
        {
            error = -(long)Errno.EAGAIN;
            vma = null;
        }

        mm.MmapLock.ReadUnlock();
        return vma;
    }

    /// <summary>
    /// Locks what filling pages needs: the VMA, registered and covering the range, and mappings that are not changing
    /// (<c>uffd_mfill_lock</c> with <c>map_changing_lock</c>).
    /// </summary>
    /// <returns>Null after −ENOENT, −ENOMEM, −EAGAIN, with nothing held.</returns>
    [MustHold("mm.Users && mm.Residents"), MustNotHold("MmStruct.MmapLock || VmArea.Lock || UserfaultContext.MapChangingLock"), MaySleep]
    [Acquires("shared(result.Lock) && shared(context.MapChangingLock)", When = "result != null"), Ensures("result.Mm == mm")]
    [Ensures("result.IsShared || result.AnonVma != null")]
    [return: ValidWhileHeld("result.Lock")]
    internal static VmArea? FillLock(UserfaultContext context, MmStruct mm, ulong start, ulong length, out long error)
    {
        var vma = UffdLockVma(mm, start, out error);
        if (vma == null)
            return null;
        if (vma.Userfault == null || start + length > vma.End)
        {
            VmaEndRead(vma);
            error = -(long)Errno.ENOENT;
            return null;
        }

        context.MapChangingLock.ReadLock();
        if (!context.IsChanging)
            return vma;
        context.MapChangingLock.ReadUnlock();
        VmaEndRead(vma);
        error = -(long)Errno.EAGAIN;
        return null;
    }

    /// <summary>Releases what <see cref="FillLock"/> took.</summary>
    [Releases("shared(vma.Lock) && shared(context.MapChangingLock)")]
    internal static void FillUnlock(UserfaultContext context, VmArea vma)
    {
        context.MapChangingLock.ReadUnlock();
        VmaEndRead(vma);
    }

    /// <summary>Finds a VMA and makes sure of its anon_vma if it is private (<c>find_vma_and_prepare_anon</c>).</summary>
    /// <returns>Null after −ENOENT: not mapped; −ENOMEM.</returns>
    [MustHold("mm.MmapLock"), Ensures("result.Mm == mm"), Ensures("result.IsShared || result.AnonVma != null"), MaySleep]
    [Ensures("error != 0", When = "result == null")]
    [return: ValidWhileHeld("mm.MmapLock || result.Lock")]
    internal static VmArea? FindVmaAndPrepareAnon(MmStruct mm, ulong address, out long error)
    {
        error = -(long)Errno.ENOENT;
        var vma = mm.Vmas.Walk(address);
        if (vma == null)
            return null;
        if (!vma.IsShared && AnonVmaPrepare(vma) != 0)
        {
            error = -(long)Errno.ENOMEM;
            return null;
        }

        error = 0;
        return vma;
    }
}
