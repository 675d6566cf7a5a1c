using MmLint;
using static MmKernel.VmaLocking;

namespace MmKernel;

/// <summary>
/// Joins ranges to neighbours that are alike (<c>vma_merge_*</c> in <c>mm/vma.c</c>). Alike means: same flags, same open file, page indices
/// that continue, and anonymous pages that can hang from one anon_vma.
/// </summary>
internal static class VmaMerge
{
    // This says what happened to the range, not what it is: the merged VMA has it if one part had (VM_STICKY).
    private const VmFlags Sticky = VmFlags.SoftDirty;

    // Such mappings are never merged (VM_SPECIAL).
    private const VmFlags Special = VmFlags.Io | VmFlags.DontExpand;

    /// <summary>
    /// Covers a free range by growing the VMA before it, the VMA behind it, or by joining both (<c>vma_merge_new_range</c>).
    /// </summary>
    /// <param name="mm">The address space.</param>
    /// <param name="range">The range, in which no VMA lies.</param>
    /// <param name="pagesFrom">The VMA whose anonymous pages move in; null if the range starts without.</param>
    /// <param name="onlyGrow">Whether only the VMA before it may grow, as the heap does (<c>just_expand</c>).</param>
    /// <returns>The VMA that covers the range now; null if nobody fits.</returns>
    [MustHold("exclusive(mm.MmapLock)"), MustHold("exclusive(pagesFrom.Lock)", When = "pagesFrom != null"), Ensures("result.Mm == mm"), MaySleep]
    [return: ValidWhileHeld("result.Mm.MmapLock")]
    internal static VmArea? MergeNew(MmStruct mm, in VmaProposal range, VmArea? pagesFrom = null, bool onlyGrow = false)
    {
        if ((range.Flags & Special) != 0)
            return null;
        var previous = mm.Vmas.FindBefore(range.Start);
        var next = mm.Vmas.Find(range.End);
        bool fitsPrevious = previous != null && previous.End == range.Start && FitsBehind(previous, range);
        bool fitsNext = !onlyGrow && next != null && next.Start == range.End && FitsBefore(next, range)
            && (!fitsPrevious || AnonVmasAgree(previous!, next));

        if ((fitsPrevious || fitsNext) && !VmaTree.TryReserve())
            return null;
        if (previous != null && fitsPrevious)
        {
            VmaStartWrite(previous);
            if (next != null && fitsNext)
            {
                VmaStartWrite(next);
                if (!TryInheritAnonVma(previous, next) || (pagesFrom != null && !TryInheritAnonVma(previous, pagesFrom)))
                    return null;
                InheritHistory(previous, next.Flags, next);
                Absorb(previous, next, previous.Start, next.End, previous.PageOffset);
            }
            else
            {
                if (pagesFrom != null && !TryInheritAnonVma(previous, pagesFrom))
                    return null;
                VmaLayout.Resize(previous, previous.Start, range.End, previous.PageOffset);
            }

            InheritHistory(previous, range.Flags, pagesFrom);
            return previous;
        }

        if (next == null || !fitsNext)
            return null;
        VmaStartWrite(next);
        if (pagesFrom != null && !TryInheritAnonVma(next, pagesFrom))
            return null;
        VmaLayout.Resize(next, range.Start, next.End, next.PageOffset - range.PageCount);
        InheritHistory(next, range.Flags, pagesFrom);
        return next;
    }

