using Xunit;

namespace MmKernel.Tests.Huge;

/// <summary>Huge pages that a handler moves to where they were asked for, with the lock of the folio alone.</summary>
public sealed class HugeMoveByFolioLockTests() : HugeUserfaultTests(UffdMoveLocking.FolioLock);

/// <summary>The same with the lock of the anon_vma as well.</summary>
public sealed class HugeMoveByAnonVmaLockTests() : HugeUserfaultTests(UffdMoveLocking.AnonVmaLock);

/// <summary>Huge pages that a handler moves to where they were asked for.</summary>
public abstract class HugeUserfaultTests : HugePageWorld
{
    private const ulong Target = Base + (2 * Huge);

    private readonly Userfaultfd _uffd;

    protected HugeUserfaultTests(UffdMoveLocking locking)
        : base(HugePageMode.Always, moveLocking: locking)
    {
        _uffd = Process.CreateUserfaultfd();
        Assert.Equal(0, Process.UffdApi(_uffd, UffdFeatures.Sigbus, out _));
        Assert.Equal(0, Process.UffdRegister(_uffd, Target, 2 * Huge, UffdRegisterMode.Missing));
    }

    [Fact]
    public void A_huge_page_moves_as_a_whole()
    {
        Fill(Base, Huge);
        ulong frame = Process.FrameAt(Base);
        Assert.Equal(0, Move(Target, Base, Huge));
        Assert.Equal(frame, Process.FrameAt(Target));
        Assert.Equal(1UL, HugeIn(Process));
        Assert.Equal(0, Count(HugePageEvent.SplitPmd));
        AssertFilled(Process, Target, Huge);
        Assert.Equal(0UL, Read(Base));
        CheckTruth();
    }

    [Fact]
    public void Several_huge_pages_and_a_rest_move_in_one_call()
    {
        Fill(Base, Huge + (3 * Page.Size));
        Assert.Equal(0, Move(Target, Base, Huge + (3 * Page.Size)));
        AssertFilled(Process, Target, Huge + (3 * Page.Size));
        Assert.Equal(1UL, HugeIn(Process));
        Assert.Equal(1, Count(HugePageEvent.SplitPmd));
        CheckTruth();
    }

    [Fact]
    public void The_huge_page_of_zeros_moves_too()
    {
        Assert.Equal(0UL, Read(Base));
        Assert.Equal(0, Move(Target, Base, Huge));
        Assert.Equal(0UL, Read(Target + (7 * Page.Size)));
        Write(Target, 5);
        Assert.Equal(5UL, Read(Target));
        CheckTruth();
    }

    [Fact]
    public void Where_it_does_not_fit_it_is_split()
    {
        Fill(Base, Huge);
        Assert.Equal(0, Move(Target + Page.Size, Base, Huge));
        AssertFilled(Process, Target + Page.Size, Huge);
        Assert.Equal(0UL, HugeIn(Process));
        Assert.Equal(1, Count(HugePageEvent.SplitPage));
        CheckTruth();
    }

    [Fact]
    public void Where_a_table_is_in_the_way_it_is_split()
    {
        Fill(Base, Huge);
        Assert.Equal(0, Process.UffdZeropage(_uffd, Target, Page.Size, UffdFillMode.None, out _));
        Assert.Equal(0, Process.Madvise(Target, Page.Size, Advice.DontNeed));
        Assert.Equal(0, Move(Target, Base, Huge));
        AssertFilled(Process, Target, Huge);
        Assert.Equal(0UL, HugeIn(Process));
        CheckTruth();
    }

    [Fact]
    public void Shared_with_a_child_it_stays()
    {
        Fill(Base, Huge);
        var child = Fork();
        Assert.Equal(-(long)Errno.EBUSY, Move(Target, Base, Huge));
        AssertFilled(Process, Base, Huge);
        AssertFilled(child, Base, Huge);
        CheckTruth(child);
    }

    [Fact]
    public void Pinned_it_stays()
    {
        Fill(Base, Huge);
        Assert.Equal(1, Process.PinPages(Base + (5 * Page.Size), 1, PinFlags.Write, out var pins));
        Assert.Equal(-(long)Errno.EBUSY, Move(Target, Base, Huge));
        AssertFilled(Process, Base, Huge);
        Assert.Equal(1UL, HugeIn(Process));
        pins!.Dispose();
        Assert.Equal(0, Move(Target, Base, Huge));
        AssertFilled(Process, Target, Huge);
        CheckTruth();
    }

    private long Move(ulong to, ulong from, ulong length) => Process.UffdMove(_uffd, to, from, length, UffdMoveMode.None, out _);
}
