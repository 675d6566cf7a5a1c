using System;
using Xunit;

namespace MmKernel.Tests;

/// <summary>Pages that are marked as idle and asked about later.</summary>
public sealed class PageIdleTests : IDisposable
{
    private const ulong Base = 0x10_0000_0000;
    private const Prot ReadWrite = Prot.Read | Prot.Write;
    private const MapFlags Anonymous = MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed;

    private readonly Machine _machine = new(new MachineOptions { MemoryBytes = 16 << 20, Reclaim = ReclaimPolicy.Direct });
    private readonly Process _process;

    public PageIdleTests()
    {
        _process = _machine.CreateProcess();
        Assert.Equal((long)Base, _process.Mmap(Base, 4 * Page.Size, ReadWrite, Anonymous));
        for (ulong page = 0; page < 4; page++)
            Write(page);
        _machine.Memory.Lru!.DrainAll();
    }

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void A_page_is_idle_until_it_is_used()
    {
        MarkAll();
        Assert.True(IsIdle(0));
        Assert.True(IsIdle(1));
        Assert.True(_process.Read(Base, new byte[1]).IsOk);
        Assert.False(IsIdle(0));
        Assert.True(IsIdle(1));
        Write(1);
        Assert.False(IsIdle(1));
        Truth.Check(_machine, _process);
    }

    [Fact]
    public void Nothing_is_idle_that_was_not_marked()
    {
        Assert.False(IsIdle(0));
        ulong[] bitmap = [0];
        Assert.Equal(1, _machine.PageIdle.Mark(Frame(0) & ~63UL, bitmap));
        Assert.False(IsIdle(0));
    }

    [Fact]
    public void Only_pages_whose_use_is_known_can_be_idle()
    {
        MarkAll();
        long idle = 0;
        foreach (ulong word in ReadAll())
            idle += System.Numerics.BitOperations.PopCount(word);
        Assert.Equal(4, idle);
    }

    [Fact]
    public void A_use_by_any_process_counts()
    {
        Assert.Equal(0, _process.Fork(out var child));
        MarkAll();
        Assert.True(child!.Read(Base, new byte[1]).IsOk);
        Assert.False(IsIdle(0));
        Assert.True(IsIdle(1));
        Truth.Check(_machine, _process, child);
    }

    [Fact]
    public void A_use_by_system_call_counts_too()
    {
        var file = _machine.CreateMemoryFile(Page.Size);
        Assert.Equal(1, file.Write(0, [1]));
        _machine.Memory.Lru!.DrainAll();
        MarkAll();
        Assert.Equal(5, Idle());
        Assert.Equal(1, file.Read(0, new byte[1]));
        Assert.Equal(4, Idle());
        file.Close();
    }

    [Fact]
    public void Reclaim_still_sees_that_a_page_was_used()
    {
        Write(0);
        MarkAll();
        var folio = _machine.Memory.FolioOf(Frame(0));
        Assert.True(folio.Has(FolioFlags.Young));
        Assert.Equal(1, Referenced(folio));
        Assert.Equal(0, Referenced(folio));
        Assert.True(IsIdle(0));
        Write(0);
        Assert.Equal(1, Referenced(folio));
        Assert.False(IsIdle(0));
    }

    [Fact]
    public void A_busy_page_is_not_waited_for()
    {
        MarkAll();
        Write(0);
        ulong frame = Frame(0);
        var folio = _machine.Memory.FolioOf(frame);
        Assert.True(folio.TryLock());
        bool isIdle = IsFrameIdle(frame);
        folio.Unlock();
        Assert.True(isIdle);
        Assert.False(IsFrameIdle(frame));
    }

    [Fact]
    public void Marks_come_along_when_a_page_is_moved()
    {
        MarkAll();
        Assert.Equal(0, _process.MovePages([Base], MovePagesFlags.Move, new int[1]));
        _machine.Memory.Lru!.DrainAll();
        Assert.True(IsIdle(0));
    }

    [Fact]
    public void Refusals()
    {
        Assert.Equal(-(long)Errno.EINVAL, _machine.PageIdle.Mark(1, [0]));
        Assert.Equal(-(long)Errno.EINVAL, _machine.PageIdle.Read(63, new ulong[1]));
        Assert.Equal(-(long)Errno.ENXIO, _machine.PageIdle.Mark((ulong)_machine.Memory.FrameCount, [0]));
        Assert.Equal(1, _machine.PageIdle.Mark((ulong)_machine.Memory.FrameCount - 64, [ulong.MaxValue, ulong.MaxValue]));
    }

    private static int Referenced(Folio folio)
    {
        Assert.True(folio.TryLock());
        int count = RmapWalking.FolioReferenced(folio, isLocked: true);
        folio.Unlock();
        return count;
    }

    private void MarkAll()
    {
        ulong[] bitmap = new ulong[_machine.Memory.FrameCount / 64];
        Array.Fill(bitmap, ulong.MaxValue);
        Assert.Equal(bitmap.Length, _machine.PageIdle.Mark(0, bitmap));
    }

    private ulong[] ReadAll()
    {
        ulong[] bitmap = new ulong[_machine.Memory.FrameCount / 64];
        Assert.Equal(bitmap.Length, _machine.PageIdle.Read(0, bitmap));
        return bitmap;
    }

    private int Idle()
    {
        int idle = 0;
        foreach (ulong word in ReadAll())
            idle += System.Numerics.BitOperations.PopCount(word);
        return idle;
    }

    private bool IsIdle(ulong page) => IsFrameIdle(Frame(page));

    private bool IsFrameIdle(ulong frame)
    {
        ulong[] bitmap = [0];
        Assert.Equal(1, _machine.PageIdle.Read(frame & ~63UL, bitmap));
        return (bitmap[0] & (1UL << (int)(frame % 64))) != 0;
    }

    private ulong Frame(ulong page)
    {
        var entries = new PagemapEntry[1];
        _process.Pagemap(Base + (page * Page.Size), entries);
        return (ulong)(entries[0] & PagemapEntry.FrameMask);
    }

    private void Write(ulong page) => Assert.True(_process.Write(Base + (page * Page.Size), [1]).IsOk);
}
