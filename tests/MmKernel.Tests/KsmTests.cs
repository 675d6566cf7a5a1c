using System;
using System.Linq;
using System.Threading;
using Xunit;
using Xunit.Abstractions;

namespace MmKernel.Tests;

/// <summary>Same-page merging.</summary>
public sealed class KsmTests(ITestOutputHelper output) : IDisposable
{
    private const ulong Base = 0x10_0000_0000;
    private const ulong Elsewhere = 0x20_0000_0000;
    private const Prot ReadWrite = Prot.Read | Prot.Write;

    private readonly Machine _machine = new(new MachineOptions { MemoryBytes = 16 << 20 });

    public void Dispose() => _machine.Dispose();

    [Theory]
    [InlineData(7)]
    [InlineData(0)]
    public void Equal_pages_become_one_in_the_second_scan(ulong contents)
    {
        var process = Create(_machine);
        Write(process, 0, contents);
        Write(process, 1, contents);
        Write(process, 2, 8);
        _machine.Ksm.Scan(1);
        Assert.NotEqual(FrameAt(process, 0), FrameAt(process, 1));
        _machine.Ksm.Scan(1);
        Assert.Equal(FrameAt(process, 0), FrameAt(process, 1));
        Assert.NotEqual(FrameAt(process, 0), FrameAt(process, 2));
        Assert.Equal(1, _machine.Ksm.CountShared());
        Assert.Equal(2, FolioAt(process, 0).MapCount);
        Truth.Check(_machine, process);
    }

    [Fact]
    public void Pages_of_several_processes_are_merged_and_found_by_the_reverse_map()
    {
        Process[] processes = [Create(_machine), Create(_machine), Create(_machine)];
        foreach (var process in processes)
            Write(process, 3, 5);
        _machine.Ksm.Scan(3);
        var folio = FolioAt(processes[0], 3);
        Assert.All(processes, process => Assert.Same(folio, FolioAt(process, 3)));
        folio.Lock();
        Assert.Equal(3, RmapWalking.CountMappings(folio));
        folio.Unlock();
        Truth.Check(_machine, processes);
    }

    [Fact]
    public void Who_asks_again_is_scanned_last_and_gives_the_merged_page()
    {
        var first = Create(_machine);
        var second = Create(_machine);
        Assert.Equal(0, first.Madvise(Base, 8 * Page.Size, Advice.Unmergeable));
        _machine.Ksm.Scan(1);
        Assert.Equal(0, first.Madvise(Base, 8 * Page.Size, Advice.Mergeable));
        Write(first, 0, 7);
        Write(second, 0, 7);
        ulong last = FrameAt(first, 0);
        _machine.Ksm.Scan(2);
        Assert.Equal(last, FrameAt(second, 0));
        Truth.Check(_machine, first, second);
    }

    [Fact]
    public void A_merged_page_that_only_others_keep_takes_no_more_in()
    {
        var parent = Create(_machine);
        Assert.Equal(0, parent.Madvise(Base, 8 * Page.Size, Advice.Unmergeable));
        Write(parent, 1, 7);
        Assert.Equal(0, parent.Fork(out var child));
        Assert.Equal(0, child!.Madvise(Base, 8 * Page.Size, Advice.Mergeable));
        Write(child, 0, 7);
        _machine.Ksm.Scan(3);
        Assert.Equal(FrameAt(parent, 1), FrameAt(child, 0));
        child.Exit();
        var other = Create(_machine);
        Write(other, 0, 7);
        _machine.Ksm.Scan(3);
        Assert.NotNull(FolioAt(parent, 1).KsmNode);
        Assert.NotEqual(FrameAt(parent, 1), FrameAt(other, 0));
        Truth.Check(_machine, parent, other);
    }

    [Fact]
    public void A_write_copies_and_the_last_one_does_too()
    {
        var process = Create(_machine);
        Write(process, 0, 7);
        Write(process, 1, 7);
        _machine.Ksm.Scan(2);
        Write(process, 0, 9);
        Assert.Equal(7UL, Read(process, 1));
        ulong merged = FrameAt(process, 1);
        Write(process, 1, 10);
        Assert.NotEqual(merged, FrameAt(process, 1));
        Assert.Equal(0, _machine.Ksm.CountShared());
        Truth.Check(_machine, process);
    }

    [Fact]
    public void A_merged_page_takes_in_more_pages_and_forks()
    {
        var process = Create(_machine);
        Write(process, 0, 7);
        Write(process, 1, 7);
        _machine.Ksm.Scan(2);
        Write(process, 2, 7);
        Assert.Equal(0, process.Fork(out var child));
        Assert.Equal(FrameAt(process, 0), FrameAt(child!, 0));
        FolioAt(process, 0).Lock();
        Assert.Equal(4, RmapWalking.CountMappings(FolioAt(process, 0)));
        FolioAt(process, 0).Unlock();
        _machine.Ksm.Scan(2);
        Assert.Equal(6, FolioAt(process, 0).MapCount);
        FolioAt(process, 0).Lock();
        Assert.Equal(6, RmapWalking.CountMappings(FolioAt(process, 0)));
        FolioAt(process, 0).Unlock();
        child!.Exit();
        _machine.Ksm.Scan(1);
        Assert.Equal(3, FolioAt(process, 0).MapCount);
        Truth.Check(_machine, process);
    }

