using MmLint;
using static MmKernel.AnonRmap;
using static MmKernel.PageTableEntry;
using static MmKernel.PageTableWalk;
using static MmKernel.UffdLocking;
using static MmKernel.VmaLocking;

namespace MmKernel;

/// <summary>Moving pages to where a handler was asked for them, without copying (<c>move_pages</c>, <c>mm/userfaultfd.c</c>).</summary>
internal static class UffdMove
{
    // No error of the call: the VMAs changed between two looks.
    private const long TryAgain = -(long)Errno.EBADF;

    /// <summary>Moves the pages of a range.</summary>
    /// <returns>
    /// Bytes moved, holes that are allowed included, if any were. Else −ENOENT: not mapped, or a hole; −EAGAIN: mappings are changing; −EINVAL:
    /// not for these VMAs; −EEXIST: something is at the target; −EBUSY: the page is shared; −EFAULT: a marker; −ENOMEM; −EINTR.
    /// </returns>
    /// <remarks>The address space is the current one.</remarks>
    [MustHold("mm.Users && mm.Residents"), Requires("mm == Task.CurrentMm"), MaySleep]
    [MustNotHold("MmStruct.MmapLock || VmArea.Lock || UserfaultContext.MapChangingLock")]
    internal static long MoveRange(UserfaultContext context, MmStruct mm, ulong to, ulong from, ulong length, UffdMoveMode mode)
    {
        ulong done = 0;
        while (true)
        {
            long result = MoveSome(context, mm, to + done, from + done, length - done, mode);
            if (result > 0)
                done += (ulong)result;
            if (done == length || (result < 0 && result != TryAgain))
                return done != 0 ? (long)done : result;
        }
    }

    /// <summary>
    /// Moves pages until the end or an error, under the locks of both VMAs (<c>uffd_move_lock</c>). With the first locked, the second is only
    /// tried; if that fails both are found and locked under mmap_lock.
    /// </summary>
    [MustHold("mm.Users && mm.Residents"), MustNotHold("MmStruct.MmapLock || VmArea.Lock || UserfaultContext.MapChangingLock"), MaySleep]
    private static long MoveSome(UserfaultContext context, MmStruct mm, ulong to, ulong from, ulong length, UffdMoveMode mode)
    {
        var target = UffdLockVma(mm, to, out long error);
        if (target == null)
            return error;
        if (from >= target.Start && from < target.End)
        {
            long within = MoveUnlessChanging(context, target, target, to, from, length, mode);
            VmaEndRead(target);
            return within;
        }

        var source = LockVmaUnderRcu(mm, from);
        if (source == null)
        {
            VmaEndRead(target);
            return MoveAfterWaiting(context, mm, to, from, length, mode);
        }

        long result = MoveUnlessChanging(context, target, source, to, from, length, mode);
        VmaEndRead(source);
        VmaEndRead(target);
        return result;
    }

    [MustHold("mm.Users && mm.Residents"), MustNotHold("MmStruct.MmapLock || VmArea.Lock || UserfaultContext.MapChangingLock"), MaySleep]
    private static long MoveAfterWaiting(UserfaultContext context, MmStruct mm, ulong to, ulong from, ulong length, UffdMoveMode mode)
    {
        mm.MmapLock.ReadLock();
        var target = FindVmaAndPrepareAnon(mm, to, out long error);
        if (target == null)
        {
            mm.MmapLock.ReadUnlock();
            return error;
        }

        var source = mm.Vmas.Walk(from);
        if (source == null)
        {
            mm.MmapLock.ReadUnlock();
            return -(long)Errno.ENOENT;
        }

        // One VMA by now: the next attempt sees it at once.
        if (from >= target.Start && from < target.End)
        {
            mm.MmapLock.ReadUnlock();
            return TryAgain;
        }

        if (!VmaStartReadLocked(target))
        {
            mm.MmapLock.ReadUnlock();
            return TryAgain;
        }

        if (!VmaStartReadLocked(source))
        {
            VmaEndRead(target);
            mm.MmapLock.ReadUnlock();
            return TryAgain;
        }

        mm.MmapLock.ReadUnlock();
        long result = MoveUnlessChanging(context, target, source, to, from, length, mode);
        VmaEndRead(source);
        VmaEndRead(target);
        return result;
    }

    [MustHold("target.Lock && source.Lock"), Requires("target.Mm == source.Mm"), MustNotHold("UserfaultContext.MapChangingLock"), MaySleep]
    private static long MoveUnlessChanging(
        UserfaultContext context, VmArea target, VmArea source, ulong to, ulong from, ulong length, UffdMoveMode mode)
    {
        context.MapChangingLock.ReadLock();
        long result = context.IsChanging ? -(long)Errno.EAGAIN : Check(context, target, source, to, from, length);
        if (result == 0 && target.AnonVma != null)
            result = MovePages(context, target, source, to, from, length, mode);
        context.MapChangingLock.ReadUnlock();
        return result;
    }

