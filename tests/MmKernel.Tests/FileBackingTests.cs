using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Xunit;

namespace MmKernel.Tests;

/// <summary>Files whose pages lie elsewhere: when they are read, written, and asked.</summary>
public sealed class FileBackingTests : IDisposable
{
    private const ulong Base = 0x10_0000_0000;
    private const Prot ReadWrite = Prot.Read | Prot.Write;

    private readonly Machine _machine = new(new MachineOptions { MemoryBytes = 16 << 20, Reclaim = ReclaimPolicy.Direct });
    private readonly Store _store = new(4);
    private readonly Process _process;
    private readonly MemoryFile _file;

    public FileBackingTests()
    {
        _process = _machine.CreateProcess();
        _file = _machine.CreateFile(4 * Page.Size, _store);
    }

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void Pages_are_read_when_they_are_accessed()
    {
        Map(MapFlags.Shared);
        Assert.Equal(102UL, Read(2));
        Assert.Equal(["read 2"], _store.Log);
        Assert.Equal(102UL, Read(2));
        Assert.Equal(["read 2"], _store.Log);
        Check();
    }

    [Fact]
    public void The_first_write_asks_whether_the_page_was_read_before_or_not()
    {
        Map(MapFlags.Shared);
        Assert.Equal(100UL, Read(0));
        Write(0, 7);
        Write(0, 8);
        Write(1, 9);
        Assert.Equal(["read 0", "prepare 0", "dirtied", "read 1", "prepare 1", "dirtied"], _store.Log);
        Check();
    }

    [Fact]
    public void After_writing_back_the_next_write_asks_again()
    {
        Map(MapFlags.Shared);
        Write(0, 7);
        Assert.Equal(0, _file.Sync());
        Assert.Equal(7UL, _store.WordOf(0));
        Write(0, 8);
        Assert.Equal(["read 0", "prepare 0", "dirtied", "write 0", "prepare 0", "dirtied"], _store.Log);
        Assert.Equal(7UL, _store.WordOf(0));
        Assert.Equal(0, _file.Sync());
        Assert.Equal(0, _file.Sync());
        Assert.Equal(8UL, _store.WordOf(0));
        Assert.Equal(2, _store.Log.Count(l => l == "write 0"));
        Check();
    }

    [Fact]
    public void A_refusal_is_SIGBUS_and_leaves_the_page_readable()
    {
        Map(MapFlags.Shared);
        _store.Refuses = true;
        Assert.Equal(new AccessResult(Signal.SIGBUS, SignalCode.BUS_ADRERR, Base), _process.Write(Base, new byte[1]));
        Assert.Equal(100UL, Read(0));
        Assert.Equal(Signal.SIGBUS, _process.Write(Base, new byte[1]).Signal);
        _store.Refuses = false;
        Write(0, 7);
        Assert.Equal(7UL, Read(0));
        Check();
    }

    [Fact]
    public void A_page_that_cannot_be_read_is_SIGBUS()
    {
        Map(MapFlags.Shared);
        _store.Fails = true;
        Assert.Equal(Signal.SIGBUS, _process.Read(Base, new byte[1]).Signal);
        _store.Fails = false;
        Assert.Equal(100UL, Read(0));
        Check();
    }

    [Fact]
    public void Private_writes_ask_nobody()
    {
        Map(MapFlags.Private);
        Write(0, 7);
        Assert.Equal(["read 0"], _store.Log);
        Assert.Equal(0, _file.Sync());
        Assert.Equal(100UL, _store.WordOf(0));
        Check();
    }

    [Fact]
    public void While_a_write_waits_for_the_file_others_map_and_fault()
    {
        Map(MapFlags.Shared);
        Assert.Equal(100UL, Read(0));
        using var entered = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        _store.OnPrepare = () =>
        {
            entered.Set();
            go.Wait();
        };
        var writer = new Thread(() => Write(0, 7));
        writer.Start();
        entered.Wait();
        Assert.Equal(103UL, Read(3));
        Assert.Equal(0, _process.Munmap(Base + (64 * Page.Size), Page.Size));
        _store.OnPrepare = null;
        go.Set();
        writer.Join();
        Assert.Equal(7UL, Read(0));
        Check();
    }

