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

    /// <summary>Finds pages by what they are, and write-protects them if asked (<c>PAGEMAP_SCAN(2const)</c>).</summary>
    /// <param name="request">What to look for.</param>
    /// <param name="regions">Where to tell; empty to tell of nothing, as for protecting only.</param>
    /// <param name="walkEnd">Where the scan ended: before the end if there is no room for more, and where it failed.</param>
    /// <returns>
    /// Number of regions told of; −EINVAL: unknown flags or categories, or misaligned; −EFAULT: no such addresses; −EPERM: a VMA where writes are not
    /// marked, if asked to check; −ENOMEM.
    /// </returns>
    [MaySleep]
    public long PagemapScan(PagemapScanRequest request, Span<PageRegion> regions, out ulong walkEnd)
    {
        ArgumentNullException.ThrowIfNull(request);
        walkEnd = request.Start;
        long error = MmKernel.PagemapScan.Check(request);
        if (error != 0)
            return error;
        using var entry = new SystemCall(this);
        var mm = Task.CurrentMm!;
        mm.MmapLock.ReadLock();
        long result = MmKernel.PagemapScan.Run(mm, request, regions, out walkEnd);
        mm.MmapLock.ReadUnlock();
        return result;
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
