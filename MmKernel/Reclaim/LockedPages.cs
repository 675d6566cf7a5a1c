using MmLint;
using static MmKernel.PageTableWalk;

namespace MmKernel;

/// <summary>Moving pages between the evictable and the unevictable when their VMA is locked or unlocked (<c>mm/mlock.c</c>).</summary>
internal static class LockedPages
{
    /// <summary>Makes a folio unevictable that a locked VMA maps from now on (<c>mlock_vma_folio</c>).</summary>
    [MustHold("vma.Stable")]
    internal static void MlockVmaFolio(Folio folio, VmArea vma)
    {
        if ((vma.Flags & VmFlags.Locked) != 0)
            vma.Mm.Machine.Memory.Lru?.Mlock(folio);
    }

    /// <summary>Makes a folio evictable again that a locked VMA maps no more (<c>munlock_vma_folio</c>).</summary>
    [MustHold("vma.Stable")]
    internal static void MunlockVmaFolio(Folio folio, VmArea vma)
    {
        if ((vma.Flags & VmFlags.Locked) != 0)
            vma.Mm.Machine.Memory.Lru?.Munlock(folio);
    }

    /// <summary>Makes the pages of a range what the VMA's flags say (<c>mlock_vma_pages_range</c>).</summary>
    [MustHold("exclusive(vma.Lock)")]
    internal static void Update(VmArea vma, ulong start, ulong end, LruLists lru)
    {
        bool isLocked = (vma.Flags & VmFlags.Locked) != 0;
        for (ulong address = start; address < end; address += Page.Size)
        {
            ulong stop = HugePages.AlignDown(address) + HugePages.Size;
            if (stop <= end && HugePages.IsWhole(address, stop) && TryUpdateHuge(vma, address, lru))
            {
                address = stop - Page.Size;
                continue;
            }

            var pte = PteOffsetMapLock(vma, address);
            if (pte == null)
                continue;
            ulong entry = pte.Value;
            if (PageTableEntry.MapsPage(entry))
            {
                var folio = vma.Mm.Machine.Memory.FolioOf(PageTableEntry.FrameOf(entry));

                // A part of a large folio would keep the rest in memory too.
                if (!folio.IsLarge)
                    Set(folio, isLocked, lru);
            }

            PteUnmapUnlock(pte);
        }
    }

    [MustHold("exclusive(vma.Lock)")]
    private static bool TryUpdateHuge(VmArea vma, ulong address, LruLists lru)
    {
        if (!HugeEntries.TryLock(vma, address, out ulong entry))
            return false;
        if (!PageTableEntry.IsSpecial(entry))
            Set(HugeEntries.FolioIn(vma, entry), (vma.Flags & VmFlags.Locked) != 0, lru);
        vma.Mm.PageTableLock.Unlock();
        return true;
    }

    private static void Set(Folio folio, bool isLocked, LruLists lru)
    {
        if (isLocked)
            lru.Mlock(folio);
        else
            lru.Munlock(folio);
    }
}
