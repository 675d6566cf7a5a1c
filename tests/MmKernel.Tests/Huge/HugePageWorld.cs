using System;
using System.Linq;
using Xunit;

namespace MmKernel.Tests.Huge;

/// <summary>A machine that uses huge pages, a process in it, and room for four of them at <see cref="Base"/>.</summary>
public abstract class HugePageWorld : MachineTest
{
    protected const ulong Base = 0x10_0000_0000;
    protected const ulong Huge = 2 << 20;
    protected const ulong Length = 4 * Huge;
    protected const Prot ReadWrite = Prot.Read | Prot.Write;

    protected HugePageWorld(HugePageMode mode, ReclaimPolicy reclaim = ReclaimPolicy.Off, UffdMoveLocking moveLocking = UffdMoveLocking.FolioLock)
        : base(new MachineOptions { MemoryBytes = 32 << 20, HugePages = mode, Reclaim = reclaim, Overcommit = OvercommitMode.Always, UffdMoveLocking = moveLocking })
    {
        Map(Base, Length);
    }

    protected void Map(ulong address, ulong length) =>
        Assert.Equal((long)address, Process.Mmap(address, length, ReadWrite, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed));

    protected void Write(ulong address, ulong value) => Write(Process, address, value);

    protected ulong Read(ulong address) => Read(Process, address);

    protected static void Write(Process process, ulong address, ulong value) =>
        Assert.True(process.Write(address, BitConverter.GetBytes(value)).IsOk, $"write to {address:x}");

    protected static ulong Read(Process process, ulong address)
    {
        byte[] bytes = new byte[8];
        Assert.True(process.Read(address, bytes).IsOk, $"read of {address:x}");
        return BitConverter.ToUInt64(bytes);
    }

    /// <summary>A different number into each page of the range.</summary>
    protected void Fill(ulong address, ulong length, ulong first = 1)
    {
        for (ulong page = 0; page < length / Page.Size; page++)
            Write(address + (page * Page.Size), first + page);
    }

    protected void AssertFilled(Process process, ulong address, ulong length, ulong first = 1)
    {
        for (ulong page = 0; page < length / Page.Size; page++)
            Assert.Equal(first + page, Read(process, address + (page * Page.Size)));
    }

    protected Process Fork()
    {
        Assert.Equal(0, Process.Fork(out var child));
        return child!;
    }

    /// <summary>Number of huge pages that the process has mapped as such.</summary>
    protected ulong HugeIn(Process process)
    {
        ulong pages = 0;
        foreach (var vma in process.Smaps())
            pages += vma.AnonymousHugePages;
        Assert.Equal(0UL, pages % 512);
        return pages / 512;
    }

    protected static ulong ResidentIn(Process process) => process.Smaps().Aggregate(0UL, (sum, vma) => sum + vma.ResidentPages);

    protected long Count(HugePageEvent what) => Machine.HugePages.Counters[what];

    protected void CheckTruth(params Process[] others) => Truth.Check(Machine, [Process, .. others]);
}
