using System;
using Xunit;

namespace MmKernel.Tests;

/// <summary>Moving by userfaultfd what is in swap: the entry moves, and the page does not come back for it.</summary>
public sealed class UffdMoveSwapTests : MachineTest
{
    private const ulong Source = UffdTest.Source;
    private const ulong Target = UffdTest.Base;

    private readonly Userfaultfd _uffd;
    private readonly SwapDevice _device;

    public UffdMoveSwapTests()
        : base(new MachineOptions { MemoryBytes = 16 << 20, Reclaim = ReclaimPolicy.Direct })
    {
        _device = Machine.SwapOn(SwapStore.InMemory(1 << 20))!;
        UffdTest.Map(Process, Target, 4);
        UffdTest.Map(Process, Source, 4);
        Process.WriteWord(Source, 77);
        _uffd = Process.CreateUserfaultfd();
        Assert.Equal(0, Process.UffdApi(_uffd, UffdFeatures.Sigbus, out _));
        Assert.Equal(0, Process.UffdRegister(_uffd, Target, 4 * Page.Size, UffdRegisterMode.Missing));
    }

    [Fact]
    public void The_slot_stays_and_nothing_is_read()
    {
        PageOut();
        Assert.Equal(0, Move());
        Assert.Equal(0, Machine.Memory.Events[VmEvent.Pswpin]);
        Assert.Equal(1, _device.UsedSlots);
        Assert.Equal(PagemapEntry.Swapped | PagemapEntry.SoftDirty, EntryAt(Target) & (PagemapEntry.Swapped | PagemapEntry.Present | PagemapEntry.SoftDirty));
        Assert.Equal(PagemapEntry.None, EntryAt(Source) & (PagemapEntry.Swapped | PagemapEntry.Present));
        Truth.Check(Machine, Process);
        Assert.Equal(77UL, Process.ReadWord(Target));
        Assert.Equal(0UL, Process.ReadWord(Source));
        Assert.Equal(1, Machine.Memory.Events[VmEvent.Pswpin]);
        Truth.Check(Machine, Process);
    }

    [Fact]
    public void A_cached_page_is_found_from_its_new_place_afterwards()
    {
        // Somebody who looks at the page while it is paged out keeps it in memory, with what is known of its old place.
        var folio = Machine.Memory.TryGetFolio(Process.FrameAt(Source))!;
        Assert.Equal(0, Process.Madvise(Source, Page.Size, Advice.PageOut));
        Assert.True(folio.Has(FolioFlags.SwapCache));
        Assert.Equal(0, folio.MapCount);
        Machine.Memory.Put(folio);
        Assert.Equal(0, Move());
        Assert.Equal(77UL, Process.ReadWord(Target));
        Assert.Equal(folio.Frame, Process.FrameAt(Target));
        Assert.Equal(0, Machine.Memory.Events[VmEvent.Pswpin]);

        // The truth has the reverse map find it.
        Truth.Check(Machine, Process);
    }

    [Fact]
    public void A_page_that_a_child_has_too_stays()
    {
        PageOut();
        Assert.Equal(0, Process.Fork(out var child));
        Assert.Equal(UffdTest.Error(Errno.EBUSY), Move());
        child!.Exit();
        Assert.Equal(UffdTest.Error(Errno.EBUSY), Move());
        Process.WriteWord(Source, 78);
        Assert.Equal(0, Move());
        Assert.Equal(78UL, Process.ReadWord(Target));
        Truth.Check(Machine, Process);
    }

    [Fact]
    public void Pages_in_swap_and_in_memory_move_in_one_call()
    {
        for (ulong page = 0; page < 4; page++)
            Process.WriteWord(Source + (page * Page.Size), 100 + page);
        Assert.Equal(0, Process.Madvise(Source + Page.Size, 2 * Page.Size, Advice.PageOut));
        Assert.Equal(0, Process.UffdMove(_uffd, Target, Source, 4 * Page.Size, UffdMoveMode.None, out long moved));
        Assert.Equal(4L * Page.Size, moved);
        Assert.Equal(2, _device.UsedSlots);
        for (ulong page = 0; page < 4; page++)
            Assert.Equal(100 + page, Process.ReadWord(Target + (page * Page.Size)));
        Truth.Check(Machine, Process);
    }

    private long Move() => Process.UffdMove(_uffd, Target, Source, Page.Size, UffdMoveMode.None, out _);

    private void PageOut()
    {
        Assert.Equal(0, Process.Madvise(Source, Page.Size, Advice.PageOut));
        Assert.Equal(1, _device.UsedSlots);
        Assert.False(Process.Peek(Source, new byte[Page.Size]));
    }

    private PagemapEntry EntryAt(ulong address)
    {
        var entries = new PagemapEntry[1];
        Process.Pagemap(address, entries);
        return entries[0];
    }
}
