using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Xunit;
using Xunit.Abstractions;

namespace MmKernel.Tests;

/// <summary>More memory in use than the machine has.</summary>
public sealed class MemoryPressureTests(ITestOutputHelper output)
{
    private const ulong Base = 0x10_0000_0000;
    private const ulong Shared = 0x20_0000_0000;
    private const Prot ReadWrite = Prot.Read | Prot.Write;
    private const MapFlags Anonymous = MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed;

    [Theory]
    [InlineData(ReclaimPolicy.Direct)]
    [InlineData(ReclaimPolicy.Background)]
    public void A_working_set_twice_the_memory_keeps_its_contents(ReclaimPolicy policy)
    {
        const ulong Pages = 2 * (8UL << 20) / Page.Size;
        using var machine = new Machine(new MachineOptions { MemoryBytes = 8 << 20, Reclaim = policy, Overcommit = OvercommitMode.Always });
        var device = machine.SwapOn(SwapStore.InMemory(32 << 20))!;
        var process = machine.CreateProcess();
        Assert.Equal((long)Base, process.Mmap(Base, Pages * Page.Size, ReadWrite, Anonymous));
        for (ulong page = 0; page < Pages; page++)
            Assert.True(process.Write(Base + (page * Page.Size) + 8, BitConverter.GetBytes(page * 3)).IsOk);
        byte[] word = new byte[8];
        for (ulong page = 0; page < Pages; page++)
        {
            Assert.True(process.Read(Base + (page * Page.Size) + 8, word).IsOk);
            Assert.Equal(page * 3, BitConverter.ToUInt64(word));
        }

        Assert.True(device.UsedSlots >= 2048, $"{device.UsedSlots} slots used");
        Truth.Check(machine, process);
        process.Exit();
        Assert.Equal(0, device.UsedSlots);
    }

    [Fact]
    public void Several_threads_and_forks_under_pressure_keep_their_contents()
    {
        const int Pages = 1500;
        const int SharedPages = 700;
        int seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        using var machine = new Machine(new MachineOptions { MemoryBytes = 8 << 20, Reclaim = ReclaimPolicy.Background, Overcommit = OvercommitMode.Always });
        _ = machine.SwapOn(SwapStore.InMemory(64 << 20));
        var file = machine.CreateMemoryFile(SharedPages * Page.Size);
        Process[] processes = [machine.CreateProcess(), machine.CreateProcess()];
        foreach (var process in processes)
        {
            Assert.Equal((long)Base, process.Mmap(Base, Pages * Page.Size, ReadWrite, Anonymous));
            Assert.Equal((long)Shared, process.Mmap(Shared, SharedPages * Page.Size, ReadWrite, MapFlags.Shared | MapFlags.Fixed, file.Open(isWritable: true)));
        }

        QuiescentRounds.Run(
            rounds: 3, seed, TimeSpan.FromSeconds(120), (id, random) => Run(processes[id % 2], random, Pages, SharedPages), () => Truth.Check(machine, processes, [file]));
    }

