using System;
using System.Collections.Generic;
using Xunit;

namespace MmKernel.Stress;

/// <summary>What looks at everything while it changes: reverse-map walks as reclaim does them, and the views of processes.</summary>
internal static class ObservingOperations
{
    internal static IReadOnlyList<Operation> All { get; } =
    [
        new("folio_referenced", 20, thread => WithSomeFolio(thread, folio => Assert.True(RmapWalking.FolioReferenced(folio, isLocked: false) >= 0))),
        new("rmap walk", 10, thread => WithSomeFolio(thread, CountMappings)),
        new("maps", 2, thread => thread.InSome(process => CheckMaps(process.Process))),
        new("statm", 2, thread => thread.InSome(process => Assert.EndsWith("\n", process.Process.StatmText(), StringComparison.Ordinal))),
        new("pagemap", 2, thread => thread.InSome(process => process.Process.Pagemap(Area.Changing.Start, new PagemapEntry[Area.Pages]))),
        new("mincore", 2, thread => thread.InSome(process => Assert.Equal(0, process.Process.Mincore(Area.Anonymous.Start, Area.Anonymous.Length, new byte[Area.Pages])))),
    ];

    /// <summary>Any frame of the machine that is in use, whatever for.</summary>
    private static void WithSomeFolio(StressThread thread, Action<Folio> action)
    {
        var memory = thread.World.Machine.Memory;
        var folio = memory.TryGetFolio((ulong)thread.Random.Next(1, memory.FrameCount / 4));
        if (folio == null)
            return;
        action(folio);
        memory.Put(folio);
    }

    private static void CountMappings(Folio folio)
    {
        if (!folio.TryLock())
            return;
        Assert.True(RmapWalking.CountMappings(folio) >= 0);
        folio.Unlock();
    }

    private static void CheckMaps(Process process)
    {
        ulong end = 0;
        foreach (var vma in process.Smaps())
        {
            Assert.True(vma.Start >= end && vma.End > vma.Start, "the VMAs overlap");
            Assert.True(vma.ResidentPages * Page.Size <= vma.End - vma.Start, "more is resident than mapped");
            end = vma.End;
        }
    }
}
