using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using MmLint;

namespace MmKernel;

/// <content>What <c>/proc/PID</c> shows of the address space. Looking changes nothing and faults nothing in.</content>
public sealed partial class Process
{
    /// <summary>The VMAs with their sizes, in address order.</summary>
    /// <returns>A copy; the address space may have changed when it is looked at.</returns>
    [MaySleep]
    public IReadOnlyList<VmaStatistics> Smaps()
    {
        using var entry = new SystemCall(this);
        var mm = Task.CurrentMm!;
        var result = new List<VmaStatistics>();
        mm.MmapLock.ReadLock();
        for (var vma = mm.Vmas.Find(0); vma != null; vma = mm.Vmas.Find(vma.End))
            result.Add(SmapsView.Measure(vma));
        mm.MmapLock.ReadUnlock();
        return result;
    }

    /// <summary>The text of <c>/proc/PID/maps</c>.</summary>
    /// <returns>One line for each VMA.</returns>
    [MaySleep]
    public string MapsText()
    {
        var text = new StringBuilder();
        foreach (var vma in Smaps())
            SmapsView.AppendHeader(text, vma);
        return text.ToString();
    }

    /// <summary>The text of <c>/proc/PID/smaps</c>, with the fields that this kernel keeps.</summary>
    /// <returns>A block of lines for each VMA.</returns>
    [MaySleep]
    public string SmapsText()
    {
        var text = new StringBuilder();
        foreach (var vma in Smaps())
        {
            SmapsView.AppendHeader(text, vma);
            SmapsView.AppendDetails(text, vma);
        }

        return text.ToString();
    }

    /// <summary>The text of <c>/proc/PID/statm</c>: size, resident, shared, text, 0, data, 0, in pages.</summary>
    /// <returns>One line.</returns>
    [MaySleep]
    public string StatmText()
    {
        using var entry = new SystemCall(this);
        var mm = Task.CurrentMm!;
        mm.MmapLock.ReadLock();
        ulong total = mm.TotalPages;
        ulong data = mm.DataPages + mm.StackPages;
        mm.MmapLock.ReadUnlock();
        long shared = mm.Rss[RssKind.File] + mm.Rss[RssKind.SharedMemory];
        long resident = shared + mm.Rss[RssKind.Anonymous];
        return string.Create(CultureInfo.InvariantCulture, $"{total} {resident} {shared} 0 0 {data} 0\n");
    }

    /// <summary>The entries of <c>/proc/PID/pagemap</c>.</summary>
    /// <param name="address">The first page.</param>
    /// <param name="entries">One entry for each page.</param>
    [MaySleep]
    public void Pagemap(ulong address, Span<PagemapEntry> entries)
    {
        using var entry = new SystemCall(this);
        var mm = Task.CurrentMm!;
        mm.MmapLock.ReadLock();
        PagemapView.Read(mm, address, entries);
        mm.MmapLock.ReadUnlock();
    }

    /// <summary>Copies the contents of a page that is in memory, whatever its protection, as <c>/proc/PID/mem</c> would.</summary>
    /// <param name="address">The page.</param>
    /// <param name="contents">Room for a page.</param>
    /// <returns>Whether the page is in memory; nothing is copied otherwise.</returns>
    [MaySleep]
    public bool Peek(ulong address, Span<byte> contents)
    {
        using var entry = new SystemCall(this);
        var mm = Task.CurrentMm!;
        mm.MmapLock.ReadLock();
        bool present = PagemapView.Peek(mm, address, contents);
        mm.MmapLock.ReadUnlock();
        return present;
    }
}
