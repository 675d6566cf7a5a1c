using System;
using Xunit;

namespace MmKernel.Tests.Huge;

/// <summary>Huge pages over fork, and what happens to parts of them.</summary>
public sealed class HugeSharingTests() : HugePageWorld(HugePageMode.Always)
{
    [Fact]
    public void Fork_shares_the_huge_page_as_a_whole()
    {
        Fill(Base, Huge);
        long free = Machine.Memory.FreeFrames;
        var child = Fork();
        Assert.True(free - Machine.Memory.FreeFrames < 16, "fork copied pages");
        Assert.Equal(1UL, HugeIn(Process));
        Assert.Equal(1UL, HugeIn(child));
        AssertFilled(child, Base, Huge);
        CheckTruth(child);
    }

    [Fact]
    public void The_first_write_after_fork_copies_one_page_only()
    {
        Fill(Base, Huge);
        var child = Fork();
        Write(Base + 0x7000, 1000);
        Assert.Equal(8UL, Read(child, Base + 0x7000));
        Assert.Equal(1000UL, Read(Base + 0x7000));
        Assert.Equal(0UL, HugeIn(Process));
        Assert.Equal(1UL, HugeIn(child));
        Assert.Equal(1, Count(HugePageEvent.SplitPmd));
        CheckTruth(child);
    }

    [Fact]
    public void Who_is_left_alone_with_a_shared_huge_page_writes_without_a_copy()
    {
        Fill(Base, Huge);
        var child = Fork();
        Process.Exit();
        Write(child, Base, 5);
        Assert.Equal(1UL, HugeIn(child));
        Assert.Equal(5UL, Read(child, Base));
        Truth.Check(Machine, child);
    }

    [Fact]
    public void The_child_of_a_child_of_a_split_mapping_has_single_pages()
    {
        Fill(Base, Huge);
        var child = Fork();
        Write(child, Base, 9);
        Assert.Equal(0, child.Fork(out var grandchild));
        AssertFilled(grandchild!, Base + 0x1000, Huge - 0x1000, first: 2);
        Assert.Equal(9UL, Read(grandchild!, Base));
        CheckTruth(child, grandchild!);
        child.Exit();
        CheckTruth(grandchild!);
    }

    [Fact]
    public void The_huge_page_of_zeros_is_shared_by_fork_too()
    {
        Read(Base);
        var child = Fork();
        Write(child, Base, 3);
        Assert.Equal(0UL, Read(Base));
        Assert.Equal(3UL, Read(child, Base));
        CheckTruth(child);
    }

    [Fact]
    public void A_pinned_huge_page_is_split_by_fork_and_its_pinned_pages_copied()
    {
        Fill(Base, Huge);
        Assert.Equal(2, Process.PinPages(Base + 0x3000, 2, PinFlags.Write, out var pins));
        Assert.Equal(1UL, HugeIn(Process));
        var child = Fork();
        Assert.Equal(0UL, HugeIn(Process));
        pins!.Write(0, 0, BitConverter.GetBytes(77UL));
        Assert.Equal(77UL, Read(Base + 0x3000));
        Assert.Equal(4UL, Read(child, Base + 0x3000));
        pins.Dispose();
        CheckTruth(child);
    }

    [Fact]
    public void Pinning_a_page_of_a_shared_huge_page_for_reading_makes_it_the_process_s_own_first()
    {
        Fill(Base, Huge);
        var child = Fork();
        Assert.Equal(1, Process.PinPages(Base + 0x3000, 1, PinFlags.None, out var pins));
        Write(Base + 0x3000, 50);
        byte[] word = new byte[8];
        pins!.Read(0, 0, word);
        Assert.Equal(50UL, BitConverter.ToUInt64(word));
        Assert.Equal(4UL, Read(child, Base + 0x3000));
        pins.Dispose();
        CheckTruth(child);
    }

    [Fact]
    public void Unmapping_a_part_splits_the_entry_and_keeps_the_rest()
    {
        Fill(Base, 2 * Huge);
        Assert.Equal(0, Process.Munmap(Base + 0x1000, 0x2000));
        Assert.Equal(1UL, HugeIn(Process));
        Assert.Equal(1022UL, ResidentIn(Process));
        AssertFilled(Process, Base + 0x3000, (2 * Huge) - 0x3000, first: 4);
        CheckTruth();
    }