    [Fact]
    public void Devices_come_and_go_while_processes_fault_fork_and_unmap()
    {
        const int Pages = 300;
        int seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        using var machine = new Machine(new MachineOptions { MemoryBytes = 16 << 20, Reclaim = ReclaimPolicy.Direct, Overcommit = OvercommitMode.Always });
        Process[] processes = [machine.CreateProcess(), machine.CreateProcess()];
        foreach (var process in processes)
            Assert.Equal((long)Base, process.Mmap(Base, Pages * Page.Size, ReadWrite, Anonymous));
        bool stop = false;
        var failures = new List<Exception>();
        void Guard(Action work)
        {
            try
            {
                work();
            }
            catch (Exception e)
            {
                lock (failures)
                    failures.Add(e);
            }
        }

        var threads = Enumerable.Range(0, 3).Select(id => new Thread(() => Guard(() =>
        {
            var random = new Random(seed + id);
            byte[] word = new byte[8];
            while (!Volatile.Read(ref stop))
                PageOutAndBack(processes[id % 2], random, Pages, word);
        }))).ToArray();
        foreach (var thread in threads)
            thread.Start();
        Guard(() =>
        {
            for (int i = 0; i < 40; i++)
            {
                var device = machine.SwapOn(SwapStore.InMemory(4 << 20))!;
                Thread.Sleep(15);
                Assert.Equal(0, machine.SwapOff(device));
                Assert.Equal(0, device.UsedSlots);
            }
        });
        Volatile.Write(ref stop, true);
        foreach (var thread in threads)
            Assert.True(thread.Join(TimeSpan.FromSeconds(60)), "a thread hangs");
        Assert.Empty(failures);
        foreach (var process in processes)
            Assert.Equal(0, process.Mm.Rss[RssKind.Swap]);
        Truth.Check(machine, processes);
    }

    [Fact]
    public void With_nothing_left_the_largest_process_is_killed_and_the_others_live()
    {
        using var machine = new Machine(new MachineOptions { MemoryBytes = 8 << 20, Reclaim = ReclaimPolicy.Direct, Overcommit = OvercommitMode.Always });
        var small = machine.CreateProcess();
        Assert.Equal((long)Base, small.Mmap(Base, 64 * Page.Size, ReadWrite, Anonymous));
        for (ulong page = 0; page < 64; page++)
            Assert.True(small.Write(Base + (page * Page.Size), BitConverter.GetBytes(page)).IsOk);
        var large = machine.CreateProcess();
        Assert.Equal((long)Base, large.Mmap(Base, 8192 * Page.Size, ReadWrite, Anonymous));
        AccessResult result = default;
        for (ulong page = 0; page < 8192 && result.IsOk; page++)
            result = large.Write(Base + (page * Page.Size), BitConverter.GetBytes(page));
        Assert.Equal(Signal.SIGKILL, result.Signal);
        byte[] word = new byte[8];
        for (ulong page = 0; page < 64; page++)
        {
            Assert.True(small.Read(Base + (page * Page.Size), word).IsOk);
            Assert.Equal(page, BitConverter.ToUInt64(word));
        }

        Assert.Equal(Signal.SIGKILL, large.Read(Base + (8000 * Page.Size), word).Signal);
        large.Exit();
        Truth.Check(machine, small);
    }

    [Theory]
    [InlineData(0, 0, true, 1)]
    [InlineData(-10, 0, true, 1)]
    [InlineData(-700, 0, false, 1)]
    [InlineData(-1000, 0, false, 1)]
    [InlineData(0, 500, false, 1)]
    [InlineData(-1000, -1000, false, 0)] // Nobody may be chosen, so the access that finds no memory ends its process.
    public void Who_is_killed_depends_on_what_each_has_said_of_itself(int large, int small, bool killsLarge, int kills)
    {
        using var machine = new Machine(new MachineOptions { MemoryBytes = 8 << 20, Reclaim = ReclaimPolicy.Direct, Overcommit = OvercommitMode.Always });
        var first = machine.CreateProcess();
        var second = machine.CreateProcess();
        foreach (var process in new[] { first, second })
            Assert.Equal((long)Base, process.Mmap(Base, 8192 * Page.Size, ReadWrite, Anonymous));
        for (ulong page = 0; page < 1100; page++)
            Assert.True(first.Write(Base + (page * Page.Size), [1]).IsOk);
        Assert.Equal(0, first.SetOomScoreAdjustment(large));
        Assert.Equal(0, second.SetOomScoreAdjustment(small));

        // What is left ends before the second one is as large as the first.
        AccessResult result = default;
        for (ulong page = 0; page < 1000 && result.IsOk; page++)
            result = second.Write(Base + (page * Page.Size), [2]);
        Assert.Equal(killsLarge ? default : Signal.SIGKILL, result.Signal);
        Assert.Equal(killsLarge ? Signal.SIGKILL : default, first.Read(Base, new byte[8]).Signal);
        Assert.Equal(kills, machine.Memory.Events[VmEvent.OomKill]);
    }

