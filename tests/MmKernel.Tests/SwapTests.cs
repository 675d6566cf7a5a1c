using System;
using System.IO;
using System.Linq;
using Xunit;

namespace MmKernel.Tests;

/// <summary>Pages that go to swap and come back, as one thread sees it.</summary>
public sealed class SwapTests : IDisposable
{
    private const ulong Base = 0x10_0000_0000;
    private const MapFlags Anonymous = MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed;
    private const Prot ReadWrite = Prot.Read | Prot.Write;

    private readonly Machine _machine = new(new MachineOptions { MemoryBytes = 16 << 20, Reclaim = ReclaimPolicy.Direct });
    private readonly Process _process;
    private readonly SwapDevice _device;

    public SwapTests()
    {
        _process = _machine.CreateProcess();
        _device = _machine.SwapOn(SwapStore.InMemory(8 << 20))!;
    }

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void Paged_out_memory_leaves_and_comes_back_with_its_contents()
    {
        Fill(_process, 4);
        PageOut(4);
        Assert.Equal(0, _process.Mm.Rss[RssKind.Anonymous]);
        Assert.Equal(4, _process.Mm.Rss[RssKind.Swap]);
        Assert.Equal(4, _device.UsedSlots);
        Truth.Check(_machine, _process);
        Assert.Equal(102UL, Read(_process, 2));
        Assert.Equal(1, _process.Mm.Rss[RssKind.Anonymous]);
        Assert.Equal(3, _process.Mm.Rss[RssKind.Swap]);
        Truth.Check(_machine, _process);
    }

    [Fact]
    public void A_write_to_a_page_in_swap_frees_its_slot()
    {
        Fill(_process, 1);
        PageOut(1);
        Write(_process, 0, 7);
        Assert.Equal(7UL, Read(_process, 0));
        Assert.Equal(0, _device.UsedSlots);
        Truth.Check(_machine, _process);
    }

    [Fact]
    public void A_page_of_a_file_that_comes_into_a_locked_area_stays_until_that_is_unlocked()
    {
        var file = _machine.CreateMemoryFile(2 * Page.Size);
        Assert.Equal((long)Base, _process.Mmap(Base, 2 * Page.Size, ReadWrite, MapFlags.Shared | MapFlags.Fixed, file.Open(isWritable: true)));
        Assert.Equal(0, _process.Mlock(Base, 2 * Page.Size, MlockFlags.OnFault));
        Write(_process, 0, 7);
        Assert.True(_process.FolioAt(Base).Has(FolioFlags.Mlocked));
        _machine.Memory.Lru!.DrainAll();
        Assert.Equal(1, _machine.Memory.Lru.CountOf(LruList.Unevictable));
        Truth.Check(_machine, [_process], [file]);
        Assert.Equal(0, _process.Munlock(Base, 2 * Page.Size));
        Assert.False(_process.FolioAt(Base).Has(FolioFlags.Mlocked));
        PageOut(1);
        Assert.Equal(1, _device.UsedSlots);
        Truth.Check(_machine, [_process], [file]);
    }

    [Fact]
    public void Views_tell_what_is_in_swap()
    {
        Fill(_process, 3);
        PageOut(2);
        var vma = Assert.Single(_process.Smaps());
        Assert.Equal(2UL, vma.SwappedPages);
        Assert.Equal(1UL, vma.ResidentPages);
        var entries = new PagemapEntry[3];
        _process.Pagemap(Base, entries);
        Assert.Equal(PagemapEntry.Swapped, entries[0] & (PagemapEntry.Swapped | PagemapEntry.Present));
        Assert.Equal(PagemapEntry.Swapped, entries[1] & (PagemapEntry.Swapped | PagemapEntry.Present));
        Assert.Equal(PagemapEntry.Present, entries[2] & (PagemapEntry.Swapped | PagemapEntry.Present));
        byte[] residency = new byte[3];
        Assert.Equal(0, _process.Mincore(Base, 3 * Page.Size, residency));
        Assert.Equal([0, 0, 1], residency);
    }

    [Fact]
    public void A_fork_shares_pages_in_swap_and_each_side_gets_its_own_at_the_first_write()
    {
        Fill(_process, 2);
        PageOut(2);
        Assert.Equal(0, _process.Fork(out var child));
        Assert.Equal(2, child!.Mm.Rss[RssKind.Swap]);
        Assert.Equal(2, _device.UsedSlots);
        Truth.Check(_machine, _process, child);
        Write(child, 0, 7);
        Assert.Equal(100UL, Read(_process, 0));
        Assert.Equal(7UL, Read(child, 0));
        Write(_process, 1, 8);
        Assert.Equal(101UL, Read(child, 1));
        Truth.Check(_machine, _process, child);
        child.Exit();
        Truth.Check(_machine, _process);
    }