    [Fact]
    public void Unmapping_the_rest_too_frees_the_frames()
    {
        long before = Machine.Memory.FreeFrames;
        Fill(Base, Huge);
        Assert.Equal(0, Process.Munmap(Base + 0x1000, 0x2000));
        Assert.Equal(0, Process.Munmap(Base, Length));
        CheckTruth();
        Rcu.Barrier();
        Assert.Equal(before, Machine.Memory.FreeFrames);
    }

    [Fact]
    public void Discarding_all_of_a_huge_page_gives_it_back_and_the_next_write_gets_another()
    {
        Fill(Base, Huge);
        Assert.Equal(0, Process.Madvise(Base, Huge, Advice.DontNeed));
        Assert.Equal(0UL, ResidentIn(Process));
        CheckTruth();
        Write(Base, 1);
        Assert.Equal(1UL, HugeIn(Process));
        Assert.Equal(0UL, Read(Base + 0x1000));
        CheckTruth();
    }

    [Fact]
    public void Discarding_a_part_of_the_huge_page_of_zeros_leaves_single_zero_pages()
    {
        Read(Base);
        Assert.Equal(0, Process.Madvise(Base, 0x1000, Advice.DontNeed));
        Assert.Equal(0UL, Read(Base));
        Write(Base + 0x1000, 1);
        Assert.Equal(1UL, ResidentIn(Process));
        CheckTruth();
    }

    [Fact]
    public void Protecting_all_of_a_huge_page_keeps_it_whole()
    {
        Fill(Base, Huge);
        Assert.Equal(0, Process.Mprotect(Base, Huge, Prot.Read));
        Assert.Equal(Signal.SIGSEGV, Process.Write(Base, [1]).Signal);
        Assert.Equal(1UL, HugeIn(Process));
        Assert.Equal(0, Process.Mprotect(Base, Huge, ReadWrite));
        Write(Base + 0x2000, 6);
        Assert.Equal(1UL, HugeIn(Process));
        CheckTruth();
    }

    [Fact]
    public void Protecting_a_part_splits_the_entry()
    {
        Fill(Base, Huge);
        Assert.Equal(0, Process.Mprotect(Base + 0x4000, 0x1000, Prot.Read));
        Assert.Equal(Signal.SIGSEGV, Process.Write(Base + 0x4000, [1]).Signal);
        Write(Base + 0x5000, 60);
        Assert.Equal(5UL, Read(Base + 0x4000));
        Assert.Equal(60UL, Read(Base + 0x5000));
        CheckTruth();
    }

    [Fact]
    public void Moving_a_part_takes_its_pages_along()
    {
        Fill(Base, Huge);
        Assert.Equal((long)(Base + (8 * Huge)), Process.Mremap(Base + 0x3000, 0x2000, 0x2000, RemapFlags.MayMove | RemapFlags.Fixed, Base + (8 * Huge)));
        AssertFilled(Process, Base + (8 * Huge), 0x2000, first: 4);
        AssertFilled(Process, Base, 0x3000);
        CheckTruth();
    }

    [Fact]
    public void Guard_markers_split_the_entry()
    {
        Fill(Base, Huge);
        Assert.Equal(0, Process.Madvise(Base + 0x1000, 0x1000, Advice.GuardInstall));
        Assert.Equal(Signal.SIGSEGV, Process.Read(Base + 0x1000, new byte[1]).Signal);
        AssertFilled(Process, Base + 0x2000, Huge - 0x2000, first: 3);
        CheckTruth();
    }

    [Fact]
    public void Other_processes_read_and_write_single_pages_of_it()
    {
        Fill(Base, Huge);
        var other = Fork();
        byte[] word = new byte[8];
        Assert.Equal(8, other.ReadRemote(Process, Base + 0x6000, word));
        Assert.Equal(7UL, BitConverter.ToUInt64(word));
        Assert.Equal(8, other.WriteRemote(Process, Base + 0x6000, BitConverter.GetBytes(70UL)));
        Assert.Equal(70UL, Read(Base + 0x6000));
        Assert.Equal(7UL, Read(other, Base + 0x6000));
        CheckTruth(other);
    }
}
