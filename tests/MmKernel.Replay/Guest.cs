using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace MmKernel.Replay;

/// <summary>The machine on which a trace is replayed: its processes and files, under the numbers that the trace gives them.</summary>
public sealed class Guest : IDisposable
{
    private const ulong PageSize = Windows.PageSize;

    // The heap of the recording process: what its C library has claimed lies below the window, behind a gap of 16 pages.
    private const ulong HeapBelowWindow = 64 * PageSize;

    // The recorder's device.
    private const long SwapBytes = 64 << 20;

    private readonly Machine _machine;
    private readonly SortedDictionary<int, Process> _processes = [];
    private readonly GuestFiles _files;
    private readonly GuestUserfault? _userfault;

    /// <summary>Sets up the first process and the files of a trace.</summary>
    /// <param name="header">How the trace was recorded.</param>
    public Guest(TraceHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        bool swaps = header.Flavor == "swap";
        _machine = new Machine(new MachineOptions
        {
            Overcommit = (OvercommitMode)header.OvercommitMode,
            Reclaim = swaps ? ReclaimPolicy.Direct : ReclaimPolicy.Off,
        });
        if (swaps)
            _machine.SwapOn(SwapStore.InMemory(SwapBytes));
        _files = new GuestFiles(_machine);
        var limits = new ResourceLimits();
        if (header.MemlockPages != 0)
        {
            limits.LockedMemory = (ulong)header.MemlockPages * PageSize;
            limits.MayLockBeyondLimit = false;
        }

        var first = _machine.CreateProcess(limits);
        first.SetStartBreak(Windows.HeapBase - HeapBelowWindow);
        first.Brk(Windows.HeapBase);
        first.Munmap(Windows.HeapBase - 16 * PageSize, 16 * PageSize);
        _processes[0] = first;
        if (header.Flavor == "uffd")
            _userfault = new GuestUserfault(first);
    }

    /// <summary>The state of every live process, as traces record it.</summary>
    /// <returns>The states by process number.</returns>
    public IReadOnlyDictionary<int, ProcessState> Observe()
    {
        var states = new SortedDictionary<int, ProcessState>();
        foreach (var (number, process) in _processes)
            states[number] = Observer.Observe(process, _files);
        return states;
    }

    /// <summary>Performs one operation.</summary>
    /// <param name="step">The operation.</param>
    /// <returns>The result in the spelling of traces.</returns>
    /// <exception cref="NotSupportedException">The operation belongs to a part of the kernel that is not there yet.</exception>
    public string Execute(TraceStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        var process = _processes[step.Process];
        ulong address = Windows.Address(step["w"], step["page"]);
        ulong length = (ulong)step["len"] * PageSize;
        return step.Operation switch
        {
            "mmap" => Placed(process.Mmap(
                address, length, (Prot)step["prot"], (MapFlags)step["flags"], _files[(int)step["file"]], (ulong)step["off"] * PageSize)),
            "munmap" => Done(process.Munmap(address, length)),
            "mprotect" => Done(process.Mprotect(address, length, (Prot)step["prot"])),
            "mremap" => Remap(process, step, address, length),
            "madvise" => Done(process.Madvise(address, length, (Advice)step["advice"])),
            "write" => Write(process, step, address),
            "read" => Read(process, step, address),
            "readall" => ReadAll(process),
            "fork" => Fork(process, (int)step["child"]),
            "exit" => Exit(step.Process),
            "brk" => Brk(process, step["delta"]),
            "mlock" => Done(process.Mlock(address, length)),
            "mlock2" => Done(process.Mlock(address, length, MlockFlags.OnFault)),
            "munlock" => Done(process.Munlock(address, length)),
            "mincore" => Mincore(process, address, length),
            "msync" => Done(process.Msync(address, length, (SyncFlags)step["mode"])),
            "remap_file_pages" => Done(process.RemapFilePages(address, length, Prot.None, (ulong)step["pgoff"])),
            "ftruncate" => Done(_files.Truncate((int)step["file"], (ulong)step["pages"] * PageSize)),
            "pwrite" => Done(_files.Write((int)step["file"], (ulong)step["page"] * PageSize + (ulong)step["slot"] * 8, (ulong)step["val"])),
            "ksm_settle" => Settle(),
            "punch_hole" => Done(_files.PunchHole((int)step["file"], (ulong)step["page"] * PageSize, length)),
            _ when _userfault != null => Userfault(_userfault, process, step, address, length),
            _ => throw new NotSupportedException(step.Operation),
        };
    }

    /// <summary>Scans for equal pages until nothing more changes.</summary>
    private string Settle()
    {
        _machine.Ksm.Scan(5);
        return "{\"ok\":1}";
    }

