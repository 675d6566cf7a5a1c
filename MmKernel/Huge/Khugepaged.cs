using System.Threading;
using MmLint;

namespace MmKernel;

/// <summary>
/// Looks through all address spaces for pages that could be a huge one, wherever the mode and advice want one (<c>khugepaged</c>,
/// <c>mm/khugepaged.c</c>).
/// </summary>
public sealed class Khugepaged
{
    private const int PauseMilliseconds = 10;

    private readonly PhysicalMemory _memory;
    private readonly HugePages _pages;
    private readonly Thread? _thread;
    [Atomic] private bool _stops;
    [Atomic] private long _collapsed;
    [Atomic] private long _fullScans;

    internal Khugepaged(PhysicalMemory memory, HugePages pages, MachineOptions options)
    {
        _memory = memory;
        _pages = pages;
        if (!options.KhugepagedThread)
            return;
        _thread = new Thread(Run) { IsBackground = true, Name = "khugepaged" };
        _thread.Start();
    }

    /// <summary>Huge pages that were made (<c>pages_collapsed</c>).</summary>
    public long PagesCollapsed => Volatile.Read(ref _collapsed);

    /// <summary>Number of scans of everything (<c>full_scans</c>).</summary>
    public long FullScans => Volatile.Read(ref _fullScans);

    /// <summary>Scans everything once.</summary>
    /// <returns>How many huge pages were made.</returns>
    [MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    public int Scan()
    {
        int collapsed = 0;
        foreach (var mm in _memory.AddressSpaces.Snapshot())
        {
            if (Volatile.Read(ref _stops) || _pages.Mode == HugePageMode.Never)
                break;
            if (!mm.TryGet())
                continue;
            collapsed += Scan(mm);
            mm.Put();
        }

        Interlocked.Increment(ref _fullScans);
        return collapsed;
    }

    /// <summary>Ends the thread.</summary>
    [MaySleep]
    internal void Stop()
    {
        Volatile.Write(ref _stops, true);
        _thread?.Join();
    }

    [MustHold("mm.Users"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    private int Scan(MmStruct mm)
    {
        int collapsed = 0;
        ulong start = 0;
        while (!Volatile.Read(ref _stops) && TryFindRange(mm, ref start))
        {
            if (Collapse.Try(mm, start, HugePageUse.Automatic) == CollapseResult.Done)
                collapsed++;
            start += HugePages.Size;
        }

        Interlocked.Add(ref _collapsed, collapsed);
        return collapsed;
    }

    /// <summary>Finds the next range, at or behind <paramref name="start"/>, where a huge page is allowed.</summary>
    [MustHold("mm.Users"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    private bool TryFindRange(MmStruct mm, ref ulong start)
    {
        mm.MmapLock.ReadLock();
        bool found = false;
        ulong address = start;
        while (!found && VmaLookup.FindVma(mm, address) is { } vma)
        {
            ulong first = HugePages.AlignUp(System.Math.Max(address, vma.Start));
            found = first < vma.End && _pages.IsAllowed(vma, first);
            address = found ? first : vma.End;
        }

        mm.MmapLock.ReadUnlock();
        start = address;
        return found;
    }

    [MaySleep]
    private void Run()
    {
        while (!Volatile.Read(ref _stops))
        {
            Scan();
            Thread.Sleep(PauseMilliseconds);
        }
    }
}
