using System;
using System.Threading;
using Xunit;

namespace MmKernel.Tests;

/// <summary>Pages that a device works with while their process goes on.</summary>
public sealed class PinTests : IDisposable
{
    private const ulong Base = 0x10_0000_0000;
    private const MapFlags Anonymous = MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed;
    private const Prot ReadWrite = Prot.Read | Prot.Write;

    private readonly Machine _machine = new(new MachineOptions { MemoryBytes = 16 << 20, Reclaim = ReclaimPolicy.Direct });
    private readonly Process _process;

    public PinTests()
    {
        _process = _machine.CreateProcess();
        Assert.Equal((long)Base, _process.Mmap(Base, 4 * Page.Size, ReadWrite, Anonymous));
        for (ulong page = 0; page < 4; page++)
            Write(_process, page, 100 + page);
    }

    public void Dispose() => _machine.Dispose();

    [Theory]
    [InlineData(PinFlags.None)]
    [InlineData(PinFlags.LongTerm)]
    public void The_parent_writes_to_the_pinned_page_after_fork_and_the_child_has_a_copy(PinFlags flags)
    {
        Assert.Equal(4, _process.PinPages(Base, 4, flags, out var pins));
        Assert.Equal(0, _process.Fork(out var child));
        Write(_process, 1, 7);
        Assert.Equal(7UL, Read(pins!, 1));
        Assert.Equal(101UL, Read(child!, 1));
        Write(child!, 2, 8);
        Assert.Equal(102UL, Read(pins!, 2));
        pins!.Dispose();
        Truth.Check(_machine, _process, child!);
        child!.Exit();
        Truth.Check(_machine, _process);
    }

    [Fact]
    public void What_the_device_writes_the_process_reads()
    {
        Assert.Equal(1, _process.PinPages(Base, 1, PinFlags.Write, out var pins));
        Assert.Equal(0, _process.Fork(out var child));
        pins!.Write(0, 0, BitConverter.GetBytes(9UL));
        Assert.Equal(9UL, Read(_process, 0));
        Assert.Equal(100UL, Read(child!, 0));
        pins.Dispose();
        Truth.Check(_machine, _process, child!);
    }

    [Fact]
    public void Pinning_a_shared_page_for_reading_makes_it_the_process_s_own_first()
    {
        Assert.Equal(0, _process.Fork(out var child));
        Assert.Equal(1, _process.PinPages(Base, 1, PinFlags.None, out var pins));
        Write(_process, 0, 7);
        Assert.Equal(7UL, Read(pins!, 0));
        Assert.Equal(100UL, Read(child!, 0));
        pins!.Dispose();
        Truth.Check(_machine, _process, child!);
    }

    [Fact]
    public void Pinned_pages_are_not_swapped_out_until_the_pin_ends()
    {
        var device = _machine.SwapOn(SwapStore.InMemory(1 << 20))!;
        Assert.Equal(1, _process.PinPages(Base, 1, PinFlags.Write, out var pins));
        Assert.Equal(0, _process.Madvise(Base, 4 * Page.Size, Advice.PageOut));
        Assert.Equal(3, device.UsedSlots);
        pins!.Write(0, 0, BitConverter.GetBytes(9UL));
        pins.Dispose();
        Assert.Equal(0, _process.Madvise(Base, 4 * Page.Size, Advice.PageOut));
        Assert.Equal(4, device.UsedSlots);
        Assert.Equal(9UL, Read(_process, 0));
        Truth.Check(_machine, _process);
    }

    [Fact]
    public void A_pin_outlives_the_mapping()
    {
        Assert.Equal(1, _process.PinPages(Base, 1, PinFlags.None, out var pins));
        Assert.Equal(0, _process.Munmap(Base, 4 * Page.Size));
        Assert.Equal(100UL, Read(pins!, 0));
        pins!.Dispose();
        Truth.Check(_machine, _process);
    }

    [Fact]
    public void Nothing_mapped_and_nothing_allowed_are_EFAULT()
    {
        Assert.Equal(-(long)Errno.EFAULT, _process.PinPages(Base + (8 * Page.Size), 1, PinFlags.None, out var pins));
        using (pins)
            Assert.Null(pins);
        Assert.Equal(0, _process.Mprotect(Base, Page.Size, Prot.Read));
        Assert.Equal(-(long)Errno.EFAULT, _process.PinPages(Base, 1, PinFlags.Write, out pins));
        using (pins)
            Assert.Null(pins);
    }

    [Fact]
    public void Forks_and_pins_at_once_never_part_the_process_from_its_pinned_page()
    {
        bool stop = false;
        Exception? failure = null;
        var forker = new Thread(() =>
        {
            try
            {
                for (int i = 0; i < 150; i++)
                {
                    Assert.Equal(0, _process.Fork(out var child));
                    child!.Exit();
                }
            }
            catch (Exception e)
            {
                failure = e;
            }

            Volatile.Write(ref stop, true);
        });
        forker.Start();
        ulong value = 0;
        while (!Volatile.Read(ref stop))
        {
            ulong page = ++value % 4;
            Assert.Equal(1, _process.PinPages(Base + (page * Page.Size), 1, value % 3 == 0 ? PinFlags.None : PinFlags.Write, out var pins));
            Write(_process, page, value);
            Assert.Equal(value, Read(pins!, 0));
            pins!.Dispose();
        }

        forker.Join();
        Assert.Null(failure);
        Truth.Check(_machine, _process);
    }

    private static ulong Read(PinnedPages pins, int page)
    {
        Span<byte> bytes = stackalloc byte[8];
        pins.Read(page, 0, bytes);
        return BitConverter.ToUInt64(bytes);
    }

    private static ulong Read(Process process, ulong page) => process.ReadWord(Base + (page * Page.Size));

    private static void Write(Process process, ulong page, ulong value) => process.WriteWord(Base + (page * Page.Size), value);
}
