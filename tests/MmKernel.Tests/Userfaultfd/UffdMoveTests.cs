using System;
using System.Linq;
using System.Threading;
using Xunit;

namespace MmKernel.Tests;

/// <summary>Moving pages by userfaultfd.</summary>
public sealed class UffdMoveTests : UffdTest
{
    [Fact]
    public void A_page_changes_place_without_being_copied()
    {
        Open(UffdFeatures.Sigbus);
        Register(0, 4, UffdRegisterMode.Missing);
        ulong frame = FrameAt(Source);
        Assert.Equal(0, Move(1, 0));
        Assert.Equal(77UL, Read(Process, 1));
        Assert.Equal(frame, FrameAt(At(1)));
        byte[] word = new byte[8];
        Assert.True(Process.Read(Source, word).IsOk);
        Assert.Equal(0UL, BitConverter.ToUInt64(word));
        Truth.Check(Machine, Process);
    }

    [Fact]
    public void Refusals()
    {
        Open(UffdFeatures.None);
        Register(0, 4, UffdRegisterMode.Missing);
        Assert.Equal(Error(Errno.EINVAL), Move(0, 0, 1, (UffdMoveMode)4));
        Assert.Equal(Error(Errno.ENOENT), Move(0, 2));
        Assert.Equal(0, Move(0, 2, 1, UffdMoveMode.AllowSourceHoles));
        Assert.Equal(0, Copy(0));
        Assert.Equal(Error(Errno.EEXIST), Move(0, 0));
        Assert.Equal(Error(Errno.ENOENT), Process.UffdMove(Uffd, Elsewhere, Source, PageSize, UffdMoveMode.None, out _));
        Assert.Equal(Error(Errno.ENOENT), Process.UffdMove(Uffd, At(1), Elsewhere, PageSize, UffdMoveMode.None, out _));
        Assert.Equal(Error(Errno.EINVAL), Process.UffdMove(Uffd, At(8), Source, PageSize, UffdMoveMode.None, out _));
        Assert.Equal(Error(Errno.EINVAL), Move(1, 3, 2));
        Assert.Equal(0, Process.Mprotect(Source, PageSize, Prot.Read));
        Assert.Equal(Error(Errno.EINVAL), Move(1, 0));
        Assert.Equal(0, Process.Mprotect(Source, PageSize, ReadWrite));
        Assert.Equal(0, Process.Mlock(Source, PageSize));
        Assert.Equal(Error(Errno.EINVAL), Move(1, 0));
        Assert.Equal(0, Process.Munlock(Source, PageSize));
        Assert.Equal(0, Process.Fork(out var child));
        Assert.Equal(Error(Errno.EBUSY), Move(1, 0));
        Assert.Equal(Error(Errno.EINVAL), child!.UffdMove(Uffd, At(1), Source, PageSize, UffdMoveMode.None, out _));
        child.Exit();
        Assert.True(Process.Write(Source, new byte[8]).IsOk);
        Assert.Equal(0, Move(1, 0));
        Truth.Check(Machine, Process);
    }

    [Fact]
    public void A_pinned_page_stays()
    {
        Open(UffdFeatures.Sigbus);
        Register(0, 4, UffdRegisterMode.Missing);
        Assert.Equal(1, Process.PinPages(Source, 1, PinFlags.Write, out var pins));
        Assert.Equal(Error(Errno.EBUSY), Move(1, 0));
        Assert.Equal(77UL, Process.ReadWord(Source));
        pins!.Dispose();
        Assert.Equal(0, Move(1, 0));
        Assert.Equal(77UL, Read(Process, 1));
        Truth.Check(Machine, Process);
    }

    [Fact]
    public void Within_one_VMA_and_one_page_table()
    {
        Open(UffdFeatures.Sigbus);
        Write(Process, 0, 5);
        Register(0, 16, UffdRegisterMode.Missing);
        Assert.Equal(0, Process.UffdMove(Uffd, At(9), At(0), PageSize, UffdMoveMode.None, out _));
        Assert.Equal(5UL, Read(Process, 9));
        Assert.Equal(Signal.SIGBUS, TryRead(Process, 0));
        Truth.Check(Machine, Process);
    }

