using Xunit;

namespace MmKernel.Interleavings;

/// <summary>Merging of equal pages, and whoever meets it.</summary>
internal static class KsmRaces
{
    private const ulong Page0 = World.Base;

    /// <summary>A process ends while its page is merged with that of another one.</summary>
    internal static Race MergeAndExit { get; } = new("merging and exit", world =>
    {
        // Scanned first, so that the other page is the one that becomes a merged one.
        var leaving = Start(world.Machine.CreateProcess());
        var process = Start(world.Process());
        world.Machine.Ksm.Scan(1);
        world.Thread("merge", () => world.Machine.Ksm.Scan(1));
        world.Thread("exit", leaving.Exit);
        world.Finally(() =>
        {
            Assert.Equal(1UL, process.Load(Page0));
            Assert.Equal(1, process.FolioAt(Page0).MapCount);
            world.Machine.Ksm.Scan(1);
        });
    });

    /// <summary>A page is written to while it is merged: the write is there, and only there.</summary>
    internal static Race MergeAndWrite { get; } = new("merging and write", world =>
    {
        var writer = Start(world.Process());
        var other = Start(world.Process());
        world.Machine.Ksm.Scan(1);
        world.Thread("merge", () => world.Machine.Ksm.Scan(1));
        world.Thread("write", () => writer.Store(Page0, 2));
        world.Finally(() =>
        {
            Assert.Equal(2UL, writer.Load(Page0));
            Assert.Equal(1UL, other.Load(Page0));
        });
    });

    private static Process Start(Process process)
    {
        process.Map(Page0, 1);
        Assert.Equal(0, process.Madvise(Page0, Page.Size, Advice.Mergeable));
        process.Store(Page0, 1);
        return process;
    }
}
