using System;
using System.Linq;
using Xunit;

namespace MmKernel.Tests;

/// <summary>What system calls do to a page, and say of it, while it is on its way to another frame.</summary>
public sealed class MigrationEntryTests : MigrationTest
{
    [Fact]
    public void An_access_waits_until_the_page_has_arrived()
    {
        Worker reader;
        Worker writer;
        using (new Transit(Process, 0))
        {
            reader = new Worker(() => Assert.Equal(100UL, Read(Process, 0)));
            writer = new Worker(() => Write(Process, 0, 100));
            Assert.True(reader.IsWaiting);
            Assert.True(writer.IsWaiting);
        }

        reader.Join();
        writer.Join();
        Truth.Check(Machine, Process);
    }

    [Fact]
    public void Who_looks_from_outside_waits_too()
    {
        var other = Machine.CreateProcess();
        Worker[] waiters;
        using (new Transit(Process, 0))
        {
            waiters =
            [
                new Worker(() => Assert.Equal(8, other.ReadRemote(Process, Base, new byte[8]))),
                new Worker(() =>
                {
                    Assert.Equal(1, Process.PinPages(Base, 1, PinFlags.None, out var pins));
                    pins!.Dispose();
                }),
            ];
            Assert.All(waiters, waiter => Assert.True(waiter.IsWaiting));
        }

        Assert.All(waiters, waiter => waiter.Join());
        Truth.Check(Machine, Process, other);
    }

    [Fact]
    public void Views_show_it_as_resident_and_in_core_and_pagemap_as_swapped()
    {
        var folio = FolioAt(Process, 0);
        using (new Transit(Process, 0))
        {
            Assert.Equal(8UL, Smaps(Process, 0).ResidentPages);
            Assert.Equal(8UL, Smaps(Process, 0).AnonymousPages);
            Assert.Equal(32UL, Smaps(Process, 0).ProportionalKilobytes);
            Assert.Equal(0UL, Smaps(Process, 0).SwappedPages);
            Assert.Equal(1, Mincore(Process, 0));
            Assert.Equal(PagemapEntry.Swapped | (PagemapEntry)((folio.Frame << 5) | 10), Pagemap(Process, 0));
            Assert.Equal(8, Process.Mm.Rss[RssKind.Anonymous]);
            Assert.False(Process.Peek(Base, new byte[Page.Size]));
            Assert.Equal(Error(Errno.ENOENT), Move(Process, 0));
        }

        Assert.Equal(PagemapEntry.Present | PagemapEntry.ExclusivelyMapped | (PagemapEntry)folio.Frame, Pagemap(Process, 0));
        Truth.Check(Machine, Process);
    }

    [Fact]
    public void A_fork_shares_it()
    {
        Process child;
        using (new Transit(Process, 0))
        {
            Assert.Equal(0, Process.Fork(out var forked));
            child = forked!;
            Assert.Equal(8, child.Mm.Rss[RssKind.Anonymous]);
        }

        Assert.Same(FolioAt(Process, 0), FolioAt(child, 0));
        Assert.False(FolioAt(Process, 0).Has(FolioFlags.AnonExclusive));
        Truth.Check(Machine, Process, child);
        Write(Process, 0, 7);
        Assert.Equal(100UL, Read(child, 0));
        Assert.Equal(7UL, Read(Process, 0));
        Truth.Check(Machine, Process, child);
    }

    [Fact]
    public void A_fork_of_a_shared_mapping_leaves_both_writable()
    {
        var file = Machine.CreateMemoryFile(Page.Size);
        Assert.Equal((long)Elsewhere, Process.Mmap(Elsewhere, Page.Size, ReadWrite, MapFlags.Shared | MapFlags.Fixed, file.Open(isWritable: true)));
        var uffd = Process.CreateUserfaultfd();
        Assert.Equal(0, Process.UffdApi(uffd, UffdFeatures.Sigbus | UffdFeatures.EventFork, out _));
        Assert.Equal(0, Process.UffdRegister(uffd, Elsewhere, Page.Size, UffdRegisterMode.WriteProtect));
        Assert.Equal(0UL, ReadAt(Process, Elsewhere));
        Process? child = null;
        using (new Transit(Process, (Elsewhere - Base) / Page.Size))
        {
            var fork = new Worker(() => Assert.Equal(0, Process.Fork(out child)));
            Assert.Equal(0, Process.UffdRead(uffd, out var message));
            fork.Join();
            Assert.Equal(UffdEvent.Fork, message.Event);
        }

        Assert.Equal(1, child!.Mm.Rss[RssKind.SharedMemory]);
        Assert.True(child.Write(Elsewhere, [5]).IsOk);
        Assert.Equal(5UL, ReadAt(Process, Elsewhere));
        Truth.Check(Machine, [Process, child], [file]);
    }

