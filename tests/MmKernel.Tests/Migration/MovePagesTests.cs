using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Xunit;

namespace MmKernel.Tests;

/// <summary>Pages that are moved to other frames: whatever they are, nobody notices but who looks at frame numbers.</summary>
public sealed class MovePagesTests : MigrationTest
{
    [Fact]
    public void A_page_gets_another_frame_and_keeps_its_contents()
    {
        var before = FolioAt(Process, 3);
        Assert.Equal(0, Move(Process, 3));
        Assert.NotSame(before, FolioAt(Process, 3));
        Assert.Equal(103UL, Read(Process, 3));
        Assert.Equal(0, before.ReferenceCount);
        Assert.Equal(8, Process.Mm.Rss[RssKind.Anonymous]);
        Truth.Check(Machine, Process);
    }

    [Fact]
    public void Many_pages_are_moved_by_one_call()
    {
        ulong[] addresses = [.. Enumerable.Range(0, 8).Select(page => At((ulong)page) + 5)];
        ulong[] frames = [.. Enumerable.Range(0, 8).Select(page => FolioAt(Process, (ulong)page).Frame)];
        int[] status = new int[8];
        Assert.Equal(0, Process.MovePages(addresses, MovePagesFlags.Move, status));
        Assert.Equal(new int[8], status);
        Assert.All(Enumerable.Range(0, 8), page => Assert.NotEqual(frames[page], FolioAt(Process, (ulong)page).Frame));
        Assert.All(Enumerable.Range(0, 8), page => Assert.Equal(100 + (ulong)page, Read(Process, (ulong)page)));
        Truth.Check(Machine, Process);
    }

    [Fact]
    public void Without_flags_it_only_tells_where_pages_are()
    {
        Assert.Equal((long)Elsewhere, Process.Mmap(Elsewhere, 2 * Page.Size, ReadWrite, Anonymous));
        Assert.Equal(0UL, ReadAt(Process, Elsewhere));
        ulong frame = FolioAt(Process, 0).Frame;
        int[] status = new int[4];
        Assert.Equal(0, Process.MovePages([Base, Elsewhere, Elsewhere + Page.Size, 0x1000_0000], MovePagesFlags.None, status));
        Assert.Equal([0, Error(Errno.EFAULT), Error(Errno.ENOENT), Error(Errno.EFAULT)], status);
        Assert.Equal(frame, FolioAt(Process, 0).Frame);
    }

    [Fact]
    public void Refusals()
    {
        Assert.Equal(Error(Errno.EINVAL), Process.MovePages([Base], (MovePagesFlags)1, new int[1]));
        Assert.Equal(Error(Errno.EINVAL), Process.MovePages([Base, Base], MovePagesFlags.Move, new int[1]));
        Assert.Equal((long)Elsewhere, Process.Mmap(Elsewhere, 2 * Page.Size, ReadWrite, Anonymous));
        Assert.Equal(0UL, ReadAt(Process, Elsewhere));
        int[] status = new int[3];
        Assert.Equal(3, Process.MovePages([Elsewhere, Elsewhere + Page.Size, 0x1000_0000], MovePagesFlags.MoveAll, status));
        Assert.Equal([Error(Errno.EFAULT), Error(Errno.ENOENT), Error(Errno.EFAULT)], status);
        Truth.Check(Machine, Process);
    }

    [Fact]
    public void A_huge_page_is_told_of_split_for_one_that_is_to_be_moved_and_stays_while_it_is_pinned()
    {
        using var machine = new Machine(new MachineOptions { MemoryBytes = 16 << 20, HugePages = HugePageMode.Always });
        var process = machine.CreateProcess();
        Assert.Equal((long)Elsewhere, process.Mmap(Elsewhere, HugePages.Size, ReadWrite, Anonymous));
        int[] status = new int[1];
        Assert.Equal(0, process.MovePages([Elsewhere + Page.Size], MovePagesFlags.None, status));
        Assert.Equal(Error(Errno.ENOENT), status[0]);
        Assert.True(process.Write(Elsewhere, BitConverter.GetBytes(5UL)).IsOk);
        Assert.Equal(0, process.MovePages([Elsewhere + Page.Size], MovePagesFlags.None, status));
        Assert.Equal(0, status[0]);
        Assert.Equal(1, process.PinPages(Elsewhere, 1, PinFlags.Write, out var pins));
        Assert.Equal(1, process.MovePages([Elsewhere + Page.Size], MovePagesFlags.MoveAll, status));
        Assert.Equal(Error(Errno.EBUSY), status[0]);
        pins!.Dispose();
        Assert.Equal(0, process.MovePages([Elsewhere], MovePagesFlags.MoveAll, status));
        Assert.Equal(0, status[0]);
        Assert.Equal(5UL, ReadAt(process, Elsewhere));
        Truth.Check(machine, process);
    }