    /// <summary>
    /// Gives a part of a VMA that is about to change its flags to neighbours that have the new flags already
    /// (<c>vma_merge_existing_range</c>).
    /// </summary>
    /// <param name="middle">The VMA.</param>
    /// <param name="start">First address of the part.</param>
    /// <param name="end">First address behind the part.</param>
    /// <param name="flags">The flags that the part is going to have.</param>
    /// <param name="userfault">Who is going to handle its faults.</param>
    /// <param name="isExhausted">Whether memory was short.</param>
    /// <returns>The VMA that covers the part now, in place of <paramref name="middle"/>; null if nobody fits, and nothing has changed.</returns>
    [MustHold("exclusive(middle.Mm.MmapLock)"), Ensures("result.Mm == middle.Mm")]
    [MaySleep]
    [return: ValidWhileHeld("result.Mm.MmapLock")]
    internal static VmArea? MergeExisting(VmArea middle, ulong start, ulong end, VmFlags flags, UserfaultContext? userfault, out bool isExhausted)
    {
        isExhausted = false;
        bool fromStart = start == middle.Start;
        bool toEnd = end == middle.End;
        if ((flags & Special) != 0 || (!fromStart && !toEnd))
            return null;

        var mm = middle.Mm;
        var range = new VmaProposal
        {
            Start = start,
            End = end,
            PageOffset = middle.PageIndex(start),
            Flags = flags,
            File = middle.File,
            AnonVma = middle.AnonVma,
            Userfault = userfault,
            IsFromForkChild = IsForkChild(middle),
        };
        var previous = mm.Vmas.FindBefore(start);
        var next = mm.Vmas.Find(end);
        bool fitsPrevious = fromStart && previous != null && previous.End == start && FitsBehind(previous, range);
        bool fitsNext = toEnd && next != null && next.Start == end && FitsBefore(next, range)
            && (!fitsPrevious || AnonVmasAgree(previous!, next));

        isExhausted = (fitsPrevious || fitsNext) && !VmaTree.TryReserve();
        if (isExhausted || (!fitsPrevious && !fitsNext))
            return null;
        VmArea? merged = null;
        if (previous != null && fitsPrevious)
            merged = next != null && fitsNext ? JoinThree(previous, middle, next, flags) : GiveToPrevious(previous, middle, end, flags);
        else if (next != null)
            merged = GiveToNext(middle, next, start, flags);
        isExhausted = merged == null;
        return merged;
    }

    /// <summary>Whether a parent process handed the VMA down, with anonymous pages that may be shared (<c>vma_is_fork_child</c>).</summary>
    [MustHold("vma.Mm.MmapLock")]
    internal static bool IsForkChild(VmArea vma) =>
        vma.AnonVma != null && vma.AnonVmaChain.Length > 1;

    [MustHold("exclusive(middle.Mm.MmapLock)"), Requires("previous.Mm == middle.Mm"), Requires("next.Mm == middle.Mm")]
    [Ensures("result.Mm == middle.Mm"), MaySleep]
    private static VmArea? JoinThree(VmArea previous, VmArea middle, VmArea next, VmFlags flags)
    {
        VmaStartWrite(previous);
        VmaStartWrite(middle);
        VmaStartWrite(next);
        if (!TryInheritAnonVma(previous, next.AnonVma != null ? next : middle))
            return null;
        InheritHistory(previous, flags, middle);
        InheritHistory(previous, next.Flags, next);
        ulong end = next.End;
        Absorb(previous, middle, previous.Start, middle.End, previous.PageOffset);
        Absorb(previous, next, previous.Start, end, previous.PageOffset);
        return previous;
    }

    [MustHold("exclusive(middle.Mm.MmapLock)"), Requires("previous.Mm == middle.Mm")]
    [Ensures("result.Mm == middle.Mm"), MaySleep]
    private static VmArea? GiveToPrevious(VmArea previous, VmArea middle, ulong end, VmFlags flags)
    {
        VmaStartWrite(previous);
        VmaStartWrite(middle);
        if (!TryInheritAnonVma(previous, middle))
            return null;
        InheritHistory(previous, flags, middle);
        if (end == middle.End)
        {
            Absorb(previous, middle, previous.Start, end, previous.PageOffset);
            return previous;
        }

        // The one that grows goes first: reverse mapping may see a page twice for a moment, never not at all.
        ulong offset = middle.PageIndex(end);
        VmaLayout.Resize(previous, previous.Start, end, previous.PageOffset);
        VmaLayout.Shrink(middle, end, middle.End, offset);
        return previous;
    }

