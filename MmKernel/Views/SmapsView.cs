using System.Globalization;
using System.Text;
using MmLint;

namespace MmKernel;

/// <summary>What <c>/proc/PID/smaps</c> and <c>maps</c> say (<c>fs/proc/task_mmu.c</c>).</summary>
internal static class SmapsView
{
    // Fractions of a byte, so that shares of many processes do not vanish (PSS_SHIFT).
    private const int ShareShift = 12;

    // Two letters for each flag, in the order of the bits.
    private static readonly (VmFlags Flag, string Name)[] s_flagNames =
    [
        (VmFlags.Read, "rd"), (VmFlags.Write, "wr"), (VmFlags.Exec, "ex"), (VmFlags.Shared, "sh"), (VmFlags.MayRead, "mr"),
        (VmFlags.MayWrite, "mw"), (VmFlags.MayExec, "me"), (VmFlags.MayShare, "ms"), (VmFlags.GrowsDown, "gd"),
        (VmFlags.UffdMissing, "um"), (VmFlags.MaybeGuard, "gu"), (VmFlags.UffdWriteProtect, "uw"), (VmFlags.Locked, "lo"),
        (VmFlags.Io, "io"), (VmFlags.SequentialRead, "sr"), (VmFlags.RandomRead, "rr"), (VmFlags.DontCopy, "dc"), (VmFlags.DontExpand, "de"),
        (VmFlags.LockOnFault, "lf"), (VmFlags.Account, "ac"), (VmFlags.NoReserve, "nr"), (VmFlags.HugeTlb, "ht"), (VmFlags.Sync, "sf"),
        (VmFlags.WipeOnFork, "wf"), (VmFlags.DontDump, "dd"), (VmFlags.SoftDirty, "sd"), (VmFlags.HugePage, "hg"),
        (VmFlags.NoHugePage, "nh"), (VmFlags.Mergeable, "mg"), (VmFlags.Droppable, "dp"), (VmFlags.UffdMinor, "ui"), (VmFlags.Sealed, "sl"),
    ];

    /// <summary>Counts what is resident in a VMA (<c>smap_gather_stats</c>).</summary>
    [MustHold("vma.Mm.MmapLock")]
    internal static VmaStatistics Measure(VmArea vma)
    {
        var counts = default(Counts);
        PageWalk.Visit(vma, vma.Start, vma.End, ref counts, Count);
        if (vma.File != null)
            counts.Swapped += SwappedFilePages(vma, vma.File.Mapping);
        return new VmaStatistics
        {
            Start = vma.Start,
            End = vma.End,
            Flags = vma.MayHoldGuards ? vma.Flags | VmFlags.MaybeGuard : vma.Flags,
            File = vma.File,
            PageOffset = vma.PageOffset,
            ResidentPages = counts.Resident,
            AnonymousPages = counts.Anonymous,
            ProportionalShare = counts.Share,
            SwappedPages = counts.Swapped,
            AnonymousHugePages = counts.Huge,
            IsHugePageEligible = vma.Mm.Machine.HugePages.IsEligibleNow(vma),
            LockedShare = (vma.Flags & VmFlags.Locked) != 0 ? counts.Share : 0,
        };
    }

    /// <summary>The first line of a VMA, which is all that maps prints.</summary>
    internal static void AppendHeader(StringBuilder text, in VmaStatistics vma)
    {
        char Letter(VmFlags flag, char letter, char otherwise, in VmaStatistics of) => (of.Flags & flag) != 0 ? letter : otherwise;
        ulong offset = vma.File == null ? 0 : vma.PageOffset << Page.Shift;
        text.Append(CultureInfo.InvariantCulture, $"{vma.Start:x8}-{vma.End:x8} ");
        text.Append(Letter(VmFlags.Read, 'r', '-', vma)).Append(Letter(VmFlags.Write, 'w', '-', vma));
        text.Append(Letter(VmFlags.Exec, 'x', '-', vma)).Append(Letter(VmFlags.MayShare, 's', 'p', vma));
        text.Append(CultureInfo.InvariantCulture, $" {offset:x8} 00:01 {(vma.File == null ? 0 : vma.File.File.Number)} \n");
    }