    [Fact]
    public void A_page_that_is_the_processs_own_stays_so()
    {
        Assert.Equal(0, Move(Process, 0));
        var moved = FolioAt(Process, 0);
        Write(Process, 0, 7);
        Assert.Same(moved, FolioAt(Process, 0));
        Assert.True(moved.Has(FolioFlags.AnonExclusive));
        Truth.Check(Machine, Process);
    }

    [Fact]
    public void A_shared_page_is_moved_for_all_if_asked_and_copied_by_the_first_who_writes()
    {
        Assert.Equal(0, Process.Fork(out var child));
        Assert.Equal(Error(Errno.EACCES), Move(Process, 2));
        Assert.Equal(0, Move(Process, 2, MovePagesFlags.MoveAll));
        Assert.Same(FolioAt(Process, 2), FolioAt(child!, 2));
        Assert.Equal(2, FolioAt(child!, 2).MapCount);
        Truth.Check(Machine, Process, child!);
        Write(child!, 2, 7);
        Assert.Equal(102UL, Read(Process, 2));
        Assert.Equal(7UL, Read(child!, 2));
        Truth.Check(Machine, Process, child!);
    }

    [Theory]
    [InlineData(MapFlags.Shared)]
    [InlineData(MapFlags.Private)]
    public void A_page_of_a_file_is_moved_in_the_file_and_in_all_mappings(MapFlags kind)
    {
        var file = Machine.CreateMemoryFile(2 * Page.Size);
        Assert.Equal(8, file.Write(Page.Size, BitConverter.GetBytes(5UL)));
        var other = Machine.CreateProcess();
        foreach (var process in new[] { Process, other })
        {
            Assert.Equal((long)Base, process.Mmap(Base, 2 * Page.Size, ReadWrite, kind | MapFlags.Fixed, file.Open(isWritable: true)));
            Assert.Equal(5UL, Read(process, 1));
        }

        var before = FolioAt(Process, 1);
        Assert.Equal(0, Move(Process, 1, MovePagesFlags.MoveAll));
        Assert.NotSame(before, FolioAt(Process, 1));
        Assert.Same(FolioAt(Process, 1), FolioAt(other, 1));
        Assert.Null(before.Mapping);
        byte[] contents = new byte[8];
        Assert.Equal(8, file.Read(Page.Size, contents));
        Assert.Equal(5UL, BitConverter.ToUInt64(contents));
        Write(Process, 1, 6);
        Assert.Equal(kind == MapFlags.Shared ? 6UL : 5UL, Read(other, 1));
        Truth.Check(Machine, [Process, other], [file]);
    }

    [Fact]
    public void What_was_written_to_a_page_of_a_file_is_written_back_after_the_move()
    {
        var store = new Pages();
        var file = Machine.CreateFile(Page.Size, store);
        Assert.Equal((long)Base, Process.Mmap(Base, Page.Size, ReadWrite, MapFlags.Shared | MapFlags.Fixed, file.Open(isWritable: true)));
        Write(Process, 0, 9);
        Assert.Equal(0, Move(Process, 0));
        Assert.Equal(0, file.Sync());
        Assert.Equal(9UL, store.FirstWord);
        Write(Process, 0, 10);
        Assert.Equal(0, file.Sync());
        Assert.Equal(10UL, store.FirstWord);
        Truth.Check(Machine, [Process], [file]);
    }