    [MustHold("exclusive(middle.Mm.MmapLock)"), Requires("next.Mm == middle.Mm")]
    [Ensures("result.Mm == middle.Mm"), MaySleep]
    private static VmArea? GiveToNext(VmArea middle, VmArea next, ulong start, VmFlags flags)
    {
        VmaStartWrite(middle);
        VmaStartWrite(next);
        if (!TryInheritAnonVma(next, middle))
            return null;
        InheritHistory(next, flags, middle);
        ulong offset = next.PageOffset - ((next.Start - start) >> Page.Shift);
        if (start == middle.Start)
        {
            Absorb(next, middle, start, next.End, offset);
            return next;
        }

        VmaLayout.Resize(next, start, next.End, offset);
        VmaLayout.Shrink(middle, middle.Start, start, middle.PageOffset);
        return next;
    }

    /// <summary>Grows <paramref name="target"/> over <paramref name="other"/>, which goes (<c>commit_merge</c>, <c>vma_complete</c>).</summary>
    [MustHold("exclusive(target.Mm.MmapLock) && exclusive(target.Lock) && exclusive(other.Lock)"), Requires("other.Mm == target.Mm"), MaySleep]
    private static void Absorb(VmArea target, VmArea other, ulong start, ulong end, ulong pageOffset)
    {
        VmaLayout.Resize(target, start, end, pageOffset);
        target.Mm.MapCount--;
        VmaMarkDetached(other);
        VmaLayout.Free(other);
    }

    /// <summary>
    /// Makes sure that the pages of <paramref name="source"/> hang from an anon_vma that <paramref name="target"/> has too
    /// (<c>dup_anon_vma</c>).
    /// </summary>
    /// <returns>False if memory was short.</returns>
    [MustHold("exclusive(target.Lock) && exclusive(source.Lock)"), MaySleep]
    private static bool TryInheritAnonVma(VmArea target, VmArea source) =>
        source.AnonVma == null || target.AnonVma != null || AnonVmaLinks.AnonVmaClone(target, source, reuse: false) == 0;

    /// <summary>What may be in a part may be in the whole.</summary>
    [MustHold("exclusive(target.Lock)")]
    private static void InheritHistory(VmArea target, VmFlags flags, VmArea? source)
    {
        target.Flags |= flags & Sticky;
        if (source != null && source.MayHoldGuards)
            target.MayHoldGuards = true;
    }

    /// <summary>Whether the range can continue <paramref name="previous"/> (<c>can_vma_merge_after</c>).</summary>
    [MustHold("exclusive(previous.Mm.MmapLock)")]
    private static bool FitsBehind(VmArea previous, in VmaProposal range) =>
        IsAlike(previous, range) && previous.PageOffset + previous.PageCount == range.PageOffset;

    /// <summary>Whether <paramref name="next"/> can continue the range (<c>can_vma_merge_before</c>).</summary>
    [MustHold("exclusive(next.Mm.MmapLock)")]
    private static bool FitsBefore(VmArea next, in VmaProposal range) =>
        IsAlike(next, range) && range.PageOffset + range.PageCount == next.PageOffset;

    [MustHold("exclusive(vma.Mm.MmapLock)")]
    private static bool IsAlike(VmArea vma, in VmaProposal range) =>
        ((vma.Flags ^ range.Flags) & ~Sticky) == 0 && vma.File == range.File && vma.Userfault == range.Userfault && AnonVmaFits(vma, range);

    /// <summary>
    /// One side without anonymous pages takes the anon_vma of the other, unless that came with fork: pages that a parent still shares must
    /// not spread to VMAs that have nothing to do with it, or its root lock becomes everybody's (<c>is_mergeable_anon_vma</c>).
    /// </summary>
    [MustHold("exclusive(vma.Mm.MmapLock)")]
    private static bool AnonVmaFits(VmArea vma, in VmaProposal range)
    {
        if (vma.AnonVma == range.AnonVma)
            return true;
        if (vma.AnonVma == null)
            return !range.IsFromForkChild;
        return range.AnonVma == null && !IsForkChild(vma);
    }

    /// <summary>Whether the neighbours of a range can become one VMA with each other (<c>are_anon_vmas_compatible</c>).</summary>
    [MustHold("exclusive(previous.Mm.MmapLock)"), Requires("next.Mm == previous.Mm")]
    private static bool AnonVmasAgree(VmArea previous, VmArea next) =>
        previous.AnonVma == null || next.AnonVma == null || previous.AnonVma == next.AnonVma;
}
