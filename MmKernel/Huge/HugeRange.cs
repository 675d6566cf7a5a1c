using System;
using MmLint;

namespace MmKernel;

/// <summary>The pages of a large folio, as they are known also when it is no folio any more.</summary>
/// <param name="Frame">The first frame.</param>
/// <param name="Index">The first page's number in what owns it.</param>
/// <param name="Count">How many pages.</param>
internal readonly record struct HugeRange(ulong Frame, ulong Index, ulong Count)
{
    /// <summary>Whether a frame is one of them.</summary>
    internal bool Contains(ulong frame) => frame - Frame < Count;

    /// <summary>
    /// Where the VMA stops mapping the pages, seen from an address at which it may map one (<c>vma_address_end</c>).
    /// </summary>
    [MustHold("vma.Stable")]
    internal ulong EndIn(VmArea vma, ulong address) => Math.Min(vma.End, address + ((Index + Count - vma.PageIndex(address)) << Page.Shift));
}