    [Fact]
    public void A_page_with_a_slot_in_swap_keeps_it()
    {
        var device = Machine.SwapOn(SwapStore.InMemory(1 << 20))!;
        Assert.Equal(0, Process.Madvise(Base, Page.Size, Advice.PageOut));
        Assert.Equal(100UL, Read(Process, 0));
        var before = FolioAt(Process, 0);
        Assert.True(before.Has(FolioFlags.SwapCache));
        Assert.Equal(0, Move(Process, 0));
        Assert.NotSame(before, FolioAt(Process, 0));
        Assert.True(FolioAt(Process, 0).Has(FolioFlags.SwapCache));
        Assert.False(before.Has(FolioFlags.SwapCache));
        Truth.Check(Machine, Process);
        Assert.Equal(0, Process.Madvise(Base, Page.Size, Advice.PageOut));
        Assert.Equal(0, Machine.SwapOff(device));
        Assert.Equal(100UL, Read(Process, 0));
        Truth.Check(Machine, Process);
    }

    [Fact]
    public void A_page_that_is_only_in_the_swap_cache_is_moved_there()
    {
        _ = Machine.SwapOn(SwapStore.InMemory(1 << 20))!;
        Assert.Equal(0, Process.Madvise(Base, Page.Size, Advice.PageOut));
        Assert.Equal(0, Process.Madvise(Base, Page.Size, Advice.WillNeed));
        Machine.Memory.Lru!.DrainAll();
        var folio = Machine.Memory.Swap.Find(new SwapEntry(0, 1))!;
        Assert.True(Machine.Memory.Lru.TryIsolate(folio));
        Assert.Equal(0, FolioMigration.Migrate(Machine.Memory, folio));
        Truth.Check(Machine, Process);
        Assert.Equal(100UL, Read(Process, 0));
        Assert.NotSame(folio, FolioAt(Process, 0));
        Truth.Check(Machine, Process);
    }

    [Fact]
    public void A_merged_page_is_moved_for_all_and_takes_in_more()
    {
        Assert.Equal(0, Process.Madvise(Base, 8 * Page.Size, Advice.Mergeable));
        for (ulong page = 0; page < 3; page++)
            Write(Process, page, 7);
        Machine.Ksm.Scan(3);
        var before = FolioAt(Process, 0);
        Assert.Equal(3, before.MapCount);
        Assert.Equal(0, Move(Process, 0, MovePagesFlags.MoveAll));
        var moved = FolioAt(Process, 0);
        Assert.NotSame(before, moved);
        Assert.Equal(3, moved.MapCount);
        Assert.NotNull(moved.KsmNode);
        Truth.Check(Machine, Process);
        Write(Process, 3, 7);
        Machine.Ksm.Scan(2);
        Assert.Same(moved, FolioAt(Process, 3));
        Assert.Equal(1, Machine.Ksm.CountShared());
        Truth.Check(Machine, Process);
        Write(Process, 0, 8);
        Assert.Equal(7UL, Read(Process, 1));
        Assert.Equal(0, Machine.Ksm.UnmergeAll());
        Truth.Check(Machine, Process);
    }

    [Fact]
    public void A_pinned_page_stays_where_it_is()
    {
        Assert.Equal(1, Process.PinPages(Base, 1, PinFlags.Write, out var pins));
        var pinned = FolioAt(Process, 0);
        Assert.Equal(Error(Errno.EBUSY), Move(Process, 0));
        Assert.Same(pinned, FolioAt(Process, 0));
        pins!.Write(0, 0, BitConverter.GetBytes(5UL));
        Assert.Equal(5UL, Read(Process, 0));
        pins.Dispose();
        Assert.Equal(0, Move(Process, 0));
        Assert.Equal(5UL, Read(Process, 0));
        Truth.Check(Machine, Process);
    }

    [Fact]
    public void A_page_that_somebody_refers_to_is_tried_again_and_left_as_it_was()
    {
        var folio = FolioAt(Process, 0);
        folio.Get();
        Assert.Equal(Error(Errno.EAGAIN), Move(Process, 0));
        Assert.Same(folio, FolioAt(Process, 0));
        Write(Process, 0, 6);
        Assert.Same(folio, FolioAt(Process, 0));
        Machine.Memory.Put(folio);
        Truth.Check(Machine, Process);
        Assert.Equal(0, Move(Process, 0));
        Assert.Equal(6UL, Read(Process, 0));
    }

