using MmLint;

namespace MmKernel;

/// <summary>Taking and leaving per-VMA locks (<c>mm/mmap_lock.c</c>).</summary>
public static class VmaLocking
{
    /// <summary>
    /// Read-locks a VMA found under RCU (<c>vma_start_read</c>). The VMA may have left the tree since; then this fails.
    /// </summary>
    [MustHold("Rcu.Section && vma.Mm.Residents"), Acquires("shared(vma.Lock)", When = "result", Try = true)]
    public static bool VmaStartRead(VmArea vma) => vma.Lock.TryReadLock();

    /// <summary>Leaves a read-locked VMA, which may be gone at once (<c>vma_end_read</c>).</summary>
    [Releases("shared(vma.Lock)")]
    public static void VmaEndRead(VmArea vma) => vma.Lock.ReadUnlock();

    /// <summary>Turns a hold of mmap_lock into one of the VMA (<c>vma_start_read_locked</c>). Fails only when too many read.</summary>
    [MustHold("vma.Mm.MmapLock && vma.Mm.Residents"), Acquires("shared(vma.Lock)", When = "result", Try = true)]
    public static bool VmaStartReadLocked(VmArea vma) => vma.Lock.TryReadLock();

    /// <summary>
    /// Finds the VMA that covers <paramref name="address"/> and read-locks it, with no other lock (<c>lock_vma_under_rcu</c>).
    /// </summary>
    /// <returns>Null if there is none or a writer is there: mmap_lock tells which. Nothing is held then.</returns>
    /// <remarks>
    /// What is returned may be a private mapping that has no anon_vma yet. Between finding and locking the VMA may have been cut back or
    /// replaced, so its range is tested again under the lock.
    /// </remarks>
    [MustHold("mm.Users && mm.Residents"), Acquires("shared(result.Lock)", When = "result != null", Try = true), Ensures("result.Mm == mm")]
    [return: ValidWhileHeld("result.Lock")]
    public static VmArea? LockVmaUnderRcu(MmStruct mm, ulong address)
    {
        Rcu.ReadLock();
        var vma = mm.Vmas.Walk(address);
        if (vma == null || !VmaStartRead(vma))
        {
            Rcu.ReadUnlock();
            return null;
        }

        Rcu.ReadUnlock();
        if (address >= vma.Start && address < vma.End)
            return vma;
        VmaEndRead(vma);
        return null;
    }

    /// <summary>Write-locks a VMA until mmap_lock is released or downgraded; there is no unlock (<c>vma_start_write</c>).</summary>
    [MustHold("exclusive(vma.Mm.MmapLock)"), Acquires("exclusive(vma.Lock)", Idempotent = true), MaySleep]
    public static void VmaStartWrite([Borrowed] VmArea vma)
    {
        vma.Lock.ExcludeReaders();
        vma.Lock.WaitForReaders();
        vma.Lock.MarkWriteLocked();
        vma.Lock.ReadmitReaders();
    }

    /// <summary>Like <see cref="VmaStartWrite"/>, unless a fatal signal arrives (<c>vma_start_write_killable</c>).</summary>
    /// <returns>0, or −EINTR with the VMA not locked and readers admitted.</returns>
    [MustHold("exclusive(vma.Mm.MmapLock)"), Acquires("exclusive(vma.Lock)", When = "result == 0", Idempotent = true), MaySleep]
    public static int VmaStartWriteKillable([Borrowed] VmArea vma)
    {
        vma.Lock.ExcludeReaders();
        int error = vma.Lock.WaitForReadersKillable();
        if (error != 0)
        {
            vma.Lock.ReadmitReaders();
            return error;
        }

        vma.Lock.MarkWriteLocked();
        vma.Lock.ReadmitReaders();
        return 0;
    }

    /// <summary>Makes a VMA reachable for those who look it up under RCU (<c>vma_mark_attached</c>).</summary>
    [MustHold("exclusive(vma.Mm.MmapLock) && exclusive(vma.Lock)")]
    public static void VmaMarkAttached(VmArea vma) => vma.Lock.MarkAttached();

    /// <summary>Makes a VMA unreachable for them; the tree has lost it or is about to (<c>vma_mark_detached</c>).</summary>
    [MustHold("exclusive(vma.Mm.MmapLock) && exclusive(vma.Lock)"), MaySleep]
    public static void VmaMarkDetached(VmArea vma) => vma.Lock.MarkDetached();

    /// <summary>
    /// Whoever took a VMA out of the tree is alone with it: no reader gets in any more, even when mmap_lock is downgraded
    /// (<c>vma_assert_detached</c>; checked, and assumed from here on).
    /// </summary>
    [AssertsHeld("exclusive(vma.Lock)")]
    internal static void VmaAssertDetached(VmArea vma) => Lockdep.Assert(!vma.Lock.IsAttached, "VMA freed while reachable");
}
