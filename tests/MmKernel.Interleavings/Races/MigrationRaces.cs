using System;
using Xunit;

namespace MmKernel.Interleavings;

/// <summary>Pages on their way to another frame, and whoever meets them there.</summary>
internal static class MigrationRaces
{
    private const ulong Page0 = World.Base;
    private const ulong Page1 = World.Base + Page.Size;
    private const ulong Elsewhere = World.Base + (64 * Page.Size);

    /// <summary>What is written while the page is moved is not lost.</summary>
    internal static Race MoveAndWrite { get; } = new("migration and write", world =>
    {
        var process = Start(world, 1);
        world.Thread("migrate", () => TryMigrate(process, Page0));
        world.Thread("write", () => process.Store(Page0, 2));
        world.Finally(() => Assert.Equal(2UL, process.Load(Page0)));
    });

    /// <summary>Who writes by way of a reference writes to the page that stays.</summary>
    internal static Race MoveAndRemoteWrite { get; } = new("migration and remote write", world =>
    {
        var process = Start(world, 1);
        var writer = world.Process();
        world.Thread("remote", () => Assert.Equal(8, writer.WriteRemote(process, Page0, BitConverter.GetBytes(2UL))));
        world.Thread("migrate", () => TryMigrate(process, Page0));
        world.Finally(() => Assert.Equal(2UL, process.Load(Page0)));
    });

    /// <summary>A child gets the page before, while or after it is moved, and it is shared until one side writes.</summary>
    internal static Race MoveAndFork { get; } = new("migration and fork", world =>
    {
        var process = Start(world, 2);
        Process? child = null;
        world.Thread("migrate", () =>
        {
            TryMigrate(process, Page1);
            TryMigrate(process, Page0);
        });
        world.Thread("fork", () => child = world.Adopt(process.Fork()));
        world.Finally(() =>
        {
            process.Store(Page0, 3);
            child!.Store(Page1, 4);
            Assert.Equal(1UL, child!.Load(Page0));
            Assert.Equal(2UL, process.Load(Page1));
        });
    });

    /// <summary>The mapping goes while its page is somewhere between two frames.</summary>
    internal static Race MoveAndMunmap { get; } = new("migration and munmap", world =>
    {
        var process = Start(world, 1);
        world.Thread("migrate", () => TryMigrate(process, Page0));
        world.Thread("munmap", () => process.Unmap(Page0, 1));
        world.Finally(() => Assert.Equal(0, process.Mm.Rss[RssKind.Anonymous]));
    });

    /// <summary>A mapping moves while its page does.</summary>
    internal static Race MoveAndRemap { get; } = new("migration and mremap", world =>
    {
        var process = Start(world, 1);
        world.Thread("migrate", () => TryMigrate(process, Page0));
        world.Thread("mremap", () => Assert.Equal((long)Elsewhere, process.Move(Page0, 1, Elsewhere)));
        world.Finally(() => Assert.Equal(1UL, process.Load(Elsewhere)));
    });

    /// <summary>The right to write that was taken away does not come back with the page.</summary>
    internal static Race MoveAndProtect { get; } = new("migration and mprotect", world =>
    {
        var process = Start(world, 1);
        world.Thread("migrate", () => TryMigrate(process, Page0));
        world.Thread("mprotect", () => process.Protect(Page0, 1, Prot.Read));
        world.Finally(() =>
        {
            Assert.Equal(Signal.SIGSEGV, process.TryStore(Page0, 2).Signal);
            Assert.Equal(1UL, process.Load(Page0));
        });
    });

    /// <summary>Of two who move a page one may fail; the page is moved once or twice, and there is one of it.</summary>
    internal static Race TwoMoves { get; } = new("two migrations of one page", world =>
    {
        var process = Start(world, 1);
        world.Thread("first", () => TryMigrate(process, Page0));
        world.Thread("second", () => TryMigrate(process, Page0));
        world.Finally(() => Assert.Equal(1UL, process.Load(Page0)));
    });

    /// <summary>A page of a file is cut off while it is moved.</summary>
    internal static Race MoveAndTruncate { get; } = new("migration and truncate", world =>
    {
        var file = world.File(1);
        var process = world.Process();
        Assert.Equal((long)Page0, process.Mmap(Page0, Page.Size, World.ReadWrite, MapFlags.Shared | MapFlags.Fixed, file.Open(isWritable: true)));
        process.Store(Page0, 1);
        world.Thread("migrate", () => TryMigrate(process, Page0));
        world.Thread("truncate", () => Assert.Equal(0, file.Truncate(0)));
        world.Finally(() =>
        {
            Assert.Equal(0, file.Mapping.PageCount);
            Assert.Equal(Signal.SIGBUS, process.TryLoad(Page0, out _).Signal);
        });
    });

    /// <summary>A merged page is moved while another one joins it.</summary>
    internal static Race MoveAndMerge { get; } = new("migration and merging", world =>
    {
        var process = Start(world, 2);
        Assert.Equal(0, process.Madvise(Page0, 2 * Page.Size, Advice.Mergeable));
        process.Store(Page1, 1);
        world.Machine.Ksm.Scan(2);
        process.Map(Page0 + (2 * Page.Size), 1);
        Assert.Equal(0, process.Madvise(Page0, 3 * Page.Size, Advice.Mergeable));
        process.Store(Page0 + (2 * Page.Size), 1);
        world.Machine.Ksm.Scan(1);
        world.Thread("merge", () => world.Machine.Ksm.Scan(1));
        world.Thread("migrate", () => TryMigrate(process, Page0));
        world.Finally(() =>
        {
            Assert.Equal(1, world.Machine.Ksm.CountShared());
            Assert.Equal(3, process.FolioAt(Page0).MapCount);
        });
    });

    /// <summary>Somebody looks whether pages are used while one is moved; a busy one is passed over.</summary>
    internal static Race MoveAndIdle { get; } = new("migration and idle tracking", world =>
    {
        var process = Start(world, 1);
        ulong frame = process.FolioAt(Page0).Frame;
        ulong first = frame & ~63UL;
        ulong[] one = [1UL << (int)(frame - first)];
        world.Thread("migrate", () => TryMigrate(process, Page0));
        world.Thread("idle", () =>
        {
            Assert.Equal(1, world.Machine.PageIdle.Mark(first, one));
            Assert.Equal(1, world.Machine.PageIdle.Read(first, new ulong[1]));
        });
        world.Finally(() => Assert.Equal(1UL, process.Load(Page0)));
    });

    private static Process Start(World world, int pages)
    {
        var process = world.Process();
        process.Map(Page0, pages);
        for (int i = 0; i < pages; i++)
            process.Store(Page0 + ((ulong)i * Page.Size), (ulong)i + 1);
        return process;
    }

    /// <summary>Moves a page, or finds it gone, in use or being moved.</summary>
    private static void TryMigrate(Process process, ulong address)
    {
        int[] status = new int[1];
        _ = process.MovePages([address], MovePagesFlags.MoveAll, status);
        Assert.Contains(status[0], new[] { 0, -(int)Errno.EAGAIN, -(int)Errno.EFAULT, -(int)Errno.ENOENT });
    }
}
