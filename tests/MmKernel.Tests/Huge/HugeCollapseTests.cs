using System;
using System.Linq;
using System.Threading;
using Xunit;

namespace MmKernel.Tests.Huge;

/// <summary>Making huge pages of single ones: MADV_COLLAPSE, and the thread that looks for them.</summary>
public sealed class HugeCollapseTests() : HugePageWorld(HugePageMode.Never, ReclaimPolicy.Direct)
{
    [Fact]
    public void Single_pages_become_a_huge_one_with_the_same_contents()
    {
        Fill(Base, Huge);
        Assert.Equal(0UL, HugeIn(Process));
        Assert.Equal(0, Process.Madvise(Base, Huge, Advice.Collapse));
        Assert.Equal(1UL, HugeIn(Process));
        AssertFilled(Process, Base, Huge);
        CheckTruth();
    }

    [Fact]
    public void What_is_missing_becomes_zeros()
    {
        Write(Base + 0x9000, 5);
        Read(Base + 0x8000);
        Assert.Equal(0, Process.Madvise(Base, Huge, Advice.Collapse));
        Assert.Equal(512UL, ResidentIn(Process));
        Assert.Equal(5UL, Read(Base + 0x9000));
        Assert.Equal(0UL, Read(Base + 0x8000));
        Assert.Equal(0UL, Read(Base + 0x1000));
        CheckTruth();
    }

    [Fact]
    public void What_is_in_swap_is_brought_back()
    {
        var device = Machine.SwapOn(SwapStore.InMemory(4 << 20));
        Fill(Base, Huge);
        Assert.Equal(0, Process.Madvise(Base, 0x10000, Advice.PageOut));
        Assert.Equal(16, Process.Mm.Rss[RssKind.Swap]);
        Assert.Equal(0, Process.Madvise(Base, Huge, Advice.Collapse));
        Assert.Equal(0, Process.Mm.Rss[RssKind.Swap]);
        AssertFilled(Process, Base, Huge);
        Assert.Equal(0, device!.UsedSlots);
        CheckTruth();
    }

    [Fact]
    public void Pages_shared_with_a_child_are_copied()
    {
        Fill(Base, Huge);
        var child = Fork();
        Assert.Equal(0, Process.Madvise(Base, Huge, Advice.Collapse));
        Write(Base, 100);
        Assert.Equal(1UL, HugeIn(Process));
        Assert.Equal(0UL, HugeIn(child));
        AssertFilled(child, Base, Huge);
        CheckTruth(child);
    }

    [Fact]
    public void A_huge_page_that_was_split_is_made_anew()
    {
        Machine.HugePages.Mode = HugePageMode.Always;
        Fill(Base, Huge);
        Assert.Equal(0, Process.Mprotect(Base, 0x1000, Prot.Read));
        Assert.Equal(0, Process.Mprotect(Base, 0x1000, ReadWrite));
        Assert.Equal(0UL, HugeIn(Process));
        Assert.Equal(0, Process.Madvise(Base, Huge, Advice.Collapse));
        Assert.Equal(1UL, HugeIn(Process));
        AssertFilled(Process, Base, Huge);
        CheckTruth();
    }

    [Fact]
    public void A_pinned_page_forbids_it_and_nothing_changes()
    {
        Fill(Base, Huge);
        Assert.Equal(1, Process.PinPages(Base + 0x2000, 1, PinFlags.Write, out var pins));
        Assert.Equal(-(long)Errno.EAGAIN, Process.Madvise(Base, Huge, Advice.Collapse));
        pins!.Write(0, 0, BitConverter.GetBytes(33UL));
        Assert.Equal(33UL, Read(Base + 0x2000));
        pins.Dispose();
        Assert.Equal(0, Process.Madvise(Base, Huge, Advice.Collapse));
        CheckTruth();
    }

