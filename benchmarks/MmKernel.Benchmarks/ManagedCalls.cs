using System;
using System.Buffers.Binary;

namespace MmKernel.Benchmarks;

/// <summary>A process of MmKernel.</summary>
/// <param name="memoryBytes">Physical memory of its machine.</param>
internal sealed class ManagedCalls(long memoryBytes) : IMemoryCalls
{
    private readonly Machine _machine = new(new MachineOptions { MemoryBytes = memoryBytes });
    private Process? _process;

    private Process Process => _process ??= _machine.CreateProcess();

    public void Map(ulong address, ulong pages, Prot prot) => Check(
        Process.Mmap(address, pages * Page.Size, prot, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed) - (long)address);

    public void Unmap(ulong address, ulong pages) => Check(Process.Munmap(address, pages * Page.Size));

    public void Protect(ulong address, ulong pages, Prot prot) => Check(Process.Mprotect(address, pages * Page.Size, prot));

    public void Move(ulong address, ulong pages, ulong to) =>
        Check(Process.Mremap(address, pages * Page.Size, pages * Page.Size, RemapFlags.MayMove | RemapFlags.Fixed, to) - (long)to);

    public void Advise(ulong address, ulong pages, Advice advice) => Check(Process.Madvise(address, pages * Page.Size, advice));

    public ulong Read(ulong address, ulong pages)
    {
        Span<byte> word = stackalloc byte[sizeof(ulong)];
        ulong sum = 0;
        for (ulong page = 0; page < pages; page++)
        {
            Check(Process.Read(address + (page * Page.Size), word).IsOk ? 0 : -1);
            sum += BinaryPrimitives.ReadUInt64LittleEndian(word);
        }

        return sum;
    }

    public void Write(ulong address, ulong pages, ulong first)
    {
        Span<byte> word = stackalloc byte[sizeof(ulong)];
        for (ulong page = 0; page < pages; page++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(word, first + page);
            Check(Process.Write(address + (page * Page.Size), word).IsOk ? 0 : -1);
        }
    }

    public void ForkAndExit()
    {
        Check(Process.Fork(out var child));
        child!.Exit();
    }

    public string Smaps() => Process.SmapsText();

    public void Dispose()
    {
        _process?.Exit();
        _machine.Dispose();
    }

    private static void Check(long result)
    {
        if (result != 0)
            throw new InvalidOperationException($"A system call failed on MmKernel: {result}.");
    }
}
