using MmLint;

namespace MmKernel;

/// <summary>Changing the protection of a huge page as a whole (<c>change_huge_pmd</c>).</summary>
internal static class HugeProtection
{
    /// <summary>Gives the entry the protection that the VMA's flags ask for if it maps a huge page.</summary>
    /// <returns>Whether it does.</returns>
    [MustHold("exclusive(vma.Lock)")]
    internal static bool TryChange(VmArea vma, ulong address)
    {
        if (!HugeEntries.TryLock(vma, address, out ulong entry))
            return false;
        while (!HugeEntries.TryReplace(vma, address, entry, Protection.Changed(vma, entry)))
        {
            // The processor marked the entry as used meanwhile.
            entry = HugeEntries.Peek(vma, address);
        }

        Tlb.Flush(vma.Mm);
        vma.Mm.PageTableLock.Unlock();
        return true;
    }
}
