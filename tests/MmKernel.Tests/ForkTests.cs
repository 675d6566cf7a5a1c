using System;
using System.Linq;
using System.Threading;
using Xunit;

namespace MmKernel.Tests;

/// <summary>fork and copy on write.</summary>
public sealed class ForkTests : IDisposable
{
    private const ulong Base = 0x10_0000_0000;
    private const MapFlags Fixed = MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed;

    private readonly Machine _machine = new(new MachineOptions { MemoryBytes = 16 << 20 });
    private readonly Process _parent;

    public ForkTests()
    {
        _parent = _machine.CreateProcess();
        Assert.Equal((long)Base, _parent.Mmap(Base, 8 * Page.Size, Prot.Read | Prot.Write, Fixed));
    }

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void The_child_sees_what_the_parent_wrote_before()
    {
        Write(_parent, 0, 11);
        var child = Fork(_parent);
        Assert.Equal(11UL, Read(child, 0));
        Truth.Check(_machine, _parent, child);
    }

    [Fact]
    public void A_mapping_that_grows_in_the_child_joins_the_one_behind_it()
    {
        Write(_parent, 0, 11);
        var child = Fork(_parent);
        Assert.Equal(0, child.Munmap(Base + (4 * Page.Size), 4 * Page.Size));
        Assert.Equal((long)(Base + (8 * Page.Size)), child.Mmap(Base + (8 * Page.Size), 4 * Page.Size, Prot.Read | Prot.Write, Fixed));
        Assert.Equal((long)Base, child.Mremap(Base, 4 * Page.Size, 8 * Page.Size, RemapFlags.None));
        Assert.StartsWith("1000000000-100000c000 rw-p", child.MapsText(), StringComparison.Ordinal);
        Truth.Check(_machine, _parent, child);
    }

    [Fact]
    public void Exit_takes_sealed_mappings_along()
    {
        Write(_parent, 0, 11);
        Assert.Equal(0, _parent.Mseal(Base, 8 * Page.Size));
        var child = Fork(_parent);
        child.Exit();
        Truth.Check(_machine, _parent);
        _parent.Exit();
        Truth.Check(_machine);
        Assert.Equal(0, _machine.Commit.CommittedPages);
    }

    [Fact]
    public void Neither_sees_what_the_other_writes_after()
    {
        Write(_parent, 0, 11);
        var child = Fork(_parent);
        Write(_parent, 0, 12);
        Write(child, 0, 13);
        Assert.Equal(12UL, Read(_parent, 0));
        Assert.Equal(13UL, Read(child, 0));
        Truth.Check(_machine, _parent, child);
    }

    [Fact]
    public void The_page_is_shared_until_written_and_then_reused_by_the_last()
    {
        Write(_parent, 0, 11);
        ulong frame = FrameAt(_parent, 0);
        var child = Fork(_parent);
        Assert.Equal(frame, FrameAt(child, 0));
        Assert.Equal(2, _machine.Memory.FolioOf(frame).MapCount);
        Write(_parent, 0, 12);
        Assert.NotEqual(frame, FrameAt(_parent, 0));
        Write(child, 0, 13);
        Assert.Equal(frame, FrameAt(child, 0));
        Truth.Check(_machine, _parent, child);
    }

    [Fact]
    public void Grandchildren_are_found_by_the_reverse_map()
    {
        Write(_parent, 0, 1);
        var child = Fork(_parent);
        Write(child, 1, 2);
        var grandchild = Fork(child);
        Write(grandchild, 2, 3);
        Assert.Equal(1UL, Read(grandchild, 0));
        Assert.Equal(2UL, Read(grandchild, 1));
        var folio = _machine.Memory.FolioOf(FrameAt(_parent, 0));
        Assert.Equal(3, folio.MapCount);
        folio.Lock();
        Assert.Equal(3, RmapWalking.CountMappings(folio));
        folio.Unlock();
        Truth.Check(_machine, _parent, child, grandchild);
    }

    [Fact]
    public void Exits_in_any_order_give_everything_back()
    {
        for (ulong page = 0; page < 8; page++)
            Write(_parent, page, page);
        var child = Fork(_parent);
        var grandchild = Fork(child);
        Write(grandchild, 3, 99);
        child.Exit();
        Truth.Check(_machine, _parent, grandchild);
        _parent.Exit();
        Truth.Check(_machine, grandchild);
        Assert.Equal(99UL, Read(grandchild, 3));
        grandchild.Exit();
        Truth.Check(_machine);
    }

    [Fact]
    public void Every_failed_allocation_is_undone()
    {
        for (ulong page = 0; page < 8; page++)
            Write(_parent, page, page + 100);
        int failures = 0;
        for (int count = 0; ; count++)
        {
            Task.Current.FaultInjector = new FaultInjector(FaultPoint.Page, successes: count);
            long result = _parent.Fork(out var child);
            Task.Current.FaultInjector = null;
            if (result == 0)
            {
                child!.Exit();
                break;
            }

            failures++;
            Assert.Equal(-(long)Errno.ENOMEM, result);
            Assert.Null(child);
            Truth.Check(_machine, _parent);
        }

        // The child's top table and the three below it.
        Assert.Equal(4, failures);
        Assert.Equal(107UL, Read(_parent, 7));
        Truth.Check(_machine, _parent);
    }

    [Fact]
    public void A_fatal_signal_ends_a_fork_that_waits_for_a_reader()
    {
        Write(_parent, 0, 1);
        var vma = _parent.Mm.Vmas.Walk(Base)!;
        Assert.True(vma.Lock.TryReadLock());
        long result = 0;
        Task? forker = null;
        var thread = new Thread(() =>
        {
            forker = Task.Current;
            result = _parent.Fork(out _);
        });
        thread.Start();
        Assert.False(thread.Join(100));
        forker!.Kill();
        Assert.True(thread.Join(5000));
        Assert.Equal(-(long)Errno.EINTR, result);
        vma.Lock.ReadUnlock();
        Assert.True(vma.Lock.TryReadLock(), "readers are admitted again");
        vma.Lock.ReadUnlock();
        Truth.Check(_machine, _parent);
    }

    [Fact]
    public void Forks_race_with_faults()
    {
        bool stop = false;
        Exception? failure = null;
        var writers = Enumerable.Range(0, 2).Select(id => new Thread(() =>
        {
            try
            {
                for (ulong i = 0; !Volatile.Read(ref stop); i++)
                {
                    ulong page = (i % 4) + ((ulong)id * 4);
                    Write(_parent, page, i);
                    Assert.Equal(i, Read(_parent, page));
                }
            }
            catch (Exception e)
            {
                failure = e;
            }
        })).ToArray();
        foreach (var writer in writers)
            writer.Start();
        for (int i = 0; i < 200; i++)
        {
            var child = Fork(_parent);
            ulong seen = Read(child, 5);
            Write(child, 6, ulong.MaxValue);
            Assert.Equal(seen, Read(child, 5));
            child.Exit();
        }

        Volatile.Write(ref stop, true);
        foreach (var writer in writers)
            writer.Join();
        Assert.Null(failure);
        Truth.Check(_machine, _parent);
    }

    private static Process Fork(Process parent)
    {
        Assert.Equal(0, parent.Fork(out var child));
        return child!;
    }

    private static ulong FrameAt(Process process, ulong page) => process.FrameAt(Base + (page * Page.Size));

    private static ulong Read(Process process, ulong page) => process.ReadWord(Base + (page * Page.Size));

    private static void Write(Process process, ulong page, ulong value) => process.WriteWord(Base + (page * Page.Size), value);
}