    [Fact]
    public void Errors_are_those_of_Linux()
    {
        Assert.Equal(-(long)Errno.EINVAL, Process.Madvise(Base, Huge, Advice.Collapse));           // nothing is mapped
        Fill(Base, 0x1000);
        Assert.Equal(-(long)Errno.EINVAL, Process.Madvise(Base + 0x1000, 0x1000, Advice.Collapse)); // less than a huge page
        Assert.Equal(0, Process.Madvise(Base, Huge, Advice.Collapse));
        Assert.Equal(0, Process.Madvise(Base, Huge, Advice.Collapse));                              // there is one
        Assert.Equal(-(long)Errno.ENOMEM, Process.Madvise(Base - Huge, 2 * Huge, Advice.Collapse)); // a hole
        Assert.Equal(0, Process.Madvise(Base + Huge, Huge, Advice.NoHugePage));
        Fill(Base + Huge, 0x1000);
        Assert.Equal(-(long)Errno.EINVAL, Process.Madvise(Base + Huge, Huge, Advice.Collapse));     // not wanted
        CheckTruth();
    }

    [Fact]
    public void Without_a_huge_page_nothing_changes()
    {
        Fill(Base, Huge);
        Task.Current.FaultInjector = new FaultInjector(FaultPoint.Page, successes: 0);
        Assert.Equal(-(long)Errno.ENOMEM, Process.Madvise(Base, Huge, Advice.Collapse));
        Task.Current.FaultInjector = new FaultInjector(FaultPoint.Page, successes: 1);
        Assert.Equal(-(long)Errno.ENOMEM, Process.Madvise(Base, Huge, Advice.Collapse));
        Task.Current.FaultInjector = null;
        AssertFilled(Process, Base, Huge);
        Assert.Equal(2, Count(HugePageEvent.CollapseAlloc) + Count(HugePageEvent.CollapseAllocFailed));
        CheckTruth();
    }

    [Fact]
    public void The_thread_collapses_where_the_mode_and_advice_want_it()
    {
        Fill(Base, 2 * Huge);
        Assert.Equal(0, Machine.Khugepaged.Scan());
        Machine.HugePages.Mode = HugePageMode.Madvise;
        Assert.Equal(0, Process.Madvise(Base + Huge, Huge, Advice.HugePage));
        Assert.Equal(1, Machine.Khugepaged.Scan());
        Machine.HugePages.Mode = HugePageMode.Always;
        Assert.Equal(1, Machine.Khugepaged.Scan());
        Assert.Equal(0, Machine.Khugepaged.Scan());
        Assert.Equal(2, Machine.Khugepaged.PagesCollapsed);
        AssertFilled(Process, Base, 2 * Huge);
        CheckTruth();
    }

    [Fact]
    public void The_thread_leaves_alone_what_is_mostly_shared()
    {
        Fill(Base, Huge);
        var child = Fork();
        Machine.HugePages.Mode = HugePageMode.Always;
        Assert.Equal(0, Machine.Khugepaged.Scan());
        for (ulong page = 0; page < 256; page++)
            Write(Base + (page * Page.Size), 1 + page);
        Assert.Equal(1, Machine.Khugepaged.Scan());
        AssertFilled(Process, Base, Huge);
        AssertFilled(child, Base, Huge);
        CheckTruth(child);
    }

    [Fact]
    public void The_thread_leaves_holes_to_a_handler_of_faults()
    {
        Fill(Base, Huge / 2);
        var uffd = Process.CreateUserfaultfd();
        Assert.Equal(0, Process.UffdApi(uffd, UffdFeatures.None, out _));
        Assert.Equal(0, Process.UffdRegister(uffd, Base, Huge, UffdRegisterMode.Missing));
        Machine.HugePages.Mode = HugePageMode.Always;
        Assert.Equal(0, Machine.Khugepaged.Scan());
        Process.UffdClose(uffd);
        Assert.Equal(1, Machine.Khugepaged.Scan());
        CheckTruth();
    }