    [Fact]
    public void A_page_that_others_map_is_not_paged_out()
    {
        Fill(_process, 1);
        Assert.Equal(0, _process.Fork(out var child));
        PageOut(1);
        Assert.Equal(0, _device.UsedSlots);
        child!.Exit();
        PageOut(1);
        Assert.Equal(1, _device.UsedSlots);
    }

    [Fact]
    public void Unmapping_discarding_and_exit_free_the_slots()
    {
        Fill(_process, 4);
        PageOut(4);
        Assert.Equal(0, _process.Munmap(Base, Page.Size));
        Assert.Equal(3, _device.UsedSlots);
        Assert.Equal(0, _process.Madvise(Base + Page.Size, Page.Size, Advice.DontNeed));
        Assert.Equal(2, _device.UsedSlots);
        Assert.Equal(0UL, Read(_process, 1));
        Assert.Equal(0, _process.Madvise(Base + (2 * Page.Size), Page.Size, Advice.Free));
        Assert.Equal(1, _device.UsedSlots);
        Assert.Equal(0UL, Read(_process, 2));
        Truth.Check(_machine, _process);
        _process.Exit();
        Assert.Equal(0, _device.UsedSlots);
        Truth.Check(_machine);
    }

    [Fact]
    public void Moving_and_protecting_leave_pages_in_swap()
    {
        const ulong Target = Base + (64 * Page.Size);
        Fill(_process, 2);
        PageOut(2);
        Assert.Equal(0, _process.Mprotect(Base, 2 * Page.Size, Prot.Read));
        Assert.Equal((long)Target, _process.Mremap(Base, 2 * Page.Size, 2 * Page.Size, RemapFlags.MayMove | RemapFlags.Fixed, Target));
        Assert.Equal(2, _process.Mm.Rss[RssKind.Swap]);
        byte[] word = new byte[8];
        Assert.True(_process.Read(Target + Page.Size, word).IsOk);
        Assert.Equal(101UL, BitConverter.ToUInt64(word));
        Assert.Equal(SignalCode.SEGV_ACCERR, _process.Write(Target, word).Code);
        Truth.Check(_machine, _process);
    }

    [Fact]
    public void WillNeed_reads_into_the_cache_without_mapping()
    {
        Fill(_process, 2);
        PageOut(2);
        Assert.Equal(0, _process.Madvise(Base, 2 * Page.Size, Advice.WillNeed));
        byte[] residency = new byte[2];
        Assert.Equal(0, _process.Mincore(Base, 2 * Page.Size, residency));
        Assert.Equal([1, 1], residency);
        Assert.Equal(2, _process.Mm.Rss[RssKind.Swap]);
        Assert.Equal(101UL, Read(_process, 1));
        Truth.Check(_machine, _process);
    }

    [Fact]
    public void Unwanted_pages_are_dropped_unless_written_to_again()
    {
        Fill(_process, 2);
        Assert.Equal(0, _process.Madvise(Base, 2 * Page.Size, Advice.Free));
        Assert.Equal(100UL, Read(_process, 0));
        Write(_process, 1, 7);
        PageOut(2);
        PageOut(2);
        Assert.Equal(0UL, Read(_process, 0));
        Assert.Equal(7UL, Read(_process, 1));
        Truth.Check(_machine, _process);
    }

    [Fact]
    public void Locked_memory_stays()
    {
        Fill(_process, 2);
        Assert.Equal(0, _process.Mlock(Base, Page.Size));
        Assert.Equal(-(long)Errno.EINVAL, _process.Madvise(Base, Page.Size, Advice.PageOut));
        _machine.Memory.Lru!.DrainAll();
        Assert.Equal(1, _machine.Memory.Lru.CountOf(LruList.Unevictable));
        Assert.Equal(0, _process.Munlock(Base, Page.Size));
        Assert.Equal(0, _machine.Memory.Lru.CountOf(LruList.Unevictable));
        PageOut(2);
        Assert.Equal(2, _device.UsedSlots);
        Truth.Check(_machine, _process);
    }

