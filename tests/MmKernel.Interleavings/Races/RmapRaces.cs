using Xunit;

namespace MmKernel.Interleavings;

/// <summary>Reverse-map walks that meet changes of what they walk: a mapping that is there all the time is found at any time.</summary>
internal static class RmapRaces
{
    private const ulong Page0 = World.Base;
    private const ulong Page1 = World.Base + Page.Size;
    private const ulong Elsewhere = World.Base + (64 * Page.Size);

    /// <summary>
    /// mprotect makes two VMAs one, which moves the border of both in the interval trees. The growing one goes first, so that a page is found twice
    /// rather than never.
    /// </summary>
    internal static Race MergeAndWalk { get; } = new("VMA merge and rmap walk", world =>
    {
        var process = world.Process();
        process.Map(Page0, 2);
        process.Store(Page0, 1);
        process.Store(Page1, 2);
        process.Protect(Page1, 1, Prot.Read);
        var first = process.FolioAt(Page0);
        var second = process.FolioAt(Page1);
        world.Thread("walk", () =>
        {
            Assert.InRange(Count(first), 1, 2);
            Assert.InRange(Count(second), 1, 2);
        });
        world.Thread("merge", () => process.Protect(Page1, 1, World.ReadWrite));
        world.Finally(() => Assert.Equal(1, process.Mm.MapCount));
    });

    /// <summary>mprotect makes two VMAs of one; the new one is there before the old one gives its part up.</summary>
    internal static Race SplitAndWalk { get; } = new("VMA split and rmap walk", world =>
    {
        var process = world.Process();
        process.Map(Page0, 2);
        process.Store(Page0, 1);
        process.Store(Page1, 2);
        var first = process.FolioAt(Page0);
        var second = process.FolioAt(Page1);
        world.Thread("walk", () =>
        {
            Assert.InRange(Count(first), 1, 2);
            Assert.InRange(Count(second), 1, 2);
        });
        world.Thread("split", () => process.Protect(Page1, 1, Prot.Read));
        world.Finally(() => Assert.Equal(2, process.Mm.MapCount));
    });

    /// <summary>A page on its way is found at the old place or at the new one.</summary>
    internal static Race MoveAndWalk { get; } = new("mremap and rmap walk", world =>
    {
        var process = world.Process();
        process.Map(Page0, 1);
        process.Store(Page0, 1);
        var folio = process.FolioAt(Page0);
        world.Thread("walk", () => Assert.Equal(1, Count(folio)));
        world.Thread("mremap", () => Assert.Equal((long)Elsewhere, process.Move(Page0, 1, Elsewhere)));
        world.Finally(() => Assert.Equal(1UL, process.Load(Elsewhere)));
    });

    /// <summary>A child maps a page that is being looked for: it may be found once or twice.</summary>
    internal static Race ForkAndWalk { get; } = new("fork and rmap walk", world =>
    {
        var parent = world.Process();
        parent.Map(Page0, 1);
        parent.Store(Page0, 1);
        var folio = parent.FolioAt(Page0);
        world.Thread("walk", () => Assert.InRange(Count(folio), 1, 2));
        world.Thread("fork", () => world.Adopt(parent.Fork()));
    });

    /// <summary>The only mapping goes while accessed bits are collected through it.</summary>
    internal static Race UnmapAndReferenced { get; } = new("munmap and folio_referenced", world =>
    {
        var process = world.Process();
        process.Map(Page0, 1);
        process.Store(Page0, 1);
        var folio = process.FolioAt(Page0);
        var memory = world.Machine.Memory;
        folio.Get();
        world.Thread("referenced", () =>
        {
            Assert.InRange(RmapWalking.FolioReferenced(folio, isLocked: false), 0, 1);
            memory.Put(folio);
        });
        world.Thread("munmap", () => process.Unmap(Page0, 1));
    });

    /// <summary>A page that is cut off a file is mapped nowhere afterwards.</summary>
    internal static Race TruncateAndFault { get; } = new("truncate and fault", world =>
    {
        var file = world.File(2);
        var process = world.Process();
        Assert.Equal((long)Page0, process.Mmap(Page0, 2 * Page.Size, World.ReadWrite, MapFlags.Shared | MapFlags.Fixed, file.Open(isWritable: true)));
        process.Store(Page0, 1);
        world.Thread("fault", () =>
        {
            var result = process.TryStore(Page1, 2);
            Assert.True(result.IsOk || result == new AccessResult(Signal.SIGBUS, SignalCode.BUS_ADRERR, Page1));
        });
        world.Thread("truncate", () => Assert.Equal(0, file.Truncate(Page.Size)));
        world.Finally(() =>
        {
            Assert.Equal(1UL, process.Load(Page0));
            Assert.Equal(Signal.SIGBUS, process.TryLoad(Page1, out _).Signal);
        });
    });

    private static int Count(Folio folio)
    {
        folio.Lock();
        int count = RmapWalking.CountMappings(folio);
        folio.Unlock();
        return count;
    }
}
