using System;
using System.Collections.Generic;
using Xunit;

namespace MmKernel.Stress;

/// <summary>
/// A part of the address space in which all processes do the same kind of thing. A word in it is zero or says where it belongs and which process
/// wrote it: anything else is somebody else's page, and a writer that is no ancestor is a page that fork or copy on write shared too long.
/// </summary>
/// <param name="Name">What it is called in messages.</param>
/// <param name="Start">Where it starts.</param>
/// <param name="IsShared">Whether writes of other processes are seen.</param>
/// <param name="IsFile">Whether a file is behind it.</param>
internal sealed record Area(string Name, ulong Start, bool IsShared, bool IsFile)
{
    /// <summary>Pages of an area unless it says otherwise; they cross the border of a page table.</summary>
    internal const ulong Pages = 40;

    internal const Prot ReadWrite = Prot.Read | Prot.Write;

    // Each area lies across a multiple of 2 MiB, at which one page table ends and the next begins.
    private const ulong AcrossTables = (1UL << 21) - (Pages / 2 * Page.Size);

    internal static Area Anonymous { get; } = new("anonymous", 0x20_0000_0000 + AcrossTables, IsShared: false, IsFile: false);

    /// <summary>Mapped and unmapped in parts, so any access may find nothing.</summary>
    internal static Area Changing { get; } = new("changing", 0x21_0000_0000 + AcrossTables, IsShared: false, IsFile: false);

    internal static Area Shared { get; } = new("shared file", 0x22_0000_0000 + AcrossTables, IsShared: true, IsFile: true);

    /// <summary>Private copies of a file that others write to.</summary>
    internal static Area Private { get; } = new("private file", 0x23_0000_0000 + AcrossTables, IsShared: true, IsFile: true);

    /// <summary>Moved back and forth between here and <see cref="MovedBy"/> behind.</summary>
    internal static Area Moving { get; } = new("moving", 0x24_0000_0000 + AcrossTables, IsShared: false, IsFile: false);

    /// <summary>A stack that grows down to its start and is cut back.</summary>
    internal static Area Stack { get; } = new("stack", 0x25_0000_0000 + AcrossTables, IsShared: false, IsFile: false);

    /// <summary>A userfaultfd fills it, and moves pages between here and <see cref="MovedBy"/> behind.</summary>
    internal static Area Served { get; } = new("served", 0x26_0000_0000 + AcrossTables, IsShared: false, IsFile: false);

    /// <summary>The shared file once more; a userfaultfd decides when its pages are mapped.</summary>
    internal static Area Watched { get; } = new("watched file", 0x27_0000_0000 + AcrossTables, IsShared: true, IsFile: true);

    /// <summary>All pages that were written fully are equal, so that they can be merged.</summary>
    internal static Area Merging { get; } = new("merging", 0x28_0000_0000 + AcrossTables, IsShared: false, IsFile: false) { IsUniform = true };

    /// <summary>Two huge pages, where there are any, cut up and put together.</summary>
    internal static Area Huge { get; } = new("huge", 0x29_0000_0000, IsShared: false, IsFile: false) { PageCount = 2 * HugePages.PageCount };

    internal static IReadOnlyList<Area> All { get; } = [Anonymous, Changing, Shared, Private, Moving, Stack, Served, Watched, Merging, Huge];

    /// <summary>Whether a word says only where in its page it is.</summary>
    internal bool IsUniform { get; private init; }

    /// <summary>How far <see cref="Moving"/> and <see cref="Served"/> move.</summary>
    internal const ulong MovedBy = 0x1000_0000 + (3 * Page.Size);

    /// <summary>How far a huge page of <see cref="Huge"/> moves.</summary>
    internal const ulong HugeMovedBy = 0x1000_0000;

    internal ulong PageCount { get; private init; } = Pages;

    internal ulong Length => PageCount * Page.Size;

    /// <summary>Maps the whole area anew.</summary>
    internal void Map(Process process, MemoryFile file)
    {
        var flags = MapFlags.Fixed | (IsFile && this != Private ? MapFlags.Shared : MapFlags.Private);
        if (!IsFile)
            flags |= MapFlags.Anonymous;
        if (this == Stack)
            flags |= MapFlags.GrowsDown;
        ulong start = this == Stack ? Start + Length - Page.Size : Start;
        Map(start);
        if (this == Served)
            Map(start + MovedBy);

        void Map(ulong at)
        {
            long result = process.Mmap(at, Start + Length - start, ReadWrite, flags, IsFile ? file.Open(isWritable: true) : null);
            Assert.True(result == (long)at || result == -(long)Errno.ENOMEM, $"mmap of {Name}: {result}");
        }
    }

    /// <summary>What a process writes at an offset.</summary>
    internal ulong ValueAt(ulong offset, StressProcess writer) => ((ulong)(IsUniform ? 0 : writer.Number) << 48) | Unsigned(offset);

    /// <summary>Checks a word that was read at an offset.</summary>
    internal void Check(ulong value, ulong offset, StressProcess reader)
    {
        if (value == 0)
            return;
        Assert.True((value & 0xffff_ffff_ffff) == Unsigned(offset), $"{value:x} at offset {offset:x} of the {Name} area");
        Assert.True(IsShared || IsUniform || reader.Writers.Contains((ushort)(value >> 48)), $"{Name}: process {reader.Number} sees what process {value >> 48} wrote");
    }

    /// <summary>Reads every page, while no thread runs.</summary>
    internal void CheckAll(StressProcess process)
    {
        Span<byte> word = stackalloc byte[8];
        for (ulong offset = 0; offset < Length; offset += Page.Size)
        {
            if (process.Process.Read(Start + offset, word).IsOk)
                Check(BitConverter.ToUInt64(word), offset, process);
        }
    }

    private ulong Unsigned(ulong offset) => (Tag << 40) | ((IsUniform ? offset & Page.OffsetMask : offset) << 1) | 1;

    // All file areas show the same file.
    private ulong Tag => IsFile ? 1 : (Start >> 32) & 0xff;
}
