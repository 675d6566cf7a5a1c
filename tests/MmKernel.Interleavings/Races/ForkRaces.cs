using Xunit;

namespace MmKernel.Interleavings;

/// <summary>Forks that meet faults, and the copies that come after them.</summary>
internal static class ForkRaces
{
    private const ulong InFirstTable = World.Base;
    private const ulong InSecondTable = World.Base + (512 * Page.Size);

    /// <summary>The child is the parent at one moment: of two stores it does not have the second without the first.</summary>
    internal static Race ForkAndFaults { get; } = new("fork and faults", MakeForkAndFaults);

    /// <summary>The same where fork takes no VMA locks when it is alone: with a thread that stores it is not, or keeps it out.</summary>
    internal static Race LonelyForkAndFaults { get; } = new("fork without VMA locks and faults", world =>
    {
        world.Options = world.Options with { ForkLocking = ForkLocking.SkipWhenAlone };
        MakeForkAndFaults(world);
    });

    /// <summary>One store goes to two tables, so its thread is in the kernel for both: a fork that comes in between is not alone.</summary>
    internal static Race LonelyForkAndLongStore { get; } = new("fork without VMA locks and a store to two tables", world =>
    {
        const ulong AcrossTables = InSecondTable - 4;
        const ulong Neither = 0x1_0000_0001;
        const ulong FirstOnly = 0x1_0000_0002;
        const ulong Both = 0x2_0000_0002;
        world.Options = world.Options with { ForkLocking = ForkLocking.SkipWhenAlone };
        var parent = world.Process();
        parent.Map(World.Base, 513);
        parent.Store(AcrossTables, Neither);
        ulong inherited = 0;
        world.Thread("fork", () => inherited = world.Adopt(parent.Fork()).Load(AcrossTables));
        world.Thread("store", () => parent.Store(AcrossTables, Both));
        world.Finally(() =>
        {
            Assert.Contains(inherited, new[] { Neither, FirstOnly, Both });
            Assert.Equal(Both, parent.Load(AcrossTables));
        });
    });

    /// <summary>The parent gets its anon_vma, which the child needs for what it inherits, in the middle of the fork.</summary>
    internal static Race ForkAndFirstFault { get; } = new("fork and first fault", world =>
    {
        var parent = world.Process();
        parent.Map(World.Base, 1);
        Process? child = null;
        world.Thread("fork", () => child = world.Adopt(parent.Fork()));
        world.Thread("store", () => parent.Store(World.Base, 1));
        world.Finally(() =>
        {
            Assert.True(child!.Load(World.Base) is 0 or 1);
            Assert.Equal(1UL, parent.Load(World.Base));
        });
    });

    /// <summary>Each side gets a page of its own, or the last one keeps the old.</summary>
    internal static Race CopyOnBothSides { get; } = new("copy on write on both sides of a fork", world =>
    {
        var parent = world.Process();
        parent.Map(World.Base, 1);
        parent.Store(World.Base, 1);
        parent.Store(World.Base + 8, 9);
        var child = world.Adopt(parent.Fork());
        world.Thread("parent", () => parent.Store(World.Base, 2));
        world.Thread("child", () => child.Store(World.Base, 3));
        world.Finally(() =>
        {
            Assert.Equal(2UL, parent.Load(World.Base));
            Assert.Equal(9UL, parent.Load(World.Base + 8));
            Assert.Equal(3UL, child.Load(World.Base));
            Assert.Equal(9UL, child.Load(World.Base + 8));
        });
    });

    /// <summary>Two threads of the parent copy one page, and one copy is used.</summary>
    internal static Race CopyByTwoThreads { get; } = new("copy on write by two threads", world =>
    {
        var parent = world.Process();
        parent.Map(World.Base, 1);
        parent.Store(World.Base, 1);
        var child = world.Adopt(parent.Fork());
        world.Thread("first", () => parent.Store(World.Base, 2));
        world.Thread("second", () => parent.Store(World.Base + 8, 3));
        world.Finally(() =>
        {
            Assert.Equal(2UL, parent.Load(World.Base));
            Assert.Equal(3UL, parent.Load(World.Base + 8));
            Assert.Equal(1UL, child.Load(World.Base));
        });
    });

    /// <summary>The page that a child shares goes back to the parent alone while the child leaves.</summary>
    internal static Race CopyAndExit { get; } = new("copy on write and exit of the child", world =>
    {
        var parent = world.Process();
        parent.Map(World.Base, 1);
        parent.Store(World.Base, 1);
        parent.Store(World.Base + 8, 9);
        var child = parent.Fork();
        world.Thread("store", () => parent.Store(World.Base, 2));
        world.Thread("exit", child.Exit);
        world.Finally(() =>
        {
            Assert.Equal(2UL, parent.Load(World.Base));
            Assert.Equal(9UL, parent.Load(World.Base + 8));
        });
    });

    /// <summary>What another process writes goes to the parent alone, or to both, never to the child after the fork.</summary>
    internal static Race ForkAndRemoteWrite { get; } = new("fork and remote write", world =>
    {
        var parent = world.Process();
        parent.Map(World.Base, 1);
        parent.Store(World.Base, 1);
        var writer = world.Process();
        Process? child = null;
        ulong inherited = 0;
        world.Thread("fork", () =>
        {
            child = world.Adopt(parent.Fork());
            inherited = child.Load(World.Base);
        });
        world.Thread("remote", () => Assert.Equal(8, writer.WriteRemote(parent, World.Base, [2, 0, 0, 0, 0, 0, 0, 0])));
        world.Finally(() =>
        {
            Assert.Equal(2UL, parent.Load(World.Base));
            Assert.Equal(inherited, child!.Load(World.Base));
        });
    });

    private static void MakeForkAndFaults(World world)
    {
        var parent = world.Process();
        parent.Map(World.Base, 513);
        parent.Store(InFirstTable, 1);
        parent.Store(InSecondTable, 1);
        Process? child = null;
        ulong first = 0;
        ulong second = 0;
        world.Thread("fork", () =>
        {
            child = world.Adopt(parent.Fork());
            first = child.Load(InFirstTable);
            second = child.Load(InSecondTable);
        });
        world.Thread("store", () =>
        {
            parent.Store(InFirstTable, 2);
            parent.Store(InSecondTable, 2);
        });
        world.Finally(() =>
        {
            Assert.NotNull(child);
            Assert.False(first == 1 && second == 2, "the child has the second store without the first");
            Assert.Equal(first, child!.Load(InFirstTable));
            Assert.Equal(second, child.Load(InSecondTable));
            Assert.Equal(2UL, parent.Load(InFirstTable));
            Assert.Equal(2UL, parent.Load(InSecondTable));
        });
    }
}
