using System;
using Xunit;

namespace MmKernel.Interleavings;

/// <summary>Pages that a userfaultfd moves from one place to another, and whoever looks for them meanwhile.</summary>
internal static class UffdRaces
{
    private const ulong Target = World.Base;
    private const ulong HugeSource = World.Base;
    private const ulong HugeTarget = World.Base + (2 * HugePages.Size);
    private const ulong Source = World.Base + (64 * Page.Size);

    /// <summary>The child has the page at the old place or at the new one, like the parent at one moment.</summary>
    internal static Race MoveAndFork { get; } = new("userfaultfd move and fork", world =>
    {
        var process = Start(world, out var uffd);
        Process? child = null;
        long result = 0;
        world.Thread("move", () => result = Move(process, uffd));
        world.Thread("fork", () => child = world.Adopt(process.Fork()));
        world.Finally(() =>
        {
            Assert.Equal(result == 0 ? 1UL : 0UL, process.Load(Target));
            Assert.Equal(result == 0 ? 0UL : 1UL, process.Load(Source));
            Assert.Equal(1UL, child!.Load(Target) + child!.Load(Source));
        });
    });

    /// <summary>Who walks the mappings of a page has it locked, and so finds it at the old place or at the new one.</summary>
    internal static Race MoveAndWalk { get; } = new("userfaultfd move and rmap walk", MakeMoveAndWalk);

    /// <summary>The same where the move takes the lock of the anon_vma as well, as Linux once had to.</summary>
    internal static Race MoveUnderAnonVmaLockAndWalk { get; } = new("userfaultfd move under anon_vma lock and rmap walk", world =>
    {
        world.Options = world.Options with { UffdMoveLocking = UffdMoveLocking.AnonVmaLock };
        MakeMoveAndWalk(world);
    });

    /// <summary>A page changes place and frame at a time.</summary>
    internal static Race MoveAndMigration { get; } = new("userfaultfd move and page in transit", world =>
    {
        var process = Start(world, out var uffd);
        world.Thread("move", () => Assert.Equal(0, Move(process, uffd)));
        world.Thread("migrate", () => _ = process.MovePages([Source], MovePagesFlags.MoveAll, new int[1]));
        world.Finally(() =>
        {
            Assert.Equal(1UL, process.Load(Target));
            Assert.Equal(0UL, process.Load(Source));
        });
    });

    /// <summary>Whoever pins the page gets it where it is, or after it has left a page of zeros.</summary>
    internal static Race MoveAndPin { get; } = new("userfaultfd move and pin", world =>
    {
        var process = Start(world, out var uffd);
        PinBeside(world, process, Source, Target, () => Move(process, uffd));
    });

    /// <summary>A huge page changes place while somebody writes to it: what he writes is there, or at the place that it has left.</summary>
    internal static Race HugeMoveAndWrite { get; } = new("userfaultfd move of a huge page and write", world =>
    {
        var process = StartHuge(world, out var uffd);
        world.Thread("move", () => Assert.Equal(0, MoveHuge(process, uffd)));
        world.Thread("write", () => process.Store(HugeSource + Page.Size, 2));
        world.Finally(() =>
        {
            Assert.Equal(1UL, process.Load(HugeTarget));
            Assert.Equal(0UL, process.Load(HugeSource));
            Assert.Equal(2UL, process.Load(HugeTarget + Page.Size) + process.Load(HugeSource + Page.Size));
        });
    });

    /// <summary>Whoever pins a page of a huge page gets it where it is, too.</summary>
    internal static Race HugeMoveAndPin { get; } = new("userfaultfd move of a huge page and pin", world =>
    {
        var process = StartHuge(world, out var uffd);
        PinBeside(world, process, HugeSource, HugeTarget, () => MoveHuge(process, uffd));
    });

    /// <summary>A page in swap is moved while its process reads it: it is moved as an entry or as a page, and the reader finds it or the zeros that it leaves.</summary>
    internal static Race SwappedMoveAndAccess { get; } = new("userfaultfd move of a page in swap and access", world =>
    {
        var process = StartSwapped(world, out var uffd, out _);
        world.Thread("move", () => Assert.Equal(0, Move(process, uffd)));
        world.Thread("read", () => Assert.InRange(process.Load(Source), 0UL, 1UL));
        FinallyMoved(world, process);
    });

