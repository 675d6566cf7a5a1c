using MmLint;
using static MmKernel.PageTableEntry;

namespace MmKernel;

/// <summary>Removing a huge page as a whole (<c>zap_huge_pmd</c>). A part of one is removed from the table that splitting makes.</summary>
internal static class HugeZap
{
    /// <summary>Clears the entry if it maps a huge page, whose frames go when <paramref name="gather"/> flushes.</summary>
    /// <returns>Whether it mapped one.</returns>
    [MustHold("vma.Stable")]
    internal static bool TryZap(TlbGather gather, VmArea vma, ulong address, ZapScope scope)
    {
        if (!HugeEntries.TryLock(vma, address, out _))
            return false;
        var mm = vma.Mm;
        if (scope != ZapScope.FilePages)
        {
            ulong old = HugeEntries.Clear(vma, address);
            gather.OweFlush();
            HugeEntries.DropDeposit(mm);
            if (!IsSpecial(old))
                GiveUp(gather, vma, mm.Machine.Memory.FolioOf(FrameOf(old)));
        }

        mm.PageTableLock.Unlock();
        return true;
    }

    [MustHold("vma.Stable && vma.Mm.PageTableLock")]
    private static void GiveUp(TlbGather gather, VmArea vma, Folio folio)
    {
        vma.Mm.Rss.Add(RssKind.Anonymous, -HugePages.PageCount);
        HugeRmap.FolioRemoveHugeRmap(folio, vma);
        gather.Add(folio);
    }
}
