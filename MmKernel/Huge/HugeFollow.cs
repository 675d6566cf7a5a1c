using MmLint;
using static MmKernel.PageTableEntry;

namespace MmKernel;

/// <summary>Getting at single pages of huge pages from outside, without splitting those (<c>follow_huge_pmd</c>).</summary>
internal static class HugeFollow
{
    /// <summary>The page at an address if a huge page is mapped there and allows the access.</summary>
    /// <param name="vma">The VMA.</param>
    /// <param name="address">The address.</param>
    /// <param name="isWrite">Whether the page will be written to.</param>
    /// <param name="isPin">Whether it is to be pinned.</param>
    /// <param name="isHuge">Whether a huge page is mapped there; if so and the result is null, it takes a fault.</param>
    /// <param name="unshare">Whether the page must first become the process's own.</param>
    /// <returns>With a reference, and a pin if one was asked for.</returns>
    [MustHold("vma.Mm.MmapLock"), Acquires("result.Ref", When = "result != null"), Ensures("isHuge", When = "result != null")]
    internal static Folio? Page(VmArea vma, ulong address, bool isWrite, bool isPin, out bool isHuge, out bool unshare)
    {
        unshare = false;
        isHuge = HugeEntries.TryLock(vma, address, out ulong entry);
        if (!isHuge)
            return null;
        var page = vma.Mm.Machine.Memory.FolioOf(FrameOf(HugeEntries.PageOf(entry, address)));
        unshare = isPin && !isWrite && !IsSpecial(entry) && !page.Head.Has(FolioFlags.AnonExclusive);
        if (unshare || (isWrite && !IsWritable(entry)))
        {
            vma.Mm.PageTableLock.Unlock();
            return null;
        }

        HugeEntries.Or(vma, address, isWrite ? Accessed | Dirty : Accessed);
        page.Get();
        if (isPin && !IsSpecial(entry))
            page.AddPin();
        vma.Mm.PageTableLock.Unlock();
        return page;
    }
}