    /// <summary>The lines behind the first.</summary>
    internal static void AppendDetails(StringBuilder text, in VmaStatistics vma)
    {
        AppendSize(text, "Size:", (vma.End - vma.Start) >> 10);
        AppendSize(text, "KernelPageSize:", Page.Size >> 10);
        AppendSize(text, "MMUPageSize:", Page.Size >> 10);
        AppendSize(text, "Rss:", vma.ResidentPages << (Page.Shift - 10));
        AppendSize(text, "Pss:", vma.ProportionalKilobytes);
        AppendSize(text, "Anonymous:", vma.AnonymousPages << (Page.Shift - 10));
        AppendSize(text, "AnonHugePages:", vma.AnonymousHugePages << (Page.Shift - 10));
        AppendSize(text, "Swap:", vma.SwappedPages << (Page.Shift - 10));
        AppendSize(text, "Locked:", vma.LockedKilobytes);
        text.Append(CultureInfo.InvariantCulture, $"{"THPeligible:",-16}{(vma.IsHugePageEligible ? 1 : 0),8}\n");
        text.Append("VmFlags:");
        foreach (var (flag, name) in s_flagNames)
        {
            if ((vma.Flags & flag) != 0)
                text.Append(' ').Append(name);
        }

        text.Append(" \n");
    }

    private static void AppendSize(StringBuilder text, string name, ulong kilobytes) =>
        text.Append(CultureInfo.InvariantCulture, $"{name,-16}{kilobytes,8} kB\n");

    /// <summary>
    /// Pages of a memory file that are in swap. Where private copies are possible, only pages that the VMA has nothing of count
    /// (<c>shmem_swap_usage</c>, <c>smaps_pte_hole</c>).
    /// </summary>
    [MustHold("vma.Mm.MmapLock")]
    private static ulong SwappedFilePages(VmArea vma, AddressSpace mapping)
    {
        const VmFlags SharedOrReadOnly = VmFlags.Shared | VmFlags.Write;
        bool mayHaveCopies = (vma.Flags & SharedOrReadOnly) == VmFlags.Write;
        ulong count = 0;
        foreach (ulong index in mapping.SwappedBetween(vma.PageOffset, vma.PageOffset + vma.PageCount))
        {
            ulong address = vma.Start + ((index - vma.PageOffset) << Page.Shift);
            if (!mayHaveCopies || PageTableWalk.ReadEntry(vma, address) == PageTableEntry.None)
                count++;
        }

        return count;
    }

    /// <summary>Counts an entry; a page that is being moved counts as mapped once (<c>smaps_pte_entry</c>).</summary>
    private static void Count(ref Counts counts, VmArea vma, ulong address, ulong entry)
    {
        if (SwapEntry.IsIn(entry))
            counts.Swapped++;
        bool isMigrating = MigrationEntry.IsIn(entry);
        if ((!isMigrating && !PageTableEntry.IsPresent(entry)) || PageTableEntry.IsSpecial(entry))
            return;
        var folio = vma.Mm.Machine.Memory.FolioOf(PageTableEntry.FrameOf(entry));
        counts.Resident++;
        if (folio.IsAnonymous)
            counts.Anonymous++;
        if (PageTableEntry.IsHuge(entry))
            counts.Huge++;
        counts.Share += ((ulong)Page.Size << ShareShift) / (isMigrating ? 1 : (ulong)folio.PageMapCount);
    }

    private struct Counts
    {
        internal ulong Resident;
        internal ulong Anonymous;
        internal ulong Huge;
        internal ulong Swapped;
        internal ulong Share;
    }
}
