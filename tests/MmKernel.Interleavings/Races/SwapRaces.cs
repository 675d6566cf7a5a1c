using System;
using Xunit;

namespace MmKernel.Interleavings;

/// <summary>Pages on their way to swap and back, and whoever meets them there.</summary>
internal static class SwapRaces
{
    private const ulong Page0 = World.Base;
    private const ulong Page1 = World.Base + Page.Size;

    /// <summary>What is written while the page is taken away is not lost.</summary>
    internal static Race ReclaimAndWrite { get; } = new("reclaim and write", world =>
    {
        var process = Start(world, out _);
        process.Map(Page0, 1);
        process.Store(Page0, 1);
        world.Thread("reclaim", () => Reclaim(world.Machine));
        world.Thread("write", () => process.Store(Page0, 2));
        world.Finally(() => Assert.Equal(2UL, process.Load(Page0)));
    });

    /// <summary>Either side may get the page first; nothing is left of it.</summary>
    internal static Race ReclaimAndMunmap { get; } = new("reclaim and munmap", world =>
    {
        var process = Start(world, out var device);
        process.Map(Page0, 1);
        process.Store(Page0, 1);
        world.Thread("reclaim", () => Reclaim(world.Machine));
        world.Thread("munmap", () => process.Unmap(Page0, 1));
        world.Finally(() => Assert.Equal(0, device.UsedSlots));
    });

    /// <summary>A page that is taken away while it is being shared reaches both sides.</summary>
    internal static Race ReclaimAndFork { get; } = new("reclaim and fork", world =>
    {
        var process = Start(world, out _);
        process.Map(Page0, 1);
        process.Store(Page0, 1);
        Process? child = null;
        world.Thread("reclaim", () => Reclaim(world.Machine));
        world.Thread("fork", () => child = world.Adopt(process.Fork()));
        world.Finally(() =>
        {
            process.Store(Page0, 2);
            Assert.Equal(1UL, child!.Load(Page0));
            Assert.Equal(2UL, process.Load(Page0));
        });
    });

    /// <summary>A page that is in swap and still cached is dropped by the one and wanted back by the other.</summary>
    internal static Race ReclaimAndReturn { get; } = new("reclaim and return from swap", world =>
    {
        var process = Start(world, out _);
        process.Map(Page0, 1);
        process.Store(Page0, 1);
        process.PageOut(Page0);
        Assert.Equal(0, process.Madvise(Page0, Page.Size, Advice.WillNeed));
        world.Thread("reclaim", () => Reclaim(world.Machine));
        world.Thread("read", () => Assert.Equal(1UL, process.Load(Page0)));
        world.Finally(() => Assert.Equal(1UL, process.Load(Page0)));
    });

    /// <summary>Two threads want the same page back; the one that writes is not undone by the one that reads.</summary>
    internal static Race TwoAccesses { get; } = new("two accesses to a page in swap", world =>
    {
        var process = Start(world, out var device);
        process.Map(Page0, 1);
        process.Store(Page0, 1);
        process.PageOut(Page0);
        world.Thread("read", () => Assert.InRange(process.Load(Page0), 1UL, 2UL));
        world.Thread("write", () => process.Store(Page0, 2));
        world.Finally(() =>
        {
            Assert.Equal(2UL, process.Load(Page0));
            Assert.Equal(0, process.Mm.Rss[RssKind.Swap]);
            Assert.InRange(device.UsedSlots, 0, 1);
        });
    });

    /// <summary>A page that comes back while it is being shared is shared, or was the parent's before.</summary>
    internal static Race ReturnAndFork { get; } = new("return from swap and fork", world =>
    {
        var process = Start(world, out _);
        process.Map(Page0, 1);
        process.Store(Page0, 1);
        process.PageOut(Page0);
        Process? child = null;
        world.Thread("write", () => process.Store(Page0, 2));
        world.Thread("fork", () => child = world.Adopt(process.Fork()));
        world.Finally(() =>
        {
            ulong seen = child!.Load(Page0);
            Assert.InRange(seen, 1UL, 2UL);
            process.Store(Page0, 3);
            Assert.Equal(seen, child!.Load(Page0));
        });
    });

