using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Xunit;
using Xunit.Abstractions;

namespace MmKernel.Tests.Huge;

/// <summary>
/// Everything that makes, uses, shares and splits huge pages, at once and with memory short. Each page holds zeros or its own address, and what is
/// counted is compared with recomputed truth whenever the threads pause.
/// </summary>
public sealed class HugeStressTests(ITestOutputHelper output)
{
    private const ulong Base = 0x20_0000_0000;
    private const ulong Elsewhere = Base + (64 * Size);
    private const ulong Size = 2 << 20;
    private const ulong Length = 3 * Size;
    private const Prot ReadWrite = Prot.Read | Prot.Write;
    private const MapFlags Anonymous = MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed;

    // Advice about pages is refused where another thread has locked them.
    private static readonly long[] s_advised = [0, -(long)Errno.EINVAL];

    private static readonly long[] s_locked = [0, -(long)Errno.EAGAIN, -(long)Errno.ENOMEM];

    private static readonly long[] s_collapsed = [0, -(long)Errno.EAGAIN, -(long)Errno.EINVAL, -(long)Errno.ENOMEM];

    [Theory]
    [InlineData(ReclaimPolicy.Off, 48)]
    [InlineData(ReclaimPolicy.Background, 16)]
    public void Everything_adds_up_at_quiescent_points(ReclaimPolicy reclaim, int megabytes)
    {
        int seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        using var machine = new Machine(new MachineOptions
        {
            MemoryBytes = (long)megabytes << 20,
            HugePages = HugePageMode.Always,
            Reclaim = reclaim,
            Overcommit = OvercommitMode.Always,
        });
        if (reclaim != ReclaimPolicy.Off)
            _ = machine.SwapOn(SwapStore.InMemory(64 << 20));
        Process[] processes = [machine.CreateProcess(), machine.CreateProcess()];
        foreach (var process in processes)
        {
            Assert.Equal((long)Base, process.Mmap(Base, Length, ReadWrite, Anonymous));
            Assert.Equal((long)Elsewhere, process.Mmap(Elsewhere, Size, ReadWrite, Anonymous));
        }

        QuiescentRounds.Run(
            rounds: 6, seed, TimeSpan.FromSeconds(120), (id, random) => Run(machine, processes[id % 2], random), () => Truth.Check(machine, processes));

        foreach (var what in Enum.GetValues<HugePageEvent>())
            output.WriteLine($"{what} {machine.HugePages.Counters[what]}");
        Assert.True(machine.HugePages.Counters[HugePageEvent.SplitPmd] > 0);
        Assert.True(machine.HugePages.Counters[HugePageEvent.SplitPage] > 0);
    }

    private static void Run(Machine machine, Process process, Random random)
    {
        for (int step = 0; step < 400; step++)
        {
            ulong page = Base + ((ulong)random.Next((int)(Length / Page.Size)) * Page.Size);
            ulong length = random.Next(4) == 0 ? Size : (ulong)random.Next(1, 40) * Page.Size;
            ulong start = length == Size ? page & ~(Size - 1) : page;
            length = Math.Min(length, Base + Length - start);
            switch (random.Next(26))
            {
                case 0:
                    ForkAndExit(process, random);
                    break;
                case 1:
                    Assert.Contains(process.Madvise(start, length, Advice.DontNeed), s_advised);
                    break;
                case 2:
                    Assert.Contains(process.Madvise(start, length, Advice.Cold), s_advised);
                    break;
                case 3:
                    Assert.Contains(process.Madvise(start, length, Advice.PageOut), s_advised);
                    break;
                case 4:
                    Assert.Contains(process.Madvise(page & ~(Size - 1), Size, Advice.Collapse), s_collapsed);
                    break;
                case 5:
                    machine.Khugepaged.Scan();
                    break;
                case 6:
                    machine.HugePages.SplitDeferred();
                    break;
                case 7:
                    Assert.Equal(0, process.Madvise(start, length, random.Next(2) == 0 ? Advice.NoHugePage : Advice.HugePage));
                    break;
                case 8:
                    Pin(process, page);
                    break;
                case 9:
                    Assert.Contains(process.Madvise(start, length, Advice.Free), s_advised);
                    break;
                case 10:
                    Assert.Equal(0, process.Mprotect(start, length, ReadWrite | (random.Next(2) == 0 ? Prot.Exec : Prot.None)));
                    break;
                case 11:
                    Assert.Equal((long)start, process.Mmap(start, length, ReadWrite, Anonymous));
                    break;
                case 12:
                    Assert.Contains(process.Mlock(start, length), s_locked);
                    Assert.Equal(0, process.Munlock(start, length));
                    break;
                case < 18:
                    Check(process, page);
                    break;
                default:
                    Assert.True(process.Write(page, BitConverter.GetBytes(page)).IsOk);
                    break;
            }
        }
    }

    private static void Check(Process process, ulong page)
    {
        byte[] word = new byte[8];
        Assert.True(process.Read(page, word).IsOk);
        ulong value = BitConverter.ToUInt64(word);
        Assert.True(value == 0 || value == page, $"{value:x} at {page:x}");
    }

    private static void Pin(Process process, ulong page)
    {
        long pinned = process.PinPages(page, 1, PinFlags.Write, out var pins);
        using (pins)
        {
            if (pinned == 1)
                pins!.Write(0, 0, BitConverter.GetBytes(page));
        }
    }

    private static void ForkAndExit(Process process, Random random)
    {
        if (process.Fork(out var child) != 0)
            return;
        for (int i = 0; i < 20; i++)
        {
            ulong page = Base + ((ulong)random.Next((int)(Length / Page.Size)) * Page.Size);
            if (random.Next(2) == 0)
                Check(child!, page);
            else
                Assert.True(child!.Write(page, BitConverter.GetBytes(page)).IsOk);
        }

        child!.Exit();
    }
}
