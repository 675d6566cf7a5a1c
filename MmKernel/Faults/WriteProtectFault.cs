using MmLint;
using static MmKernel.AnonPrepare;
using static MmKernel.AnonRmap;
using static MmKernel.PageTableWalk;

namespace MmKernel;

/// <summary>Writes to pages that are mapped read-only: copy on write, or reuse where nobody else has the page (<c>mm/memory.c</c>).</summary>
internal static class WriteProtectFault
{
    /// <summary>Handles the fault; called with the entry mapped and its table locked, which ends in here (<c>do_wp_page</c>).</summary>
    [FaultHandler, MustHold("pte && pte.Ptl"), Releases("pte && pte.Ptl"), Assigns("vmf.OrigPte")]
    internal static VmFault DoWpPage(FaultContext vmf, MappedPte pte)
    {
        if ((vmf.OrigPte & PageTableEntry.UffdWriteProtect) != 0 && vmf.IsWrite && (vmf.Vma.Flags & VmFlags.UffdWriteProtect) != 0)
        {
            if (!UffdWriteProtection.IsAsync(vmf.Vma))
            {
                PteUnmapUnlock(pte);
                return UserfaultHandling.HandleUserfault(vmf, VmFlags.UffdWriteProtect);
            }

            // Only the mark goes; it never allowed anything, so there is nothing to flush.
            pte.AndNot(PageTableEntry.UffdWriteProtect);
            vmf.OrigPte = pte.Value;
        }

        if (PageTableEntry.IsSpecial(vmf.OrigPte))
        {
            PteUnmapUnlock(pte);
            return WpPageCopy(vmf, null);
        }

        if (vmf.Vma.IsShared)
            return WpShared(vmf, pte);

        var folio = pte.FolioIn(vmf.Vma.Mm.Machine.Memory, vmf.OrigPte);
        if (folio.IsAnonymous && (folio.Has(FolioFlags.AnonExclusive) || CanReuse(vmf, folio, pte)))
        {
            WpPageReuse(vmf, pte);
            return VmFault.None;
        }

        if (folio.KsmNode != null)
            vmf.Vma.Mm.Machine.Memory.Events.Add(VmEvent.CowKsm);
        folio.Get();
        PteUnmapUnlock(pte);
        return WpPageCopy(vmf, folio);
    }

    /// <summary>A shared page becomes writable at once, unless its file wants to hear of it.</summary>
    [FaultHandler, MustHold("pte && pte.Ptl"), Releases("pte && pte.Ptl")]
    private static VmFault WpShared(FaultContext vmf, MappedPte pte)
    {
        if (vmf.Vma.File is not { Mapping.Backing: not null } file)
        {
            WpPageReuse(vmf, pte);
            return VmFault.None;
        }

        var folio = pte.FolioIn(file.Mapping.Memory, vmf.OrigPte);
        folio.Get();
        PteUnmapUnlock(pte);
        return SharedWrite.WpPageShared(vmf, folio, file.Mapping);
    }

    /// <summary>
    /// Whether nobody else has the anonymous folio; then it belongs to this mapping from here on (<c>wp_can_reuse_anon_folio</c>).
    /// </summary>
    [MustHold("vmf.FaultLock && pte && pte.Ptl")]
    private static bool CanReuse(FaultContext vmf, Folio folio, MappedPte pte)
    {
        // Besides this entry the swap cache may have a reference, and a batch on its way to the lists.
        if (folio.IsLarge || folio.ReferenceCount > 3 || vmf.Vma.AnonVma == null || folio.KsmNode != null)
            return false;
        var memory = vmf.Vma.Mm.Machine.Memory;
        if (memory.Lru != null && !folio.Has(FolioFlags.Lru))
            memory.Lru.DrainLocal();
        if (folio.ReferenceCount > (folio.Has(FolioFlags.SwapCache) ? 2 : 1) || !folio.TryLock())
            return false;
        memory.Swap.TryFree(memory, folio);

        // The one reference is that of this entry, so nobody can look the folio up or take one more while the lock is held.
        bool alone = folio.ReferenceCount == 1 && folio.KsmNode == null;
        if (alone)
        {
            FolioMoveAnonRmap(folio, vmf.Vma, pte);
            folio.Set(FolioFlags.AnonExclusive);
        }

        folio.Unlock();
        return alone;
    }

    /// <summary>Makes the entry writable and unlocks its table (<c>wp_page_reuse</c>).</summary>
    [MustHold("vmf.FaultLock && pte && pte.Ptl"), Releases("pte && pte.Ptl")]
    internal static void WpPageReuse(FaultContext vmf, MappedPte pte)
    {
        if (vmf.IsWrite)
        {
            ulong bits = PageTableEntry.Accessed | PageTableEntry.Dirty;
            if ((vmf.Vma.Flags & VmFlags.Write) != 0)
                bits |= PageTableEntry.Writable;
            pte.Or(bits);
        }

        PteUnmapUnlock(pte);
    }

    /// <summary>
    /// Copies the page and maps the copy; the caller's reference to the old folio ends in here (<c>wp_page_copy</c>).
    /// </summary>
    [FaultHandler, Releases("old.Ref", When = "old != null")]
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
        if (!InstallCopy(vmf, old, copy))
            memory.Put(copy);
        if (old != null)
            memory.Put(old);
        return VmFault.None;
    }

    /// <summary>Replaces the old page by the copy, whose reference then belongs to the entry, if the entry is still what it was.</summary>
    [MustHold("vmf.FaultLock && copy.Ref"), Requires("vmf.Vma.AnonVma != null"), Releases("copy.Ref", When = "result")]
    private static bool InstallCopy(FaultContext vmf, Folio? old, [Fresh] Folio copy)
    {
        var mm = vmf.Vma.Mm;
        var pte = FaultHandling.LockUnchanged(vmf);
        if (pte == null)
            return false;

        if (old != null)
            mm.Rss.Add(RssCounters.KindOf(old), -1);
        mm.Rss.Add(RssKind.Anonymous, 1);

        // Cleared and flushed before the copy appears: else another thread of the process could read the old page after this one wrote to
        // the new.
        Tlb.PtepClearFlush(pte, mm);
        FolioAddNewAnonRmap(copy, vmf.Vma, vmf.Address, pte);
        mm.Machine.Memory.Lru?.Add(copy, vmf.Vma.Flags);
        ulong bits = PageTableEntry.ProtectionOf(vmf.Vma.Flags) | PageTableEntry.Dirty;
        if ((vmf.Vma.Flags & VmFlags.Write) != 0 && vmf.IsWrite)
            bits |= PageTableEntry.Writable;
        if (!vmf.IsWrite)
            bits |= vmf.OrigPte & PageTableEntry.UffdWriteProtect;
        pte.Value = PageTableEntry.Make(copy.Frame, bits);
        copy.HandOverReference();
        if (old != null)
            FolioRemoveRmap(old, vmf.Vma, pte);
        PteUnmapUnlock(pte);
        if (old != null)
        {
            // The reference that the old entry had.
            old.AdoptReference();
            mm.Machine.Memory.Swap.FreeCache(mm.Machine.Memory, old);
            mm.Machine.Memory.Put(old);
        }

        return true;
    }
}