    [Fact]
    public void A_child_is_as_likely_to_be_killed_as_its_parent()
    {
        using var machine = new Machine(new MachineOptions { MemoryBytes = 8 << 20 });
        var process = machine.CreateProcess();
        Assert.Equal(0, process.OomScoreAdjustment);
        Assert.Equal(0, process.SetOomScoreAdjustment(-1000));
        Assert.Equal(-(long)Errno.EINVAL, process.SetOomScoreAdjustment(-1001));
        Assert.Equal(-(long)Errno.EINVAL, process.SetOomScoreAdjustment(1001));
        Assert.Equal(0, process.Fork(out var child));
        Assert.Equal(-1000, child!.OomScoreAdjustment);
        Assert.Equal(0, child.SetOomScoreAdjustment(1000));
        Assert.Equal(-1000, process.OomScoreAdjustment);
    }

    [Fact]
    public void Who_finds_no_memory_waits_for_a_killed_process_to_end()
    {
        using var machine = new Machine(new MachineOptions { MemoryBytes = 8 << 20, Reclaim = ReclaimPolicy.Direct, Overcommit = OvercommitMode.Always });
        var (killed, other) = LockedInMemoryAndOther(machine);
        Volatile.Write(ref machine.Memory.OomKiller.PatienceMilliseconds, long.MaxValue);
        var waiting = new Worker(() => WriteAll(other, default));
        Assert.True(SpinWait.SpinUntil(() => killed.Mm.IsOomVictim, TimeSpan.FromSeconds(60)));
        Assert.True(waiting.IsWaiting);
        killed.Exit();
        waiting.Join();
        Assert.Equal(1, machine.Memory.Events[VmEvent.OomKill]);
        Truth.Check(machine, other);
    }

    [Fact]
    public void A_killed_process_that_does_not_end_is_not_waited_for_for_ever()
    {
        using var machine = new Machine(new MachineOptions { MemoryBytes = 8 << 20, Reclaim = ReclaimPolicy.Direct, Overcommit = OvercommitMode.Always });
        var (killed, other) = LockedInMemoryAndOther(machine);
        Volatile.Write(ref machine.Memory.OomKiller.PatienceMilliseconds, 100);
        WriteAll(other, Signal.SIGKILL);
        Assert.Equal(Signal.SIGKILL, killed.Read(Base + (8000 * Page.Size), new byte[8]).Signal);
        Assert.Throws<InsufficientMemoryException>(() => machine.CreateProcess());
        killed.Exit();
        Truth.Check(machine, other);
        machine.CreateProcess().Exit();
    }

    /// <summary>A process with most of memory locked, which only its end gives back, and one that is never killed.</summary>
    private static (Process Locked, Process Other) LockedInMemoryAndOther(Machine machine)
    {
        var locked = machine.CreateProcess();
        var other = machine.CreateProcess();
        foreach (var process in new[] { locked, other })
            Assert.Equal((long)Base, process.Mmap(Base, 8192 * Page.Size, ReadWrite, Anonymous));
        Assert.Equal(0, locked.Mlock(Base, 1200 * Page.Size));
        Assert.Equal(0, other.SetOomScoreAdjustment(-1000));
        return (locked, other);
    }

    private static void WriteAll(Process process, Signal last)
    {
        AccessResult result = default;
        for (ulong page = 0; page < 1500 && result.IsOk; page++)
            result = process.Write(Base + (page * Page.Size), [1]);
        Assert.Equal(last, result.Signal);
    }

