using System;
using System.Linq;
using System.Threading;
using Xunit;

namespace MmKernel.Tests.Huge;

/// <summary>Making single pages of a folio: when, and what becomes of those who map it.</summary>
public sealed class HugeSplitTests() : HugePageWorld(HugePageMode.Always, ReclaimPolicy.Direct)
{
    [Fact]
    public void All_mappings_stay_and_each_page_is_a_folio_of_its_own()
    {
        Fill(Base, Huge);
        var folio = FolioAt(Base);
        Assert.Equal(512, folio.PageCount);
        Assert.True(Split(folio));
        Assert.Equal(1, folio.PageCount);
        Assert.Equal(1, FolioAt(Base + 0x5000).MapCount);
        AssertFilled(Process, Base, Huge);
        Assert.Equal(1, Count(HugePageEvent.SplitPage));
        CheckTruth();
        long free = Machine.Memory.FreeFrames;
        Assert.Equal(0, Process.Madvise(Base, Huge, Advice.DontNeed));
        Machine.Memory.Lru!.DrainAll();
        Assert.Equal(free + 512, Machine.Memory.FreeFrames);
        CheckTruth();
    }

    [Fact]
    public void Parent_and_child_go_on_sharing_the_pages()
    {
        Fill(Base, Huge);
        var child = Fork();
        Assert.True(Split(FolioAt(Base)));
        Assert.Equal(2, FolioAt(Base + 0x5000).MapCount);
        Write(Base, 100);
        AssertFilled(child, Base, Huge);
        Assert.Equal(100UL, Read(Base));
        CheckTruth(child);
    }

    [Fact]
    public void One_who_maps_it_whole_and_one_who_maps_a_part_keep_what_they_map()
    {
        Fill(Base, Huge);
        var child = Fork();
        Assert.Equal(0, child.Munmap(Base, Huge / 2));
        Assert.Equal(1UL, HugeIn(Process));
        Assert.True(Split(FolioAt(Base)));
        Assert.Equal(0UL, HugeIn(Process));
        Assert.Equal(1, FolioAt(Base).MapCount);
        Assert.Equal(2, FolioAt(Base + (Huge / 2)).MapCount);
        AssertFilled(Process, Base, Huge);
        AssertFilled(child, Base + (Huge / 2), Huge / 2, first: 257);
        CheckTruth(child);
    }

    [Fact]
    public void A_pin_prevents_it_and_nothing_changes()
    {
        Fill(Base, Huge);
        Assert.Equal(1, Process.PinPages(Base + 0x8000, 1, PinFlags.Write, out var pins));
        Assert.False(Split(FolioAt(Base)));
        Assert.Equal(1, Count(HugePageEvent.SplitPageFailed));
        pins!.Write(0, 0, BitConverter.GetBytes(44UL));
        Assert.Equal(44UL, Read(Base + 0x8000));
        pins.Dispose();
        CheckTruth();
        Assert.True(Split(FolioAt(Base)));
        CheckTruth();
    }

    [Fact]
    public void A_folio_that_is_mapped_in_part_is_split_when_memory_is_short_and_the_rest_freed()
    {
        Fill(Base, Huge);
        Assert.Equal(0, Process.Munmap(Base + 0x1000, Huge - 0x1000));
        Assert.Equal(1, Count(HugePageEvent.DeferredSplitPage));
        long free = Machine.Memory.FreeFrames;
        Assert.Equal(1, Machine.HugePages.SplitDeferred());
        Machine.Memory.Lru!.DrainAll();
        Assert.Equal(free + 511, Machine.Memory.FreeFrames);
        Assert.Equal(1UL, Read(Base));
        CheckTruth();
    }

    [Fact]
    public void A_folio_is_mapped_in_part_once_nobody_maps_all_of_it()
    {
        Fill(Base, Huge);
        var child = Fork();
        Assert.Equal(0, child.Munmap(Base + 0x1000, Huge - 0x1000));
        Assert.Equal(0, Count(HugePageEvent.DeferredSplitPage));
        Assert.Equal(0, Process.Munmap(Base, Huge));
        Assert.Equal(1, Count(HugePageEvent.DeferredSplitPage));
        Assert.Equal(1, Machine.HugePages.SplitDeferred());
        CheckTruth(child);
    }

    [Fact]
    public void Collapsing_the_pages_of_a_folio_leaves_it_mapped_in_part_by_a_child()
    {
        Fill(Base, Huge);
        var child = Fork();
        Assert.Equal(0, child.Munmap(Base + 0x1000, Huge - 0x1000));
        Assert.Equal(0, Process.Mprotect(Base, 0x1000, Prot.Read));
        Assert.Equal(0, Process.Mprotect(Base, 0x1000, Prot.Read | Prot.Write));
        Assert.Equal(0, Process.Madvise(Base, Huge, Advice.Collapse));
        Assert.Equal(1, Count(HugePageEvent.DeferredSplitPage));
        Assert.Equal(1, Machine.HugePages.SplitDeferred());
        CheckTruth(child);
    }

    [Fact]
    public void What_is_freed_is_not_split_later()
    {
        Fill(Base, Huge);
        Assert.Equal(0, Process.Munmap(Base, 0x1000));
        Assert.Equal(0, Process.Munmap(Base, Length));
        Assert.Equal(0, Machine.Memory.Deferred.Count);
        Assert.Equal(0, Machine.HugePages.SplitDeferred());
        CheckTruth();
    }

