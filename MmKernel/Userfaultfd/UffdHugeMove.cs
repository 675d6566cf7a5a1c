using MmLint;
using static MmKernel.PageTableEntry;
using static MmKernel.PageTableWalk;

namespace MmKernel;

/// <summary>Moving a huge page to where a handler was asked for it (<c>move_pages_huge_pmd</c>, <c>mm/huge_memory.c</c>).</summary>
internal static class UffdHugeMove
{
    /// <summary>Whether a huge page can move as a whole; else it is split and moves page by page (<c>move_splits_huge_pmd</c>).</summary>
    [MustHold("target.Lock && source.Lock")]
    internal static bool IsWhole(VmArea target, VmArea source, ulong to, ulong from, ulong length) =>
        HugePages.AlignDown(to) == to && HugePages.AlignDown(from) == from && length >= HugePages.Size
        && IsHuge(HugeEntries.Peek(source, from)) && HugeEntries.Peek(target, to) == None;

    /// <summary>Moves a huge page, or the huge page of zeros.</summary>
    /// <returns>0; −EAGAIN if something changed meanwhile; −EBUSY: shared, or pinned; −ENOMEM.</returns>
    [MustHold("target.Lock && source.Lock"), Requires("target.Mm == source.Mm"), Requires("target.AnonVma != null"), MaySleep]
    internal static long Move(VmArea target, VmArea source, ulong to, ulong from)
    {
        if (!AllocateTables(target, to, lowest: 1))
            return -(long)Errno.ENOMEM;
        if (!HugeEntries.TryLock(source, from, out ulong entry))
            return -(long)Errno.EAGAIN;
        if (IsSpecial(entry))
        {
            source.Mm.PageTableLock.Unlock();
            return MoveEntry(target, source, to, from, entry, folio: null);
        }

        var folio = HugeEntries.FolioIn(source, entry);
        folio.Get();
        source.Mm.PageTableLock.Unlock();
        return UffdFolioMove.Move(target, source, to, from, entry, folio, MoveEntry);
    }

    /// <summary>An <see cref="UffdEntryMove"/>.</summary>
    [MustHold("target.Lock && source.Lock"), MustHold("folio", When = "folio != null"), Requires("target.Mm == source.Mm"), Requires("target.AnonVma != null")]
    private static long MoveEntry(VmArea target, VmArea source, ulong to, ulong from, ulong entry, Folio? folio)
    {
        var mm = source.Mm;
        mm.PageTableLock.Lock();
        long error = -(long)Errno.EAGAIN;
        if (((HugeEntries.Read(source, from) ^ entry) & ~(Accessed | Dirty)) == 0 && HugeEntries.Read(target, to) == None)
            error = MoveEntryLocked(target, source, to, from, folio);
        mm.PageTableLock.Unlock();
        return error;
    }

    [MustHold("target.Lock && source.Lock && source.Mm.PageTableLock"), MustHold("folio", When = "folio != null")]
    [Requires("target.Mm == source.Mm"), Requires("target.AnonVma != null")]
    private static long MoveEntryLocked(VmArea target, VmArea source, ulong to, ulong from, Folio? folio)
    {
        ulong moved = HugeEntries.ClearFlush(source, from);
        if (!UffdFolioMove.TryGive(folio, target, to))
        {
            HugeEntries.Set(source, from, moved);
            return -(long)Errno.EBUSY;
        }

        // The table that was set aside for the entry goes on being its own: all of them lie in one stack.
        ulong bits = ProtectionOf(target.Flags) | Huge | (folio == null ? Special : Writable | Dirty | SoftDirty);
        HugeEntries.Set(target, to, Make(FrameOf(moved), bits));
        return 0;
    }
}