    /// <summary>The device goes while a fault reads from it.</summary>
    internal static Race ReturnAndSwapOff { get; } = new("return from swap and swapoff", world =>
    {
        var process = Start(world, out var device);
        process.Map(Page0, 2);
        process.Store(Page0, 1);
        process.Store(Page1, 2);
        process.PageOut(Page0);
        process.PageOut(Page1);
        world.Thread("read", () => Assert.Equal(1UL, process.Load(Page0)));
        world.Thread("swapoff", () => Assert.Equal(0, world.Machine.SwapOff(device)));
        world.Finally(() =>
        {
            Assert.Equal(0, device.UsedSlots);
            Assert.Equal(2UL, process.Load(Page1));
        });
    });

    /// <summary>The device goes while a page is read from it that nobody has asked for yet.</summary>
    internal static Race WillNeedAndSwapOff { get; } = new("read ahead and swapoff", world =>
    {
        var process = Start(world, out var device);
        process.Map(Page0, 1);
        process.Store(Page0, 1);
        process.PageOut(Page0);
        world.Thread("madvise", () => Assert.Equal(0, process.Madvise(Page0, Page.Size, Advice.WillNeed)));
        world.Thread("swapoff", () => Assert.Equal(0, world.Machine.SwapOff(device)));
        world.Finally(() =>
        {
            Assert.Equal(0, device.UsedSlots);
            Assert.Equal(1UL, process.Load(Page0));
        });
    });

    /// <summary>The device goes while a child is given entries that name it.</summary>
    internal static Race ForkAndSwapOff { get; } = new("fork and swapoff", world =>
    {
        var process = Start(world, out var device);
        process.Map(Page0, 1);
        process.Store(Page0, 1);
        process.PageOut(Page0);
        Process? child = null;
        world.Thread("fork", () => child = world.Adopt(process.Fork()));
        world.Thread("swapoff", () => Assert.Equal(0, world.Machine.SwapOff(device)));
        world.Finally(() =>
        {
            Assert.Equal(0, device.UsedSlots);
            Assert.Equal(1UL, child!.Load(Page0));
        });
    });

    /// <summary>A page of a file comes back while it is cut off.</summary>
    internal static Race FileReturnAndTruncate { get; } = new("return of a file's page from swap and truncate", world =>
    {
        var process = Start(world, out var device);
        var file = world.File(1);
        Assert.Equal((long)Page0, process.Mmap(Page0, Page.Size, World.ReadWrite, MapFlags.Shared | MapFlags.Fixed, file.Open(isWritable: true)));
        process.Store(Page0, 1);
        process.PageOut(Page0);
        Assert.Equal(1, device.UsedSlots);
        world.Thread("read", () =>
        {
            var result = process.TryLoad(Page0, out ulong value);
            Assert.True(result.IsOk ? value == 1 : result == new AccessResult(Signal.SIGBUS, SignalCode.BUS_ADRERR, Page0));
        });
        world.Thread("truncate", () => Assert.Equal(0, file.Truncate(0)));
        world.Finally(() =>
        {
            Assert.Equal(0, device.UsedSlots);
            Assert.Equal(0, file.Mapping.PageCount);
        });
    });

    /// <summary>A new page of a file is cut off before the thread that brought it has put it on a list of reclaim.</summary>
    internal static Race FileFirstAccessAndTruncate { get; } = new("first access to a file's page and truncate", world =>
    {
        var process = Start(world, out _);
        var file = world.File(1);
        Assert.Equal((long)Page0, process.Mmap(Page0, Page.Size, World.ReadWrite, MapFlags.Shared | MapFlags.Fixed, file.Open(isWritable: true)));
        world.Thread("read", () =>
        {
            var result = process.TryLoad(Page0, out ulong value);
            Assert.True(result.IsOk ? value == 0 : result == new AccessResult(Signal.SIGBUS, SignalCode.BUS_ADRERR, Page0));
        });
        world.Thread("truncate", () => Assert.Equal(0, file.Truncate(0)));
        world.Finally(() => Assert.Equal(0, file.Mapping.PageCount));
    });

    private static Process Start(World world, out SwapDevice device)
    {
        world.Options = new MachineOptions { MemoryBytes = 4 << 20, Reclaim = ReclaimPolicy.Direct };
        device = world.Machine.SwapOn(SwapStore.InMemory(32 * Page.Size))!;
        return world.Process();
    }

    /// <summary>Reclaims what is on the inactive list, used or not.</summary>
    internal static void Reclaim(Machine machine)
    {
        var folios = new Folio?[8];
        var lru = machine.Memory.Lru!;
        lru.DrainAll();
        int count = lru.Isolate(LruList.InactiveAnonymous, folios);
        machine.Memory.Reclaimer!.ReclaimPages(folios.AsSpan(0, count));
    }
}