    [Theory]
    [InlineData("munmap")]
    [InlineData("dontneed")]
    [InlineData("guard")]
    [InlineData("mmap")]
    public void What_discards_pages_discards_it(string call)
    {
        using (new Transit(Process, 0))
        {
            Assert.Equal(call == "mmap" ? (long)Base : 0, call switch
            {
                "munmap" => Process.Munmap(Base, Page.Size),
                "dontneed" => Process.Madvise(Base, Page.Size, Advice.DontNeed),
                "guard" => Process.Madvise(Base, Page.Size, Advice.GuardInstall),
                _ => Process.Mmap(Base, Page.Size, ReadWrite, Anonymous),
            });
            Assert.Equal(7, Process.Mm.Rss[RssKind.Anonymous]);
        }

        Assert.Equal(7, Process.Mm.Rss[RssKind.Anonymous]);
        Truth.Check(Machine, Process);
    }

    [Fact]
    public void Exit_discards_it()
    {
        using (new Transit(Process, 0))
            Process.Exit();
        Truth.Check(Machine);
    }

    [Fact]
    public void Protecting_takes_the_right_to_write_away_and_it_comes_back_with_a_fault()
    {
        var folio = FolioAt(Process, 0);
        using (new Transit(Process, 0))
            Assert.Equal(0, Process.Mprotect(Base, Page.Size, Prot.Read));
        Assert.Equal(Signal.SIGSEGV, Process.Write(Base, [1]).Signal);
        Assert.Equal(100UL, Read(Process, 0));
        using (new Transit(Process, 0))
            Assert.Equal(0, Process.Mprotect(Base, Page.Size, ReadWrite));
        Write(Process, 0, 5);
        Assert.Same(folio, FolioAt(Process, 0));
        Truth.Check(Machine, Process);
    }

    [Fact]
    public void Locking_the_memory_locks_it()
    {
        Worker locking;
        using (new Transit(Process, 0))
        {
            locking = new Worker(() => Assert.Equal(0, Process.Mlock(Base, 8 * Page.Size)));
            Assert.True(locking.IsWaiting);
        }

        locking.Join();
        Assert.True(FolioAt(Process, 0).Has(FolioFlags.Mlocked));
        Truth.Check(Machine, Process);
    }

    [Fact]
    public void Moving_the_mapping_takes_it_along()
    {
        using (new Transit(Process, 0))
            Assert.Equal((long)Elsewhere, Process.Mremap(Base, 2 * Page.Size, 2 * Page.Size, RemapFlags.MayMove | RemapFlags.Fixed, Elsewhere));
        Assert.Equal(100UL, ReadAt(Process, Elsewhere));
        Truth.Check(Machine, Process);
    }

    [Fact]
    public void A_userfaultfd_protects_and_unprotects_it()
    {
        var uffd = Process.CreateUserfaultfd();
        Assert.Equal(0, Process.UffdApi(uffd, UffdFeatures.Sigbus, out _));
        Assert.Equal(0, Process.UffdRegister(uffd, Base, 8 * Page.Size, UffdRegisterMode.WriteProtect));
        using (new Transit(Process, 0))
        {
            Assert.Equal(0, Process.UffdWriteProtect(uffd, Base, Page.Size, UffdProtectMode.WriteProtect));
            Assert.Equal(PagemapEntry.UffdWriteProtected, Pagemap(Process, 0) & PagemapEntry.UffdWriteProtected);
        }

        Assert.Equal(Signal.SIGBUS, Process.Write(Base, [1]).Signal);
        using (new Transit(Process, 0))
            Assert.Equal(0, Process.UffdWriteProtect(uffd, Base, Page.Size, UffdProtectMode.None));
        Write(Process, 0, 5);
        Truth.Check(Machine, Process);
    }

