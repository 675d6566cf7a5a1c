using MmLint;
using static MmKernel.PageTableWalk;

namespace MmKernel;

/// <summary>
/// Guard regions: markers in page tables that make accesses fail without a VMA of their own (<c>madvise_guard_install</c>,
/// <c>mm/madvise.c</c>).
/// </summary>
internal static class GuardRegions
{
    /// <summary>Puts a marker into every entry of a range; pages that were there go.</summary>
    /// <returns>0, or −ENOMEM.</returns>
    [MustHold("vma.Mm.MmapLock"), MaySleep]
    internal static long Install(VmArea vma, ulong start, ulong end)
    {
        // Anonymous memory with page tables has an anon_vma; files need none for markers.
        if (vma.IsAnonymous && AnonPrepare.AnonVmaPrepare(vma) != 0)
            return -(long)Errno.ENOMEM;
        vma.MayHoldGuards = true;
        for (ulong address = start; address < end;)
        {
            if (!AllocateTables(vma, address))
                return -(long)Errno.ENOMEM;
            if (TryInstall(vma, address))
                address += Page.Size;
            else
                Zap.ZapVmaRange(vma, address, address + Page.Size, ZapScope.Pages);
        }

        return 0;
    }

    /// <summary>Takes the markers of a range out; what is there otherwise stays.</summary>
    [MustHold("vma.Mm.MmapLock"), MaySleep]
    internal static void Remove(VmArea vma, ulong start, ulong end)
    {
        for (ulong address = start; address < end; address += Page.Size)
        {
            var pte = PteOffsetMapLock(vma, address);
            if (pte == null)
                continue;
            if (PageTableEntry.IsGuard(pte.Value))
                pte.Value = PageTableEntry.None;
            PteUnmapUnlock(pte);
        }
    }

    /// <summary>Whether the entry is a marker now; false if there is a page in it.</summary>
    [MustHold("vma.Mm.MmapLock")]
    private static bool TryInstall(VmArea vma, ulong address)
    {
        var pte = PteOffsetMapLock(vma, address);
        if (pte == null)
            return false;
        bool isFree = pte.Value == PageTableEntry.None;
        if (isFree)
            pte.Value = PageTableEntry.Guard;
        bool isGuard = PageTableEntry.IsGuard(pte.Value);
        PteUnmapUnlock(pte);
        return isGuard;
    }
}
