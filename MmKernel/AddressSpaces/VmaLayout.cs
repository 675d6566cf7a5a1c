using MmLint;
using static MmKernel.VmaLocking;

namespace MmKernel;

/// <summary>
/// Changes which addresses a VMA covers, in the tree and in the interval trees of reverse mapping (<c>vma_prepare</c>,
/// <c>vma_complete</c>). One VMA is changed at a time; where two meet, the growing one goes first, so that reverse mapping never misses a
/// page.
/// </summary>
internal static class VmaLayout
{
    /// <summary>Makes a VMA with all that another one has but its place in reverse mapping (<c>vm_area_dup</c>).</summary>
    /// <param name="vma">The other one.</param>
    /// <param name="mm">The address space that it is made for.</param>
    /// <param name="start">First address.</param>
    /// <param name="end">First address behind the range.</param>
    /// <param name="pageOffset">Page number of the start.</param>
    [return: Fresh]
    [MustHold("vma.Mm.MmapLock"), Ensures("result.Mm == mm"), Ensures("result.File == vma.File")]
    internal static VmArea Duplicate(VmArea vma, MmStruct mm, ulong start, ulong end, ulong pageOffset) => new(mm)
    {
        File = vma.File,
        Start = start,
        End = end,
        PageOffset = pageOffset,
        Flags = vma.Flags,
        Userfault = vma.Userfault,
        MayHoldGuards = vma.MayHoldGuards,
        SwapHistory = vma.SwapHistory,
    };

    /// <summary>Gives a VMA the range [start, end), which contains its present one.</summary>
    [MustHold("exclusive(vma.Mm.MmapLock) && exclusive(vma.Lock)"), MaySleep]
    internal static void Resize(VmArea vma, ulong start, ulong end, ulong pageOffset)
    {
        SetRange(vma, start, end, pageOffset);
        Lockdep.AssertHeld(vma.Mm.MmapLock, LockMode.Exclusive);
        vma.Mm.Vmas.Store(start, end, vma);
    }

    /// <summary>Gives a VMA the range [start, end), a part of its present one, the rest of which the tree maps to others already.</summary>
    [MustHold("exclusive(vma.Mm.MmapLock) && exclusive(vma.Lock)"), MaySleep]
    internal static void Shrink(VmArea vma, ulong start, ulong end, ulong pageOffset) => SetRange(vma, start, end, pageOffset);

    /// <summary>Inserts a new VMA, which keeps its file open from here on (<c>vma_link</c>).</summary>
    [MustHold("exclusive(vma.Mm.MmapLock)"), Acquires("exclusive(vma.Lock)", Idempotent = true), MaySleep]
    internal static void Link(VmArea vma)
    {
        Attach(vma);
        vma.Mm.Vmas.Store(vma.Start, vma.End, vma);
    }

    /// <summary>Inserts a new VMA into a tree that is being filled.</summary>
    [MustHold("exclusive(vma.Mm.MmapLock)"), Requires("vma.Mm == loader.Mm"), Acquires("exclusive(vma.Lock)", Idempotent = true), MaySleep]
    internal static void Link(VmArea vma, VmaTreeLoader loader)
    {
        Attach(vma);
        loader.Add(vma);
    }

    [MustHold("exclusive(vma.Mm.MmapLock)"), Acquires("exclusive(vma.Lock)", Idempotent = true), MaySleep]
    private static void Attach(VmArea vma)
    {
        VmaStartWrite(vma);
        FileRmap.VmaLinkFile(vma);
        VmaMarkAttached(vma);
        vma.Mm.MapCount++;
    }

    /// <summary>Takes a detached VMA out of reverse mapping and gives up what it refers to (<c>remove_vma</c>).</summary>
    [MustHold("exclusive(vma.Lock) && vma.Mm.MmapLock"), MaySleep]
    internal static void Free(VmArea vma)
    {
        AnonVmaLinks.UnlinkAnonVmas(vma);
        FileRmap.UnlinkFileVma(vma);
    }

    [MustHold("exclusive(vma.Lock)"), MaySleep]
    private static void SetRange(VmArea vma, ulong start, ulong end, ulong pageOffset)
    {
        Lockdep.AssertHeld(vma.Lock, LockMode.Exclusive);
        RmapLocking.TakeRmapLocks(vma);
        SplitAcross(vma, start);
        SplitAcross(vma, end);
        FileRmap.RemoveInterval(vma);
        if (vma.AnonVma != null)
            AnonVmaLinks.RemoveIntervals(vma, vma.AnonVma.Root);
        vma.Start = start;
        Interleaving.Reach(SchedulePoint.LockFree, vma);
        vma.End = end;
        vma.PageOffset = pageOffset;
        if (vma.AnonVma != null)
            AnonVmaLinks.InsertIntervals(vma, vma.AnonVma.Root);
        FileRmap.InsertInterval(vma);
        RmapLocking.DropRmapLocks(vma);
    }

    /// <summary>A huge page lies in one VMA, so one across a new boundary is split (<c>vma_adjust_trans_huge</c>).</summary>
    [MustHold("exclusive(vma.Lock) && exclusive(vma.RmapLocks)")]
    private static void SplitAcross(VmArea vma, ulong boundary)
    {
        if (vma.Start < boundary && boundary < vma.End && HugePages.AlignDown(boundary) != boundary)
            HugeEntries.TrySplit(vma, boundary);
    }
}