    private static string Userfault(GuestUserfault userfault, Process process, TraceStep step, ulong address, ulong length)
    {
        long result = userfault.Execute(process, step, address, length, out long? done);
        if (result < 0 && done != null)
            return Invariant($"{{\"err\":\"{(Errno)(int)-result}\",\"done\":{done}}}");
        return result < 0 || done == null ? Done(result) : Invariant($"{{\"done\":{done}}}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var process in _processes.Values)
            process.Exit();
        _files.Dispose();
        _machine.Dispose();
    }

    private static string Done(long result) => result < 0 ? Error(result) : "{\"ok\":1}";

    private static string Placed(long result)
    {
        if (result < 0)
            return Error(result);
        int window = Windows.Find((ulong)result, out long page);
        return window < 0 ? "{\"outside\":1}" : Invariant($"{{\"w\":{window},\"page\":{page}}}");
    }

    // The recorder unmaps at once what the kernel moved to a place of its own choice.
    private static string Remap(Process process, TraceStep step, ulong address, ulong length)
    {
        ulong newLength = (ulong)step["newlen"] * PageSize;
        ulong newAddress = Windows.Address(step["w"], step["newpage"]);
        long result = process.Mremap(address, length, newLength, (RemapFlags)step["flags"], newAddress);
        if (result < 0 || Windows.Find((ulong)result, out _) >= 0)
            return Placed(result);
        process.Munmap((ulong)result, newLength);
        return "{\"outside\":1,\"then\":\"munmapped\"}";
    }

    private static string Write(Process process, TraceStep step, ulong address)
    {
        Span<byte> word = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(word, step["val"]);
        var result = process.Write(address + (ulong)step["slot"] * 8, word);
        return result.IsOk ? "{\"ok\":1}" : Signalled(result);
    }

    private static string Read(Process process, TraceStep step, ulong address)
    {
        Span<byte> word = stackalloc byte[8];
        var result = process.Read(address + (ulong)step["slot"] * 8, word);
        return result.IsOk ? Invariant($"{{\"val\":\"{BinaryPrimitives.ReadUInt64LittleEndian(word):x}\"}}") : Signalled(result);
    }

    /// <summary>Reads four words of every mapped page, as the recorder does at the end of a trace.</summary>
    private string ReadAll(Process process)
    {
        var pages = new List<string>();
        foreach (var vma in Observer.Observe(process, _files).Vmas)
        {
            int end = Math.Min(vma.End, Windows.Pages(vma.Window));
            for (int page = Math.Max(vma.Start, 0); page < end; page++)
            {
                if (ReadFourWords(process, vma.Window, page) is { } text)
                    pages.Add(text);
            }
        }

        return $"[{string.Join(',', pages)}]";
    }

    private static string? ReadFourWords(Process process, int window, int page)
    {
        Span<byte> word = stackalloc byte[8];
        Span<ulong> values = stackalloc ulong[4];
        AccessResult failed = default;
        for (int i = 0; i < 4; i++)
        {
            word.Clear();
            var result = process.Read(Windows.Address(window, page) + (ulong)i * 800, word);
            values[i] = BinaryPrimitives.ReadUInt64LittleEndian(word);
            if (!result.IsOk)
                failed = result;
        }

        if (!failed.IsOk)
            return Invariant($"[{window},{page},\"{Name(failed.Signal)}\",{failed.Code}]");
        return (values[0] | values[1] | values[2] | values[3]) == 0
            ? null
            : Invariant($"[{window},{page},\"{values[0]:x}\",\"{values[1]:x}\",\"{values[2]:x}\",\"{values[3]:x}\"]");
    }

    private string Fork(Process parent, int child)
    {
        long error = parent.Fork(out var process);
        if (process == null)
            return Error(error);
        _processes[child] = process;
        return "{\"ok\":1}";
    }

    private string Exit(int number)
    {
        _processes[number].Exit();
        _processes.Remove(number);
        return "{\"ok\":1}";
    }

    private static string Brk(Process process, long delta)
    {
        ulong wanted = (ulong)process.Brk(0) + (ulong)delta * PageSize;
        ulong got = (ulong)process.Brk(wanted);
        return Invariant($"{{\"brk\":{(long)(got - Windows.HeapBase) / (long)PageSize},\"granted\":{(got == wanted ? 1 : 0)}}}");
    }

    private static string Mincore(Process process, ulong address, ulong length)
    {
        var residency = new byte[length / PageSize];
        long error = process.Mincore(address, length, residency);
        if (error < 0)
            return Error(error);
        var text = new StringBuilder();
        foreach (byte page in residency)
            text.Append((page & 1) != 0 ? '1' : '0');
        return $"{{\"vec\":\"{text}\"}}";
    }

    private static string Signalled(AccessResult result)
    {
        int window = Windows.Find(result.Address, out long page);
        return Invariant($"{{\"sig\":\"{Name(result.Signal)}\",\"code\":{result.Code},\"page\":{(window < 0 ? -1 : page)}}}");
    }

    private static string Name(Signal signal) => signal == Signal.SIGSEGV ? "SEGV" : "BUS";

    private static string Error(long result) => $"{{\"err\":\"{(Errno)(int)-result}\"}}";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
