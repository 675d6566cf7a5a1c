using MmLint;

namespace MmKernel;

/// <summary>Moves an entry that maps a page or a huge page, or zeros, if it still is what it was.</summary>
/// <param name="target">The VMA that gets it.</param>
/// <param name="source">The VMA that has it.</param>
/// <param name="to">Where it goes.</param>
/// <param name="from">Where it is.</param>
/// <param name="entry">The entry that was found there.</param>
/// <param name="folio">What it maps; null for zeros.</param>
/// <returns>0; −EAGAIN if something changed meanwhile; −EBUSY: shared, or pinned.</returns>
[MustHold("target.Lock && source.Lock"), MustHold("folio", When = "folio != null"), Requires("target.Mm == source.Mm"), Requires("target.AnonVma != null")]
internal delegate long UffdEntryMove(VmArea target, VmArea source, ulong to, ulong from, ulong entry, Folio? folio);

/// <summary>What a folio has to do with a move of its entry, be it a page or huge.</summary>
internal static class UffdFolioMove
{
    /// <summary>Moves the entry of a folio under the folio's lock, and under that of its anon_vma if the machine wants so (<see cref="UffdMoveLocking"/>).</summary>
    /// <returns>As <paramref name="move"/>.</returns>
    [MustHold("target.Lock && source.Lock && folio.Ref"), Releases("folio.Ref"), Requires("target.Mm == source.Mm"), Requires("target.AnonVma != null"), MaySleep]
    internal static long Move(VmArea target, VmArea source, ulong to, ulong from, ulong entry, Folio folio, UffdEntryMove move)
    {
        folio.Lock();
        long error = MoveLocked(target, source, to, from, entry, folio, move);
        folio.Unlock();
        source.Mm.Machine.Memory.Put(folio);
        return error;
    }

    /// <summary>Makes a folio, if there is one, belong to where its entry goes, which has been cleared and flushed.</summary>
    /// <returns>False if it is shared, or pinned: the entry must be put back.</returns>
    [MustHold("target.Lock"), MustHold("folio", When = "folio != null"), Requires("target.AnonVma != null")]
    internal static bool TryGive(Folio? folio, VmArea target, ulong to)
    {
        if (folio == null)
            return true;

        // Whoever pins without a lock either saw the entry gone, or is seen here.
        if (!folio.Has(FolioFlags.AnonExclusive) || folio.IsPinned)
            return false;
        folio.Mapping = target.AnonVma;
        folio.Index = target.PageIndex(to);
        return true;
    }

    [MustHold("target.Lock && source.Lock && folio"), Requires("target.Mm == source.Mm"), Requires("target.AnonVma != null"), MaySleep]
    private static long MoveLocked(VmArea target, VmArea source, ulong to, ulong from, ulong entry, Folio folio, UffdEntryMove move)
    {
        if (target.Mm.Machine.Options.UffdMoveLocking == UffdMoveLocking.FolioLock || folio.Mapping is not AnonVma anonVma)
            return move(target, source, to, from, entry, folio);
        anonVma.Lock.WriteLock();
        long error = move(target, source, to, from, entry, folio);
        anonVma.Lock.WriteUnlock();
        return error;
    }
}