    [Fact]
    public void Locked_memory_stays_locked()
    {
        Assert.Equal(0, Process.Mlock(Base, Huge));
        Machine.Memory.Lru!.DrainAll();
        Assert.Equal(512, Machine.Memory.Lru.CountOf(LruList.Unevictable));
        Assert.Equal(0, Process.Madvise(Base, Huge, Advice.Collapse));
        Machine.Memory.Lru.DrainAll();
        Assert.Equal(512, Machine.Memory.Lru.CountOf(LruList.Unevictable));
        CheckTruth();
        Assert.Equal(0, Process.Munlock(Base, Huge));
        Assert.Equal(0, Machine.Memory.Lru.CountOf(LruList.Unevictable));
        Assert.Equal(1UL, HugeIn(Process));
        CheckTruth();
    }

    [Fact]
    public void Collapsing_races_with_accesses_forks_and_unmapping()
    {
        Machine.HugePages.Mode = HugePageMode.Always;
        bool stop = false;
        var writer = new Thread(() =>
        {
            for (ulong round = 0; !Volatile.Read(ref stop); round++)
            {
                ulong address = Base + (round * 0x3000 % Huge);
                Write(address, round);
                Assert.Equal(round, Read(address));
            }
        });
        var splitter = new Thread(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                Assert.Equal(0, Process.Madvise(Base + Huge, Huge - 0x1000, Advice.DontNeed));
                Write(Base + Huge + 0x5000, 1);
                Process.Fork(out var child);
                child?.Exit();
            }
        });
        writer.Start();
        splitter.Start();
        for (int i = 0; i < 200; i++)
            Machine.Khugepaged.Scan();
        Volatile.Write(ref stop, true);
        writer.Join();
        splitter.Join();
        CheckTruth();
    }
}

/// <summary>Moving mappings with huge pages.</summary>
public sealed class HugeMoveTests() : HugePageWorld(HugePageMode.Always)
{
    private const ulong Elsewhere = Base + (16 * Huge);

    [Fact]
    public void A_move_by_a_multiple_of_the_size_keeps_huge_pages_whole()
    {
        Fill(Base, 2 * Huge);
        Read(Base + (2 * Huge));
        Assert.Equal((long)Elsewhere, Process.Mremap(Base, Length, Length, RemapFlags.MayMove | RemapFlags.Fixed, Elsewhere));
        Assert.Equal(2UL, HugeIn(Process));
        Assert.Equal(0, Count(HugePageEvent.SplitPmd));
        AssertFilled(Process, Elsewhere, 2 * Huge);
        CheckTruth();
    }

    [Fact]
    public void Any_other_move_splits_them()
    {
        Fill(Base, Huge);
        Assert.Equal((long)(Elsewhere + 0x1000), Process.Mremap(Base, Huge, Huge, RemapFlags.MayMove | RemapFlags.Fixed, Elsewhere + 0x1000));
        Assert.Equal(0UL, HugeIn(Process));
        AssertFilled(Process, Elsewhere + 0x1000, Huge);
        CheckTruth();
    }

    [Fact]
    public void A_table_at_the_target_is_in_the_way()
    {
        Fill(Base, Huge);
        Map(Elsewhere, Huge);
        Machine.HugePages.Mode = HugePageMode.Never;
        Write(Elsewhere, 1);
        Assert.Equal(0, Process.Madvise(Elsewhere, Huge, Advice.DontNeed));
        Map(Elsewhere + Huge, 0x1000);
        Assert.Equal((long)Elsewhere, Process.Mremap(Base, Huge, Huge, RemapFlags.MayMove | RemapFlags.Fixed, Elsewhere));
        AssertFilled(Process, Elsewhere, Huge);
        CheckTruth();
    }

    [Fact]
    public void A_move_without_memory_for_tables_changes_nothing()
    {
        Fill(Base, 2 * Huge);
        for (int allocations = 0; allocations < 4; allocations++)
        {
            Task.Current.FaultInjector = new FaultInjector(FaultPoint.Page, successes: allocations);
            long result = Process.Mremap(Base, 2 * Huge, 2 * Huge, RemapFlags.MayMove | RemapFlags.Fixed, Base + (1024 * Huge));
            Task.Current.FaultInjector = null;
            if (result != -(long)Errno.ENOMEM)
                break;
            AssertFilled(Process, Base, 2 * Huge);
            CheckTruth();
        }
    }
}