    /// <summary>What is wrong with a move between two VMAs (<c>validate_move_areas</c>).</summary>
    [MustHold("target.Lock && source.Lock")]
    private static long Check(UserfaultContext context, VmArea target, VmArea source, ulong to, ulong from, ulong length)
    {
        const VmFlags MustAgree = VmFlags.AccessMask | VmFlags.Locked;
        const VmFlags Special = VmFlags.Io | VmFlags.HugeTlb;
        bool isRefused = source.IsShared || from + length > source.End
            || target.IsShared || to + length > target.End
            || ((source.Flags ^ target.Flags) & MustAgree) != 0
            || (source.Flags & VmFlags.Write) == 0
            || ((source.Flags | target.Flags) & Special) != 0
            || target.Userfault != context
            || !source.IsAnonymous || !target.IsAnonymous;
        return isRefused ? -(long)Errno.EINVAL : 0;
    }

    [MustHold("context.MapChangingLock && target.Lock && source.Lock"), Requires("target.Mm == source.Mm"), Requires("target.AnonVma != null"), MaySleep]
    private static long MovePages(UserfaultContext context, VmArea target, VmArea source, ulong to, ulong from, ulong length, UffdMoveMode mode)
    {
        Lockdep.AssertHeld(context.MapChangingLock, LockMode.Shared);
        ulong done = 0;
        while (done < length)
        {
            bool isWhole = UffdHugeMove.IsWhole(target, source, to + done, from + done, length - done);
            long error = isWhole ? UffdHugeMove.Move(target, source, to + done, from + done) : MoveOne(target, source, to + done, from + done, mode);
            ulong step = isWhole ? HugePages.Size : Page.Size;
            if (Task.Current.IsFatalSignalPending && error is 0 or -(long)Errno.EAGAIN)
            {
                if (error == 0)
                    done += step;
                return done != 0 ? (long)done : -(long)Errno.EINTR;
            }

            if (error == -(long)Errno.EAGAIN)
                continue;
            if (error != 0)
                return done != 0 ? (long)done : error;
            done += step;
        }

        return (long)done;
    }

    /// <summary>Moves one page (<c>move_pages_ptes</c>): looks, locks the folio, which may take waiting, and looks again.</summary>
    /// <returns>0; −EAGAIN if something changed meanwhile; other errors as <see cref="MoveRange"/>.</returns>
    [MustHold("target.Lock && source.Lock"), Requires("target.Mm == source.Mm"), Requires("target.AnonVma != null"), MaySleep]
    private static long MoveOne(VmArea target, VmArea source, ulong to, ulong from, UffdMoveMode mode)
    {
        long error = MakeTables(target, source, to, from, mode);
        if (error != 0)
            return error;
        if (!HugeSplit.TrySplitAt(source, from))
            return -(long)Errno.EBUSY;
        var folio = Find(source, from, ReadEntry(target, to), mode, out ulong entry, out error);
        if (MigrationEntry.IsIn(entry))
            MigrationWait.MigrationEntryWait(source, from);
        if (folio == null)
            return error != 0 || entry == None ? error : MoveEntry(target, source, to, from, entry, folio: null);
        return UffdFolioMove.Move(target, source, to, from, entry, folio, MoveEntry);
    }

    [MustHold("target.Lock && source.Lock"), MaySleep]
    private static long MakeTables(VmArea target, VmArea source, ulong to, ulong from, UffdMoveMode mode)
    {
        if ((mode & UffdMoveMode.AllowSourceHoles) == 0)
        {
            if (!HasTable(source, from))
                return -(long)Errno.ENOENT;
        }
        else if (!AllocateTables(source, from))
        {
            return -(long)Errno.ENOMEM;
        }

        return AllocateTables(target, to) ? 0 : -(long)Errno.ENOMEM;
    }