    [Fact]
    public void A_thread_that_waits_for_a_handler_wakes_when_its_process_is_killed()
    {
        using var machine = new Machine(new MachineOptions { MemoryBytes = 8 << 20, Reclaim = ReclaimPolicy.Direct, Overcommit = OvercommitMode.Always });
        var process = machine.CreateProcess();
        Assert.Equal((long)Base, process.Mmap(Base, 8192 * Page.Size, ReadWrite, Anonymous));
        Assert.Equal((long)Shared, process.Mmap(Shared, Page.Size, ReadWrite, Anonymous));
        var handler = process.CreateUserfaultfd();
        Assert.Equal(0, process.UffdApi(handler, UffdFeatures.None, out _));
        Assert.Equal(0, process.UffdRegister(handler, Shared, Page.Size, UffdRegisterMode.Missing));
        var waiting = new Worker(() => Assert.Equal(Signal.SIGKILL, process.Read(Shared, new byte[8]).Signal));
        Assert.Equal(0, process.UffdRead(handler, out _));
        Assert.True(waiting.IsWaiting);
        AccessResult result = default;
        for (ulong page = 0; page < 8192 && result.IsOk; page++)
            result = process.Write(Base + (page * Page.Size), [1]);
        Assert.Equal(Signal.SIGKILL, result.Signal);
        waiting.Join();
        process.Exit();
        Truth.Check(machine);
    }

    private static void PageOutAndBack(Process process, Random random, int pages, byte[] word)
    {
        ulong extra = Shared + ((ulong)Environment.CurrentManagedThreadId << 30);
        ulong address = Base + ((ulong)random.Next(pages) * Page.Size);
        switch (random.Next(12))
        {
            case 0:
                Assert.Equal(0, process.Fork(out var child));
                Check(child!, address, word);
                child!.Exit();
                break;
            case 1:
                Assert.Equal((long)extra, process.Mmap(extra, 16 * Page.Size, ReadWrite, Anonymous));
                for (ulong page = 0; page < 16; page++)
                    Assert.True(process.Write(extra + (page * Page.Size), word).IsOk);
                Assert.Equal(0, process.Madvise(extra, 16 * Page.Size, Advice.PageOut));
                Assert.Equal(0, process.Munmap(extra, 16 * Page.Size));
                break;
            case < 6:
                Assert.Equal(0, process.Madvise(Base + ((ulong)random.Next(pages - 20) * Page.Size), 20 * Page.Size, Advice.PageOut));
                break;
            case < 9:
                Assert.True(process.Write(address, BitConverter.GetBytes(address)).IsOk);
                break;
            default:
                Check(process, address, word);
                break;
        }
    }

    private static void Run(Process process, Random random, int pages, int sharedPages)
    {
        byte[] word = new byte[8];
        for (int step = 0; step < 6000; step++)
        {
            ulong address = random.Next(3) == 0 ? Shared + ((ulong)random.Next(sharedPages) * Page.Size) : Base + ((ulong)random.Next(pages) * Page.Size);
            switch (random.Next(400))
            {
                case 0:
                    Assert.Equal(0, process.Fork(out var child));
                    Check(child!, address, word);
                    Assert.True(child!.Write(address, BitConverter.GetBytes(address)).IsOk);
                    child.Exit();
                    break;
                case < 4:
                    Assert.Equal(0, process.Madvise(Base + ((ulong)random.Next(pages - 8) * Page.Size), 8 * Page.Size, Advice.PageOut));
                    break;
                case < 200:
                    Assert.True(process.Write(address, BitConverter.GetBytes(address)).IsOk);
                    break;
                default:
                    Check(process, address, word);
                    break;
            }
        }
    }

    /// <summary>A word holds its own address or has not been written: anything else is somebody else's page.</summary>
    private static void Check(Process process, ulong address, byte[] word)
    {
        Assert.True(process.Read(address, word).IsOk);
        ulong value = BitConverter.ToUInt64(word);
        Assert.True(value == 0 || value == address, $"{value:x} at {address:x}");
    }
}
