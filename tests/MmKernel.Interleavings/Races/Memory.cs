using System;
using Xunit;

namespace MmKernel.Interleavings;

/// <summary>Short forms for what the threads of races do.</summary>
internal static class Memory
{
    internal static void Map(this Process process, ulong address, int pages, Prot prot = World.ReadWrite) =>
        Assert.Equal((long)address, process.Mmap(address, (ulong)pages * Page.Size, prot, World.Private));

    internal static void Unmap(this Process process, ulong address, int pages) =>
        Assert.Equal(0, process.Munmap(address, (ulong)pages * Page.Size));

    internal static void Protect(this Process process, ulong address, int pages, Prot prot) =>
        Assert.Equal(0, process.Mprotect(address, (ulong)pages * Page.Size, prot));

    internal static void Store(this Process process, ulong address, ulong value) =>
        Assert.Equal(default, process.TryStore(address, value));

    internal static AccessResult TryStore(this Process process, ulong address, ulong value) => process.Write(address, BitConverter.GetBytes(value));

    internal static ulong Load(this Process process, ulong address)
    {
        Assert.Equal(default, process.TryLoad(address, out ulong value));
        return value;
    }

    internal static AccessResult TryLoad(this Process process, ulong address, out ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        var result = process.Read(address, bytes);
        value = BitConverter.ToUInt64(bytes);
        return result;
    }

    internal static Process Fork(this Process process)
    {
        Assert.Equal(0, process.Fork(out var child));
        return child!;
    }

    internal static long Move(this Process process, ulong address, int pages, ulong target) =>
        process.Mremap(address, (ulong)pages * Page.Size, (ulong)pages * Page.Size, RemapFlags.MayMove | RemapFlags.Fixed, target);

    /// <summary>Brings a page to swap, and out of memory.</summary>
    internal static void PageOut(this Process process, ulong address)
    {
        Assert.Equal(0, process.Madvise(address, Page.Size, Advice.PageOut));
        Assert.False(process.Peek(address, new byte[Page.Size]));
    }

    /// <summary>The folio that is mapped at an address now.</summary>
    internal static unsafe Folio FolioAt(this Process process, ulong address) =>
        process.Machine.Memory.FolioOf(PageTableEntry.FrameOf(*PageTableWalk.Find(process.Mm, address, out _)));

    /// <summary>A page-fault signal for an address where nothing is mapped is the only failure.</summary>
    internal static bool IsMapped(this AccessResult result, ulong address)
    {
        if (!result.IsOk)
            Assert.Equal(new AccessResult(Signal.SIGSEGV, SignalCode.SEGV_MAPERR, address), result);
        return result.IsOk;
    }
}
