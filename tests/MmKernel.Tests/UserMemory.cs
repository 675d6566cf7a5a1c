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

    /// <summary>The frame that is mapped at an address; nothing else runs meanwhile.</summary>
    internal static unsafe ulong FrameAt(this Process process, ulong address) =>
        PageTableEntry.FrameOf(*PageTableWalk.Find(process.Mm, address, out _));

    internal static Folio FolioAt(this Process process, ulong address) => process.Machine.Memory.FolioOf(process.FrameAt(address));
}
