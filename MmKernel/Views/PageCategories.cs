using System;

namespace MmKernel;

/// <summary>What can be said of a page (<c>PAGE_IS_*</c> of <c>PAGEMAP_SCAN(2const)</c>).</summary>
[Flags]
public enum PageCategories : ulong
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Its VMA is registered with a userfaultfd that only marks writes.</summary>
    WriteProtectAllowed = 1 << 0,

    /// <summary>Written to since it was write-protected, or never protected.</summary>
    Written = 1 << 1,

    /// <summary>A page of a file or of shared anonymous memory.</summary>
    File = 1 << 2,

    /// <summary>In memory.</summary>
    Present = 1 << 3,

    /// <summary>In swap, or a marker.</summary>
    Swapped = 1 << 4,

    /// <summary>The zero page.</summary>
    ZeroPage = 1 << 5,

    /// <summary>Part of a huge page.</summary>
    Huge = 1 << 6,

    /// <summary>Written to since the soft-dirty bits were cleared.</summary>
    SoftDirty = 1 << 7,

    /// <summary>A guard marker.</summary>
    Guard = 1 << 8,

    /// <summary>All of them.</summary>
    All = (1 << 9) - 1,
}

/// <summary>What a scan of the page tables does besides telling (<c>PM_SCAN_*</c>).</summary>
[Flags]
public enum PagemapScanFlags
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Write-protect what is told of, where a userfaultfd allows it, so that the next scan tells what was written since.</summary>
    WriteProtectMatching = 1 << 0,

    /// <summary>Fail at a VMA where that is not allowed.</summary>
    CheckWriteProtectAsync = 1 << 1,
}

/// <summary>What a scan looks for (<c>struct pm_scan_arg</c>).</summary>
public sealed record PagemapScanRequest
{
    /// <summary>First address; page-aligned.</summary>
    public required ulong Start { get; init; }

    /// <summary>First address behind the range.</summary>
    public required ulong End { get; init; }

    /// <summary>What it does besides telling.</summary>
    public PagemapScanFlags Flags { get; init; }

    /// <summary>Most pages to tell of; 0 for any number.</summary>
    public ulong MaxPages { get; init; }

    /// <summary>Categories of which the absence counts for the two masks.</summary>
    public PageCategories Inverted { get; init; }

    /// <summary>Categories that a page must be of.</summary>
    public PageCategories Required { get; init; }

    /// <summary>Categories of which a page must be of at least one; none for any page.</summary>
    public PageCategories AnyOf { get; init; }

    /// <summary>Categories to tell of; neighbours that do not differ in them make one region.</summary>
    public PageCategories Returned { get; init; }
}

/// <summary>Neighbouring pages of the same categories (<c>struct page_region</c>).</summary>
/// <param name="Start">First address.</param>
/// <param name="End">First address behind it.</param>
/// <param name="Categories">The categories that were asked for.</param>
public readonly record struct PageRegion(ulong Start, ulong End, PageCategories Categories);
