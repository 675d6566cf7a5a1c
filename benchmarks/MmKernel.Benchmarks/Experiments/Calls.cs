using System;

namespace MmKernel.Benchmarks;

/// <summary>Calls of experiments, which must not fail.</summary>
internal static class Calls
{
    internal const Prot ReadWrite = Prot.Read | Prot.Write;

    private const MapFlags Anonymous = MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed;

    internal static void Map(this Process process, ulong address, ulong pages, Prot prot = ReadWrite) =>
        Check(process.Mmap(address, pages * Page.Size, prot, Anonymous) - (long)address);

    internal static void MapText(this Process process, ulong address, ulong pages, MemoryFile file, Prot prot = Prot.Read | Prot.Exec, ulong fileOffset = 0) =>
        Check(process.Mmap(address, pages * Page.Size, prot, MapFlags.Private | MapFlags.Fixed, file.Open(isWritable: false), fileOffset) - (long)address);

    internal static void Unmap(this Process process, ulong address, ulong pages) => Check(process.Munmap(address, pages * Page.Size));

    internal static void Load(this Process process, ulong address)
    {
        Span<byte> word = stackalloc byte[8];
        Check(process.Read(address, word).IsOk ? 0 : -1);
    }

    /// <summary>
    /// Reads a page over and over: this is what keeps a processor in the address space, so that others have to tell it when they change page tables.
    /// </summary>
    internal static void Stay(this Process process, Tally tally, ulong address)
    {
        while (tally.GoesOn)
            process.Load(address);
    }

    internal static void Store(this Process process, ulong address)
    {
        Span<byte> word = stackalloc byte[8];
        Check(process.Write(address, word).IsOk ? 0 : -1);
    }

    internal static Process Child(this Process process)
    {
        Check(process.Fork(out var child));
        return child!;
    }

    /// <exception cref="InvalidOperationException">The result is not 0.</exception>
    internal static void Check(long result)
    {
        if (result != 0)
            throw new InvalidOperationException($"A call failed: {result}.");
    }
}
