using System;
using System.Collections.Generic;
using Xunit;

namespace MmKernel.Stress;

/// <summary>Pages get other frames, and huge pages are asked for and cut up.</summary>
internal static class FrameOperations
{
    private static readonly Area[] s_moved = [Area.Anonymous, Area.Shared, Area.Private, Area.Merging, Area.Served, Area.Huge];

    internal static IReadOnlyList<Operation> All { get; } =
    [
        new("move to other frames", 8, thread => thread.InSome(process => Move(thread, process.Process))),
        new("advise huge", 4, thread => thread.InSome(process => Advise(thread, process.Process))),
        new("protect huge", 3, thread => thread.InSome(process => Protect(thread, process.Process))),
        new("unmap huge", 1, thread => thread.InSome(process => UserfaultOperations.Allow(process.Process.Munmap(Part(thread, out ulong length), length)))),
        new("collapse", 3, thread => thread.InSome(process => Collapse(thread, process.Process))),
        new("khugepaged", 1, thread => Assert.True(thread.World.Machine.Khugepaged.Scan() >= 0)),
        new("map huge", 2, thread => thread.InSome(process => Map(thread, process.Process))),
    ];

    private static void Move(StressThread thread, Process process)
    {
        const int Most = 8;
        var area = s_moved[thread.Random.Next(s_moved.Length)];
        Span<ulong> addresses = stackalloc ulong[Most];
        Span<int> status = stackalloc int[Most];
        for (int i = 0; i < Most; i++)
            addresses[i] = area.Start + thread.AnyOffset(area.PageCount);
        long result = process.MovePages(addresses, thread.Random.Next(2) == 0 ? MovePagesFlags.Move : MovePagesFlags.MoveAll, status);
        Assert.InRange(result, 0, Most);
    }

    private static void Advise(StressThread thread, Process process)
    {
        Advice[] advice = [Advice.HugePage, Advice.HugePage, Advice.HugePage, Advice.NoHugePage, Advice.DontNeed];
        UserfaultOperations.Allow(process.Madvise(Part(thread, out ulong length), length, advice[thread.Random.Next(advice.Length)]));
    }

    private static void Collapse(StressThread thread, Process process)
    {
        ulong start = Area.Huge.Start + ((ulong)thread.Random.Next(2) * HugePages.Size);
        UserfaultOperations.Allow(process.Madvise(start, HugePages.Size, Advice.Collapse));
    }

    private static void Protect(StressThread thread, Process process)
    {
        var prot = thread.Random.Next(3) == 0 ? Prot.Read : Area.ReadWrite;
        UserfaultOperations.Allow(process.Mprotect(Part(thread, out ulong length), length, prot));
    }

    private static void Map(StressThread thread, Process process)
    {
        ulong start = Part(thread, out ulong length);
        long result = process.Mmap(start, length, Area.ReadWrite, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed);
        Assert.True(result == (long)start || result == -(long)Errno.ENOMEM, $"mmap: {result}");
    }

    /// <summary>All of the area, one huge page, or some pages.</summary>
    private static ulong Part(StressThread thread, out ulong length)
    {
        switch (thread.Random.Next(4))
        {
            case 0:
                length = Area.Huge.Length;
                return Area.Huge.Start;
            case 1:
                length = HugePages.Size;
                return Area.Huge.Start + ((ulong)thread.Random.Next(2) * HugePages.Size);
            default:
                ulong page = (ulong)thread.Random.Next((int)Area.Huge.PageCount - 8);
                length = (ulong)thread.Random.Next(1, 9) * Page.Size;
                return Area.Huge.Start + (page * Page.Size);
        }
    }
}
