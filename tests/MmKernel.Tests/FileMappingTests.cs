using System;
using Xunit;

namespace MmKernel.Tests;

/// <summary>Memory files and their mappings.</summary>
public sealed class FileMappingTests : IDisposable
{
    private const ulong Base = 0x10_0000_0000;
    private const Prot ReadWrite = Prot.Read | Prot.Write;

    private readonly Machine _machine = new(new MachineOptions { MemoryBytes = 16 << 20 });
    private readonly Process _process;
    private readonly MemoryFile _file;

    public FileMappingTests()
    {
        _process = _machine.CreateProcess();
        _file = _machine.CreateMemoryFile(0);
        for (ulong page = 0; page < 4; page++)
            Assert.Equal(8, _file.Write(page * Page.Size, BitConverter.GetBytes(100 + page)));
        Assert.Equal(4 * (ulong)Page.Size, Grow(4));
    }

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void A_mapping_shows_the_file_from_its_offset()
    {
        Map(Base, 2, MapFlags.Shared, pageOffset: 1);
        Assert.Equal(101UL, Read(_process, 0));
        Assert.Equal(102UL, Read(_process, 1));
        Check();
    }

    [Fact]
    public void Shared_writes_reach_the_file_and_other_processes()
    {
        var other = _machine.CreateProcess();
        Map(Base, 4, MapFlags.Shared);
        Map(Base, 4, MapFlags.Shared, process: other);
        Write(_process, 2, 7);
        Assert.Equal(7UL, Read(other, 2));
        Assert.Equal(7UL, FromFile(2));
        Check(other);
        other.Exit();
        Check();
    }

    [Fact]
    public void Private_writes_stay_private_whether_the_page_was_read_before_or_not()
    {
        Map(Base, 4, MapFlags.Private);
        Assert.Equal(100UL, Read(_process, 0));
        Write(_process, 0, 7);
        Write(_process, 1, 8);
        Assert.Equal(7UL, Read(_process, 0));
        Assert.Equal(8UL, Read(_process, 1));
        Assert.Equal(100UL, FromFile(0));
        Assert.Equal(101UL, FromFile(1));
        Assert.Equal(2, _process.Mm.Rss[RssKind.Anonymous]);
        Assert.Equal(2, _process.Mm.Rss[RssKind.SharedMemory]);
        Check();
    }

    [Fact]
    public void Behind_the_end_of_the_file_is_SIGBUS()
    {
        Map(Base, 6, MapFlags.Shared);
        Assert.Equal(
            new AccessResult(Signal.SIGBUS, SignalCode.BUS_ADRERR, Base + (4 * Page.Size)),
            _process.Read(Base + (4 * Page.Size), new byte[1]));
    }

    [Fact]
    public void Truncating_takes_shared_and_private_pages_away()
    {
        Map(Base, 4, MapFlags.Private);
        Write(_process, 3, 7);
        Assert.Equal(102UL, Read(_process, 2));
        Assert.Equal(0, _file.Truncate(2 * Page.Size));
        Assert.Equal(Signal.SIGBUS, _process.Read(Base + (2 * Page.Size), new byte[1]).Signal);
        Assert.Equal(Signal.SIGBUS, _process.Read(Base + (3 * Page.Size), new byte[1]).Signal);
        Assert.Equal(0, _file.Truncate(4 * Page.Size));
        Assert.Equal(0UL, Read(_process, 3));
        Check();
    }

    [Fact]
    public void A_read_maps_cached_neighbours_and_a_write_does_not()
    {
        Map(Base, 4, MapFlags.Shared);
        Assert.Equal(100UL, Read(_process, 0));
        Assert.Equal(4, _process.Mm.Rss[RssKind.SharedMemory]);
        Assert.Equal(0, _process.Munmap(Base, 4 * Page.Size));
        Map(Base, 4, MapFlags.Shared);
        Write(_process, 0, 1);
        Assert.Equal(1, _process.Mm.Rss[RssKind.SharedMemory]);
        Check();
    }

    [Fact]
    public void A_hole_reads_as_zero_and_private_copies_survive_it()
    {
        Map(Base, 4, MapFlags.Private);
        Write(_process, 1, 7);
        Assert.Equal(102UL, Read(_process, 2));
        Assert.Equal(0, _file.PunchHole(Page.Size, 2 * Page.Size));
        Assert.Equal(7UL, Read(_process, 1));
        Assert.Equal(0UL, Read(_process, 2));
        Check();
    }

    [Fact]
    public void Children_share_shared_mappings_and_copy_private_ones()
    {
        Map(Base, 4, MapFlags.Shared);
        Write(_process, 0, 1);
        Assert.Equal(0, _process.Fork(out var child));
        Write(child!, 0, 2);
        Assert.Equal(2UL, Read(_process, 0));
        Check(child!);
        child!.Exit();
        Check();
    }

    [Fact]
    public void A_system_call_that_an_exception_ends_still_releases_files()
    {
        Assert.Throws<TimeoutException>(new Action(() =>
        {
            using var entry = new SystemCall(_process);
            Task.Current.DeferRelease(_file);
            throw new TimeoutException();
        }));
        Assert.Equal(0UL, _file.Size);
    }

    [Fact]
    public void A_system_call_that_cleans_up_after_an_exception_releases_files()
    {
        Map(Base, 4, MapFlags.Shared);
        _file.Close();
        try
        {
            throw new TimeoutException();
        }
        catch (TimeoutException)
        {
            Assert.Equal(0, _process.Munmap(Base, 4 * Page.Size));
            Assert.Equal(0UL, _file.Size);
        }
    }

    [Fact]
    public void The_file_lives_as_long_as_something_maps_it()
    {
        Map(Base, 4, MapFlags.Shared);
        Assert.Equal(100UL, Read(_process, 0));
        _file.Close();
        Assert.Equal(101UL, Read(_process, 1));
        Assert.Equal(0, _process.Munmap(Base, 4 * Page.Size));
        Truth.Check(_machine, _process);
        Assert.Equal(0, _file.Mapping.PageCount);
    }

    private void Check(params Process[] others) => Truth.Check(_machine, [_process, .. others], [_file]);

    private ulong Grow(ulong pages)
    {
        Assert.Equal(0, _file.Truncate(pages * Page.Size));
        return _file.Size;
    }

    private ulong FromFile(ulong page)
    {
        byte[] bytes = new byte[8];
        Assert.Equal(8, _file.Read(page * Page.Size, bytes));
        return BitConverter.ToUInt64(bytes);
    }

    private void Map(ulong address, ulong pages, MapFlags sharing, ulong pageOffset = 0, Process? process = null) => Assert.Equal(
        (long)address,
        (process ?? _process).Mmap(address, pages * Page.Size, ReadWrite, sharing | MapFlags.Fixed, _file.Open(isWritable: true), pageOffset * Page.Size));

    private static ulong Read(Process process, ulong page) => process.ReadWord(Base + (page * Page.Size));

    private static void Write(Process process, ulong page, ulong value) => process.WriteWord(Base + (page * Page.Size), value);
}
