using System;
using Xunit;

namespace MmKernel.Tests;

/// <summary>How far stack and heap grow.</summary>
public sealed class GrowthLimitTests : IDisposable
{
    private readonly Machine _machine = new(new MachineOptions { MemoryBytes = 16 << 20 });

    public void Dispose() => _machine.Dispose();

    private const ulong Stack = 0x20_0000_0000;
    private const ulong Heap = 0x10_0000_0000;
    private const ulong P = Page.Size;

    [Fact]
    public void A_stack_grows_to_its_limit()
    {
        var process = WithStack(new ResourceLimits { Stack = 16 * P });
        AssertGrowsTo(process, 12);
    }

    [Fact]
    public void A_stack_counts_as_address_space()
    {
        var process = WithStack(new ResourceLimits { AddressSpace = 10 * P });
        AssertGrowsTo(process, 6);
    }

    [Fact]
    public void A_locked_stack_counts_as_locked_memory()
    {
        var process = WithStack(new ResourceLimits { LockedMemory = 6 * P, MayLockBeyondLimit = false });
        Assert.Equal(0, process.Mlock(Stack, 4 * P));
        AssertGrowsTo(process, 2);
    }

    [Fact]
    public void A_stack_is_no_data()
    {
        var process = WithStack(new ResourceLimits { Data = P });
        AssertGrowsTo(process, 2044);
    }

    [Fact]
    public void A_heap_grows_to_the_limit_of_data()
    {
        var process = WithHeap(new ResourceLimits { Data = 4 * P });
        Assert.Equal((long)(Heap + (4 * P)), process.Brk(Heap + (4 * P)));
        Assert.Equal((long)(Heap + (4 * P)), process.Brk(Heap + (5 * P)));
        Assert.Equal((long)(Heap + P), process.Brk(Heap + P));
        Assert.Equal((long)(Heap + (2 * P)), process.Brk(Heap + (2 * P)));
    }

    [Fact]
    public void Private_writable_mappings_and_the_heap_share_the_limit_of_data()
    {
        var process = WithHeap(new ResourceLimits { Data = 4 * P });
        Assert.Equal((long)Stack, process.Mmap(Stack, 3 * P, Prot.Read | Prot.Write, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed));
        Assert.Equal((long)Heap, process.Brk(Heap + (2 * P)));
        Assert.Equal((long)(Heap + P), process.Brk(Heap + P));
    }

    [Fact]
    public void A_heap_keeps_away_from_its_neighbour()
    {
        var process = WithHeap(new ResourceLimits());
        Assert.Equal((long)(Heap + (4 * P)), process.Mmap(Heap + (4 * P), P, Prot.Read, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed));
        Assert.Equal((long)Heap, process.Brk(Heap + (4 * P)));
        Assert.Equal((long)(Heap + (3 * P)), process.Brk(Heap + (3 * P)));
    }

    [Fact]
    public void A_locked_heap_is_bound_by_the_limit_of_locked_memory()
    {
        var process = WithHeap(new ResourceLimits { LockedMemory = 2 * P, MayLockBeyondLimit = false });
        Assert.Equal(0, process.MlockAll(MlockAllFlags.Future));
        Assert.Equal((long)(Heap + (2 * P)), process.Brk(Heap + (2 * P)));
        Assert.Equal((long)(Heap + (2 * P)), process.Brk(Heap + (3 * P)));
    }

    /// <summary>The access so many pages below the first page that was mapped works, and the next page does not.</summary>
    private static void AssertGrowsTo(Process process, ulong pages)
    {
        ulong last = Stack - (pages * P);
        Assert.Equal(new AccessResult(Signal.SIGSEGV, SignalCode.SEGV_MAPERR, last - P), process.Write(last - P, new byte[8]));
        Assert.True(process.Write(last, new byte[8]).IsOk);
        Assert.Equal(new AccessResult(Signal.SIGSEGV, SignalCode.SEGV_MAPERR, last - P), process.Write(last - P, new byte[8]));
    }

    private Process WithStack(ResourceLimits limits)
    {
        var process = _machine.CreateProcess(limits);
        const MapFlags GrowsDown = MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed | MapFlags.GrowsDown;
        Assert.Equal((long)Stack, process.Mmap(Stack, 4 * P, Prot.Read | Prot.Write, GrowsDown));
        return process;
    }

    private Process WithHeap(ResourceLimits limits)
    {
        var process = _machine.CreateProcess(limits);
        Assert.Equal(0, process.SetStartBreak(Heap));
        return process;
    }
}
