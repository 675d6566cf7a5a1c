using System.Collections.Generic;
using Xunit;

namespace MmKernel.Stress;

/// <summary>Equal pages are merged, and given back when somebody writes or asks for it.</summary>
internal static class MergingOperations
{
    internal static IReadOnlyList<Operation> All { get; } =
    [
        new("mergeable", 4, thread => thread.InSome(process => Advise(thread, process.Process))),
        new("merge", 2, thread => thread.World.Machine.Ksm.Scan(1)),
        new("unmerge all", 1, UnmergeAll),
    ];

    private static void Advise(StressThread thread, Process process)
    {
        var advice = thread.Random.Next(4) == 0 ? Advice.Unmergeable : Advice.Mergeable;
        ulong page = (ulong)thread.Random.Next((int)Area.Pages);
        UserfaultOperations.Allow(process.Madvise(Area.Merging.Start + (page * Page.Size), (Area.Pages - page) * Page.Size, advice));
    }

    private static void UnmergeAll(StressThread thread)
    {
        if (thread.Random.Next(8) == 0)
            Assert.True(thread.World.Machine.Ksm.UnmergeAll() is 0 or -(long)Errno.ENOMEM);
    }
}
