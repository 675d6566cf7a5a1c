using System;
using MmLint;
using static MmKernel.PageTableEntry;
using static MmKernel.PageTableWalk;

namespace MmKernel;

/// <summary>Changing the protection of entries (<c>mm/mprotect.c</c>).</summary>
internal static class Protection
{
    /// <summary>Gives the entries of [start, end) the protection that the VMA's flags ask for (<c>change_protection</c>).</summary>
    /// <returns>How many entries were changed.</returns>
    [MustHold("exclusive(vma.Lock)"), MaySleep]
    internal static int ChangeProtection(VmArea vma, ulong start, ulong end)
    {
        Lockdep.AssertHeld(vma.Lock, LockMode.Exclusive);
        int changed = 0;
        while (start < end)
        {
            ulong stop = TableEnd(start, end);
            changed += HugePages.IsWhole(start, stop) && HugeProtection.TryChange(vma, start) ? HugePages.PageCount : ChangeTable(vma, start, stop);
            start = stop;
        }

        return changed;
    }

    [MustHold("exclusive(vma.Lock)")]
    private static int ChangeTable(VmArea vma, ulong start, ulong end)
    {
        var pte = PteOffsetMapLock(vma, start);
        if (pte == null)
            return 0;
        int changed = 0;
        bool flush = false;
        for (ulong address = start; address < end; address += Page.Size, pte.Advance())
        {
            if (!IsPresent(pte.Value))
            {
                if (TryProtectMigrating(vma, pte))
                    changed++;
                continue;
            }

            // Taken out for a moment, so that no bit that the processor sets meanwhile is lost.
            ulong old = Tlb.PtepGetAndClear(pte);
            pte.Value = Changed(vma, old);
            changed++;
            flush = true;
        }

        if (flush)
            Tlb.FlushTlbPage(pte, vma.Mm);
        PteUnmapUnlock(pte);
        return changed;
    }

    /// <summary>What becomes of an entry that maps a page, single or huge (<c>pte_modify</c>, <c>pmd_modify</c>).</summary>
    [MustHold("vma.Anchored")]
    internal static ulong Changed(VmArea vma, ulong old)
    {
        ulong bits = ProtectionOf(vma.Flags) & ~Accessed;
        ulong entry = (old & (FrameMask | Accessed | Dirty | Huge | Special | SoftDirty | UffdWriteProtect)) | bits;
        return MayBeWritable(vma, old) ? entry | Writable : entry;
    }

    /// <summary>Whatever the new protection is, a page that is being moved comes back read-only, and a write fault finds out.</summary>
    [MustHold("vma.Anchored && pte && pte.Ptl")]
    private static bool TryProtectMigrating(VmArea vma, MappedPte pte)
    {
        ulong entry = pte.Value;
        if (!MigrationEntry.IsIn(entry))
            return false;
        pte.Value = MigrationEntry.WriteProtected(entry, vma.Mm.Machine.Memory.FolioOf(FrameOf(entry)).IsAnonymous);
        return pte.Value != entry;
    }

    /// <summary>
    /// Whether the entry may become writable without a fault: a private page that belongs to this mapping alone, or one that was writable
    /// (<c>can_change_pte_writable</c>).
    /// </summary>
    [MustHold("vma.Anchored")]
    internal static bool MayBeWritable(VmArea vma, ulong entry)
    {
        if ((vma.Flags & VmFlags.Write) == 0 || IsSpecial(entry) || (entry & UffdWriteProtect) != 0)
            return false;
        if (vma.IsShared)
            return IsWritable(entry);
        var folio = vma.Mm.Machine.Memory.FolioOf(FrameOf(entry));
        return folio.IsAnonymous && folio.Has(FolioFlags.AnonExclusive);
    }
}
