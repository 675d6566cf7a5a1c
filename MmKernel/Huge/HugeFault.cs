using MmLint;
using static MmKernel.AnonPrepare;
using static MmKernel.PageTableEntry;
using static MmKernel.PageTableWalk;

namespace MmKernel;

/// <summary>Faults that get a huge page, and faults in one (<c>mm/huge_memory.c</c>).</summary>
internal static class HugeFault
{
    /// <summary>Whether the fault should get a huge page: it may, and no page around it has been touched yet.</summary>
    [MustHold("vmf.FaultLock")]
    internal static bool IsWanted(FaultContext vmf)
    {
        var vma = vmf.Vma;
        return vma.Mm.Machine.HugePages.IsAllowed(vma, vmf.Address) && HugeEntries.Peek(vma, vmf.Address) == None;
    }

    /// <summary>
    /// Handles a first access (<c>do_huge_pmd_anonymous_page</c>). If no block of that size is free, the fault goes on with a single page.
    /// </summary>
    [FaultHandler]
    internal static VmFault DoHugeAnonymousPage(FaultContext vmf)
    {
        var mm = vmf.Vma.Mm;
        var pages = mm.Machine.HugePages;
        var result = VmfAnonPrepare(vmf);
        if (result != VmFault.None)
            return result;
        if (!AllocateTables(vmf.Vma, vmf.Address, lowest: 1) || !HugeEntries.TryDeposit(mm))
            return VmFault.Oom;
        if (!vmf.IsWrite && pages.UsesZeroPage)
        {
            if (pages.ZeroPage() is { } zero)
                return MapZeroPage(vmf, Make(zero.Frame, ProtectionOf(vmf.Vma.Flags) | Huge | Special));
        }
        else if (mm.Machine.Memory.AllocateHuge(IsAsked(vmf.Vma)) is { } folio)
        {
            return MapNewPage(vmf, folio, None);
        }

        HugeEntries.CancelDeposits(mm, 1);
        pages.Counters.Add(HugePageEvent.FaultFallback);
        return AnonymousFault.DoSinglePage(vmf);
    }

    /// <summary>Handles an access that the entry of a huge page does not allow, or did not when it was tried.</summary>
    [FaultHandler]
    internal static VmFault HandleHugeFault(FaultContext vmf)
    {
        var vma = vmf.Vma;
        if (!HugeEntries.TryLock(vma, vmf.Address, out ulong entry))
            return VmFault.None;
        if ((vmf.Flags & (FaultFlag.Write | FaultFlag.Unshare)) == 0 || IsWritable(entry))
        {
            HugeEntries.Or(vma, vmf.Address, vmf.IsWrite ? Accessed | Dirty : Accessed);
            vma.Mm.PageTableLock.Unlock();
            return VmFault.None;
        }

        if (IsSpecial(entry))
        {
            vma.Mm.PageTableLock.Unlock();
            return ReplaceZeroPage(vmf, entry);
        }

        if (IsOwn(vma, vma.Mm.Machine.Memory.FolioOf(FrameOf(entry))))
        {
            if (vmf.IsWrite)
                HugeEntries.Or(vma, vmf.Address, (vma.Flags & VmFlags.Write) != 0 ? Accessed | Dirty | Writable : Accessed | Dirty);
        }
        else
        {
            // Copying all of it would cost too much for what may be one write: the page that is written to is copied.
            HugeEntries.Split(vma, vmf.Address);
        }

        vma.Mm.PageTableLock.Unlock();
        return VmFault.None;
    }

    /// <summary>Whether the huge page belongs to this mapping alone, or does so from here on (<c>do_huge_pmd_wp_page</c>).</summary>
    [MustHold("vma.Anchored && vma.Mm.PageTableLock")]
    private static bool IsOwn(VmArea vma, Folio folio)
    {
        if (folio.Has(FolioFlags.AnonExclusive))
            return true;

        // The one reference is that of this entry, so nobody else maps it or can come to.
        if (folio.ReferenceCount != 1 || vma.AnonVma == null || !folio.TryLock())
            return false;
        bool alone = folio.ReferenceCount == 1;
        if (alone)
        {
            folio.Mapping = vma.AnonVma;
            folio.Set(FolioFlags.AnonExclusive);
        }

        folio.Unlock();
        return alone;
    }

