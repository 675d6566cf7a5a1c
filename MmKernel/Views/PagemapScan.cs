using System;
using MmLint;
using static MmKernel.PageTableEntry;

namespace MmKernel;

/// <summary>
/// Finding pages by what they are, and write-protecting them on the way (<c>PAGEMAP_SCAN(2const)</c>, <c>fs/proc/task_mmu.c</c>). What a page is told
/// of comes before its protection, so whatever is written in between has been told of.
/// </summary>
internal ref struct PagemapScan
{
    private readonly PagemapScanRequest _request;
    private readonly Span<PageRegion> _regions;
    private ulong _pages;

    private PagemapScan(PagemapScanRequest request, Span<PageRegion> regions)
    {
        _request = request;
        _regions = regions;
    }

    /// <summary>Number of regions told of.</summary>
    internal int Count { get; private set; }

    /// <summary>Where the scan ended: everything before has been looked at.</summary>
    internal ulong WalkEnd { get; private set; }

    /// <summary>Whether a request makes sense (<c>pagemap_scan_get_args</c>).</summary>
    /// <returns>0; −EINVAL: unknown flags or categories, or misaligned; −EFAULT: no such addresses.</returns>
    internal static long Check(PagemapScanRequest request)
    {
        const PagemapScanFlags Known = PagemapScanFlags.WriteProtectMatching | PagemapScanFlags.CheckWriteProtectAsync;
        var categories = request.Inverted | request.Required | request.AnyOf | request.Returned;
        if ((request.Flags & ~Known) != 0 || (categories & ~PageCategories.All) != 0 || !Page.IsAligned(request.Start))
            return -(long)Errno.EINVAL;
        return request.Start > request.End || request.End > Page.TaskSize ? -(long)Errno.EFAULT : 0;
    }

    /// <summary>Scans a range (<c>do_pagemap_scan</c>).</summary>
    /// <param name="mm">The address space.</param>
    /// <param name="request">What to look for; it has been checked.</param>
    /// <param name="regions">Where to tell; empty to tell of nothing.</param>
    /// <param name="walkEnd">Where the scan ended: before the end if there is no room for more.</param>
    /// <returns>Number of regions; −EPERM: a VMA where writes are not marked; −ENOMEM.</returns>
    [MustHold("mm.MmapLock"), MaySleep]
    internal static long Run(MmStruct mm, PagemapScanRequest request, Span<PageRegion> regions, out ulong walkEnd)
    {
        var scan = new PagemapScan(request, regions) { WalkEnd = request.Start };
        ulong end = Page.AlignUp(request.End);
        long error = 0;
        bool goesOn = true;
        for (var vma = mm.Vmas.FindIntersection(request.Start, end); vma != null && goesOn && error == 0; vma = mm.Vmas.FindIntersection(vma.End, end))
            error = scan.ScanVma(vma, Math.Max(request.Start, vma.Start), Math.Min(end, vma.End), out goesOn);
        walkEnd = goesOn && error == 0 ? end : scan.WalkEnd;
        return error != 0 ? error : scan.Count;
    }

    /// <summary>Scans one VMA (<c>pagemap_scan_test_walk</c>, <c>pagemap_scan_pmd_entry</c>).</summary>
    [MustHold("vma.Mm.MmapLock"), MaySleep]
    private long ScanVma(VmArea vma, ulong start, ulong end, out bool goesOn)
    {
        goesOn = true;
        bool marksWrites = UffdWriteProtection.IsAsync(vma) && (vma.Flags & VmFlags.UffdWriteProtect) != 0;
        if (!marksWrites && (_request.Flags & PagemapScanFlags.CheckWriteProtectAsync) != 0)
        {
            WalkEnd = start;
            return -(long)Errno.EPERM;
        }

        var common = marksWrites ? PageCategories.WriteProtectAllowed : PageCategories.None;
        bool protects = marksWrites && (_request.Flags & PagemapScanFlags.WriteProtectMatching) != 0;
        for (ulong address = start; address < end && goesOn; address += Page.Size)
        {
            WalkEnd = address;
            var categories = common | CategoriesOf(vma.Mm.Machine.Memory, PageTableWalk.ReadEntry(vma, address));
            if (!Matches(categories))
                continue;
            goesOn = TryTell(address, categories & _request.Returned);
            if (!goesOn || !protects)
                continue;
            long error = UffdWriteProtection.ChangeRange(vma, address, address + Page.Size, protect: true);
            if (error != 0)
                return error;
        }

        return 0;
    }

    /// <summary>Whether a page is one of those looked for (<c>pagemap_scan_is_interesting_page</c>).</summary>
    private readonly bool Matches(PageCategories categories)
    {
        categories ^= _request.Inverted;
        return (categories & _request.Required) == _request.Required && (_request.AnyOf == 0 || (categories & _request.AnyOf) != 0);
    }

    /// <summary>Adds a page to the regions (<c>pagemap_scan_output</c>).</summary>
    /// <returns>False if there is no room for it.</returns>
    private bool TryTell(ulong address, PageCategories categories)
    {
        if (_request.MaxPages != 0 && _pages == _request.MaxPages)
            return false;
        _pages++;
        if (_regions.Length == 0)
            return true;
        if (Count > 0 && _regions[Count - 1].End == address && _regions[Count - 1].Categories == categories)
        {
            _regions[Count - 1] = _regions[Count - 1] with { End = address + Page.Size };
            return true;
        }

        if (Count == _regions.Length)
            return false;
        _regions[Count++] = new PageRegion(address, address + Page.Size, categories);
        return true;
    }

    /// <summary>What an entry says of its page (<c>pagemap_page_category</c>).</summary>
    private static PageCategories CategoriesOf(PhysicalMemory memory, ulong entry)
    {
        if (entry == None)
            return PageCategories.None;
        if (!IsPresent(entry))
            return CategoriesOfNonPresent(memory, entry);
        var categories = PageCategories.Present;
        if ((entry & UffdWriteProtect) == 0)
            categories |= PageCategories.Written;
        if ((entry & SoftDirty) != 0)
            categories |= PageCategories.SoftDirty;
        if (IsHuge(entry))
            categories |= PageCategories.Huge;
        if (IsSpecial(entry))
            return categories | PageCategories.ZeroPage;
        return memory.FolioOf(FrameOf(entry)).IsAnonymous ? categories : categories | PageCategories.File;
    }

    private static PageCategories CategoriesOfNonPresent(PhysicalMemory memory, ulong entry)
    {
        var categories = PageCategories.Swapped;
        bool hasBits = SwapEntry.IsIn(entry) || MigrationEntry.IsIn(entry);
        if (entry != UffdMarker && (!hasBits || (entry & SwapUffdWriteProtect) == 0))
            categories |= PageCategories.Written;
        if (hasBits && (entry & SwapSoftDirty) != 0)
            categories |= PageCategories.SoftDirty;
        if (IsGuard(entry))
            categories |= PageCategories.Guard;
        return MigrationEntry.IsIn(entry) && !memory.FolioOf(FrameOf(entry)).IsAnonymous ? categories | PageCategories.File : categories;
    }
}
