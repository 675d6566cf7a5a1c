using System;
using MmLint;
using static MmKernel.PageTableEntry;
using static MmKernel.PageTableWalk;

namespace MmKernel;

/// <summary>Protecting pages against writes for a userfaultfd (<c>uffd_wp_range</c>, <c>mwriteprotect_range</c>).</summary>
internal static class UffdWriteProtection
{
    /// <summary>Whether writes to protected pages only clear the mark (<c>userfaultfd_wp_async</c>).</summary>
    [MustHold("vma.Anchored")]
    internal static bool IsAsync(VmArea vma) => vma.Userfault != null && vma.Userfault.Has(UffdFeatures.WpAsync);

    /// <summary>An entry without the marks of a registration that does not go along with it.</summary>
    internal static ulong WithoutMark(ulong entry)
    {
        if (IsPresent(entry))
            return entry & ~UffdWriteProtect;
        if (entry == UffdMarker)
            return None;
        return SwapEntry.IsIn(entry) || MigrationEntry.IsIn(entry) ? entry & ~SwapUffdWriteProtect : entry;
    }

    /// <summary>Protects or unprotects a range, which may span VMAs that are registered for it.</summary>
    /// <returns>0; −EAGAIN: mappings are changing; −ENOENT: nothing there, or not registered; −ENOMEM. What lies before the place stays.</returns>
    [MustHold("mm.Users"), MustNotHold("MmStruct.MmapLock || VmArea.Lock || UserfaultContext.MapChangingLock"), MaySleep]
    internal static long ProtectRange(UserfaultContext context, MmStruct mm, ulong start, ulong length, bool protect)
    {
        ulong end = start + length;
        long error = -(long)Errno.ENOENT;
        mm.MmapLock.ReadLock();
        context.MapChangingLock.ReadLock();
        if (context.IsChanging)
        {
            error = -(long)Errno.EAGAIN;
        }
        else
        {
            for (var vma = mm.Vmas.FindIntersection(start, end); vma != null; vma = mm.Vmas.FindIntersection(vma.End, end))
            {
                error = -(long)Errno.ENOENT;
                if ((vma.Flags & VmFlags.UffdWriteProtect) == 0)
                    break;
                error = ChangeRange(vma, Math.Max(start, vma.Start), Math.Min(end, vma.End), protect);
                if (error != 0)
                    break;
            }
        }

        context.MapChangingLock.ReadUnlock();
        mm.MmapLock.ReadUnlock();
        return error;
    }

    /// <summary>Protects or unprotects a part of a VMA (<c>uffd_wp_range</c>).</summary>
    /// <returns>0, or −ENOMEM.</returns>
    [MustHold("vma.Anchored"), MaySleep]
    internal static long ChangeRange(VmArea vma, ulong start, ulong end, bool protect)
    {
        bool usesMarkers = protect && UsesMarkers(vma);
        while (start < end)
        {
            ulong stop = TableEnd(start, end);
            if (usesMarkers && !AllocateTables(vma, start))
                return -(long)Errno.ENOMEM;
            if (protect)
                ProtectTable(vma, start, stop, usesMarkers);
            else
                UnprotectTable(vma, start, stop);
            start = stop;
        }

        return 0;
    }

    /// <summary>
    /// Whether pages that are not there can be protected: of files always, for their contents may be cached
    /// (<c>userfaultfd_wp_use_markers</c>).
    /// </summary>
    [MustHold("vma.Anchored")]
    private static bool UsesMarkers(VmArea vma) =>
        !vma.IsAnonymous || (vma.Userfault != null && vma.Userfault.Has(UffdFeatures.WpUnpopulated | UffdFeatures.WpAsync));

    [MustHold("vma.Anchored")]
    private static void ProtectTable(VmArea vma, ulong start, ulong end, bool usesMarkers)
    {
        var pte = PteOffsetMapLock(vma, start);
        if (pte == null)
            return;
        for (ulong address = start; address < end; address += Page.Size, pte.Advance())
        {
            ulong entry = pte.Value;
            if (IsPresent(entry))
            {
                Tlb.PtepSetWriteProtect(pte);
                pte.Or(UffdWriteProtect);
            }
            else if (entry == None && usesMarkers)
            {
                pte.Value = UffdMarker;
            }
            else if (SwapEntry.IsIn(entry))
            {
                pte.Value = entry | SwapUffdWriteProtect;
            }
            else if (MigrationEntry.IsIn(entry))
            {
                bool isAnonymous = vma.Mm.Machine.Memory.FolioOf(FrameOf(entry)).IsAnonymous;
                pte.Value = MigrationEntry.WriteProtected(entry, isAnonymous) | SwapUffdWriteProtect;
            }
        }

        Tlb.FlushTlbPage(pte, vma.Mm);
        PteUnmapUnlock(pte);
    }

    [MustHold("vma.Anchored")]
    private static void UnprotectTable(VmArea vma, ulong start, ulong end)
    {
        var pte = PteOffsetMapLock(vma, start);
        if (pte == null)
            return;
        for (ulong address = start; address < end; address += Page.Size, pte.Advance())
        {
            ulong entry = pte.Value;
            if (!IsPresent(entry))
            {
                pte.Value = WithoutMark(entry);
            }
            else if ((entry & UffdWriteProtect) != 0)
            {
                pte.AndNot(UffdWriteProtect);
                if (Protection.MayBeWritable(vma, pte.Value))
                    pte.Or(Writable);
            }
        }

        PteUnmapUnlock(pte);
    }
}