    [Fact]
    public void Copying_a_page_on_write_leaves_the_folio_mapped_in_part()
    {
        Fill(Base, Huge);
        Assert.Equal(0, Process.Mprotect(Base, 0x1000, Prot.Read));
        var child = Fork();
        Write(Base + 0x1000, 5);
        Assert.Equal(0, Count(HugePageEvent.DeferredSplitPage));
        CheckTruth(child);
        child.Exit();
        Assert.Equal(1, Count(HugePageEvent.DeferredSplitPage));
        Assert.Equal(1, Machine.HugePages.SplitDeferred());
        Assert.Equal(5UL, Read(Base + 0x1000));
        CheckTruth();
    }

    [Fact]
    public void Page_out_swaps_a_part_of_a_huge_page()
    {
        _ = Machine.SwapOn(SwapStore.InMemory(4 << 20));
        Fill(Base, Huge);
        Assert.Equal(0, Process.Madvise(Base + 0x2000, 0x3000, Advice.PageOut));
        Assert.Equal(3, Process.Mm.Rss[RssKind.Swap]);
        Assert.Equal(509, Process.Mm.Rss[RssKind.Anonymous]);
        AssertFilled(Process, Base, Huge);
        CheckTruth();
    }

    [Fact]
    public void Cold_and_free_keep_a_huge_page_whole_and_split_it_for_a_part()
    {
        Fill(Base, 2 * Huge);
        Assert.Equal(0, Process.Madvise(Base, Huge, Advice.Cold));
        Assert.Equal(0, Process.Madvise(Base, Huge, Advice.Free));
        Assert.Equal(2UL, HugeIn(Process));
        Assert.Equal(0, Process.Madvise(Base + Huge + 0x1000, 0x2000, Advice.Free));
        Assert.Equal(1UL, HugeIn(Process));
        Assert.False(FolioAt(Base + Huge + 0x1000).Has(FolioFlags.SwapBacked));
        Assert.True(FolioAt(Base + Huge + 0x3000).Has(FolioFlags.SwapBacked));
        Assert.False(FolioAt(Base).Has(FolioFlags.SwapBacked));
        CheckTruth();
    }

    [Fact]
    public void A_userfaultfd_moves_single_pages_out_of_it()
    {
        Fill(Base, Huge);
        Map(Base + (8 * Huge), 0x4000);
        var uffd = Process.CreateUserfaultfd();
        Assert.Equal(0, Process.UffdApi(uffd, UffdFeatures.Move, out _));
        Assert.Equal(0, Process.UffdRegister(uffd, Base + (8 * Huge), 0x4000, UffdRegisterMode.Missing));
        Assert.Equal(0, Process.UffdMove(uffd, Base + (8 * Huge), Base + 0x3000, 0x2000, UffdMoveMode.None, out long moved));
        Assert.Equal(0x2000, moved);
        AssertFilled(Process, Base + (8 * Huge), 0x2000, first: 4);
        AssertFilled(Process, Base, 0x3000);
        CheckTruth();
    }

    [Fact]
    public void Equal_pages_in_huge_pages_are_merged()
    {
        Write(Base, 7);
        Write(Base + 0x1000, 7);
        Assert.Equal(0, Process.Madvise(Base, 0x2000, Advice.Mergeable));
        Machine.Ksm.Scan(3);
        Assert.Same(FolioAt(Base), FolioAt(Base + 0x1000));
        Assert.Equal(7UL, Read(Base + 0x1000));
        CheckTruth();
    }

    [Fact]
    public void Twice_as_much_as_there_is_memory_keeps_its_contents()
    {
        _ = Machine.SwapOn(SwapStore.InMemory(64 << 20));
        Map(Base, 24 * Huge);
        Fill(Base, 24 * Huge);
        AssertFilled(Process, Base, 24 * Huge);
        Assert.True(Count(HugePageEvent.SplitPage) > 0);
        Assert.True(Count(HugePageEvent.FaultAlloc) > 0);
        CheckTruth();
    }

    [Fact]
    public void Splitting_races_with_writes_forks_and_unmapping()
    {
        Fill(Base, Huge);
        bool stop = false;
        var writer = new Thread(() =>
        {
            for (ulong round = 1; !Volatile.Read(ref stop); round++)
            {
                Write(Base + (round % 500 * Page.Size), round);
                Assert.Equal(round, Read(Base + (round % 500 * Page.Size)));
            }
        });
        var forker = new Thread(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                Process.Fork(out var child);
                child?.Munmap(Base, 0x10000);
                child?.Exit();
            }
        });
        writer.Start();
        forker.Start();
        int split = 0;
        for (int i = 0; i < 100; i++)
        {
            Assert.Equal(0, Process.Madvise(Base + Huge, Huge, Advice.DontNeed));
            Fill(Base + Huge, Huge);
            for (int attempt = 0; attempt < 10 && !Split(FolioAt(Base + Huge)); attempt++)
                Thread.Yield();
            split += FolioAt(Base + Huge).IsLarge ? 0 : 1;
            AssertFilled(Process, Base + Huge, Huge);
        }

        Volatile.Write(ref stop, true);
        writer.Join();
        forker.Join();
        Assert.True(split > 0);
        CheckTruth();
    }

    private Folio FolioAt(ulong address)
    {
        var mm = Process.Mm;
        mm.MmapLock.ReadLock();
        ulong entry = PageTableWalk.ReadEntry(mm.Vmas.Walk(address)!, address);
        mm.MmapLock.ReadUnlock();
        Assert.True(PageTableEntry.IsPresent(entry), $"nothing is mapped at {address:x}");
        return Machine.Memory.FolioOf(PageTableEntry.FrameOf(entry));
    }

    private bool Split(Folio page)
    {
        var folio = page.Head;
        if (!folio.TryGet())
            return false;
        folio.Lock();
        bool split = HugeSplit.TrySplit(Machine.Memory, folio);
        folio.Unlock();
        Machine.Memory.Put(folio);
        return split;
    }
}
