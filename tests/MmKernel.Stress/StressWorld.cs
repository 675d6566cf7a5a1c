using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using MmKernel.Tests;
using Xunit;

namespace MmKernel.Stress;

/// <summary>A process that threads use, until one of them replaces it.</summary>
/// <param name="process">The process.</param>
/// <param name="number">A number that no other process of the run has.</param>
/// <param name="ancestors">The numbers of those whose writes it may see.</param>
internal sealed class StressProcess(Process process, ushort number, IEnumerable<ushort> ancestors)
{
    internal Process Process { get; } = process;

    internal ushort Number { get; } = number;

    /// <summary>Those whose writes may be found in its private memory: itself and the processes that it descends from.</summary>
    internal HashSet<ushort> Writers { get; } = [.. ancestors, number];
}

/// <summary>The machine, the processes in it and the files that they map.</summary>
internal sealed class StressWorld : IDisposable
{
    private readonly StressProcess[] _processes;
    private readonly ReaderWriterLockSlim[] _gates;
    private readonly long _freeFrames;
    private readonly long _swapBytes;
    private readonly Lock _swapGate = new();
    private SwapDevice? _swap;
    private int _lastNumber;

    internal StressWorld(StressOptions options)
    {
        Machine = new Machine(options.Machine);
        _freeFrames = Machine.Memory.FreeFrames;
        if (options.SwapBytes != 0)
            _swap = Machine.SwapOn(SwapStore.InMemory(options.SwapBytes));
        _swapBytes = options.SwapBytes;
        Observer = Machine.CreateProcess();
        File = Machine.CreateMemoryFile(Area.Pages * Page.Size);
        _processes = [.. Enumerable.Range(0, options.Processes).Select(_ => Fresh())];
        _gates = [.. _processes.Select(_ => new ReaderWriterLockSlim(LockRecursionPolicy.NoRecursion))];
    }

    internal Machine Machine { get; }

    /// <summary>The file that all processes map, shared and private.</summary>
    internal MemoryFile File { get; }

    internal int ProcessCount => _processes.Length;

    /// <summary>A process that looks at others; it has no memory of its own and does not exit.</summary>
    internal Process Observer { get; }

    /// <summary>Uses a process, which does not exit meanwhile: system calls on one that has exited are not defined.</summary>
    internal void Use(int slot, Action<StressProcess> action)
    {
        _gates[slot].EnterReadLock();
        try
        {
            action(_processes[slot]);
        }
        finally
        {
            _gates[slot].ExitReadLock();
        }
    }

    /// <summary>A process as it is now; it may exit at any time, which is for remote accesses to find out.</summary>
    internal StressProcess Peek(int slot) => Volatile.Read(ref _processes[slot]);

    /// <summary>Puts another process into a slot, and ends the old one while others may be looking at it.</summary>
    internal void Replace(int slot, StressProcess process)
    {
        _gates[slot].EnterWriteLock();
        var old = _processes[slot];
        Volatile.Write(ref _processes[slot], process);
        _gates[slot].ExitWriteLock();
        old.Process.Exit();
    }

    /// <summary>A process with the areas that all operations expect.</summary>
    internal StressProcess Fresh()
    {
        var process = Machine.CreateProcess();
        foreach (var area in Area.All)
            area.Map(process, File);
        return new StressProcess(process, NextNumber(), []);
    }

    /// <summary>A child; null if memory was short.</summary>
    internal StressProcess? Fork(StressProcess parent)
    {
        long result = parent.Process.Fork(out var child);
        if (result == -(long)Errno.ENOMEM)
            return null;
        Assert.Equal(0, result);
        return new StressProcess(child!, NextNumber(), parent.Writers);
    }

    /// <summary>Takes the swap device away, if there is room for what is on it, and brings another one.</summary>
    internal void ReplaceSwap()
    {
        lock (_swapGate)
        {
            if (_swap != null && Machine.SwapOff(_swap) == 0)
                _swap = Machine.SwapOn(SwapStore.InMemory(_swapBytes));
        }
    }

    /// <summary>Compares with recomputed truth, while no thread runs.</summary>
    internal string? TryCheck() => Try(() =>
    {
        var processes = _processes.Select(process => process.Process).Append(Observer).ToList();
        Truth.Check(Machine, processes, [File]);
        foreach (var process in _processes)
        {
            foreach (var area in Area.All)
                area.CheckAll(process);
        }
    });

    /// <summary>Ends everything, and looks for what was not given back.</summary>
    internal string? TryEnd() => Try(() =>
    {
        foreach (var process in _processes)
            process.Process.Exit();
        Observer.Exit();
        File.Close();
        Truth.Check(Machine);
        Assert.Equal(_freeFrames, Machine.Memory.FreeFrames);
    });

    public void Dispose()
    {
        Machine.Dispose();
        foreach (var gate in _gates)
            gate.Dispose();
    }

    private ushort NextNumber() => (ushort)(Interlocked.Increment(ref _lastNumber) & ushort.MaxValue);

    private static string? Try(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (Exception e)
        {
            return e.ToString();
        }
    }
}