    /// <summary>What is to be moved.</summary>
    /// <returns>
    /// The folio with a reference, of a page in swap the cached one; null after an error, and if there is none: for the page of zeros, a page that is in swap only,
    /// and a hole, whose entry is empty.
    /// </returns>
    [MustHold("source.Lock"), Acquires("result.Ref", When = "result != null"), Ensures("error == 0", When = "result != null")]
    private static Folio? Find(VmArea source, ulong from, ulong there, UffdMoveMode mode, out ulong entry, out long error)
    {
        entry = None;
        error = -(long)Errno.EEXIST;
        if (there != None)
            return null;
        error = -(long)Errno.ENOENT;
        var pte = PteOffsetMapLock(source, from);
        if (pte == null)
            return null;
        entry = pte.Value;
        Folio? folio = null;
        if (entry == None)
        {
            error = (mode & UffdMoveMode.AllowSourceHoles) != 0 ? 0 : -(long)Errno.ENOENT;
        }
        else if (SwapEntry.IsIn(entry))
        {
            error = -(long)Errno.EBUSY;
            if ((entry & SwapExclusive) != 0)
            {
                error = 0;
                folio = source.Mm.Machine.Memory.Swap.Find(SwapEntry.Of(entry));
            }
        }
        else if (!IsPresent(entry))
        {
            error = MigrationEntry.IsIn(entry) ? -(long)Errno.EAGAIN : -(long)Errno.EFAULT;
        }
        else if (IsSpecial(entry))
        {
            error = 0;
        }
        else
        {
            folio = pte.FolioIn(source.Mm.Machine.Memory, entry);
            error = -(long)Errno.EBUSY;
            if (folio.Has(FolioFlags.AnonExclusive) && !folio.IsLarge)
            {
                error = 0;
                folio.Get();
            }
            else
            {
                folio = null;
            }
        }

        PteUnmapUnlock(pte);
        return folio;
    }

    /// <summary>Moves the entry of a page, the page of zeros, or a page in swap, if both entries still are what they were; an <see cref="UffdEntryMove"/>.</summary>
    [MustHold("target.Lock && source.Lock"), MustHold("folio", When = "folio != null"), Requires("target.Mm == source.Mm"), Requires("target.AnonVma != null")]
    private static long MoveEntry(VmArea target, VmArea source, ulong to, ulong from, ulong entry, Folio? folio)
    {
        var old = PteOffsetMapNolock(source, from);
        if (old == null)
            return -(long)Errno.EAGAIN;
        var pte = PteOffsetMapNolock(target, to);
        if (pte == null)
        {
            old.Unmap();
            return -(long)Errno.EAGAIN;
        }

        DoublePtLock(old.Ptl, pte.Ptl);
        long error = pte.Value != None ? -(long)Errno.EAGAIN
            : SwapEntry.IsIn(entry) ? MoveSwapped(target, to, old, pte, entry, folio)
            : MovePresent(target, source, to, old, pte, entry, folio);
        DoublePtUnlock(old.Ptl, pte.Ptl);
        pte.Unmap();
        old.Unmap();
        return error;
    }

    /// <summary>
    /// Moves a swap entry (<c>move_swap_pte</c>). A cached folio goes along: whoever maps it next does so at the new place. One that has been cached since it was
    /// looked for may know the old place.
    /// </summary>
    [MustHold("target.Lock && old && old.Ptl && pte && pte.Ptl"), MustHold("folio", When = "folio != null"), Requires("target.AnonVma != null")]
    private static long MoveSwapped(VmArea target, ulong to, MappedPte old, MappedPte pte, ulong entry, Folio? folio)
    {
        var memory = target.Mm.Machine.Memory;
        if (old.Value != entry || (folio != null ? !SwapFault.IsOf(folio, entry) : memory.Swap.HasCached(SwapEntry.Of(entry))))
            return -(long)Errno.EAGAIN;
        if (folio != null && folio.IsAnonymous)
        {
            FolioMoveAnonRmap(folio, target, pte);
            folio.Index = target.PageIndex(to);
        }

        old.Value = None;
        pte.Value = entry | SwapSoftDirty;
        return 0;
    }

    /// <summary>Moves the mapping of a page, or of the page of zeros (<c>move_present_ptes</c>, <c>move_zeropage_pte</c>).</summary>
    [MustHold("target.Lock && source.Lock && old && old.Ptl && pte && pte.Ptl"), MustHold("folio", When = "folio != null")]
    [Requires("target.Mm == source.Mm"), Requires("target.AnonVma != null")]
    private static long MovePresent(VmArea target, VmArea source, ulong to, MappedPte old, MappedPte pte, ulong entry, Folio? folio)
    {
        if (FrameOf(old.Value) != FrameOf(entry) || !IsPresent(old.Value) || IsSpecial(old.Value) != (folio == null))
            return -(long)Errno.EAGAIN;
        ulong moved = Tlb.PtepClearFlush(old, source.Mm);
        if (!UffdFolioMove.TryGive(folio, target, to))
        {
            old.Value = moved;
            return -(long)Errno.EBUSY;
        }

        pte.Value = Make(FrameOf(moved), ProtectionOf(target.Flags) | (folio == null ? Special : Writable | SoftDirty | (moved & Dirty)));
        return 0;
    }
}
