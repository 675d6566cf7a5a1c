using System;
using Xunit;

namespace MmKernel.Interleavings;

/// <summary>Huge pages that come, go and are split while somebody uses them.</summary>
internal static class HugeRaces
{
    private const ulong Page0 = World.Base;
    private const ulong Page1 = World.Base + Page.Size;
    private const ulong Page7 = World.Base + (7 * Page.Size);
    private const int Pages = HugePages.PageCount;

    /// <summary>Both get a huge page, and there must be one.</summary>
    internal static Race TwoFirstWrites { get; } = new("two first writes to a huge page", world =>
    {
        var process = Start(world, HugePageMode.Always);
        world.Thread("first", () => process.Store(Page0, 1));
        world.Thread("second", () => process.Store(Page7, 2));
        world.Finally(() =>
        {
            Assert.Equal(1UL, process.Load(Page0));
            Assert.Equal(2UL, process.Load(Page7));
            Assert.Equal(512, process.Mm.Rss[RssKind.Anonymous]);
        });
    });

    /// <summary>A read maps zeros as a huge page, and a write replaces them: nobody reads zeros afterwards.</summary>
    internal static Race ReadAndWrite { get; } = new("huge page of zeros and first write", world =>
    {
        var process = Start(world, HugePageMode.Always);
        world.Thread("read", () => Assert.InRange(process.Load(Page0), 0UL, 1UL));
        world.Thread("write", () =>
        {
            process.Store(Page0, 1);
            Assert.Equal(1UL, process.Load(Page0));
        });
        world.Finally(() => Assert.Equal(1UL, process.Load(Page0)));
    });

    /// <summary>Parent and child write to a shared huge page.</summary>
    internal static Race ForkAndWrite { get; } = new("fork of a huge page and write", world =>
    {
        var process = Start(world, HugePageMode.Always);
        process.Store(Page0, 1);
        Process? child = null;
        ulong inherited = 0;
        world.Thread("fork", () =>
        {
            child = process.Fork();
            inherited = child.Load(Page0);
        });
        world.Thread("write", () =>
        {
            process.Store(Page0, 2);
            Assert.Equal(2UL, process.Load(Page0));
        });
        world.Afterwards(() => world.Adopt(child));
        world.Finally(() =>
        {
            Assert.InRange(inherited, 1UL, 2UL);
            Assert.Equal(inherited, child!.Load(Page0));
            Assert.Equal(2UL, process.Load(Page0));
        });
    });

    /// <summary>Discarding a page splits the entry, with no lock of reverse mapping held: that the rest was used is found out at any time.</summary>
    internal static Race SplitAndWalk { get; } = new("split of a huge entry and rmap walk", world =>
    {
        var process = Start(world, HugePageMode.Always);
        process.Store(Page0, 1);
        process.Mm.MmapLock.ReadLock();
        var folio = process.Machine.Memory.FolioOf(PageTableEntry.FrameOf(PageTableWalk.ReadEntry(process.Mm.Vmas.Walk(Page0)!, Page0)));
        process.Mm.MmapLock.ReadUnlock();
        world.Thread("walk", () =>
        {
            folio.Lock();
            Assert.Equal(1, RmapWalking.FolioReferenced(folio, isLocked: true));
            folio.Unlock();
        });
        world.Thread("split", () => Assert.Equal(0, process.Madvise(Page7, Page.Size, Advice.DontNeed)));
        world.Finally(() =>
        {
            Assert.Equal(1UL, process.Load(Page0));
            Assert.Equal(511, process.Mm.Rss[RssKind.Anonymous]);
        });
    });

    /// <summary>What is stored in a page while its table is replaced by a huge page is not lost.</summary>
    internal static Race CollapseAndFault { get; } = new("collapse and fault", world =>
    {
        var process = Start(world, HugePageMode.Never);
        process.Store(Page0, 1);
        world.Thread("collapse", () => Collapse(process, Errno.EAGAIN));
        world.Thread("fault", () =>
        {
            process.Store(Page7, 7);
            Assert.Equal(7UL, process.Load(Page7));
        });
        world.Finally(() =>
        {
            Assert.Equal(1UL, process.Load(Page0));
            Assert.Equal(7UL, process.Load(Page7));
        });
    });

