using MmLint;
using static MmKernel.PageTableWalk;

namespace MmKernel;

/// <summary>Waiting for a page that is being moved (<c>mm/migrate.c</c>).</summary>
internal static class MigrationWait
{
    /// <summary>
    /// Sleeps until the page of an entry has been moved, if it is being moved (<c>migration_entry_wait</c>). It does so without a reference,
    /// which would be in the way of the move: the folio is locked while the entry is there, and who unlocks it wakes those who queued before.
    /// </summary>
    [MustHold("vma.Anchored"), MustNotHold("Folio"), MaySleep]
    internal static void MigrationEntryWait(VmArea vma, ulong address)
    {
        var pte = PteOffsetMapLock(vma, address);
        if (pte == null)
            return;
        ulong entry = pte.Value;
        bool queued = MigrationEntry.IsIn(entry) && vma.Mm.Machine.Memory.FolioOf(PageTableEntry.FrameOf(entry)).Head.TryQueueForUnlock();
        PteUnmapUnlock(pte);
        if (queued)
            _ = Task.Current.SleepUntilWoken(killable: false);
    }
}
