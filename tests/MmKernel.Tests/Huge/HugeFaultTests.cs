using System;
using System.Linq;
using Xunit;

namespace MmKernel.Tests.Huge;

/// <summary>Who gets huge pages by faulting, and what a fault in one does.</summary>
public sealed class HugeFaultTests() : HugePageWorld(HugePageMode.Always)
{
    [Fact]
    public void The_first_write_maps_512_pages()
    {
        Write(Base + Huge + 0x5008, 7);
        Assert.Equal(7UL, Read(Base + Huge + 0x5008));
        Assert.Equal(0UL, Read(Base + Huge));
        Assert.Equal(1UL, HugeIn(Process));
        Assert.Equal(512UL, ResidentIn(Process));
        Assert.Equal(1, Count(HugePageEvent.FaultAlloc));
        CheckTruth();
    }

    [Fact]
    public void Reads_share_one_huge_page_of_zeros()
    {
        Assert.Equal(0UL, Read(Base));
        Assert.Equal(0UL, Read(Base + Huge));
        Assert.Equal(1, Count(HugePageEvent.ZeroPageAlloc));
        Assert.Equal(0UL, ResidentIn(Process));
        CheckTruth();
    }

    [Fact]
    public void The_first_write_after_a_read_replaces_the_huge_page_of_zeros()
    {
        Assert.Equal(0UL, Read(Base));
        Write(Base + 0x3000, 9);
        Assert.Equal(9UL, Read(Base + 0x3000));
        Assert.Equal(0UL, Read(Base + 0x4000));
        Assert.Equal(1UL, HugeIn(Process));
        CheckTruth();
    }

    [Fact]
    public void Without_the_page_of_zeros_a_read_allocates()
    {
        Machine.HugePages.UsesZeroPage = false;
        Assert.Equal(0UL, Read(Base));
        Assert.Equal(1UL, HugeIn(Process));
        CheckTruth();
    }

    [Fact]
    public void A_huge_page_that_does_not_fit_into_the_VMA_is_not_used()
    {
        Assert.Equal(0, Process.Munmap(Base, 0x1000));
        Write(Base + 0x1000, 1);
        Write(Base + Huge, 2);
        Assert.Equal(1UL, HugeIn(Process));
        Assert.Equal(513UL, ResidentIn(Process));
        CheckTruth();
    }

    [Fact]
    public void Where_a_single_page_was_touched_before_faults_go_on_page_by_page()
    {
        Machine.HugePages.Mode = HugePageMode.Never;
        Write(Base, 1);
        Machine.HugePages.Mode = HugePageMode.Always;
        Write(Base + 0x1000, 2);
        Assert.Equal(0UL, HugeIn(Process));
        Assert.Equal(2UL, ResidentIn(Process));
        CheckTruth();
    }

    [Fact]
    public void When_no_block_is_free_faults_get_single_pages()
    {
        // Of 16 blocks the first holds the zero page and others hold tables; each mapping here takes one.
        Machine.HugePages.UsesZeroPage = false;
        Map(Base, 20 * Huge);
        for (ulong block = 0; block < 20; block++)
            Assert.True(Process.Write(Base + (block * Huge), [1]).IsOk);
        Assert.InRange(HugeIn(Process), 12UL, 15UL);
        Assert.Equal(20 - (long)HugeIn(Process), Count(HugePageEvent.FaultFallback));
        CheckTruth();
    }

    [Fact]
    public void Without_memory_for_the_table_that_is_set_aside_the_fault_fails_and_leaves_nothing()
    {
        Write(Base, 1);
        Task.Current.FaultInjector = new FaultInjector(FaultPoint.Page, successes: 0);
        Assert.Equal(Signal.SIGKILL, Process.Write(Base + Huge, [1]).Signal);
        Task.Current.FaultInjector = null;
        CheckTruth();
    }

    [Fact]
    public void Exit_gives_everything_back()
    {
        long before = Machine.Memory.FreeFrames;
        var child = Fork();
        Write(child, Base, 1);
        Read(child, Base + Huge);
        child.Exit();
        CheckTruth();
        Assert.Equal(before - 512, Machine.Memory.FreeFrames); // the page of zeros stays
    }

