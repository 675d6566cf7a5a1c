using MmLint;
using static MmKernel.CopyPageTables;
using static MmKernel.VmaLocking;

namespace MmKernel;

/// <summary>Copying an address space for a child (<c>dup_mmap</c>, <c>mm/mmap.c</c>).</summary>
internal static class DupMmap
{
    /// <summary>Makes a copy of the address space (<c>dup_mm</c>).</summary>
    /// <returns>0, or −EINTR or −ENOMEM with nothing left of the copy.</returns>
    [MustHold("mm.Users"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    [Acquires("copy.Users", When = "result == 0"), Ensures("copy != null", When = "result == 0")]
    internal static int DupMm(MmStruct mm, out MmStruct? copy)
    {
        copy = MmStruct.TryCreate(mm.Machine, new ResourceLimits(mm.Limits));
        if (copy == null)
            return -(int)Errno.ENOMEM;

        // From here on others look through it, for what it has in swap and for whom to kill.
        copy.OomScoreAdjustment = mm.OomScoreAdjustment;
        mm.Machine.Memory.AddressSpaces.Add(copy);
        int error = CopyInto(mm, copy);
        if (error == 0)
            return 0;
        copy.Put();
        copy = null;
        return error;
    }

    [MustHold("mm.Users && child.Users"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    private static int CopyInto(MmStruct mm, MmStruct child)
    {
        if (mm.MmapLock.WriteLockKillable() != 0)
            return -(int)Errno.EINTR;
        child.MmapLock.WriteLockNested(mm.MmapLock);
        bool alone = mm.Machine.Options.ForkLocking == ForkLocking.SkipWhenAlone && mm.Residents.TryClose();
        if (alone)
            mm.Residents.Claim();
        child.StartBreak = mm.StartBreak;
        child.Break = mm.Break;
        child.MmapBase = mm.MmapBase;
        child.IsHugePageDisabled = mm.IsHugePageDisabled;
        var loader = new VmaTreeLoader(child);
        mm.WriteProtectSeq.WriteBegin();
        int error = VmaTree.TryReserve() ? CopyVmas(mm, child, loader, alone) : -(int)Errno.ENOMEM;
        mm.WriteProtectSeq.WriteEnd();
        loader.Finish();

        // A child that is not scanned has its merged pages all the same.
        if (error == 0 && mm.IsMergeable)
            _ = mm.Machine.Ksm.TryEnter(child);
        if (alone)
            mm.Residents.Open();
        child.MmapLock.WriteUnlock();
        var events = UffdEvents.Take(mm);
        mm.MmapLock.WriteUnlock();
        if (error == 0)
            UffdEvents.Complete(events);
        else
            UffdEvents.Drop(events);
        return error;
    }

    [MustHold("exclusive(mm.MmapLock) && exclusive(child.MmapLock) && mm.Users && child.Users"), MustHold("mm.Residents.Sole", When = "alone")]
    [MustHold("mm.WriteProtectSeq.WriteSection"), Requires("loader.Mm == child"), MaySleep]
    private static int CopyVmas(MmStruct mm, MmStruct child, VmaTreeLoader loader, bool alone)
    {
        ulong address = 0;
        while (mm.Vmas.Find(address) is { } vma)
        {
            address = vma.End;

            // Also where nothing is copied: faults in this VMA would otherwise go on in the middle of the fork.
            // Nobody faults while this thread is alone.
            int error = 0;
            if (!alone)
                error = VmaStartWriteKillable(vma);
            if (error != 0)
                return error;
            if (alone)
                mm.Machine.Forks.AddSkipped(1);
            else
                mm.Machine.Forks.AddTaken(1);
            if ((vma.Flags & VmFlags.DontCopy) != 0)
                continue;
            error = CopyVma(mm, child, vma, loader);
            if (error != 0)
                return error;
        }

        return 0;
    }

    /// <summary>Gives the child a VMA like the parent's, linked for reverse mapping, with the pages that it must not lose.</summary>
    [MustHold("source.Frozen && exclusive(mm.MmapLock) && exclusive(child.MmapLock)")]
    [Requires("source.Mm == mm"), Requires("loader.Mm == child"), MaySleep]
    private static int CopyVma(MmStruct mm, MmStruct child, VmArea source, VmaTreeLoader loader)
    {
        bool isCharged = (source.Flags & VmFlags.Account) != 0;
        if (isCharged && !VmAccounting.TryCharge(child, source.PageCount))
            return -(int)Errno.ENOMEM;
        if (FaultInjector.Fails(FaultPoint.Vma))
            return GiveUp(child, source, isCharged);
        var target = VmaLayout.Duplicate(source, child, source.Start, source.End, source.PageOffset);
        target.Flags &= ~VmFlags.LockedMask;
        VmaStartWrite(target);
        int error = UffdEvents.NoteFork(mm, target);
        bool wiped = (source.Flags & VmFlags.WipeOnFork) != 0;
        if (error == 0 && !wiped)
            error = AnonVmaLinks.AnonVmaFork(target, source);
        if (error != 0)
            return GiveUp(child, source, isCharged);
        VmaLayout.Link(target, loader);
        VmAccounting.Add(child, target.Flags, target.PageCount);
        if (wiped || !NeedsCopy(target, source))
            return 0;
        return CopyPageRange(target, source);
    }

    /// <summary>The child's VMA is not in its tree, so nobody would take the charge back.</summary>
    [MustHold("source.Mm.MmapLock")]
    private static int GiveUp(MmStruct child, VmArea source, bool isCharged)
    {
        if (isCharged)
            child.Machine.Commit.Uncharge(source.PageCount);
        return -(int)Errno.ENOMEM;
    }
}