    [Fact]
    public void A_page_truncated_while_its_write_waits_is_SIGBUS()
    {
        Map(MapFlags.Shared);
        _store.OnPrepare = () =>
        {
            // Another thread: this one holds the lock of the VMA.
            var truncation = new Thread(() => _file.Truncate(0));
            truncation.Start();
            truncation.Join();
        };
        Assert.Equal(Signal.SIGBUS, _process.Write(Base, new byte[1]).Signal);
        _store.OnPrepare = null;
        Assert.Equal(0, _file.Mapping.PageCount);
        Check();
    }

    [Fact]
    public void Reclaim_writes_dirty_pages_back_and_drops_clean_ones()
    {
        Map(MapFlags.Shared);
        Write(0, 7);
        Assert.Equal(101UL, Read(1));
        Assert.Equal(0, _process.Madvise(Base, 2 * Page.Size, Advice.PageOut));
        Assert.Equal(0, _file.Mapping.PageCount);
        Assert.Equal(7UL, _store.WordOf(0));
        Assert.Equal(1, _store.Log.Count(l => l.StartsWith("write", StringComparison.Ordinal)));
        Assert.Equal(7UL, Read(0));
        Check();
    }

    [Fact]
    public void Closing_the_last_use_writes_what_is_dirty()
    {
        Map(MapFlags.Shared);
        Write(2, 7);
        _file.Close();
        Assert.Equal(0, _process.Munmap(Base, 4 * Page.Size));
        Assert.Equal(7UL, _store.WordOf(2));
        Truth.Check(_machine, _process);
    }

    [Fact]
    public void A_long_term_pin_for_writing_is_refused_where_writes_must_be_heard()
    {
        Map(MapFlags.Shared);
        Assert.Equal(-(long)Errno.EFAULT, _process.PinPages(Base, 1, PinFlags.Write | PinFlags.LongTerm, out _));
        Assert.Equal(1, _process.PinPages(Base, 1, PinFlags.Write, out var pins));
        pins!.Write(0, 0, BitConverter.GetBytes(5UL));
        pins.Dispose();
        Assert.Equal(0, _file.Sync());
        Assert.Equal(5UL, _store.WordOf(0));
        Check();
    }

    private void Check() => Truth.Check(_machine, [_process], [_file]);

    private void Map(MapFlags sharing) => Assert.Equal(
        (long)Base, _process.Mmap(Base, 4 * Page.Size, ReadWrite, sharing | MapFlags.Fixed, _file.Open(isWritable: true)));

    private ulong Read(ulong page) => _process.ReadWord(Base + (page * Page.Size));

    private void Write(ulong page, ulong value) => _process.WriteWord(Base + (page * Page.Size), value);

    /// <summary>Pages in an array, word 0 of page k being 100 + k, and a log of what was asked.</summary>
    private sealed class Store(int pages) : FileBacking
    {
        private readonly byte[][] _pages = [.. Enumerable.Range(0, pages).Select(k =>
        {
            byte[] page = new byte[Page.Size];
            BitConverter.TryWriteBytes(page, 100UL + (ulong)k);
            return page;
        })];

        internal List<string> Log { get; } = [];

        internal bool Refuses { get; set; }

        internal bool Fails { get; set; }

        internal Action? OnPrepare { get; set; }

        internal ulong WordOf(int page) => BitConverter.ToUInt64(_pages[page]);

        public override bool ReadPage(ulong index, Span<byte> contents)
        {
            if (Fails)
                return false;
            Note($"read {index}");
            _pages[index].CopyTo(contents);
            return true;
        }

        public override bool WritePage(ulong index, ReadOnlySpan<byte> contents)
        {
            Note($"write {index}");
            contents.CopyTo(_pages[index]);
            return true;
        }

        public override int PrepareWrite(ulong index)
        {
            if (Refuses)
                return -(int)Errno.ENOSPC;
            Note($"prepare {index}");
            OnPrepare?.Invoke();
            return 0;
        }

        public override void PageDirtied() => Note("dirtied");

        private void Note(string what)
        {
            lock (Log)
                Log.Add(what);
        }
    }
}