    [Fact]
    public void A_userfaultfd_moves_it_when_it_has_arrived()
    {
        var uffd = Process.CreateUserfaultfd();
        Assert.Equal(0, Process.UffdApi(uffd, UffdFeatures.Move, out _));
        Assert.Equal((long)Elsewhere, Process.Mmap(Elsewhere, Page.Size, ReadWrite, Anonymous));
        Assert.Equal(0, Process.UffdRegister(uffd, Elsewhere, Page.Size, UffdRegisterMode.Missing));
        Worker mover;
        using (new Transit(Process, 0))
        {
            mover = new Worker(() => Assert.Equal(0, Process.UffdMove(uffd, Elsewhere, Base, Page.Size, UffdMoveMode.None, out _)));
            Assert.True(mover.IsWaiting);
        }

        mover.Join();
        Assert.Equal(100UL, ReadAt(Process, Elsewhere));
        Truth.Check(Machine, Process);
    }

    [Fact]
    public void A_hole_in_the_file_discards_it_and_private_copies_stay()
    {
        var file = Machine.CreateMemoryFile(2 * Page.Size);
        Assert.Equal((long)Base, Process.Mmap(Base, 2 * Page.Size, ReadWrite, MapFlags.Private | MapFlags.Fixed, file.Open(isWritable: true)));
        Assert.Equal(0UL, Read(Process, 0));
        Write(Process, 1, 5);
        Worker punch;
        using (new Transit(Process, 0))
        using (new Transit(Process, 1))
        {
            punch = new Worker(() => Assert.Equal(0, file.PunchHole(0, 2 * Page.Size)));
            Assert.True(punch.IsWaiting);
            Assert.Equal(0, Process.Mm.Rss[RssKind.SharedMemory]);
            Assert.Equal(7, Process.Mm.Rss[RssKind.Anonymous]);
        }

        punch.Join();
        Assert.Equal(0, file.Mapping.PageCount);
        Assert.Equal(5UL, Read(Process, 1));
        Truth.Check(Machine, [Process], [file]);
    }

    [Fact]
    public void Merging_and_unmerging_wait_for_it()
    {
        Assert.Equal(0, Process.Madvise(Base, 8 * Page.Size, Advice.Mergeable));
        Write(Process, 0, 7);
        Write(Process, 1, 7);
        Machine.Ksm.Scan(2);
        Assert.Equal(2, FolioAt(Process, 0).MapCount);
        Worker scan;
        using (new Transit(Process, 0))
        {
            scan = new Worker(() => Machine.Ksm.Scan(1));
            Assert.True(scan.IsWaiting);
        }

        scan.Join();
        Assert.Equal(2, FolioAt(Process, 0).MapCount);
        Truth.Check(Machine, Process);
        using (new Transit(Process, 0))
        {
            scan = new Worker(() => Assert.Equal(0, Machine.Ksm.UnmergeAll()));
            Assert.True(scan.IsWaiting);
        }

        scan.Join();
        Assert.NotSame(FolioAt(Process, 0), FolioAt(Process, 1));
        Truth.Check(Machine, Process);
    }

    [Fact]
    public void A_page_in_the_swap_cache_survives_the_end_of_its_device()
    {
        var device = Machine.SwapOn(SwapStore.InMemory(1 << 20))!;
        Assert.Equal(0, Process.Madvise(Base, Page.Size, Advice.PageOut));
        Assert.Equal(100UL, Read(Process, 0));
        Worker swapOff;
        using (new Transit(Process, 0))
        {
            swapOff = new Worker(() => Assert.Equal(0, Machine.SwapOff(device)));
            Assert.True(swapOff.IsWaiting);
        }

        swapOff.Join();
        Assert.Equal(100UL, Read(Process, 0));
        Truth.Check(Machine, Process);
    }
}
