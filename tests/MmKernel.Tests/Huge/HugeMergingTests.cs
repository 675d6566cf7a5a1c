using Xunit;

namespace MmKernel.Tests.Huge;

/// <summary>Merging pages of huge ones: they are compared where they are, and only what has an equal is split.</summary>
public sealed class HugeMergingTests : HugePageWorld
{
    private const ulong Single = 0x20_0000_0000;

    public HugeMergingTests()
        : base(HugePageMode.Always)
    {
    }

    [Fact]
    public void A_huge_page_without_an_equal_page_stays_whole()
    {
        Fill(Base, Huge);
        Merge(Base, Huge);
        Machine.Ksm.Scan(3);
        Assert.Equal(1UL, HugeIn(Process));
        Assert.Equal(0, Machine.HugePages.Counters[HugePageEvent.SplitPmd]);
        Assert.Equal(0, Machine.HugePages.Counters[HugePageEvent.SplitPage]);
        Truth.Check(Machine, Process);
    }

    [Fact]
    public void It_is_split_for_a_page_that_is_equal_to_a_single_one()
    {
        Fill(Base, 2 * Huge);
        Merge(Base, 2 * Huge);
        Map(Single, Page.Size);
        Write(Single, 6);
        Merge(Single, Page.Size);
        Machine.Ksm.Scan(3);
        Assert.Equal(Process.FrameAt(Single), Process.FrameAt(Base + (5 * Page.Size)));
        Assert.False(Process.FolioAt(Base).IsLarge);
        Assert.True(Process.FolioAt(Base + Huge).IsLarge);
        Assert.Equal(1, Machine.HugePages.Counters[HugePageEvent.SplitPage]);
        AssertFilled(Process, Base, 2 * Huge);
        Truth.Check(Machine, Process);
    }

    [Fact]
    public void Two_pages_of_one_huge_page_become_one()
    {
        Fill(Base, Huge);
        Write(Base + (9 * Page.Size), 4);
        Merge(Base, Huge);
        Machine.Ksm.Scan(3);
        Assert.Equal(Process.FrameAt(Base + (3 * Page.Size)), Process.FrameAt(Base + (9 * Page.Size)));
        Assert.Equal(1, Machine.Ksm.CountShared());
        Truth.Check(Machine, Process);
    }

    [Fact]
    public void Pages_of_two_huge_pages_become_one()
    {
        Fill(Base, 2 * Huge);
        Write(Base + Huge + Page.Size, 8);
        Merge(Base, 2 * Huge);
        Machine.Ksm.Scan(3);
        Assert.Equal(Process.FrameAt(Base + (7 * Page.Size)), Process.FrameAt(Base + Huge + Page.Size));
        Assert.Equal(2, Machine.HugePages.Counters[HugePageEvent.SplitPage]);
        Truth.Check(Machine, Process);
    }

    [Fact]
    public void A_pinned_huge_page_stays_whole()
    {
        Fill(Base, Huge);
        Write(Base + (9 * Page.Size), 4);
        Merge(Base, Huge);
        Assert.Equal(1, Process.PinPages(Base, 1, PinFlags.Write, out var pins));
        Machine.Ksm.Scan(3);
        Assert.True(Process.FolioAt(Base).IsLarge);
        pins!.Dispose();
        Machine.Ksm.Scan(1);
        Assert.Equal(Process.FrameAt(Base + (3 * Page.Size)), Process.FrameAt(Base + (9 * Page.Size)));
        Truth.Check(Machine, Process);
    }

    private void Merge(ulong address, ulong length) => Assert.Equal(0, Process.Madvise(address, length, Advice.Mergeable));
}
