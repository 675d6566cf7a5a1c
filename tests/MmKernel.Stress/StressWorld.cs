using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using MmKernel.Tests;
using Xunit;
using Xunit.Sdk;

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

    /// <summary>Whether it was killed for its memory and has exited; the place that it has in the world is empty.</summary>
    internal bool HasEnded { get; set; }

    /// <summary>Its userfaultfd, if it has one.</summary>
    internal UserfaultDescriptor Userfault { get; } = new();
}

/// <summary>The machine, the processes in it and the files that they map.</summary>
internal sealed class StressWorld : IDisposable
{
    private const ulong Heap = 0x2a_0000_0000;

    private readonly StressProcess[] _processes;
    private readonly ReaderWriterLockSlim[] _gates;
    private readonly long _freeFrames;
    private readonly long _swapBytes;
    private readonly Lock _swapGate = new();
    private string? _failure;
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

        // Who answers the faults of others is not to be killed for its memory.
        Assert.Equal(0, Observer.SetOomScoreAdjustment(-1000));
        Handlers = new UserfaultHandlers(this);
        Pins = new PinnedParts();
        File = Machine.CreateMemoryFile(Area.Pages * Page.Size);
        _processes = [.. Enumerable.Range(0, options.Processes).Select(_ => TryCreate() ?? throw new InsufficientMemoryException("The machine is too small."))];
        _gates = [.. _processes.Select(_ => new ReaderWriterLockSlim(LockRecursionPolicy.NoRecursion))];
    }

    internal Machine Machine { get; }

    /// <summary>The file that all processes map, shared and private.</summary>
    internal MemoryFile File { get; }

    internal int ProcessCount => _processes.Length;

    /// <summary>A process that looks at others and answers their faults; it has no memory but the pages that it answers with, and does not exit.</summary>
    internal Process Observer { get; }

    /// <summary>The threads that answer faults.</summary>
    internal UserfaultHandlers Handlers { get; }

    /// <summary>The pages that devices work with.</summary>
    internal PinnedParts Pins { get; }

    /// <summary>What was found broken by a thread that does no operations; null if nothing was.</summary>
    internal string? Failure => Volatile.Read(ref _failure);

    /// <summary>Reports that something is broken.</summary>
    internal void Fail(string failure) => Interlocked.CompareExchange(ref _failure, failure, null);

    /// <summary>Uses a process, which does not exit meanwhile: system calls on one that has exited are not defined, so it is skipped.</summary>
    internal void Use(int slot, Action<StressProcess> action)
    {
        _gates[slot].EnterReadLock();
        try
        {
            if (!_processes[slot].HasEnded)
                action(_processes[slot]);
        }
        catch (XunitException) when (_processes[slot].Process.Mm.IsOomVictim)
        {
            // All threads of a process that was killed for its memory are on their way out: no user program would see what a call of theirs returned.
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
        End(old);
    }

    /// <summary>Ends a process that nobody uses; others may be looking at it.</summary>
    internal void End(StressProcess process)
    {
        process.Process.Exit();
        process.Userfault.End(Observer);
    }

    /// <summary>
    /// Ends the processes that were killed for their memory, as their threads would, and puts new ones in their places: now, or after a later
    /// operation if memory is still short.
    /// </summary>
    internal void ReplaceKilled()
    {
        for (int slot = 0; slot < _processes.Length; slot++)
        {
            if (!Peek(slot).Process.Mm.IsOomVictim)
                continue;
            _gates[slot].EnterWriteLock();
            var killed = _processes[slot];
            bool ends = killed.Process.Mm.IsOomVictim && !killed.HasEnded;
            killed.HasEnded |= ends;
            _gates[slot].ExitWriteLock();
            if (ends)
                End(killed);
        }

        for (int slot = 0; slot < _processes.Length; slot++)
        {
            if (Peek(slot).HasEnded && TryCreate() is { } process)
                Replace(slot, process);
        }
    }

    /// <summary>A process with the areas that all operations expect; null if memory was short.</summary>
    internal StressProcess? TryCreate()
    {
        var injector = Task.Current.FaultInjector;
        Task.Current.FaultInjector = null;
        Process? process = null;
        try
        {
            process = Machine.CreateProcess();
            foreach (var area in Area.All)
                area.Map(process, File);
            Assert.Equal(0, process.SetStartBreak(Heap));
            return new StressProcess(process, NextNumber(), [UserfaultHandlers.Number]);
        }
        catch (InsufficientMemoryException) when (process == null)
        {
            return null;
        }
        catch (XunitException) when (process?.Mm.IsOomVictim == true)
        {
            process.Exit();
            return null;
        }
        finally
        {
            Task.Current.FaultInjector = injector;
        }
    }

    /// <summary>A child; null if memory was short.</summary>
    internal StressProcess? Fork(StressProcess parent)
    {
        long result = parent.Process.Fork(out var child);
        if (result == -(long)Errno.ENOMEM)
            return null;
        Assert.Equal(0, result);
        var stress = new StressProcess(child!, NextNumber(), parent.Writers);
        stress.Userfault.Inherit(child!);
        return stress;
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

    /// <summary>Compares with recomputed truth, while no thread does operations.</summary>
    internal string? TryCheck() => Failure ?? Try(() =>
    {
        Pins.ReleaseAll();

        // Where a merged page is mapped is known of the places that have been scanned since it is one. The first scan may see what has changed, the
        // second merge pages that others share since a fork, and the third finds these others.
        Machine.Ksm.Scan(3);
        var running = _processes.Where(process => !process.HasEnded).ToList();
        var processes = running.Select(process => process.Process).Append(Observer).ToList();
        Handlers.WhileIdle(() => Truth.Check(Machine, processes, [File]));
        foreach (var process in running)
        {
            foreach (var area in Area.All)
                area.CheckAll(process);
        }
    });

    /// <summary>Ends everything, and looks for what was not given back.</summary>
    internal string? TryEnd() => Try(() =>
    {
        foreach (var process in _processes)
            End(process);
        Handlers.AwaitEnd();
        Observer.Exit();
        File.Close();
        Truth.Check(Machine);

        // The huge page of zeros stays.
        Assert.Equal(_freeFrames - (Machine.HugePages.ExistingZeroPage == null ? 0 : HugePages.PageCount), Machine.Memory.FreeFrames);
    });

    public void Dispose()
    {
        Handlers.Dispose();
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
