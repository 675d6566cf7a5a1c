using System;
using System.Collections.Generic;
using System.Text;

namespace MmKernel.Replay;

/// <summary>Reads the state of a process from outside, as the recorder reads it from <c>/proc</c>: nothing is faulted in by looking.</summary>
internal static class Observer
{
    // The VmFlags that traces record, in the order in which smaps prints them.
    private static readonly (VmFlags Flag, string Name)[] FlagNames =
    [
        (VmFlags.GrowsDown, "gd"), (VmFlags.UffdMissing, "um"), (VmFlags.MaybeGuard, "gu"), (VmFlags.UffdWriteProtect, "uw"),
        (VmFlags.Locked, "lo"), (VmFlags.SequentialRead, "sr"), (VmFlags.RandomRead, "rr"), (VmFlags.DontCopy, "dc"),
        (VmFlags.LockOnFault, "lf"), (VmFlags.Account, "ac"), (VmFlags.NoReserve, "nr"), (VmFlags.WipeOnFork, "wf"),
        (VmFlags.DontDump, "dd"), (VmFlags.HugePage, "hg"), (VmFlags.NoHugePage, "nh"), (VmFlags.Mergeable, "mg"),
        (VmFlags.UffdMinor, "ui"),
    ];

    private const PagemapEntry Recorded =
        PagemapEntry.Present | PagemapEntry.Swapped | PagemapEntry.GuardRegion | PagemapEntry.UffdWriteProtected;

    private const PagemapEntry ZeroFrame = (PagemapEntry)PhysicalMemory.ZeroFrame;

    public static ProcessState Observe(Process process, GuestFiles files)
    {
        var vmas = new List<VmaState>();
        var pages = new List<PageState>();
        foreach (var vma in process.Smaps())
        {
            for (int window = 0; window < Windows.Count; window++)
            {
                ulong start = Windows.Base(window);
                ulong end = start + (ulong)Windows.Pages(window) * Windows.PageSize;
                if (vma.Start >= end || vma.End <= start)
                    continue;
                vmas.Add(Describe(vma, window, files));
                AddPages(process, vma, window, pages);
            }
        }

        return new ProcessState(vmas, pages);
    }

    private static VmaState Describe(VmaStatistics vma, int window, GuestFiles files) => new(
        window,
        (int)((long)(vma.Start - Windows.Base(window)) / (long)Windows.PageSize),
        (int)((vma.End - Windows.Base(window)) / Windows.PageSize),
        Permissions(vma.Flags),
        files.NumberOf(vma.File),
        vma.File == null ? 0 : (long)vma.PageOffset,
        FlagsText(vma.Flags),
        (long)vma.ResidentPages,
        (long)vma.AnonymousPages,
        (long)vma.ProportionalKilobytes,
        (long)vma.SwappedPages,
        (long)vma.LockedKilobytes);

    private static string Permissions(VmFlags flags) => string.Concat(
        (flags & VmFlags.Read) != 0 ? "r" : "-",
        (flags & VmFlags.Write) != 0 ? "w" : "-",
        (flags & VmFlags.Exec) != 0 ? "x" : "-",
        (flags & VmFlags.MayShare) != 0 ? "s" : "p");

    private static string FlagsText(VmFlags flags)
    {
        var text = new StringBuilder();
        foreach (var (flag, name) in FlagNames)
        {
            if ((flags & flag) == 0)
                continue;
            if (text.Length > 0)
                text.Append(' ');
            text.Append(name);
        }

        return text.ToString();
    }

    private static void AddPages(Process process, VmaStatistics vma, int window, List<PageState> pages)
    {
        ulong start = Math.Max(vma.Start, Windows.Base(window));
        ulong end = Math.Min(vma.End, Windows.Base(window) + (ulong)Windows.Pages(window) * Windows.PageSize);
        var entries = new PagemapEntry[(end - start) / Windows.PageSize];
        process.Pagemap(start, entries);
        var contents = new byte[Windows.PageSize];
        for (int i = 0; i < entries.Length; i++)
        {
            if ((entries[i] & Recorded) == 0)
                continue;
            ulong address = start + (ulong)i * Windows.PageSize;
            uint digest = process.Peek(address, contents) ? Digest(contents) : 0;
            pages.Add(new PageState(window, (int)((address - Windows.Base(window)) / Windows.PageSize), Kind(process.Machine, entries[i]), digest));
        }
    }

    private static string Kind(Machine machine, PagemapEntry entry)
    {
        string kind;
        if ((entry & PagemapEntry.Present) != 0)
            kind = (entry & PagemapEntry.FrameMask) == ZeroFrame ? "z" : (entry & PagemapEntry.File) != 0 ? "f" : IsMerged(machine, entry) ? "k" : "a";
        else if ((entry & PagemapEntry.GuardRegion) != 0)
            kind = "g";
        else
            kind = (entry & PagemapEntry.Swapped) != 0 ? "s" : "m";
        if ((entry & PagemapEntry.Present) != 0 && (entry & PagemapEntry.ExclusivelyMapped) != 0)
            kind += "x";
        return (entry & PagemapEntry.UffdWriteProtected) != 0 ? kind + "w" : kind;
    }

    private static bool IsMerged(Machine machine, PagemapEntry entry) =>
        machine.Memory.FolioOf((ulong)(entry & PagemapEntry.FrameMask)).KsmNode != null;

    /// <summary>FNV-1a with 64 bits, the halves combined; 0 for a page of zeros.</summary>
    private static uint Digest(ReadOnlySpan<byte> contents)
    {
        if (!contents.ContainsAnyExcept((byte)0))
            return 0;
        ulong hash = 0xcbf2_9ce4_8422_2325;
        foreach (byte value in contents)
            hash = (hash ^ value) * 0x100_0000_01b3;
        return (uint)(hash ^ (hash >> 32));
    }
}