    [Fact]
    public void The_flags_of_frames_tell_the_first_page_of_a_huge_one_from_the_others()
    {
        Read(Base + Huge);
        Write(Base, 1);
        var entries = new PagemapEntry[513];
        Process.Pagemap(Base, entries);
        const KernelPageFlags Expected = KernelPageFlags.UpToDate | KernelPageFlags.Mmap | KernelPageFlags.Anon | KernelPageFlags.SwapBacked | KernelPageFlags.Thp;
        Assert.Equal(Expected | KernelPageFlags.CompoundHead, FlagsOf(entries[0]));
        Assert.Equal(Expected | KernelPageFlags.CompoundTail, FlagsOf(entries[511]));
        Assert.Equal(KernelPageFlags.UpToDate | KernelPageFlags.Thp | KernelPageFlags.ZeroPage | KernelPageFlags.CompoundHead, FlagsOf(entries[512]));
        Assert.Equal(0, Process.Munmap(Base, Huge));
        Assert.Equal(KernelPageFlags.None, FlagsOf(entries[0]));
    }

    private KernelPageFlags FlagsOf(PagemapEntry entry) => Machine.Memory.FlagsOf((ulong)(entry & PagemapEntry.FrameMask));

    [Fact]
    public void The_views_show_huge_pages_and_do_not_split_them()
    {
        Fill(Base, 0x4000);
        var vma = Process.Smaps().Single();
        Assert.Equal(512UL, vma.AnonymousHugePages);
        Assert.Equal(512UL, vma.AnonymousPages);
        Assert.Equal(2048UL, vma.ProportionalKilobytes);
        Assert.True(vma.IsHugePageEligible);
        Assert.Contains("AnonHugePages:      2048 kB\n", Process.SmapsText(), StringComparison.Ordinal);
        Assert.Contains("THPeligible:           1\n", Process.SmapsText(), StringComparison.Ordinal);

        var entries = new PagemapEntry[3];
        Process.Pagemap(Base + 0x1000, entries);
        ulong frame = (ulong)(entries[0] & PagemapEntry.FrameMask);
        Assert.Equal(1UL, frame % 512);
        Assert.Equal(frame + 2, (ulong)(entries[2] & PagemapEntry.FrameMask));
        Assert.True(entries[0].HasFlag(PagemapEntry.Present | PagemapEntry.ExclusivelyMapped));
        Assert.Equal(1UL, HugeIn(Process));

        byte[] contents = new byte[Page.Size];
        Assert.True(Process.Peek(Base + 0x2000, contents));
        Assert.Equal(3, contents[0]);
        byte[] residency = new byte[1024];
        Assert.Equal(0, Process.Mincore(Base, 2 * Huge, residency));
        Assert.Equal(512, residency.Count(page => page == 1));
        Assert.Equal(1UL, HugeIn(Process));
    }
}

/// <summary>What the mode, advice and the process's own setting decide.</summary>
public sealed class HugePageModeTests() : HugePageWorld(HugePageMode.Madvise)
{
    [Fact]
    public void Only_where_advised_if_the_mode_says_so()
    {
        Assert.Equal(0, Process.Madvise(Base + Huge, Huge, Advice.HugePage));
        Write(Base, 1);
        Write(Base + Huge, 2);
        Assert.Equal(1UL, HugeIn(Process));
        Assert.Equal([false, true, false], Process.Smaps().Select(vma => vma.IsHugePageEligible));
        CheckTruth();
    }

    [Fact]
    public void Nowhere_if_the_mode_says_so()
    {
        Machine.HugePages.Mode = HugePageMode.Never;
        Assert.Equal(0, Process.Madvise(Base, Length, Advice.HugePage));
        Write(Base, 1);
        Assert.Equal(0UL, HugeIn(Process));
        CheckTruth();
    }

    [Fact]
    public void Not_in_a_process_that_does_without_and_in_its_children()
    {
        Machine.HugePages.Mode = HugePageMode.Always;
        Write(Base, 1);
        Assert.Equal(0, Process.DisableHugePages(true));
        Write(Base + Huge, 1);
        var child = Fork();
        Assert.True(child.AreHugePagesDisabled);
        Write(child, Base + (2 * Huge), 1);
        Assert.Equal(1UL, HugeIn(Process));
        Assert.Equal(1UL, HugeIn(child));
        Assert.Equal(-(long)Errno.EINVAL, Process.Madvise(Base + Huge, Huge, Advice.Collapse));
        Assert.Equal(0, Process.DisableHugePages(false));
        Write(Base + (2 * Huge), 1);
        Assert.Equal(2UL, HugeIn(Process));
        CheckTruth(child);
    }

    [Fact]
    public void Not_where_it_was_advised_against()
    {
        Machine.HugePages.Mode = HugePageMode.Always;
        Assert.Equal(0, Process.Madvise(Base, Huge, Advice.NoHugePage));
        Write(Base, 1);
        Write(Base + Huge, 1);
        Assert.Equal(1UL, HugeIn(Process));
        CheckTruth();
    }
}
