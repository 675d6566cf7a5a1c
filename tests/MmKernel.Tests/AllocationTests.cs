using System;
using Xunit;

namespace MmKernel.Tests;

/// <summary>
/// Faults allocate no managed memory, validator included: what they need exists from the start or is kept by the task. Counted on the
/// faulting thread over thousands of faults, after a first round that fills the task's stores.
/// </summary>
public sealed class AllocationTests
{
    private const ulong Base = 0x30_0000_0000;
    private const ulong Pages = 2048;
    private const Prot ReadWrite = Prot.Read | Prot.Write;
    private const MapFlags PrivateAnonymous = MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed;

    [Fact]
    public void Faults_on_the_zero_page() => AssertFree(static process => Map(process), static process => TouchAll(process, isWrite: false));

    [Fact]
    public void Write_faults() => AssertFree(static process => Map(process), static process => TouchAll(process, isWrite: true));

    [Fact]
    public void Write_faults_after_reads() => AssertFree(
        static process =>
        {
            Map(process);
            TouchAll(process, isWrite: false);
        },
        static process => TouchAll(process, isWrite: true));

    [Fact]
    public void Write_faults_on_pages_shared_by_fork() => AssertFree(
        static process =>
        {
            Map(process);
            TouchAll(process, isWrite: true);
            Assert.Equal(0, process.Fork(out _));
        },
        static process => TouchAll(process, isWrite: true));

    [Fact]
    public void Populating() => AssertFree(
        static process => Map(process),
        static process =>
        {
            if (process.Madvise(Base, Pages * Page.Size, Advice.PopulateWrite) != 0)
                throw new InvalidOperationException("not populated");
        });

    private static void Map(Process process) => Assert.Equal((long)Base, process.Mmap(Base, Pages * Page.Size, ReadWrite, PrivateAnonymous));

    private static void AssertFree(Action<Process> prepare, Action<Process> faults)
    {
        // What the runtime allocates now and then is not in every round; what a fault allocates is.
        using var machine = new Machine(new MachineOptions { MemoryBytes = 64 << 20 });
        long least = long.MaxValue;
        for (int round = 0; round < 4; round++)
        {
            var process = machine.CreateProcess();
            prepare(process);

            // The first fault of a VMA makes its anon_vma.
            Assert.True(process.Write(Base, new byte[8]).IsOk);
            long before = GC.GetAllocatedBytesForCurrentThread();
            faults(process);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.True(process.Read(Base + ((Pages - 1) * Page.Size), new byte[8]).IsOk);
            process.Exit();
            Rcu.Barrier();
        }

        Assert.Equal(0, least);
    }

    private static void TouchAll(Process process, bool isWrite)
    {
        Span<byte> word = stackalloc byte[8];
        for (ulong page = 1; page < Pages; page++)
        {
            var result = isWrite ? process.Write(Base + (page * Page.Size), word) : process.Read(Base + (page * Page.Size), word);
            if (!result.IsOk)
                throw new InvalidOperationException($"page {page}: {result}");
        }
    }
}
