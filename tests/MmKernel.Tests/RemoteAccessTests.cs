using System;
using System.Threading;
using Xunit;

namespace MmKernel.Tests;

/// <summary>Access to another process's memory.</summary>
public sealed class RemoteAccessTests : IDisposable
{
    private const ulong Base = 0x10_0000_0000;
    private const MapFlags Fixed = MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed;

    private readonly Machine _machine = new(new MachineOptions { MemoryBytes = 16 << 20 });
    private readonly Process _self;
    private readonly Process _other;

    public RemoteAccessTests()
    {
        _self = _machine.CreateProcess();
        _other = _machine.CreateProcess();
        Assert.Equal((long)Base, _other.Mmap(Base, 2 * Page.Size, Prot.Read | Prot.Write, Fixed));
    }

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void What_is_written_remotely_is_there()
    {
        Assert.Equal(3, _self.WriteRemote(_other, Base + Page.Size - 1, new byte[] { 1, 2, 3 }));
        byte[] bytes = new byte[3];
        Assert.True(_other.Read(Base + Page.Size - 1, bytes).IsOk);
        Assert.Equal([1, 2, 3], bytes);
        Truth.Check(_machine, _self, _other);
    }

    [Fact]
    public void Reading_untouched_memory_maps_the_zero_page_only()
    {
        byte[] bytes = [9];
        Assert.Equal(1, _self.ReadRemote(_other, Base, bytes));
        Assert.Equal([0], bytes);
        Assert.Equal(0, _other.Mm.Rss[RssKind.Anonymous]);
        Truth.Check(_machine, _self, _other);
    }

    [Fact]
    public void A_process_that_is_killed_for_its_memory_gets_no_pages_and_nobody_waits_for_them()
    {
        _other.Mm.IsOomVictim = true;
        long read = 0;
        long written = 0;
        long pinned = 0;
        var thread = new Thread(() =>
        {
            read = _self.ReadRemote(_other, Base, new byte[1]);
            written = _self.WriteRemote(_other, Base, new byte[1]);
            pinned = _other.PinPages(Base, 1, PinFlags.Write, out _);
        })
        { IsBackground = true };
        thread.Start();
        Assert.True(thread.Join(TimeSpan.FromSeconds(60)), "a thread hangs");
        Assert.Equal(-(long)Errno.EFAULT, read);
        Assert.Equal(-(long)Errno.EFAULT, written);
        Assert.Equal(-(long)Errno.EFAULT, pinned);
        Assert.Equal(Signal.SIGKILL, _other.Read(Base, new byte[1]).Signal);
        Truth.Check(_machine, _self, _other);
    }

    [Fact]
    public void A_range_that_ends_early_is_done_in_part()
    {
        Assert.Equal(Page.Size, _self.ReadRemote(_other, Base + Page.Size, new byte[2 * Page.Size]));
        Assert.Equal(-(long)Errno.EFAULT, _self.ReadRemote(_other, Base + (2 * Page.Size), new byte[1]));
    }

    [Fact]
    public void Protection_counts_for_others_too()
    {
        Assert.Equal((long)Base, _other.Mmap(Base, Page.Size, Prot.Read, Fixed));
        Assert.Equal(-(long)Errno.EFAULT, _self.WriteRemote(_other, Base, new byte[1]));
        Assert.Equal(1, _self.ReadRemote(_other, Base, new byte[1]));
    }

    [Fact]
    public void A_process_that_is_gone_is_ESRCH()
    {
        _other.Exit();
        Assert.Equal(-(long)Errno.ESRCH, _self.ReadRemote(_other, Base, new byte[1]));
    }

    [Fact]
    public void A_remote_write_breaks_sharing_as_a_local_one_does()
    {
        Assert.True(_other.Write(Base, new byte[] { 1 }).IsOk);
        Assert.Equal(0, _other.Fork(out var child));
        Assert.Equal(1, _self.WriteRemote(_other, Base, new byte[] { 2 }));
        byte[] seen = new byte[1];
        Assert.True(child!.Read(Base, seen).IsOk);
        Assert.Equal([1], seen);
        Truth.Check(_machine, _self, _other, child!);
    }
}
