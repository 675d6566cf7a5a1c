using System;
using MmLint;
using static MmKernel.PageTableWalk;

namespace MmKernel;

/// <summary>Looks at the page-table entries of a VMA without changing them (<c>walk_page_vma</c>).</summary>
internal static class PageWalk
{
    /// <summary>What a walk does with an entry that is not empty; the lock of its table is held.</summary>
    /// <typeparam name="TState">What the walk carries along.</typeparam>
    internal delegate void Visitor<TState>(ref TState state, VmArea vma, ulong address, ulong entry);

    /// <summary>Visits the entries of [start, end) that are not empty, in order.</summary>
    [MustHold("vma.Anchored")]
    internal static void Visit<TState>(VmArea vma, ulong start, ulong end, ref TState state, Visitor<TState> visitor)
    {
        while (start < end)
        {
            ulong stop = TableEnd(start, end);
            if (TryVisitHuge(vma, start, stop, ref state, visitor))
            {
                start = stop;
                continue;
            }

            var pte = TryPteOffsetMapLock(vma, start);
            if (pte != null)
            {
                for (ulong address = start; address < stop; address += Page.Size, pte.Advance())
                {
                    ulong entry = pte.Value;
                    if (entry != PageTableEntry.None)
                        visitor(ref state, vma, address, entry);
                }

                PteUnmapUnlock(pte);
            }

            start = stop;
        }
    }

    /// <summary>Visits the pages of a huge page as if each had an entry of its own, marked as that of a huge one.</summary>
    [MustHold("vma.Anchored")]
    private static bool TryVisitHuge<TState>(VmArea vma, ulong start, ulong end, ref TState state, Visitor<TState> visitor)
    {
        if (!HugeEntries.TryLock(vma, start, out ulong entry))
            return false;
        for (ulong address = start; address < end; address += Page.Size)
            visitor(ref state, vma, address, HugeEntries.PageOf(entry, address));
        vma.Mm.PageTableLock.Unlock();
        return true;
    }
}
