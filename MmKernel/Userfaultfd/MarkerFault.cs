using MmLint;
using static MmKernel.PageTableWalk;

namespace MmKernel;

/// <summary>Accesses to entries that are no pages but say something about pages (<c>handle_pte_marker</c>).</summary>
internal static class MarkerFault
{
    /// <summary>Does what the marker says.</summary>
    [FaultHandler]
    internal static VmFault HandlePteMarker(FaultContext vmf)
    {
        if (vmf.OrigPte == PageTableEntry.Poison)
            return VmFault.HwPoison;
        if (vmf.OrigPte != PageTableEntry.UffdMarker)
            return VmFault.Sigsegv;
        if ((vmf.Vma.Flags & VmFlags.UffdWriteProtect) != 0)
            return FaultHandling.DoPteMissing(vmf);
        ClearLeftover(vmf);
        return VmFault.None;
    }

    /// <summary>A mark of a registration that is over means nothing (<c>pte_marker_clear</c>).</summary>
    [MustHold("vmf.FaultLock")]
    private static void ClearLeftover(FaultContext vmf)
    {
        var pte = FaultHandling.LockUnchanged(vmf);
        if (pte == null)
            return;
        pte.Value = PageTableEntry.None;
        PteUnmapUnlock(pte);
    }
}
