using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace MmKernel.Tests.FaultInjection;

/// <summary>A small machine with swap and one process, in which something is going to fail. Contents that were written are remembered.</summary>
internal sealed class FaultWorld : IDisposable
{
    internal const ulong Base = 0x10_0000_0000;
    internal const ulong Elsewhere = 0x20_0000_0000;
    internal const ulong PageSize = Page.Size;
    internal const Prot ReadWrite = Prot.Read | Prot.Write;
    internal const MapFlags Fixed = MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed;

    private readonly Dictionary<(Process, ulong), ulong> _contents = [];
    private readonly List<MemoryFile> _files = [];
    private readonly long _freeFrames;

    internal FaultWorld(HugePageMode huge)
    {
        Machine = new Machine(new MachineOptions { MemoryBytes = huge == HugePageMode.Never ? 4 << 20 : 16 << 20, Reclaim = ReclaimPolicy.Direct, HugePages = huge });
        _freeFrames = Machine.Memory.FreeFrames;
        Device = Machine.SwapOn(SwapStore.InMemory(1 << 20))!;
        Process = Machine.CreateProcess();
        Processes.Add(Process);
    }

    internal Machine Machine { get; }

    internal SwapDevice Device { get; }

    internal Process Process { get; }

    /// <summary>All processes that live.</summary>
    internal List<Process> Processes { get; } = [];

    /// <summary>What a scenario prepared for its call.</summary>
    internal Userfaultfd Userfaultfd { get; private set; } = null!;

    /// <summary>The address of a page of the usual range.</summary>
    internal static ulong At(ulong page) => Base + (page * PageSize);

    internal void Map(ulong address, ulong pages, Prot prot = ReadWrite, MapFlags flags = Fixed, VmFile? file = null) =>
        Assert.Equal((long)address, Process.Mmap(address, pages * PageSize, prot, flags, file));

    /// <summary>Maps pages of the usual range and writes to each.</summary>
    internal void Fill(ulong pages, ulong first = 0)
    {
        Map(At(first), pages);
        for (ulong page = first; page < first + pages; page++)
            Write(Process, At(page), 100 + page);
    }

    internal void Write(Process process, ulong address, ulong value)
    {
        Assert.True(process.Write(address, BitConverter.GetBytes(value)).IsOk);
        _contents[(process, address)] = value;
    }

    internal void PageOut(ulong pages) => Assert.Equal(0, Process.Madvise(Base, pages * PageSize, Advice.PageOut));

    /// <summary>A child, which has the same contents.</summary>
    internal Process Fork()
    {
        Assert.Equal(0, Process.Fork(out var child));
        Processes.Add(child!);
        foreach (var ((process, address), value) in _contents.ToArray())
        {
            if (process == Process)
                _contents[(child!, address)] = value;
        }

        return child!;
    }

    internal MemoryFile CreateFile(ulong pages)
    {
        var file = Machine.CreateMemoryFile(pages * PageSize);
        _files.Add(file);
        return file;
    }

    /// <summary>A userfaultfd for a range.</summary>
    internal void Register(UffdRegisterMode mode, ulong page, ulong pages, UffdFeatures features = UffdFeatures.None)
    {
        Userfaultfd = Process.CreateUserfaultfd();
        Assert.Equal(0, Process.UffdApi(Userfaultfd, features, out _));
        Assert.Equal(0, Process.UffdRegister(Userfaultfd, At(page), pages * PageSize, mode));
    }

    /// <summary>Compares all counts with recomputed truth, and what can be read with what was written; what a call may discard may read as zero.</summary>
    internal void Check(bool mayLose)
    {
        Truth.Check(Machine, Processes, _files);
        foreach (var ((process, address), value) in _contents)
        {
            byte[] bytes = new byte[Page.Size];
            bool isThere = process.Peek(Page.AlignDown(address), bytes);
            Assert.True(isThere || mayLose || IsInSwapOrFile(process, address), $"nothing at {address:x}");
            ulong found = BitConverter.ToUInt64(bytes);
            Assert.True(!isThere || found == value || (mayLose && found == 0), $"{found} instead of {value} at {address:x}");
        }
    }

    /// <summary>Reads what was written, faulting.</summary>
    internal void CheckContents()
    {
        foreach (var ((process, address), value) in _contents)
        {
            byte[] bytes = new byte[8];
            Assert.True(process.Read(address, bytes).IsOk, $"no access to {address:x}");
            Assert.Equal(value, BitConverter.ToUInt64(bytes));
        }
    }

    /// <summary>Ends everything; nothing may be left.</summary>
    internal void End()
    {
        if (Userfaultfd != null)
            Process.UffdClose(Userfaultfd);
        foreach (var process in Processes)
            process.Exit();
        foreach (var file in _files)
            file.Close();

        // What merging knew of processes that have ended.
        Machine.Ksm.Scan(1);
        Truth.Check(Machine);
        Assert.Equal(0, Machine.Commit.CommittedPages);
        Assert.Equal(0, Device.UsedSlots);
        Assert.Equal(_freeFrames - (Machine.HugePages.ExistingZeroPage == null ? 0 : HugePages.PageCount), Machine.Memory.FreeFrames);
    }

    public void Dispose() => Machine.Dispose();

    private static bool IsInSwapOrFile(Process process, ulong address)
    {
        var entries = new PagemapEntry[1];
        process.Pagemap(Page.AlignDown(address), entries);
        return (entries[0] & PagemapEntry.Swapped) != 0 || process.Mm.Vmas.Walk(address)?.File != null;
    }
}
