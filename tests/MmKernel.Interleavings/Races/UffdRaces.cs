using Xunit;

namespace MmKernel.Interleavings;

/// <summary>Pages that a userfaultfd moves from one place to another, and whoever looks for them meanwhile.</summary>
internal static class UffdRaces
{
    private const ulong Target = World.Base;
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

    private static Process Start(World world, out Userfaultfd uffd)
    {
        var process = world.Process();
        process.Map(Target, 1);
        process.Map(Source, 1);
        process.Store(Source, 1);
        uffd = process.CreateUserfaultfd();
        Assert.Equal(0, process.UffdApi(uffd, UffdFeatures.None, out _));
        Assert.Equal(0, process.UffdRegister(uffd, Target, Page.Size, UffdRegisterMode.Missing));
        var opened = uffd;
        world.Finally(() => process.UffdUnregister(opened, Target, Page.Size));
        return process;
    }

    /// <returns>0, or −EBUSY if the page is shared by now.</returns>
    private static long Move(Process process, Userfaultfd uffd)
    {
        long result = process.UffdMove(uffd, Target, Source, Page.Size, UffdMoveMode.None, out _);
        Assert.True(result is 0 or -(long)Errno.EBUSY, $"the move ends with {result}");
        return result;
    }
}
