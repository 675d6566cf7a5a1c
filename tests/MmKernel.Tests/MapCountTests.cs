using System;
using Xunit;

namespace MmKernel.Tests;

/// <summary>What happens at <c>vm.max_map_count</c>.</summary>
public sealed class MapCountTests : IDisposable
{
    private readonly Machine _machine = new(new MachineOptions { MemoryBytes = 16 << 20, MaxMapCount = 10 });

    public void Dispose() => _machine.Dispose();

    private const ulong Base = 0x20_0000_0000;
    private const ulong P = Page.Size;
    private const Prot ReadWrite = Prot.Read | Prot.Write;
    private const MapFlags PrivateAnonymous = MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed;
    private const long OutOfMemory = -(long)Errno.ENOMEM;

    [Fact]
    public void Mmap_may_exceed_the_limit_by_one()
    {
        var process = WithMappings(10);
        Assert.Equal((long)At(10), process.Mmap(At(10), P, ReadWrite, PrivateAnonymous));
        Assert.Equal(OutOfMemory, process.Mmap(At(11), P, ReadWrite, PrivateAnonymous));
        Assert.Equal(OutOfMemory, process.Mmap(At(0), P, ReadWrite, PrivateAnonymous));
        Assert.Equal(0, process.Munmap(At(0), 4 * P));
        Assert.Equal((long)At(11), process.Mmap(At(11), P, ReadWrite, PrivateAnonymous));
    }

    [Fact]
    public void At_the_limit_nothing_is_split_but_ends_are_cut()
    {
        var process = WithMappings(10);
        Assert.Equal(OutOfMemory, process.Munmap(At(0) + P, P));
        Assert.Equal(OutOfMemory, process.Mprotect(At(0) + P, P, Prot.Read));
        Assert.Equal(OutOfMemory, process.Mlock(At(0), P));
        Assert.Equal(OutOfMemory, process.Mseal(At(0), P));
        Assert.Equal(-(long)Errno.EAGAIN, process.Madvise(At(0), P, Advice.DontFork));
        Assert.Equal(0, process.Munmap(At(0), P));
        Assert.Equal(0, process.Munmap(At(0) + (3 * P), P));
        Assert.Equal(0, process.Mprotect(At(1), 4 * P, Prot.Read));
    }

    [Fact]
    public void A_move_keeps_a_few_in_reserve()
    {
        var process = WithMappings(8);
        Assert.Equal(OutOfMemory, process.Mremap(At(0), P, P, RemapFlags.MayMove | RemapFlags.Fixed, At(12)));
        Assert.Equal(0, process.Munmap(At(4), 4 * 8 * P));
        Assert.Equal((long)At(12), process.Mremap(At(0), P, P, RemapFlags.MayMove | RemapFlags.Fixed, At(12)));
    }

    // Four pages each, with a gap of four.
    private static ulong At(ulong mapping) => Base + (mapping * 8 * P);

    private Process WithMappings(ulong count)
    {
        var process = _machine.CreateProcess();
        for (ulong i = 0; i < count; i++)
            Assert.Equal((long)At(i), process.Mmap(At(i), 4 * P, ReadWrite, PrivateAnonymous));
        return process;
    }
}
