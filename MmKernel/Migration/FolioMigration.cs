using MmLint;

namespace MmKernel;

/// <summary>
/// Moving what a folio holds to another frame (<c>mm/migrate.c</c>): its mappings are replaced by entries that make accesses wait, the contents
/// are copied once nobody else can change them, its place in the file, in swap or among the merged pages is given to the new folio, and the
/// mappings return.
/// </summary>
internal static class FolioMigration
{
    /// <summary>How often a busy folio is tried (<c>NR_MAX_MIGRATE_PAGES_RETRY</c>).</summary>
    private const int Attempts = 10;

    /// <summary>How often of these its lock is only tried.</summary>
    private const int AttemptsWithoutWaiting = 3;

    /// <summary>What goes along with the contents; what tells of lists and locks does not (<c>folio_migrate_flags</c>).</summary>
    private const FolioFlags Carried = FolioFlags.UpToDate | FolioFlags.Dirty | FolioFlags.SwapBacked | FolioFlags.Referenced
        | FolioFlags.Anonymous | FolioFlags.Active | FolioFlags.SwapCache | FolioFlags.Readahead
        | FolioFlags.Young | FolioFlags.Idle;

    /// <summary>Moves an isolated folio to a new frame (<c>migrate_pages</c> with one page).</summary>
    /// <param name="memory">The machine's memory.</param>
    /// <param name="source">The folio, taken off its list; the caller's reference ends in here.</param>
    /// <returns>As <see cref="MigrateTo"/>; −ENOMEM if there is no frame.</returns>
    [MustHold("source.Ref"), Releases("source.Ref"), AllocatesPages]
    internal static int Migrate(PhysicalMemory memory, Folio source)
    {
        var target = memory.Allocate();
        if (target != null)
            return MigrateTo(memory, source, target);
        memory.Events.Add(VmEvent.PgmigrateFail);
        PutBack(memory, source);
        return -(int)Errno.ENOMEM;
    }

    /// <summary>Moves an isolated folio to a given frame; both references end in here.</summary>
    /// <returns>0: the source is freed when its last user lets go; −EBUSY: pinned, or part of a huge page; −EAGAIN: in use otherwise; −ENOENT: freed meanwhile.</returns>
    [MustHold("source.Ref && target.Ref"), Releases("source.Ref && target.Ref"), TakesRmap]
    internal static int MigrateTo(PhysicalMemory memory, Folio source, Folio target)
    {
        int error = -(int)Errno.EAGAIN;
        for (int attempt = 0; attempt < Attempts && error == -(int)Errno.EAGAIN; attempt++)
            error = TryMigrate(memory, source, target, mayWait: attempt >= AttemptsWithoutWaiting);
        memory.Events.Add(error == 0 ? VmEvent.PgmigrateSuccess : VmEvent.PgmigrateFail);
        if (error == 0)
        {
            memory.Lru?.Add(target);
            memory.Put(source);
        }
        else
        {
            PutBack(memory, source);
        }

        memory.Put(target);
        return error;
    }

    [MustHold("folio.Ref"), Releases("folio.Ref")]
    private static void PutBack(PhysicalMemory memory, Folio folio)
    {
        if (memory.Lru != null)
            memory.Lru.PutBack(folio);
        else
            memory.Put(folio);
    }

    /// <summary>Locks both folios, the source first, and moves.</summary>
    [MustHold("source.Ref && target.Ref"), TakesRmap]
    private static int TryMigrate(PhysicalMemory memory, Folio source, Folio target, bool mayWait)
    {
        if (source.IsPinned || source.IsLarge)
            return -(int)Errno.EBUSY;
        if (!source.TryLock())
        {
            if (!mayWait)
                return -(int)Errno.EAGAIN;
            source.Lock();
        }

        target.LockNested(source);
        int error = MoveLocked(memory, source, target);

        // Who unmapped it last, or gave its slot up, could not take it out of the swap cache, for it was locked.
        var current = error == 0 ? target : source;
        if (current.MapCount == 0)
            memory.Swap.TryFree(memory, current);
        target.Unlock();
        source.Unlock();
        return error;
    }

    [MustHold("source && source.Ref && target && target.Ref"), TakesRmap]
    private static int MoveLocked(PhysicalMemory memory, Folio source, Folio target)
    {
        if (source.Mapping == null && !source.Has(FolioFlags.SwapCache))
            return -(int)Errno.ENOENT;
        bool wasMapped = source.MapCount != 0;
        bool moved = MigrationRmap.TryToMigrate(source) && MoveToNewFolio(memory, source, target);
        if (wasMapped)
            MigrationRmap.RemoveMigrationPtes(source, moved ? target : source);
        return moved ? 0 : -(int)Errno.EAGAIN;
    }

    /// <summary>
    /// Copies the contents and hands over what the folio is (<c>move_to_new_folio</c>). Nobody can write to a locked page that no entry maps,
    /// unless he has a reference; so there must be none besides those that are accounted for.
    /// </summary>
    [MustHold("source && source.Ref && target && target.Ref")]
    private static bool MoveToNewFolio(PhysicalMemory memory, Folio source, Folio target)
    {
        if (source.ReferenceCount != ExpectedReferences(source))
            return false;
        memory.Copy(target, source);
        target.Set(source.FlagsAmong(Carried));
        target.Mapping = source.Mapping;
        target.Index = source.Index;
        target.Swap = source.Swap;
        if (TryHandOver(memory, source, target))
        {
            source.Mapping = null;
            source.Swap = default;
            source.Clear(FolioFlags.SwapCache);
            return true;
        }

        target.Clear(Carried);
        target.Mapping = null;
        target.Index = 0;
        target.Swap = default;
        return false;
    }

    /// <summary>The references that are accounted for: the caller's, and those of the caches (<c>folio_expected_ref_count</c>).</summary>
    [MustHold("source")]
    private static int ExpectedReferences(Folio source) => 1 + (source.Mapping is AddressSpace ? 1 : 0) + (source.Has(FolioFlags.SwapCache) ? 1 : 0);

    /// <summary>Puts the target into the source's place, unless somebody has found the source there meanwhile (<c>folio_migrate_mapping</c>).</summary>
    [MustHold("source && source.Ref && target && target.Ref")]
    private static bool TryHandOver(PhysicalMemory memory, Folio source, Folio target)
    {
        if (source.Mapping is AddressSpace mapping)
            return mapping.TryReplace(source, target);
        if (source.Has(FolioFlags.SwapCache))
            return memory.Swap.TryReplace(source, target);
        if (source.Mapping is KsmStableNode node)
            return node.TryMove(source, target);

        // Only page tables knew it, and none does now.
        return source.ReferenceCount == 1;
    }
}