    /// <summary>mmap_lock was gone between the look and the collapse, and a part of the mapping with it.</summary>
    internal static Race CollapseAndMunmap { get; } = new("collapse and munmap", world =>
    {
        var process = Start(world, HugePageMode.Never);
        process.Store(Page0, 1);
        world.Thread("collapse", () => Collapse(process, Errno.EINVAL));
        world.Thread("munmap", () => process.Unmap(Page7, 1));
        world.Finally(() =>
        {
            Assert.Equal(1UL, process.Load(Page0));
            Assert.False(process.TryLoad(Page7, out _).IsMapped(Page7));
        });
    });

    /// <summary>A device that pins a page without any lock writes to what the process reads.</summary>
    internal static Race CollapseAndPin { get; } = new("collapse and pin", world =>
    {
        var process = Start(world, HugePageMode.Never);
        process.Store(Page0, 1);
        PinnedPages? pins = null;
        world.Thread("pin", () =>
        {
            Assert.Equal(1, process.PinPages(Page0, 1, PinFlags.Write, out pins));
            pins!.Write(0, 0, BitConverter.GetBytes(5UL));
            Assert.Equal(5UL, process.Load(Page0));
        });
        world.Thread("collapse", () => Collapse(process, Errno.EAGAIN));
        world.Afterwards(() => pins?.Dispose());
        world.Finally(() => Assert.Equal(5UL, process.Load(Page0)));
    });

    /// <summary>The folio is split while fork copies entries that map it.</summary>
    internal static Race FolioSplitAndFork { get; } = new("split of a folio and fork", world =>
    {
        var process = StartMappedInPart(world);
        Process? child = null;
        world.Thread("fork", () => child = process.Fork());
        world.Thread("split", () => process.Machine.HugePages.SplitDeferred());
        world.Afterwards(() => world.Adopt(child));
        world.Finally(() =>
        {
            Assert.Equal(2UL, process.Load(Page1));
            Assert.Equal(2UL, child!.Load(Page1));
        });
    });

    /// <summary>A write waits until the page is a folio of its own, and is not lost.</summary>
    internal static Race FolioSplitAndWrite { get; } = new("split of a folio and write", world =>
    {
        var process = StartMappedInPart(world);
        world.Thread("write", () =>
        {
            process.Store(Page1, 9);
            Assert.Equal(9UL, process.Load(Page1));
        });
        world.Thread("split", () => process.Machine.HugePages.SplitDeferred());
        world.Finally(() => Assert.Equal(9UL, process.Load(Page1)));
    });

    /// <summary>Pages go while they are being split off.</summary>
    internal static Race FolioSplitAndMunmap { get; } = new("split of a folio and munmap", world =>
    {
        var process = StartMappedInPart(world);
        world.Thread("munmap", () => process.Unmap(Page1, 1));
        world.Thread("split", () => process.Machine.HugePages.SplitDeferred());
        world.Finally(() => Assert.Equal(1UL, process.Load(Page0)));
    });

    private static Process Start(World world, HugePageMode mode)
    {
        world.Options = new MachineOptions { MemoryBytes = 8 << 20, HugePages = mode, Overcommit = OvercommitMode.Always };
        var process = world.Process();
        process.Map(Page0, Pages);
        if (mode == HugePageMode.Always)
            return process;

        // The VMA has its anon_vma, and the range its table.
        process.Store(Page1, 2);
        return process;
    }

    /// <summary>Two pages of a huge one are left.</summary>
    private static Process StartMappedInPart(World world)
    {
        var process = Start(world, HugePageMode.Always);
        process.Store(Page0, 1);
        process.Store(Page1, 2);
        process.Unmap(Page0 + (2 * Page.Size), Pages - 2);
        return process;
    }

    private static void Collapse(Process process, Errno error)
    {
        long result = process.Madvise(Page0, HugePages.Size, Advice.Collapse);
        Assert.True(result == 0 || result == -(long)error, $"MADV_COLLAPSE returned {result}");
    }
}
