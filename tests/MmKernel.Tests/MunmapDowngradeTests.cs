using System;
using System.Threading;
using Xunit;

namespace MmKernel.Tests;

/// <summary>munmap holds mmap_lock exclusively only until its mappings cannot be found any more.</summary>
public sealed class MunmapDowngradeTests
{
    private const ulong Mapped = 0x20_0000_0000;
    private const ulong Other = 0x21_0000_0000;
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);

    [Fact]
    public void Others_look_around_while_munmap_gives_up_its_pages()
    {
        using var machine = new Machine(new MachineOptions { MemoryBytes = 16 << 20 });
        var process = machine.CreateProcess();
        var file = machine.CreateMemoryFile(Page.Size);
        Assert.Equal((long)Mapped, process.Mmap(Mapped, Page.Size, Prot.Read, MapFlags.Shared | MapFlags.Fixed, file.Open(isWritable: false)));
        Assert.Equal((long)Other, process.Mmap(Other, Page.Size, Prot.Read, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed));

        // With the list of the file's mappings in use, munmap cannot finish.
        file.Mapping.ImapLock.ReadLock();
        var unmapping = new Thread(() => Assert.Equal(0, process.Munmap(Mapped, Page.Size)));
        unmapping.Start();
        Assert.True(SpinWait.SpinUntil(() => process.Mm.MmapLock.IsLocked && !process.Mm.MmapLock.IsWriteLocked, s_limit), "not downgraded");

        string? maps = null;
        var looking = new Thread(() => maps = process.MapsText());
        looking.Start();
        Assert.True(looking.Join(s_limit), "readers of mmap_lock wait");
        Assert.StartsWith("2100000000-2100001000 r--p", maps, StringComparison.Ordinal);
        Assert.True(unmapping.IsAlive);

        file.Mapping.ImapLock.ReadUnlock();
        Assert.True(unmapping.Join(s_limit), "munmap hangs");
        Truth.Check(machine, [process], [file]);
    }
}
