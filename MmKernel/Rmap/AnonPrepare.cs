using MmLint;
using static MmKernel.VmaLocking;

namespace MmKernel;

/// <summary>Making sure that a VMA has an anon_vma before a page is hung into it (<c>mm/rmap.c</c>, <c>mm/memory.c</c>).</summary>
public static class AnonPrepare
{
    /// <summary>
    /// Gives the VMA an anon_vma (<c>anon_vma_prepare</c>). A neighbour's may do, and looking at neighbours takes mmap_lock: the VMA lock
    /// alone is not enough.
    /// </summary>
    /// <returns>0, or −ENOMEM.</returns>
    [MustHold("vma.Anchored"), MustHold("vma.Mm.MmapLock", When = "vma.AnonVma == null"), MustNotHold("AnonVma.Rwsem"), MaySleep, UseInstead(nameof(VmfAnonPrepare))]
    [Ensures("vma.AnonVma != null", When = "result == 0")]
    public static int AnonVmaPrepare([Borrowed] VmArea vma)
    {
        if (vma.AnonVma != null)
            return 0;
        if (FaultInjector.Fails(FaultPoint.AnonVmaChain))
            return -(int)Errno.ENOMEM;
        var anonVma = FindMergeableAnonVma(vma);
        if (anonVma == null && FaultInjector.Fails(FaultPoint.AnonVma))
            return -(int)Errno.ENOMEM;
        anonVma ??= new AnonVma(null) { ChildCount = 1 };
        var link = new AnonVmaChain(vma, anonVma);

        anonVma.Lock.WriteLock();
        vma.Mm.PageTableLock.Lock();

        // Another thread may have come here for the same VMA, as mmap_lock is only shared.
        if (vma.AnonVma == null)
        {
            vma.AnonVma = anonVma;
            vma.AnonVmaChain = [link];
            link.Node = anonVma.Intervals.Insert(link, vma.PageOffset, vma.PageOffset + vma.PageCount - 1);
            anonVma.ActiveVmaCount++;
        }

        vma.Mm.PageTableLock.Unlock();
        anonVma.Lock.WriteUnlock();
        return 0;
    }

    /// <summary>Makes sure of the anon_vma in a fault (<c>vmf_anon_prepare</c>).</summary>
    /// <returns>After <see cref="VmFault.Retry"/> the VMA lock is released.</returns>
    [FaultHandler, Ensures("vmf.Vma.AnonVma != null", When = "result == VmFault.None")]
    public static VmFault VmfAnonPrepare(FaultContext vmf)
    {
        var result = VmfAnonPrepareInner(vmf);
        if ((result & VmFault.Retry) != 0)
            VmaEndRead(vmf.Vma);
        return result;
    }

    /// <summary>
    /// Like <see cref="VmfAnonPrepare"/>, but keeps the VMA lock in any case (<c>__vmf_anon_prepare</c>). Under the VMA lock mmap_lock is only
    /// tried: a writer that holds it may be waiting for this very VMA.
    /// </summary>
    [MustHold("vmf.FaultLock"), MaySleep, Ensures("vmf.Vma.AnonVma != null", When = "result == VmFault.None")]
    [Ensures("(vmf.Flags & FaultFlag.VmaLock) != 0", When = "(result & VmFault.Retry) != 0"), Ensures("(result & VmFault.Completed) == 0")]
    public static VmFault VmfAnonPrepareInner(FaultContext vmf)
    {
        var vma = vmf.Vma;
        if (vma.AnonVma != null)
            return VmFault.None;
        bool underVmaLock = (vmf.Flags & FaultFlag.VmaLock) != 0;
        if (underVmaLock && vma.Mm.Machine.Options.AnonVmaCheck == AnonVmaCheck.LateWithoutTry)
            return VmFault.Retry;
        if (underVmaLock && !vma.Mm.MmapLock.TryReadLock())
            return VmFault.Retry;
        int error = AnonVmaPrepare(vma);
        if (underVmaLock)
            vma.Mm.MmapLock.ReadUnlock();
        return error != 0 ? VmFault.Oom : VmFault.None;
    }

    /// <summary>
    /// The anon_vma of a neighbour that <paramref name="vma"/> could be merged with, had they the same one (<c>find_mergeable_anon_vma</c>).
    /// </summary>
    [MustHold("vma.Mm.MmapLock")]
    private static AnonVma? FindMergeableAnonVma(VmArea vma)
    {
        var tree = vma.Mm.Vmas;
        var next = tree.Next(vma);
        if (next != null && ReusableAnonVma(next, vma, next) is { } ofNext)
            return ofNext;
        var previous = tree.Previous(vma);
        return previous == null ? null : ReusableAnonVma(previous, previous, vma);
    }

    /// <summary>
    /// The anon_vma of <paramref name="old"/> if the two neighbours differ only in what mprotect changes and it is linked to nothing else
    /// (<c>reusable_anon_vma</c>, <c>anon_vma_compatible</c>).
    /// </summary>
    [MustHold("low.Mm.MmapLock"), Requires("low.Mm == high.Mm"), Requires("old.Mm == low.Mm")]
    private static AnonVma? ReusableAnonVma(VmArea old, VmArea low, VmArea high)
    {
        const VmFlags Changeable = VmFlags.AccessMask | VmFlags.SoftDirty;
        bool compatible = low.End == high.Start
            && low.File == high.File
            && ((low.Flags ^ high.Flags) & ~Changeable) == 0
            && high.PageOffset == low.PageOffset + low.PageCount;
        if (!compatible || old.AnonVma == null)
            return null;

        // With more than one link the VMA was forked, and its anon_vma has children to whom this VMA's pages do not belong.
        return old.AnonVmaChain.Length == 1 ? old.AnonVma : null;
    }
}