    /// <summary>Whether a fault takes the time to make a huge page: where the process asked for them (<c>defrag</c> set to madvise, as it comes).</summary>
    [MustHold("vma.Anchored")]
    private static bool IsAsked(VmArea vma) => (vma.Flags & VmFlags.HugePage) != 0;

    /// <summary>The first write to memory that was only read so far (<c>do_huge_zero_wp_pmd</c>).</summary>
    [FaultHandler]
    private static VmFault ReplaceZeroPage(FaultContext vmf, ulong entry)
    {
        var result = VmfAnonPrepare(vmf);
        if (result != VmFault.None)
            return result;
        var folio = vmf.Vma.Mm.Machine.Memory.AllocateHuge(IsAsked(vmf.Vma));
        if (folio != null)
            return MapNewPage(vmf, folio, entry);
        vmf.Vma.Mm.Machine.HugePages.Counters.Add(HugePageEvent.FaultFallback);
        HugeEntries.TrySplit(vmf.Vma, vmf.Address);
        return VmFault.None;
    }

    /// <summary>Maps the huge page of zeros, for which a table has been deposited.</summary>
    [FaultHandler]
    private static VmFault MapZeroPage(FaultContext vmf, ulong entry)
    {
        var vma = vmf.Vma;
        var mm = vma.Mm;
        mm.PageTableLock.Lock();
        var result = AnonymousFault.CheckStable(mm);
        bool isFree = HugeEntries.Read(vma, vmf.Address) == None && result == VmFault.None;
        bool isOthers = isFree && (vma.Flags & VmFlags.UffdMissing) != 0;
        if (isFree && !isOthers)
            HugeEntries.Set(vma, vmf.Address, entry);
        else
            HugeEntries.DropDeposit(mm);
        mm.PageTableLock.Unlock();
        return isOthers ? UserfaultHandling.HandleUserfault(vmf, VmFlags.UffdMissing) : result;
    }

    /// <summary>Maps a new huge page if the entry still is what it was.</summary>
    /// <param name="vmf">The fault.</param>
    /// <param name="folio">The page, whose reference goes to the entry.</param>
    /// <param name="old">Nothing, and a table has been deposited; or the entry of the huge page of zeros, which has one.</param>
    [FaultHandler, MustHold("folio.Ref"), Releases("folio.Ref"), Requires("vmf.Vma.AnonVma != null")]
    private static VmFault MapNewPage(FaultContext vmf, [Fresh] Folio folio, ulong old)
    {
        var vma = vmf.Vma;
        var mm = vma.Mm;
        mm.PageTableLock.Lock();
        var result = AnonymousFault.CheckStable(mm);
        bool isSame = ((HugeEntries.Read(vma, vmf.Address) ^ old) & ~Accessed) == 0 && result == VmFault.None;
        bool isOthers = isSame && old == None && (vma.Flags & VmFlags.UffdMissing) != 0;
        if (!isSame || isOthers)
        {
            if (old == None)
                HugeEntries.DropDeposit(mm);
            mm.PageTableLock.Unlock();
            mm.Machine.Memory.Put(folio);
            return isOthers ? UserfaultHandling.HandleUserfault(vmf, VmFlags.UffdMissing) : result;
        }

        // The zeros go first, so that no thread of the process reads them after another one has written.
        if (old != None)
            HugeEntries.ClearFlush(vma, vmf.Address);
        Install(vma, HugePages.AlignDown(vmf.Address), folio);
        mm.PageTableLock.Unlock();
        mm.Machine.HugePages.Counters.Add(HugePageEvent.FaultAlloc);
        return VmFault.None;
    }

    /// <summary>Maps a new huge page of the process's own where nothing is (<c>map_anon_folio_pmd</c>).</summary>
    [MustHold("vma.Anchored && vma.Mm.PageTableLock && folio.Ref"), Requires("vma.AnonVma != null"), Releases("folio.Ref")]
    internal static void Install(VmArea vma, ulong start, [Fresh] Folio folio)
    {
        HugeRmap.FolioAddNewHugeRmap(folio, vma, start);
        vma.Mm.Rss.Add(RssKind.Anonymous, HugePages.PageCount);
        vma.Mm.Machine.Memory.Lru?.Add(folio, vma.Flags);
        ulong bits = ProtectionOf(vma.Flags) | Dirty | Huge;
        HugeEntries.Set(vma, start, Make(folio.Frame, (vma.Flags & VmFlags.Write) != 0 ? bits | Writable : bits));
        folio.HandOverReference();
    }
}
