using System;

namespace MmKernel;

/// <summary>An entry of <c>/proc/PID/pagemap</c>; the lower 55 bits are the frame number (<c>Documentation/admin-guide/mm/pagemap.rst</c>).</summary>
[Flags]
public enum PagemapEntry : ulong
{
    /// <summary>Nothing is mapped.</summary>
    None = 0,

    /// <summary>The bits of the frame number.</summary>
    FrameMask = (1UL << 55) - 1,

    /// <summary>Written to since the bits were cleared.</summary>
    SoftDirty = 1UL << 55,

    /// <summary>The page is mapped once and nowhere else.</summary>
    ExclusivelyMapped = 1UL << 56,

    /// <summary>Write-protected by userfaultfd.</summary>
    UffdWriteProtected = 1UL << 57,

    /// <summary>A guard marker.</summary>
    GuardRegion = 1UL << 58,

    /// <summary>A page of a file or of shared anonymous memory.</summary>
    File = 1UL << 61,

    /// <summary>Swapped out.</summary>
    Swapped = 1UL << 62,

    /// <summary>In memory.</summary>
    Present = 1UL << 63,
}
