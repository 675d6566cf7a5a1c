using MmLint;
using static MmKernel.AnonPrepare;
using static MmKernel.AnonRmap;
using static MmKernel.PageTableWalk;
using static MmKernel.VmaLocking;

namespace MmKernel;

/// <summary>Accesses to pages that are in swap (<c>mm/memory.c</c>).</summary>
internal static class SwapFault
{
    /// <summary>Brings the page back and maps it (<c>do_swap_page</c>). It works under the VMA lock; only a busy folio is waited for without.</summary>
    [FaultHandler, AllocatesPages, Assigns("vmf.OrigPte")]
    internal static VmFault DoSwapPage(FaultContext vmf)
    {
        // A VMA with pages in swap has its anon_vma, so this only establishes the fact.
        var result = VmfAnonPrepare(vmf);
        if (result != VmFault.None)
            return result;
        var memory = vmf.Vma.Mm.Machine.Memory;
        var folio = SwapIn.ReadForFault(vmf, out bool exhausted);
        if (folio == null)
            return exhausted ? VmFault.Oom : AwaitChange(vmf);
        if (!folio.TryLock())
        {
            if ((vmf.Flags & FaultFlag.VmaLock) != 0)
            {
                VmaEndRead(vmf.Vma);
                folio.Lock();
                ReleaseUnused(memory, folio);
                return VmFault.Retry;
            }

            folio.Lock();
        }

        return MapFolio(vmf, folio);
    }

    /// <summary>Nobody uses the slot any more: whoever gave it up is about to change the entry, with its table locked.</summary>
    [MustHold("vmf.FaultLock"), Ensures("(result & VmFault.LockDropped) == 0")]
    private static VmFault AwaitChange(FaultContext vmf)
    {
        var pte = TryPteOffsetMapLock(vmf.Vma, vmf.Address);
        if (pte != null)
            PteUnmapUnlock(pte);
        return VmFault.None;
    }

    /// <summary>
    /// Unlocks a folio that was not needed after all. Who gave its slot up meanwhile could not take it out of the cache, for it was locked.
    /// </summary>
    [MustHold("folio && folio.Ref"), Releases("folio && folio.Ref")]
    internal static void ReleaseUnused(PhysicalMemory memory, Folio folio)
    {
        if (folio.MapCount == 0)
            memory.Swap.TryFree(memory, folio);
        folio.Unlock();

        // The slot may have been given up between the look at it and the unlocking.
        memory.Swap.FreeCache(memory, folio);
        memory.Put(folio);
    }

    /// <summary>Replaces the entry of the fault by the locked folio, which is unlocked and whose reference goes to the entry.</summary>
    [FaultHandler, MustHold("folio && folio.Ref"), Releases("folio && folio.Ref"), Requires("vmf.Vma.AnonVma != null"), Assigns("vmf.OrigPte"), AllocatesPages]
    private static VmFault MapFolio(FaultContext vmf, Folio folio)
    {
        var memory = vmf.Vma.Mm.Machine.Memory;
        bool isValid = folio.Has(FolioFlags.UpToDate);
        var pte = isValid ? TryPteOffsetMapLock(vmf.Vma, vmf.Address) : null;
        if (pte == null)
        {
            ReleaseUnused(memory, folio);
            return isValid ? VmFault.None : VmFault.Sigbus;
        }

        if (pte.Value != vmf.OrigPte || !IsOf(folio, vmf.OrigPte))
        {
            PteUnmapUnlock(pte);
            ReleaseUnused(memory, folio);
            return VmFault.None;
        }

        InstallSwapped(vmf.Vma, vmf.Address, folio, pte, vmf.Flags);
        vmf.OrigPte = pte.Value;
        folio.Unlock();
        folio.HandOverReference();
        if ((vmf.Flags & FaultFlag.Write) != 0 && !PageTableEntry.IsWritable(vmf.OrigPte))
            return WriteProtectFault.DoWpPage(vmf, pte);
        PteUnmapUnlock(pte);
        return VmFault.None;
    }

    /// <summary>Whether the folio has the contents of a swap entry (<c>folio_matches_swap_entry</c>).</summary>
    [MustHold("folio")]
    internal static bool IsOf(Folio folio, ulong entry) => folio.Has(FolioFlags.SwapCache) && folio.Swap == SwapEntry.Of(entry);

    /// <summary>
    /// Puts the folio in the place of its swap entry. It may be written to at once if the entry says that nobody shares it, or if nobody
    /// else refers to it.
    /// </summary>
    [MustHold("folio && pte && pte.Ptl && vma.Anchored"), Requires("vma.AnonVma != null")]
    internal static void InstallSwapped(VmArea vma, ulong address, Folio folio, MappedPte pte, FaultFlag flags)
    {
        var mm = vma.Mm;
        var memory = mm.Machine.Memory;
        ulong old = pte.Value;
        bool isWrite = (flags & FaultFlag.Write) != 0;
        int users = memory.Swap.RemoveUser(SwapEntry.Of(old));
        if (isWrite && folio.ReferenceCount > 2)
            memory.Lru?.DrainLocal();
        if (users == 0 && (isWrite || (vma.Flags & VmFlags.Locked) != 0 || memory.Swap.FreeSlots == 0))
            memory.Swap.TryFree(memory, folio);

        mm.Rss.Add(RssKind.Anonymous, 1);
        mm.Rss.Add(RssKind.Swap, -1);
        ulong bits = PageTableEntry.ProtectionOf(vma.Flags);
        if ((old & PageTableEntry.SwapSoftDirty) != 0)
            bits |= PageTableEntry.SoftDirty;
        if ((old & PageTableEntry.SwapUffdWriteProtect) != 0)
            bits |= PageTableEntry.UffdWriteProtect;
        bool isExclusive = (old & PageTableEntry.SwapExclusive) != 0 || folio.ReferenceCount == 1;
        if (isExclusive && (vma.Flags & VmFlags.Write) != 0 && (bits & PageTableEntry.UffdWriteProtect) == 0)
            bits |= isWrite ? PageTableEntry.Writable | PageTableEntry.Dirty : PageTableEntry.Writable;
        FolioAddAnonRmap(folio, vma, address, pte, isExclusive);
        pte.Value = PageTableEntry.Make(folio.Frame, bits);
    }
}
