using System;
using Xunit;

namespace MmKernel.Tests;

/// <summary>What a process finds in its memory, word by word, and which frames it lies in; every access must succeed.</summary>
internal static class UserMemory
{
    internal static ulong ReadWord(this Process process, ulong address)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        Assert.True(process.Read(address, bytes).IsOk);
        return BitConverter.ToUInt64(bytes);
    }

    internal static void WriteWord(this Process process, ulong address, ulong value) =>
        Assert.True(process.Write(address, BitConverter.GetBytes(value)).IsOk);

    /// <summary>The frame that is mapped at an address, alone or in a huge page; nothing else runs meanwhile.</summary>
    internal static ulong FrameAt(this Process process, ulong address) =>
        PageTableEntry.FrameOf(PageTableWalk.ReadEntry(process.Mm.Vmas.Walk(address)!, address));

    internal static Folio FolioAt(this Process process, ulong address) => process.Machine.Memory.FolioOf(process.FrameAt(address));
}