    [Theory]
    [InlineData(UffdMoveLocking.FolioLock)]
    [InlineData(UffdMoveLocking.AnonVmaLock)]
    public void Moves_race_with_reverse_map_walks_forks_and_writers(UffdMoveLocking locking)
    {
        using var machine = new Machine(new MachineOptions { MemoryBytes = 16 << 20, UffdMoveLocking = locking });
        var process = machine.CreateProcess();
        Map(process, Base, 16);
        Map(process, Elsewhere, 16);
        var uffd = process.CreateUserfaultfd();
        Assert.Equal(0, process.UffdApi(uffd, UffdFeatures.None, out _));
        Assert.Equal(0, process.UffdRegister(uffd, Base, 16 * PageSize, UffdRegisterMode.WriteProtect));
        Assert.Equal(0, process.UffdRegister(uffd, Elsewhere, 16 * PageSize, UffdRegisterMode.WriteProtect));
        for (ulong page = 0; page < 16; page++)
            Write(process, page, 100 + page);

        bool stop = false;
        var walker = new Worker(() =>
        {
            for (ulong frame = 0; !Volatile.Read(ref stop); frame = (frame + 1) % (ulong)machine.Memory.FrameCount)
            {
                var folio = machine.Memory.FolioOf(frame);
                if (frame == 0 || !folio.TryGet())
                    continue;
                if (folio.IsAnonymous && folio.TryLock())
                {
                    // Locked, a folio stays where it is; a reference may outlive its mapping, so there may be none.
                    int before = folio.MapCount;
                    int found = RmapWalking.CountMappings(folio);
                    Assert.True(found <= Math.Max(before, folio.MapCount) + 1);
                    folio.Unlock();
                }

                machine.Memory.Put(folio);
            }
        });
        var forker = new Worker(() =>
        {
            for (int i = 0; i < 20 && !Volatile.Read(ref stop); i++)
            {
                Assert.Equal(0, process.Fork(out var child));
                child!.Exit();
            }
        });

        // Two threads swing their own pages to and fro; what a page holds must go along.
        var movers = Enumerable.Range(0, 2).Select(id => new Worker(() =>
        {
            byte[] word = new byte[8];
            for (int i = 0; i < 300; i++)
            {
                for (ulong page = (ulong)id * 8; page < ((ulong)id * 8) + 8; page++)
                {
                    ulong from = (i & 1) == 0 ? At(page) : Elsewhere + (page * PageSize);
                    ulong to = (i & 1) == 0 ? Elsewhere + (page * PageSize) : At(page);
                    long error;
                    while ((error = process.UffdMove(uffd, to, from, PageSize, UffdMoveMode.None, out _)) == Error(Errno.EBUSY) || error == Error(Errno.EAGAIN))
                    {
                        // A fork shares the page: writing to it makes it this process's own again.
                        Assert.True(process.Read(from, word).IsOk);
                        Assert.True(process.Write(from, word).IsOk);
                    }

                    Assert.Equal(0, error);
                    Assert.True(process.Read(to, word).IsOk);
                    Assert.Equal(100 + page, BitConverter.ToUInt64(word));
                }
            }
        })).ToArray();
        foreach (var mover in movers)
            mover.Join();
        Volatile.Write(ref stop, true);
        forker.Join();
        walker.Join();
        Truth.Check(machine, process);
    }

    private long Move(ulong page, ulong source, ulong pages = 1, UffdMoveMode mode = UffdMoveMode.None) =>
        Process.UffdMove(Uffd, At(page), Source + (source * PageSize), pages * PageSize, mode, out _);

    private ulong FrameAt(ulong address) => Process.FrameAt(address);
}
