using MmLint;
using static MmKernel.AnonPrepare;
using static MmKernel.AnonRmap;
using static MmKernel.PageTableWalk;

namespace MmKernel;

/// <summary>Writes to pages that are mapped read-only: copy on write, or reuse where nobody else has the page (<c>mm/memory.c</c>).</summary>
internal static class WriteProtectFault
{
    /// <summary>Handles the fault; called with the entry mapped and its table locked, which ends in here (<c>do_wp_page</c>).</summary>
    [FaultHandler, MustHold("vmf.Pte && vmf.Pte.Ptl"), Releases("vmf.Pte && vmf.Pte.Ptl"), Assigns("vmf.Pte")]
    internal static VmFault DoWpPage(FaultContext vmf)
    {
        if (PageTableEntry.IsSpecial(vmf.OrigPte))
        {
            PteUnmapUnlock(vmf.Pte!);
            return WpPageCopy(vmf, null);
        }

        var folio = vmf.Vma.Mm.Machine.Memory.FolioOf(PageTableEntry.FrameOf(vmf.OrigPte));
        if (folio.IsAnonymous && (folio.Has(FolioFlags.AnonExclusive) || CanReuse(vmf, folio)))
        {
            WpPageReuse(vmf);
            return VmFault.None;
        }

        folio.Get();
        PteUnmapUnlock(vmf.Pte!);
        return WpPageCopy(vmf, folio);
    }

    /// <summary>
    /// Whether nobody else has the anonymous folio; then it belongs to this mapping from here on (<c>wp_can_reuse_anon_folio</c>).
    /// </summary>
    [MustHold("vmf.FaultLock && vmf.Pte && vmf.Pte.Ptl")]
    private static bool CanReuse(FaultContext vmf, Folio folio)
    {
        // The one reference is that of this entry, so nobody can look the folio up or take one more while the lock is held.
        if (folio.ReferenceCount > 1 || vmf.Vma.AnonVma == null || !folio.TryLock())
            return false;
        bool alone = folio.ReferenceCount == 1;
        if (alone)
        {
            FolioMoveAnonRmap(folio, vmf.Vma, vmf.Pte!);
            folio.Set(FolioFlags.AnonExclusive);
        }

        folio.Unlock();
        return alone;
    }

    /// <summary>Makes the entry writable and unlocks its table (<c>wp_page_reuse</c>).</summary>
    [MustHold("vmf.FaultLock && vmf.Pte && vmf.Pte.Ptl"), Releases("vmf.Pte && vmf.Pte.Ptl")]
    private static void WpPageReuse(FaultContext vmf)
    {
        if (vmf.IsWrite)
        {
            ulong bits = PageTableEntry.Accessed | PageTableEntry.Dirty;
            if ((vmf.Vma.Flags & VmFlags.Write) != 0)
                bits |= PageTableEntry.Writable;
            vmf.Pte!.Or(bits);
        }

        PteUnmapUnlock(vmf.Pte!);
    }

    /// <summary>
    /// Copies the page and maps the copy; the caller's reference to the old folio ends in here (<c>wp_page_copy</c>).
    /// </summary>
    [FaultHandler, Releases("old.Ref", When = "old != null"), Assigns("vmf.Pte")]
    private static VmFault WpPageCopy(FaultContext vmf, Folio? old)
    {
        var memory = vmf.Vma.Mm.Machine.Memory;
        var result = VmfAnonPrepare(vmf);
        if (result != VmFault.None)
        {
            if (old != null)
                memory.Put(old);
            return result;
        }

        var copy = old == null ? memory.AllocateZeroed() : memory.Allocate();
        if (copy == null)
        {
            if (old != null)
                memory.Put(old);
            return VmFault.Oom;
        }

        if (old != null)
            memory.Copy(copy, old);
        copy.Set(FolioFlags.UpToDate);
        InstallCopy(vmf, old, copy);
        if (old != null)
            memory.Put(old);
        return VmFault.None;
    }

    /// <summary>Replaces the old page by the copy if the entry is still what it was; consumes the reference to the copy.</summary>
    [MustHold("vmf.FaultLock"), Requires("vmf.Vma.AnonVma != null"), Assigns("vmf.Pte"), Releases("copy.Ref")]
    private static void InstallCopy(FaultContext vmf, Folio? old, [Fresh] Folio copy)
    {
        var mm = vmf.Vma.Mm;
        vmf.Pte = PteOffsetMapLock(vmf.Vma, vmf.Address);
        if (vmf.Pte == null)
        {
            mm.Machine.Memory.Put(copy);
            return;
        }

        if (vmf.Pte.Value != vmf.OrigPte)
        {
            PteUnmapUnlock(vmf.Pte);
            mm.Machine.Memory.Put(copy);
            return;
        }

        if (old == null || !old.IsAnonymous)
            mm.Rss.Add(RssKind.Anonymous, 1);
        if (old != null && !old.IsAnonymous)
            mm.Rss.Add(RssKind.File, -1);

        // Cleared and flushed before the copy appears: else another thread of the process could read the old page after this one wrote to
        // the new.
        Tlb.PtepGetAndClear(vmf.Pte);
        Tlb.FlushTlbPage(vmf.Pte, mm);
        FolioAddNewAnonRmap(copy, vmf.Vma, vmf.Address, vmf.Pte);
        ulong bits = PageTableEntry.ProtectionOf(vmf.Vma.Flags) | PageTableEntry.Dirty;
        if ((vmf.Vma.Flags & VmFlags.Write) != 0 && vmf.IsWrite)
            bits |= PageTableEntry.Writable;
        vmf.Pte.Value = PageTableEntry.Make(copy.Frame, bits);
        copy.HandOverReference();
        if (old != null)
            FolioRemoveRmap(old, vmf.Pte);
        PteUnmapUnlock(vmf.Pte);
        if (old == null)
            return;

        // The reference that the old entry had.
        old.AdoptReference();
        mm.Machine.Memory.Put(old);
    }
}