    [Fact]
    public void Swapoff_brings_everything_back()
    {
        var file = _machine.CreateMemoryFile(2 * Page.Size);
        Assert.Equal(8, file.Write(Page.Size, BitConverter.GetBytes(55UL)));
        Assert.Equal((long)Base + (8 * Page.Size), _process.Mmap(Base + (8 * Page.Size), 2 * Page.Size, ReadWrite, MapFlags.Shared | MapFlags.Fixed, file.Open(isWritable: true)));
        Fill(_process, 4);
        Assert.Equal(55UL, Read(_process, 9));
        PageOut(10);
        Assert.Equal(5, _device.UsedSlots);
        Assert.Equal(0, _process.Fork(out var child));
        Assert.Equal(0, _machine.SwapOff(_device));
        Assert.Equal(0, _device.UsedSlots);
        Assert.Equal(0, _process.Mm.Rss[RssKind.Swap]);
        Assert.Equal(103UL, Read(child!, 3));
        Assert.Equal(55UL, Read(child!, 9));
        Truth.Check(_machine, [_process, child!], [file]);
    }

    [Fact]
    public void Pages_of_memory_files_go_to_swap_and_come_back_by_fault_and_by_read()
    {
        var file = _machine.CreateMemoryFile(4 * Page.Size);
        for (ulong page = 0; page < 4; page++)
            Assert.Equal(8, file.Write(page * Page.Size, BitConverter.GetBytes(50 + page)));
        Assert.Equal((long)Base, _process.Mmap(Base, 4 * Page.Size, ReadWrite, MapFlags.Shared | MapFlags.Fixed, file.Open(isWritable: true)));
        for (ulong page = 0; page < 4; page++)
            Assert.Equal(50 + page, Read(_process, page));
        PageOut(4);
        Assert.Equal(4, _device.UsedSlots);
        Assert.Equal(0, file.Mapping.PageCount);
        Assert.Equal(4UL, Assert.Single(_process.Smaps()).SwappedPages);
        Assert.Equal(51UL, Read(_process, 1));
        byte[] word = new byte[8];
        Assert.Equal(8, file.Read(2 * Page.Size, word));
        Assert.Equal(52UL, BitConverter.ToUInt64(word));
        Truth.Check(_machine, [_process], [file]);
        Assert.Equal(0, file.Truncate(Page.Size));
        Assert.Equal(1, _device.UsedSlots);
        Truth.Check(_machine, [_process], [file]);
    }

    [Fact]
    public void A_device_on_a_file_reads_the_neighbours_ahead()
    {
        string path = Path.GetTempFileName();
        Assert.Equal(0, _machine.SwapOff(_device));
        var device = _machine.SwapOn(SwapStore.InFile(path, 1 << 20))!;
        Fill(_process, 16);
        PageOut(16);
        Assert.Equal(16, device.UsedSlots);
        Assert.Equal(103UL, Read(_process, 3));
        byte[] residency = new byte[16];
        Assert.Equal(0, _process.Mincore(Base, 16 * Page.Size, residency));
        Assert.Equal([.. Enumerable.Repeat((byte)1, 8), .. Enumerable.Repeat((byte)0, 8)], residency);
        Truth.Check(_machine, _process);
        Assert.Equal(0, _machine.SwapOff(device));
        for (ulong page = 0; page < 16; page++)
            Assert.Equal(100 + page, Read(_process, page));
        Truth.Check(_machine, _process);
        File.Delete(path);
    }

    [Fact]
    public void Another_process_reads_and_writes_pages_in_swap()
    {
        var other = _machine.CreateProcess();
        Fill(_process, 2);
        PageOut(2);
        byte[] word = new byte[8];
        Assert.Equal(8, other.ReadRemote(_process, Base, word));
        Assert.Equal(100UL, BitConverter.ToUInt64(word));
        Assert.Equal(8, other.WriteRemote(_process, Base + Page.Size, BitConverter.GetBytes(9UL)));
        PageOut(2);
        Assert.Equal(9UL, Read(_process, 1));
        Truth.Check(_machine, _process, other);
    }

    private void PageOut(ulong pages) => _ = _process.Madvise(Base, pages * Page.Size, Advice.PageOut);

    private static void Fill(Process process, ulong pages)
    {
        Assert.Equal((long)Base, process.Mmap(Base, pages * Page.Size, ReadWrite, Anonymous));
        for (ulong page = 0; page < pages; page++)
            Write(process, page, 100 + page);
    }

    private static ulong Read(Process process, ulong page) => process.ReadWord(Base + (page * Page.Size));

    private static void Write(Process process, ulong page, ulong value) => process.WriteWord(Base + (page * Page.Size), value);
}
