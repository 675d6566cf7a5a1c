using MmLint;
using static MmKernel.AnonPrepare;
using static MmKernel.AnonRmap;
using static MmKernel.PageTableWalk;

namespace MmKernel;

/// <summary>The first access to a page of anonymous memory (<c>mm/memory.c</c>).</summary>
internal static class AnonymousFault
{
    /// <summary>
    /// A read maps the zero page, which needs no anon_vma; a write allocates (<c>do_anonymous_page</c>).
    /// </summary>
    [FaultHandler]
    internal static VmFault DoAnonymousPage(FaultContext vmf)
    {
        if (vmf.Vma.IsShared)
            return VmFault.Sigbus;
        return HugeFault.IsWanted(vmf) ? HugeFault.DoHugeAnonymousPage(vmf) : DoSinglePage(vmf);
    }

    /// <summary>Maps one page, or the page of zeros.</summary>
    [FaultHandler]
    internal static VmFault DoSinglePage(FaultContext vmf)
    {
        if (!AllocateTables(vmf.Vma, vmf.Address))
            return VmFault.Oom;
        if (!vmf.IsWrite)
            return MapZeroPage(vmf);

        var result = VmfAnonPrepare(vmf);
        if (result != VmFault.None)
            return result;
        return MapNewPage(vmf);
    }

    [FaultHandler]
    private static VmFault MapZeroPage(FaultContext vmf)
    {
        var pte = TryPteOffsetMapLock(vmf.Vma, vmf.Address);
        if (pte == null)
            return VmFault.None;
        var result = CheckStable(vmf.Vma.Mm);
        if (pte.Value == vmf.OrigPte && result == VmFault.None)
        {
            if ((vmf.Vma.Flags & VmFlags.UffdMissing) != 0)
            {
                PteUnmapUnlock(pte);
                return UserfaultHandling.HandleUserfault(vmf, VmFlags.UffdMissing);
            }

            pte.Value = PageTableEntry.Make(
                PhysicalMemory.ZeroFrame,
                PageTableEntry.ProtectionOf(vmf.Vma.Flags) | PageTableEntry.Special | PageTableEntry.MarkedBits(vmf.OrigPte));
        }

        PteUnmapUnlock(pte);
        return result;
    }

    /// <summary>
    /// Whether the process may get pages at all (<c>check_stable_address_space</c>). One that is being killed for its memory may not, and who asks for it
    /// from outside must hear of it: he would try again for ever.
    /// </summary>
    [Ensures("(result & VmFault.LockDropped) == 0")]
    internal static VmFault CheckStable(MmStruct mm) => mm.IsOomVictim ? VmFault.Sigbus : VmFault.None;

    [FaultHandler, Requires("vmf.Vma.AnonVma != null")]
    private static VmFault MapNewPage(FaultContext vmf)
    {
        var memory = vmf.Vma.Mm.Machine.Memory;
        var folio = memory.AllocateZeroed();
        if (folio == null)
            return VmFault.Oom;
        folio.Set(FolioFlags.UpToDate);

        var pte = TryPteOffsetMapLock(vmf.Vma, vmf.Address);
        if (pte == null)
        {
            memory.Put(folio);
            return VmFault.None;
        }

        var result = CheckStable(vmf.Vma.Mm);
        if (pte.Value != vmf.OrigPte || result != VmFault.None)
        {
            PteUnmapUnlock(pte);
            memory.Put(folio);
            return result;
        }

        if ((vmf.Vma.Flags & VmFlags.UffdMissing) != 0)
        {
            // Asked only now, under the lock of the table: a page that came in the meantime is no fault of the handler's.
            PteUnmapUnlock(pte);
            memory.Put(folio);
            return UserfaultHandling.HandleUserfault(vmf, VmFlags.UffdMissing);
        }

        Install(vmf, folio, pte);
        PteUnmapUnlock(pte);
        return VmFault.None;
    }

    /// <summary>Maps a new page of the process's own where nothing was (<c>map_anon_folio_pte_pf</c>).</summary>
    [MustHold("vmf.FaultLock && pte && pte.Ptl && folio.Ref"), Requires("vmf.Vma.AnonVma != null"), Releases("folio.Ref")]
    internal static void Install(FaultContext vmf, [Fresh] Folio folio, MappedPte pte)
    {
        var vma = vmf.Vma;
        vma.Mm.Rss.Add(RssKind.Anonymous, 1);
        FolioAddNewAnonRmap(folio, vma, vmf.Address, pte);
        vma.Mm.Machine.Memory.Lru?.Add(folio, vma.Flags);
        ulong bits = PageTableEntry.ProtectionOf(vma.Flags) | PageTableEntry.Dirty;
        if (vmf.OrigPte == PageTableEntry.UffdMarker)
            bits |= PageTableEntry.UffdWriteProtect;
        else if ((vma.Flags & VmFlags.Write) != 0)
            bits |= PageTableEntry.Writable;
        pte.Value = PageTableEntry.Make(folio.Frame, bits);
        folio.HandOverReference();
    }
}
