using MmLint;
using static MmKernel.PageTableEntry;
using static MmKernel.PageTableWalk;

namespace MmKernel;

/// <summary>What became of a huge page when it was to be copied to a child.</summary>
internal enum HugeCopyResult
{
    /// <summary>The child has it.</summary>
    Copied,

    /// <summary>There is none: the pages are copied one by one.</summary>
    NotHuge,

    /// <summary>There was no memory for the child's tables.</summary>
    NoMemory,
}

/// <summary>Sharing huge pages with a child (<c>copy_huge_pmd</c>).</summary>
internal static class HugeCopy
{
    /// <summary>
    /// Shares a huge page until somebody writes to it. One that is pinned is split instead, so that the pages are copied at once that whoever
    /// pinned them works with.
    /// </summary>
    [MustHold("source.Frozen && exclusive(target.Lock)"), AllocatesPages]
    internal static HugeCopyResult TryCopy(VmArea target, VmArea source, ulong address)
    {
        if (!IsHuge(HugeEntries.Peek(source, address)))
            return HugeCopyResult.NotHuge;
        if (!AllocateTables(target, address, lowest: 1) || !HugeEntries.TryDeposit(target.Mm))
            return HugeCopyResult.NoMemory;
        ulong entry = Share(source, address);
        target.Mm.PageTableLock.Lock();
        if (entry == None)
        {
            HugeEntries.DropDeposit(target.Mm);
        }
        else
        {
            HugeEntries.Set(target, address, (target.Flags & VmFlags.UffdWriteProtect) != 0 ? entry : entry & ~UffdWriteProtect);
            if (!IsSpecial(entry))
                target.Mm.Rss.Add(RssKind.Anonymous, HugePages.PageCount);
        }

        target.Mm.PageTableLock.Unlock();
        return entry == None ? HugeCopyResult.NotHuge : HugeCopyResult.Copied;
    }

    /// <summary>Takes the right to write from the parent, and counts the child's entry and its reference.</summary>
    /// <returns>The child's entry; nothing if there is no huge page, or none any more.</returns>
    [MustHold("source.Frozen")]
    private static ulong Share(VmArea source, ulong address)
    {
        var mm = source.Mm;
        if (!HugeEntries.TryLock(source, address, out ulong entry))
            return None;
        if (!IsSpecial(entry))
        {
            var folio = mm.Machine.Memory.FolioOf(FrameOf(entry));
            if (PinnedCopies.IsNeeded(mm, folio))
            {
                HugeEntries.Split(source, address);
                mm.PageTableLock.Unlock();
                return None;
            }

            // Whoever still writes through the old entry writes before the child can look.
            HugeEntries.AndNot(source, address, Writable);
            Tlb.Flush(mm);
            entry = HugeEntries.Peek(source, address);
            folio.Get();
            folio.AddEntireMapping();
            folio.Clear(FolioFlags.AnonExclusive);
            folio.HandOverReference();
        }

        mm.PageTableLock.Unlock();
        return entry & ~Accessed;
    }
}
