using System;
using System.Linq;
using Xunit;

namespace MmKernel.Tests;

/// <summary>Anonymous memory as one thread sees it.</summary>
public sealed class AnonymousMemoryTests : IDisposable
{
    private const ulong Base = 0x10_0000_0000;
    private const MapFlags Anonymous = MapFlags.Private | MapFlags.Anonymous;

    private readonly Machine _machine = new(new MachineOptions { MemoryBytes = 16 << 20, Overcommit = OvercommitMode.Always });
    private readonly Process _process;

    public AnonymousMemoryTests() => _process = _machine.CreateProcess();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void Fresh_memory_reads_as_zero_and_costs_no_page()
    {
        Map(Base, 4);
        Assert.Equal(0UL, ReadWord(Base + 8));
        Assert.Equal(0, _process.Mm.Rss[RssKind.Anonymous]);
        Assert.Null(_process.Mm.Vmas.Walk(Base)!.AnonVma);
    }

    [Fact]
    public void Written_memory_keeps_its_contents()
    {
        Map(Base, 4);
        WriteWord(Base + 0x1008, 0x1122_3344_5566_7788);
        Assert.Equal(0x1122_3344_5566_7788UL, ReadWord(Base + 0x1008));
        Assert.Equal(0UL, ReadWord(Base + 0x1000));
        Assert.Equal(1, _process.Mm.Rss[RssKind.Anonymous]);
        Truth.Check(_machine, _process);
    }

    [Fact]
    public void Writing_after_reading_replaces_the_zero_page()
    {
        Map(Base, 1);
        Assert.Equal(0UL, ReadWord(Base));
        WriteWord(Base, 7);
        Assert.Equal(7UL, ReadWord(Base));
        Assert.Equal(1, _process.Mm.Rss[RssKind.Anonymous]);
        Truth.Check(_machine, _process);
    }

    [Fact]
    public void An_access_may_cross_pages()
    {
        Map(Base, 3);
        byte[] bytes = [.. Enumerable.Range(0, 6000).Select(i => (byte)(i * 7))];
        Assert.True(_process.Write(Base + 1000, bytes).IsOk);
        byte[] back = new byte[bytes.Length];
        Assert.True(_process.Read(Base + 1000, back).IsOk);
        Assert.Equal(bytes, back);
    }

    [Fact]
    public void Nothing_mapped_is_SEGV_MAPERR() =>
        Assert.Equal(new AccessResult(Signal.SIGSEGV, SignalCode.SEGV_MAPERR, Base), _process.Read(Base, new byte[1]));

    [Fact]
    public void Forbidden_is_SEGV_ACCERR()
    {
        Assert.Equal((long)Base, _process.Mmap(Base, Page.Size, Prot.Read, Anonymous | MapFlags.Fixed));
        Assert.Equal(new AccessResult(Signal.SIGSEGV, SignalCode.SEGV_ACCERR, Base + 5), _process.Write(Base + 5, new byte[1]));
        Assert.True(_process.Read(Base + 5, new byte[1]).IsOk);
    }

    [Fact]
    public void Unmapping_gives_everything_back()
    {
        long free = _machine.Memory.FreeFrames;
        Map(Base, 600);
        for (ulong page = 0; page < 600; page++)
            WriteWord(Base + (page * Page.Size), page);
        Truth.Check(_machine, _process);
        Assert.Equal(0, _process.Munmap(Base, 600 * Page.Size));
        Rcu.Barrier();
        Assert.Equal(free, _machine.Memory.FreeFrames);
        Assert.Equal(SignalCode.SEGV_MAPERR, _process.Read(Base, new byte[1]).Code);
    }

    [Fact]
    public void Unmapping_the_middle_keeps_both_sides()
    {
        Map(Base, 9);
        for (ulong page = 0; page < 9; page++)
            WriteWord(Base + (page * Page.Size), page + 1);
        Assert.Equal(0, _process.Munmap(Base + (3 * Page.Size), 3 * Page.Size));
        Assert.Equal(3UL, ReadWord(Base + (2 * Page.Size)));
        Assert.Equal(7UL, ReadWord(Base + (6 * Page.Size)));
        Assert.Equal(2, _process.Mm.MapCount);
        Truth.Check(_machine, _process);
    }

    [Fact]
    public void Exit_gives_everything_back()
    {
        long free = _machine.Memory.FreeFrames;
        var other = _machine.CreateProcess();
        Assert.True(other.Mmap(0, 100 * Page.Size, Prot.Read | Prot.Write, Anonymous) > 0);
        ulong start = other.Mm.Vmas.Find(0)!.Start;
        for (ulong page = 0; page < 100; page++)
            Assert.True(other.Write(start + (page * Page.Size), new byte[] { 1 }).IsOk);
        other.Exit();
        Rcu.Barrier();
        Assert.Equal(free, _machine.Memory.FreeFrames);
    }

    [Fact]
    public void Exhausted_memory_kills_and_leaks_nothing()
    {
        Map(Base, 8000);
        ulong page = 0;
        AccessResult result;
        do
            result = _process.Write(Base + (page++ * Page.Size), new byte[] { 1 });
        while (result.IsOk);
        Assert.Equal(Signal.SIGKILL, result.Signal);
        Truth.Check(_machine, _process);
    }

    [Fact]
    public void FolioReferenced_counts_and_clears_uses()
    {
        Map(Base, 1);
        WriteWord(Base, 1);
        var folio = FolioAt(Base);
        Assert.Equal(1, RmapWalking.FolioReferenced(folio, isLocked: false));
        Assert.Equal(0, RmapWalking.FolioReferenced(folio, isLocked: false));
        _ = ReadWord(Base);
        folio.Lock();
        Assert.Equal(1, RmapWalking.FolioReferenced(folio, isLocked: true));
        Assert.Equal(1, RmapWalking.FolioReferenced(folio, isLocked: false));
        folio.Unlock();
    }

    private Folio FolioAt(ulong address) => _process.FolioAt(address);

    private void Map(ulong address, ulong pages) => Assert.Equal(
        (long)address,
        _process.Mmap(address, pages * Page.Size, Prot.Read | Prot.Write, Anonymous | MapFlags.Fixed));

    private ulong ReadWord(ulong address) => _process.ReadWord(address);

    private void WriteWord(ulong address, ulong value) => _process.WriteWord(address, value);
}