    /// <summary>The same while the page, which is cached, is dropped from memory.</summary>
    internal static Race SwappedMoveAndReclaim { get; } = new("userfaultfd move of a cached page in swap and reclaim", world =>
    {
        var process = StartSwapped(world, out var uffd, out _);
        Assert.Equal(0, process.Madvise(Source, Page.Size, Advice.WillNeed));
        world.Thread("move", () => Assert.Equal(0, Move(process, uffd)));
        world.Thread("reclaim", () => SwapRaces.Reclaim(world.Machine));
        FinallyMoved(world, process);
    });

    /// <summary>The same while all that is in swap is brought back: to where it is by then.</summary>
    internal static Race SwappedMoveAndSwapOff { get; } = new("userfaultfd move of a page in swap and swapoff", world =>
    {
        var process = StartSwapped(world, out var uffd, out var device);
        world.Thread("move", () => Assert.Equal(0, Move(process, uffd)));
        world.Thread("swapoff", () => Assert.Equal(0, world.Machine.SwapOff(device)));
        FinallyMoved(world, process);
        world.Finally(() => Assert.Equal(0, device.UsedSlots));
    });

    private static void MakeMoveAndWalk(World world)
    {
        var process = Start(world, out var uffd);
        var folio = process.FolioAt(Source);
        world.Thread("walk", () =>
        {
            folio.Lock();
            int count = RmapWalking.CountMappings(folio);
            folio.Unlock();
            Assert.Equal(1, count);
        });
        world.Thread("move", () => Assert.Equal(0, Move(process, uffd)));
        world.Finally(() => Assert.Equal(1UL, process.Load(Target)));
    }

    private static void PinBeside(World world, Process process, ulong source, ulong target, Func<long> move)
    {
        long result = 0;
        PinnedPages? pins = null;
        world.Thread("move", () => result = move());
        world.Thread("pin", () => Assert.Equal(1, process.PinPages(source, 1, PinFlags.Write, out pins)));
        world.Afterwards(() =>
        {
            byte[] word = new byte[8];
            pins!.Read(0, 0, word);
            Assert.Equal(process.Load(source), BitConverter.ToUInt64(word));
            pins.Dispose();
        });
        world.Finally(() => Assert.Equal(result == 0 ? 1UL : 0UL, process.Load(target)));
    }

    private static Process Start(World world, out Userfaultfd uffd) => Start(world, Target, Source, 1, out uffd);

    private static Process StartSwapped(World world, out Userfaultfd uffd, out SwapDevice device)
    {
        world.Options = world.Options with { Reclaim = ReclaimPolicy.Direct };
        device = world.Machine.SwapOn(SwapStore.InMemory(32 * Page.Size))!;
        var process = Start(world, out uffd);
        process.PageOut(Source);
        return process;
    }

    private static void FinallyMoved(World world, Process process) => world.Finally(() =>
    {
        Assert.Equal(1UL, process.Load(Target));
        Assert.Equal(0UL, process.Load(Source));
    });

    private static Process StartHuge(World world, out Userfaultfd uffd)
    {
        world.Options = new MachineOptions { MemoryBytes = 8 << 20, HugePages = HugePageMode.Always, Overcommit = OvercommitMode.Always };
        return Start(world, HugeTarget, HugeSource, HugePages.PageCount, out uffd);
    }

    private static Process Start(World world, ulong target, ulong source, int pages, out Userfaultfd uffd)
    {
        ulong length = (ulong)pages * Page.Size;
        var process = world.Process();
        process.Map(target, pages);
        process.Map(source, pages);
        process.Store(source, 1);
        var opened = uffd = process.CreateUserfaultfd();
        Assert.Equal(0, process.UffdApi(uffd, UffdFeatures.None, out _));
        Assert.Equal(0, process.UffdRegister(uffd, target, length, UffdRegisterMode.Missing));
        world.Finally(() => process.UffdUnregister(opened, target, length));
        return process;
    }

    private static long Move(Process process, Userfaultfd uffd) => Move(process, uffd, Target, Source, Page.Size);

    private static long MoveHuge(Process process, Userfaultfd uffd) => Move(process, uffd, HugeTarget, HugeSource, HugePages.Size);

    /// <returns>0, or −EBUSY if the page is shared or pinned by now.</returns>
    private static long Move(Process process, Userfaultfd uffd, ulong target, ulong source, ulong length)
    {
        long result = process.UffdMove(uffd, target, source, length, UffdMoveMode.None, out _);
        Assert.True(result is 0 or -(long)Errno.EBUSY, $"the move ends with {result}");
        return result;
    }
}
