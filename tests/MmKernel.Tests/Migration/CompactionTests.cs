using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace MmKernel.Tests;

/// <summary>Scattered pages are moved together, and large free blocks come into being.</summary>
public sealed class CompactionTests : IDisposable
{
    private const ulong Base = 0x10_0000_0000;
    private const ulong Huge = 0x20_0000_0000;
    private const ulong Pages = 3000;
    private const Prot ReadWrite = Prot.Read | Prot.Write;
    private const MapFlags Anonymous = MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed;

    private readonly Machine _machine = new(new MachineOptions { MemoryBytes = 16 << 20, Reclaim = ReclaimPolicy.Direct });
    private readonly Process _process;

    public CompactionTests()
    {
        _process = _machine.CreateProcess();
        Assert.Equal((long)Base, _process.Mmap(Base, Pages * Page.Size, ReadWrite, Anonymous));

        // Page tables, which cannot be moved, come first, so that they lie together.
        for (ulong page = 0; page < Pages; page += 512)
            Write(page, page);
        for (ulong page = 0; page < Pages; page++)
            Write(page, page);
    }

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void Pages_go_up_and_free_frames_make_blocks()
    {
        Scatter();
        ulong lowest = Frames().Min();
        int before = LargeBlocks();
        int moved = _machine.CompactMemory();
        Assert.InRange(moved, 100, 188);
        Assert.True(Frames().Min() > lowest + 1000, $"the lowest page is in frame {Frames().Min()}");
        Assert.True(LargeBlocks() >= before + 2, $"{before} blocks before, {LargeBlocks()} after");
        for (ulong page = 0; page < Pages; page += 16)
            Assert.Equal(page, Read(page));
        Truth.Check(_machine, _process);
        Assert.Equal(0, _machine.CompactMemory());
    }

    [Fact]
    public void A_fault_that_wants_a_huge_page_moves_others_out_of_the_way()
    {
        Scatter();
        var taken = TakeBlocks();
        _machine.HugePages.Mode = HugePageMode.Always;
        Assert.Equal((long)Huge, _process.Mmap(Huge, 2 * HugePages.Size, ReadWrite, Anonymous));
        Assert.True(_process.Write(Huge, [7]).IsOk);
        Assert.Equal(0, _machine.HugePages.Counters[HugePageEvent.FaultAlloc]);
        Assert.Equal((0, 0, 0), Stalls());
        Assert.Equal(0, _process.Madvise(Huge, 2 * HugePages.Size, Advice.HugePage));
        Assert.True(_process.Write(Huge + HugePages.Size, [7]).IsOk);
        Assert.Equal(1, _machine.HugePages.Counters[HugePageEvent.FaultAlloc]);
        Assert.Equal((1, 1, 0), Stalls());
        taken.ForEach(_machine.Memory.Put);
        for (ulong page = 0; page < Pages; page += 16)
            Assert.Equal(page, Read(page));
        Truth.Check(_machine, _process);
    }

    [Fact]
    public void After_compaction_was_in_vain_the_next_ones_do_without()
    {
        Scatter();
        var taken = TakeBlocks();
        var pins = new List<PinnedPages>();
        for (ulong page = 0; page < Pages; page += 16)
        {
            Assert.Equal(1, _process.PinPages(Base + (page * Page.Size), 1, PinFlags.Write, out var pin));
            pins.Add(pin!);
        }

        Assert.All(Enumerable.Range(0, 1 + 2 + 4), _ => Assert.Null(_machine.Memory.AllocateHuge(compacts: true)));
        Assert.Equal((3, 0, 3), Stalls());
        pins.ForEach(pin => pin.Dispose());
        for (int i = 0; i < 7; i++)
            Assert.Null(_machine.Memory.AllocateHuge(compacts: true));
        var huge = _machine.Memory.AllocateHuge(compacts: true);
        Assert.NotNull(huge);
        Assert.Equal((4, 1, 3), Stalls());
        taken.Add(huge);
        taken.ForEach(_machine.Memory.Put);
        Truth.Check(_machine, _process);
    }

    [Fact]
    public void Pinned_pages_stay_in_the_way()
    {
        Assert.Equal(4, _process.PinPages(Base, 4, PinFlags.Write, out var pins));
        ulong[] frames = Frames()[..4];
        Assert.Equal(0, _process.Madvise(Base + (8 * Page.Size), (Pages - 8) * Page.Size, Advice.DontNeed));
        _ = _machine.CompactMemory();
        Assert.Equal(frames, Frames()[..4]);
        Assert.NotEqual(frames[3] + 1, Frames()[4]);
        pins!.Dispose();
        Truth.Check(_machine, _process);
    }

    [Fact]
    public void Without_lists_there_is_nothing_to_move()
    {
        using var machine = new Machine(new MachineOptions { MemoryBytes = 4 << 20 });
        Assert.Equal(0, machine.CompactMemory());
    }

    [Fact]
    public void A_given_frame_is_taken_out_of_the_middle_of_a_block_and_joins_it_again()
    {
        using var machine = new Machine(new MachineOptions { MemoryBytes = 4 << 20 });
        long free = machine.Memory.FreeFrames;
        var folio = machine.Memory.TryAllocateAt(777)!;
        Assert.Equal(777UL, folio.Frame);
        Assert.Equal(free - 1, machine.Memory.FreeFrames);
        Assert.Null(machine.Memory.TryAllocateAt(777));
        var second = machine.Memory.TryAllocateAt(776)!;
        Assert.Equal(free - 2, machine.Memory.FreeFrames);
        machine.Memory.Put(folio);
        machine.Memory.Put(second);
        machine.Memory.DrainCpuLists();
        Assert.Equal(free, machine.Memory.FreeInZone);
        var huge = machine.Memory.AllocateHuge()!;
        Assert.Equal(512UL, huge.Frame);
        machine.Memory.Put(huge);
    }

    /// <summary>Leaves every 16th page.</summary>
    private void Scatter()
    {
        for (ulong page = 0; page < Pages; page++)
        {
            if (page % 16 != 0)
                Assert.Equal(0, _process.Madvise(Base + (page * Page.Size), Page.Size, Advice.DontNeed));
        }

        _machine.Memory.Lru!.DrainAll();
        _machine.Memory.DrainCpuLists();
    }

    private (long All, long Successes, long Failures) Stalls()
    {
        var events = _machine.Memory.Events;
        return (events[VmEvent.CompactStall], events[VmEvent.CompactSuccess], events[VmEvent.CompactFail]);
    }

    private List<Folio> TakeBlocks()
    {
        var taken = new List<Folio>();
        while (_machine.Memory.AllocateHuge() is { } folio)
            taken.Add(folio);
        return taken;
    }

    private int LargeBlocks()
    {
        var taken = TakeBlocks();
        taken.ForEach(_machine.Memory.Put);
        return taken.Count;
    }

    /// <summary>The frames of the pages that are there, in order of addresses.</summary>
    private ulong[] Frames()
    {
        var entries = new PagemapEntry[Pages];
        _process.Pagemap(Base, entries);
        return [.. entries.Where(entry => (entry & PagemapEntry.Present) != 0).Select(entry => (ulong)(entry & PagemapEntry.FrameMask))];
    }

    private ulong Read(ulong page) => _process.ReadWord(Base + (page * Page.Size));

    private void Write(ulong page, ulong value) => _process.WriteWord(Base + (page * Page.Size), value);
}
