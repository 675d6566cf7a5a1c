using System;
using MmLint;
using static MmKernel.PageTableWalk;

namespace MmKernel;

/// <summary>
/// Fork copies the entries of pages that are being moved with the tables of both sides locked (<c>copy_nonpresent_pte</c>): on its way from one
/// table to the other such an entry would be found by nobody, and would still name the old frame when the move is over.
/// </summary>
internal static class MigratingCopies
{
    /// <summary>Copies those of the entries that are such ones.</summary>
    /// <returns>False if memory is exhausted.</returns>
    [MustHold("source.Frozen && exclusive(target.Lock)"), AllocatesPages]
    internal static bool Copy(VmArea target, VmArea source, ulong start, ReadOnlySpan<ulong> entries)
    {
        for (int i = 0; i < entries.Length; i++)
        {
            if (!MigrationEntry.IsIn(entries[i]))
                continue;
            ulong address = start + ((ulong)i << Page.Shift);

            // If the move is over by now, the entry is one like others.
            if (!TryCopy(target, source, address) && !CopyPageTables.CopyTable(target, source, address, address + Page.Size))
                return false;
        }

        return true;
    }

    /// <returns>False if the page is not being moved any more.</returns>
    [MustHold("source.Frozen && exclusive(target.Lock)")]
    private static bool TryCopy(VmArea target, VmArea source, ulong address)
    {
        var old = PteOffsetMapNolock(source, address);
        if (old == null)
            return false;
        var pte = PteOffsetMapNolock(target, address);
        if (pte == null)
        {
            old.Unmap();
            return false;
        }

        DoublePtLock(old.Ptl, pte.Ptl);
        ulong entry = old.Current;
        bool isMigrating = MigrationEntry.IsIn(entry);
        if (isMigrating)
        {
            if (!source.IsShared)
                old.Value = entry = MigrationEntry.Shared(entry);
            target.Mm.Rss.Add(RssCounters.KindOf(target.Mm.Machine.Memory.FolioOf(PageTableEntry.FrameOf(entry))), 1);
            pte.Value = (target.Flags & VmFlags.UffdWriteProtect) != 0 ? entry : UffdWriteProtection.WithoutMark(entry);
        }

        DoublePtUnlock(old.Ptl, pte.Ptl);
        pte.Unmap();
        old.Unmap();
        return isMigrating;
    }
}
