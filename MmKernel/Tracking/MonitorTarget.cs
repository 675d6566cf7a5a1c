using System;
using System.Collections.Generic;
using MmLint;

namespace MmKernel;

/// <summary>The addresses that a monitor watches, and how it finds the page at one (<c>damon_operations</c>).</summary>
internal abstract class MonitorTarget
{
    /// <summary>What is watched now, in order.</summary>
    [MaySleep]
    internal abstract IReadOnlyList<(ulong Start, ulong End)> Ranges();

    /// <summary>The page at an address.</summary>
    /// <returns>With a reference; null if there is none.</returns>
    [MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep, Acquires("result.Ref", When = "result != null")]
    internal abstract Folio? PageAt(ulong address);
}

/// <summary>All physical memory, by frame (<c>mm/damon/paddr.c</c>).</summary>
/// <param name="memory">The memory.</param>
internal sealed class MemoryTarget(PhysicalMemory memory) : MonitorTarget
{
    internal override IReadOnlyList<(ulong Start, ulong End)> Ranges() => [(Page.Size, (ulong)memory.FrameCount << Page.Shift)];

    /// <summary>Only pages that reclaim knows, or that are mapped, are used in a way that shows (<c>damon_get_folio</c>).</summary>
    internal override Folio? PageAt(ulong address)
    {
        var folio = memory.TryGetFolio(address >> Page.Shift);
        if (folio == null)
            return null;
        if (folio.Has(FolioFlags.Lru) || folio.MapCount > 0)
            return folio;
        memory.Put(folio);
        return null;
    }
}

/// <summary>An address space (<c>mm/damon/vaddr.c</c>). A page that others map too is used when they use it.</summary>
/// <param name="mm">The address space; kept as an object, so it may have ended.</param>
internal sealed class ProcessTarget(MmStruct mm) : MonitorTarget
{
    /// <summary>
    /// Three ranges that cover all VMAs but the two largest gaps, which are commonly those between heap, mappings and stack: so nearly nothing is
    /// watched in vain, and few boundaries follow from where VMAs are (<c>__damon_va_three_regions</c>).
    /// </summary>
    [MaySleep]
    internal override IReadOnlyList<(ulong Start, ulong End)> Ranges()
    {
        var vmas = new List<(ulong Start, ulong End)>();
        mm.MmapLock.ReadLock();
        for (var vma = mm.Vmas.Find(0); vma != null; vma = mm.Vmas.Find(vma.End))
            vmas.Add((vma.Start, vma.End));
        mm.MmapLock.ReadUnlock();
        return AroundGaps(vmas);
    }

    /// <summary>The page that is mapped there (<c>damon_get_folio</c> of <c>pte_pfn</c>).</summary>
    [MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep, Acquires("result.Ref", When = "result != null")]
    internal override Folio? PageAt(ulong address)
    {
        Folio? folio = null;
        mm.MmapLock.ReadLock();
        if (mm.Vmas.Walk(address) is { } vma)
            folio = Follow(vma, address);
        mm.MmapLock.ReadUnlock();
        return folio;
    }

    internal static List<(ulong Start, ulong End)> AroundGaps(List<(ulong Start, ulong End)> vmas)
    {
        if (vmas.Count == 0)
            return [];
        var gaps = new List<(ulong Start, ulong End)>();
        for (int i = 1; i < vmas.Count; i++)
        {
            if (vmas[i].Start > vmas[i - 1].End)
                gaps.Add((vmas[i - 1].End, vmas[i].Start));
        }

        gaps.Sort(static (one, other) => (other.End - other.Start).CompareTo(one.End - one.Start));
        var largest = gaps[..Math.Min(2, gaps.Count)];
        largest.Sort();
        var ranges = new List<(ulong Start, ulong End)>();
        ulong start = vmas[0].Start;
        foreach (var gap in largest)
        {
            ranges.Add((start, gap.Start));
            start = gap.End;
        }

        ranges.Add((start, vmas[^1].End));
        return ranges;
    }

    /// <summary>The folio that is mapped at an address; a look does not split a huge page.</summary>
    [MustHold("vma.Mm.MmapLock"), Acquires("result.Ref", When = "result != null")]
    private static Folio? Follow(VmArea vma, ulong address)
    {
        ulong entry = PageTableWalk.ReadEntry(vma, address);
        if (!PageTableEntry.MapsPage(entry))
            return null;
        var memory = vma.Mm.Machine.Memory;
        var folio = memory.TryGetFolio(PageTableEntry.FrameOf(entry));
        if (folio == null)
            return null;

        // Without the lock of the table the entry may have changed before the reference was taken.
        ulong again = PageTableWalk.ReadEntry(vma, address);
        if (PageTableEntry.IsPresent(again) && PageTableEntry.FrameOf(again) == PageTableEntry.FrameOf(entry))
            return folio;
        memory.Put(folio);
        return null;
    }
}