    [Fact]
    public void Memory_that_does_not_ask_for_it_is_left_alone()
    {
        var process = _machine.CreateProcess();
        process.Mmap(Base, 4 * Page.Size, ReadWrite, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed);
        Write(process, 0, 7);
        Write(process, 1, 7);
        _machine.Ksm.Scan(3);
        Assert.NotEqual(FrameAt(process, 0), FrameAt(process, 1));
    }

    [Fact]
    public void Taking_the_advice_back_unmerges()
    {
        var process = Create(_machine);
        for (ulong page = 0; page < 4; page++)
            Write(process, page, 7);
        _machine.Ksm.Scan(2);
        Assert.Equal(0, process.Madvise(Base, 2 * Page.Size, Advice.Unmergeable));
        Assert.Equal(3, new[] { FrameAt(process, 0), FrameAt(process, 1), FrameAt(process, 2), FrameAt(process, 3) }.Distinct().Count());
        _machine.Ksm.Scan(2);
        Assert.NotEqual(FrameAt(process, 0), FrameAt(process, 1));
        Assert.Equal(0, _machine.Ksm.UnmergeAll());
        Assert.NotEqual(FrameAt(process, 2), FrameAt(process, 3));
        Truth.Check(_machine, process);
    }

    [Fact]
    public void Moved_mappings_are_unmerged_first()
    {
        var process = Create(_machine);
        Write(process, 0, 7);
        Write(process, 1, 7);
        _machine.Ksm.Scan(2);
        Assert.Equal((long)Elsewhere, process.Mremap(Base, 2 * Page.Size, 2 * Page.Size, RemapFlags.MayMove | RemapFlags.Fixed, Elsewhere));
        Assert.Equal(0, _machine.Ksm.CountShared());
        Truth.Check(_machine, process);
    }

    [Fact]
    public void A_page_that_somebody_else_uses_is_not_merged()
    {
        var process = Create(_machine);
        Write(process, 0, 7);
        Write(process, 1, 7);
        var folio = FolioAt(process, 0);
        folio.Get();
        _machine.Ksm.Scan(3);
        Assert.NotEqual(FrameAt(process, 0), FrameAt(process, 1));
        _machine.Memory.Put(folio);
        _machine.Ksm.Scan(2);
        Assert.Equal(FrameAt(process, 0), FrameAt(process, 1));
        Truth.Check(_machine, process);
    }

    [Fact]
    public void Zeros_become_the_zero_page_if_configured()
    {
        using var machine = new Machine(new MachineOptions { MemoryBytes = 16 << 20, KsmUsesZeroPage = true });
        var process = Create(machine);
        Write(process, 0, 0);
        machine.Ksm.Scan(2);
        Assert.Equal(PhysicalMemory.ZeroFrame, FrameAt(process, 0));
        Truth.Check(machine, process);
        Assert.Equal(0, process.Madvise(Base, Page.Size, Advice.Unmergeable));
        Assert.NotEqual(PhysicalMemory.ZeroFrame, FrameAt(process, 0));
        Write(process, 0, 3);
        Truth.Check(machine, process);
    }

    [Fact]
    public void The_thread_merges_while_processes_write_fork_and_exit()
    {
        int seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        using var machine = new Machine(new MachineOptions { MemoryBytes = 16 << 20, KsmThread = true });
        Process[] processes = [Create(machine), Create(machine)];
        Exception? failure = null;
        var threads = Enumerable.Range(0, 2).Select(id => new Thread(() =>
        {
            try
            {
                Run(processes[id], new Random(seed + id));
            }
            catch (Exception e)
            {
                failure = e;
            }
        })).ToArray();
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            Assert.True(thread.Join(TimeSpan.FromSeconds(60)), "a thread hangs");
        Assert.Null(failure);
        machine.Ksm.Stop();
        Truth.Check(machine, processes);
    }

    /// <summary>Few different values, so that there is much to merge; each process knows what it wrote.</summary>
    private static void Run(Process process, Random random)
    {
        ulong[] written = new ulong[8];
        for (int i = 0; i < 600; i++)
        {
            ulong page = (ulong)random.Next(8);
            switch (random.Next(12))
            {
                case 0:
                    Assert.Equal(0, process.Fork(out var child));
                    Assert.Equal(written[page], Read(child!, page));
                    Write(child!, page, 99);
                    child!.Exit();
                    break;
                case < 6:
                    written[page] = (ulong)random.Next(3);
                    Write(process, page, written[page]);
                    break;
                default:
                    Assert.Equal(written[page], Read(process, page));
                    break;
            }
        }
    }

    private static Process Create(Machine machine)
    {
        var process = machine.CreateProcess();
        Assert.Equal((long)Base, process.Mmap(Base, 8 * Page.Size, ReadWrite, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed));
        Assert.Equal(0, process.Madvise(Base, 8 * Page.Size, Advice.Mergeable));
        return process;
    }

    private static Folio FolioAt(Process process, ulong page) => process.Machine.Memory.FolioOf(FrameAt(process, page));

    private static ulong FrameAt(Process process, ulong page) => process.FrameAt(Base + (page * Page.Size));

    private static ulong Read(Process process, ulong page) => process.ReadWord(Base + (page * Page.Size));

    private static void Write(Process process, ulong page, ulong value) => process.WriteWord(Base + (page * Page.Size), value);
}
