using MmLint;
using static MmKernel.PageTableEntry;

namespace MmKernel;

/// <summary>What stands in a table whose pages may be collapsed.</summary>
internal struct CollapseTally
{
    private int _missing;
    private int _shared;
    private int _used;

    /// <summary>Pages in swap.</summary>
    internal int Swapped { get; private set; }

    /// <summary>Counts the entries of a table up to the first that forbids to collapse.</summary>
    /// <param name="vma">The VMA.</param>
    /// <param name="pte">The first entry; afterwards the last that was looked at, or behind it.</param>
    [MustHold("vma.Mm.MmapLock && pte && pte.Ptl")]
    internal CollapseResult CountAll(VmArea vma, MappedPte pte)
    {
        var result = CollapseResult.Done;
        for (int page = 0; page < HugePages.PageCount && result == CollapseResult.Done; page++, pte.Advance())
            result = Count(vma, pte.Value);
        return result;
    }

    /// <summary>Counts an entry.</summary>
    /// <returns><see cref="CollapseResult.Done"/>, unless the entry forbids to collapse.</returns>
    [MustHold("vma.Mm.MmapLock")]
    private CollapseResult Count(VmArea vma, ulong entry)
    {
        if (entry == None || (IsPresent(entry) && IsSpecial(entry)))
        {
            _missing++;

            // The handler of faults is to hear of the first access to each page.
            return vma.Userfault == null ? CollapseResult.Done : CollapseResult.TooManyMissing;
        }

        if (SwapEntry.IsIn(entry))
        {
            Swapped++;
            return (entry & SwapUffdWriteProtect) == 0 ? CollapseResult.Done : CollapseResult.Unfit;
        }

        if (!IsPresent(entry) || (entry & UffdWriteProtect) != 0)
            return CollapseResult.Unfit;
        var page = vma.Mm.Machine.Memory.FolioOf(FrameOf(entry));
        if (!page.IsAnonymous || page.KsmNode != null)
            return CollapseResult.Unfit;
        if (page.IsPinned || page.ReferenceCount != page.MapCount + (page.Has(FolioFlags.SwapCache) ? 1 : 0))
            return CollapseResult.Busy;
        if (page.PageMapCount > 1)
            _shared++;
        if ((entry & Accessed) != 0)
            _used++;
        return CollapseResult.Done;
    }

    /// <summary>Whether it is worth while to collapse, and to read from swap for it.</summary>
    [MustHold("vma.Mm.MmapLock")]
    internal readonly CollapseResult Judge(VmArea vma, HugePageUse use)
    {
        if (use == HugePageUse.Forced)
            return CollapseResult.Done;
        if (_missing > Collapse.MaxMissing)
            return CollapseResult.TooManyMissing;
        if (Swapped > Collapse.MaxSwapped)
            return CollapseResult.TooManySwapped;
        if (_shared > Collapse.MaxShared)
            return CollapseResult.TooManyShared;
        return _used == 0 || (Swapped != 0 && _used < HugePages.PageCount / 2) ? CollapseResult.Unused : CollapseResult.Done;
    }
}