    [Fact]
    public void A_locked_page_is_moved_and_stays_locked()
    {
        Assert.Equal(0, Process.Mlock(Base, Page.Size));
        Assert.Equal(0, Move(Process, 0));
        Machine.Memory.Lru!.DrainAll();
        Assert.True(FolioAt(Process, 0).Has(FolioFlags.Mlocked));
        Assert.Equal(1, Machine.Memory.Lru.CountOf(LruList.Unevictable));
        Assert.Equal(0, Process.Munlock(Base, Page.Size));
        Assert.Equal(0, Machine.Memory.Lru.CountOf(LruList.Unevictable));
        Truth.Check(Machine, Process);
    }

    [Fact]
    public void Protection_and_marks_come_along()
    {
        Assert.Equal(0, Process.Mprotect(At(1), Page.Size, Prot.None));
        Assert.Equal(0, Process.Mprotect(At(2), Page.Size, Prot.Read));
        var uffd = Process.CreateUserfaultfd();
        Assert.Equal(0, Process.UffdApi(uffd, UffdFeatures.Sigbus, out _));
        Assert.Equal(0, Process.UffdRegister(uffd, At(3), Page.Size, UffdRegisterMode.WriteProtect));
        Assert.Equal(0, Process.UffdWriteProtect(uffd, At(3), Page.Size, UffdProtectMode.WriteProtect));
        for (ulong page = 1; page <= 3; page++)
            Assert.Equal(0, Move(Process, page));
        Assert.Equal(Signal.SIGSEGV, Process.Read(At(1), new byte[8]).Signal);
        Assert.Equal(Signal.SIGSEGV, Process.Write(At(2), new byte[8]).Signal);
        Assert.Equal(Signal.SIGBUS, Process.Write(At(3), new byte[8]).Signal);
        Assert.Equal(103UL, Read(Process, 3));
        Assert.Equal(0, Process.Mprotect(Base, 8 * Page.Size, ReadWrite));
        Assert.Equal(101UL, Read(Process, 1));
        Write(Process, 2, 5);
        Truth.Check(Machine, Process);
    }

    [Fact]
    public void Without_a_free_frame_the_page_stays()
    {
        var before = FolioAt(Process, 0);
        Task.Current.FaultInjector = new FaultInjector(FaultPoint.Page, successes: 0);
        Assert.Equal(Error(Errno.ENOMEM), Move(Process, 0));
        Task.Current.FaultInjector = null;
        Assert.Same(before, FolioAt(Process, 0));
        Truth.Check(Machine, Process);
    }

    [Fact]
    public void A_machine_without_lists_moves_pages_as_well()
    {
        using var machine = new Machine(new MachineOptions { MemoryBytes = 4 << 20 });
        var process = machine.CreateProcess();
        Assert.Equal((long)Base, process.Mmap(Base, Page.Size, ReadWrite, Anonymous));
        Write(process, 0, 5);
        var before = FolioAt(process, 0);
        Assert.Equal(0, Move(process, 0));
        Assert.NotSame(before, FolioAt(process, 0));
        Assert.Equal(5UL, Read(process, 0));
        Truth.Check(machine, process);
    }

    [Fact]
    public void Threads_that_write_all_the_time_lose_nothing()
    {
        const int Rounds = 2000;
        var writers = new List<Worker>();
        for (ulong writer = 0; writer < 2; writer++)
        {
            ulong page = writer;
            Write(Process, page, 0);
            writers.Add(new Worker(() =>
            {
                for (ulong value = 1; value <= Rounds; value++)
                {
                    Assert.Equal(value - 1, Read(Process, page));
                    Write(Process, page, value);
                }
            }));
        }

        int moved = 0;
        while (writers.Any(writer => writer.IsWaiting) || moved == 0)
            moved += Move(Process, 0) == 0 && Move(Process, 1) == 0 ? 1 : 0;
        writers.ForEach(writer => writer.Join());
        Assert.Equal((ulong)Rounds, Read(Process, 0));
        Assert.Equal((ulong)Rounds, Read(Process, 1));
        Truth.Check(Machine, Process);
    }

    private sealed class Pages : FileBacking
    {
        private readonly byte[] _page = new byte[Page.Size];

        internal ulong FirstWord => BitConverter.ToUInt64(_page);

        public override bool ReadPage(ulong index, Span<byte> contents)
        {
            _page.CopyTo(contents);
            return true;
        }

        public override bool WritePage(ulong index, ReadOnlySpan<byte> contents)
        {
            contents.CopyTo(_page);
            return true;
        }
    }
}
