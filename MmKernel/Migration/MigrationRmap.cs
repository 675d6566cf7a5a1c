using MmLint;
using static MmKernel.AnonRmap;
using static MmKernel.PageTableEntry;
using static MmKernel.PageTableWalk;

namespace MmKernel;

/// <summary>Taking a folio out of all page tables for a move, and putting it or its successor back (<c>mm/rmap.c</c>, <c>mm/migrate.c</c>).</summary>
internal static class MigrationRmap
{
    /// <summary>
    /// Puts migration entries into the place of all mappings of a folio (<c>try_to_migrate</c>). Its pages go on counting as resident.
    /// </summary>
    /// <returns>Whether nothing maps the folio any more. Pins and mappings that fork is just copying prevent it.</returns>
    [MustHold("folio"), TakesRmap]
    internal static bool TryToMigrate(Folio folio)
    {
        if (folio.MapCount != 0)
            RmapWalking.RmapWalk(folio, MigrateOne);
        return folio.MapCount == 0;
    }

    /// <summary>
    /// Maps a folio where migration entries wait for one (<c>remove_migration_ptes</c>). The walk meets a parent before its children, and fork
    /// copies such entries with both tables locked, so that none is missed.
    /// </summary>
    /// <param name="source">The folio that the entries name.</param>
    /// <param name="target">What is mapped: where the contents are now, or the source itself if they have not been moved.</param>
    [MustHold("source && target"), TakesRmap]
    internal static void RemoveMigrationPtes(Folio source, Folio target) => RmapWalking.RmapWalk(target, (folio, vma, address) =>
    {
        RestoreOne(source, folio, vma, address);
        return true;
    });

    /// <summary>Replaces one mapping (<c>try_to_migrate_one</c>).</summary>
    /// <returns>False if it has to stay, and with it the folio.</returns>
    [MustHold("folio && vma.AnyRmap"), MaySleep]
    private static bool MigrateOne(Folio folio, VmArea vma, ulong address)
    {
        var pte = RmapWalking.LockMapping(folio, vma, address);
        if (pte == null)
            return true;

        // Flushed before pins are looked for: who pins without a lock looks at the entry again after that.
        ulong old = Tlb.PtepClearFlush(pte, vma.Mm);
        if ((old & Dirty) != 0)
            folio.Set(FolioFlags.Dirty);
        bool isExclusive = folio.IsAnonymous && folio.Has(FolioFlags.AnonExclusive);
        if (isExclusive && !Unmapping.TryShare(folio))
        {
            pte.Value = old;
            PteUnmapUnlock(pte);
            return false;
        }

        pte.Value = MigrationEntry.Replacing(old, isExclusive);
        FolioRemoveRmap(folio, vma, pte);
        PteUnmapUnlock(pte);
        folio.AdoptReference();
        vma.Mm.Machine.Memory.Put(folio);
        return true;
    }

    /// <summary>Maps the folio in the place of one migration entry of its predecessor (<c>remove_migration_pte</c>).</summary>
    [MustHold("target && vma.AnyRmap"), MaySleep]
    private static void RestoreOne(Folio source, Folio target, VmArea vma, ulong address)
    {
        var pte = PteOffsetMapLock(vma, address);
        if (pte == null)
            return;
        ulong old = pte.Value;
        if (!MigrationEntry.IsIn(old) || FrameOf(old) != source.Frame)
        {
            PteUnmapUnlock(pte);
            return;
        }

        LockedPages.MlockVmaFolio(target, vma);
        Restore(target, vma, pte);
        PteUnmapUnlock(pte);
    }

    /// <summary>Maps a page in the place of the migration entry that is there.</summary>
    [MustHold("vma.AnyRmap && pte && pte.Ptl")]
    internal static void Restore(Folio page, VmArea vma, MappedPte pte)
    {
        ulong entry = pte.Value;
        page.Get();
        page.AddMapping();
        if (page.IsAnonymous && MigrationEntry.AccessOf(entry) != MigrationAccess.Read)
            page.Set(FolioFlags.AnonExclusive);
        pte.Value = Make(page.Frame, (ProtectionOf(vma.Flags) & ~Accessed) | MigrationEntry.BitsOf(entry));
        page.HandOverReference();
    }
}
