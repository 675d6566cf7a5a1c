using System;
using System.Collections.Generic;
using MmKernel.Tests;
using Xunit;

namespace MmKernel.Interleavings;

/// <summary>A few threads that meet, and what must be true whatever their order.</summary>
/// <param name="Name">What meets what.</param>
/// <param name="Prepare">Builds the world of one run: it is called once for each schedule.</param>
internal sealed record Race(string Name, Action<World> Prepare)
{
    public override string ToString() => Name;
}

/// <summary>
/// What one run of a race works on: a machine of its own, processes, files, threads. After the threads have ended everything that is counted is
/// compared with recomputed truth, and when the processes have exited as well, all memory must be free.
/// </summary>
internal sealed class World : IDisposable
{
    internal const ulong Base = 0x10_0000_0000;
    internal const Prot ReadWrite = Prot.Read | Prot.Write;
    internal const MapFlags Private = MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed;

    private const int MemoryBytes = 4 << 20;

    private readonly SequentialHost _host = new();
    private readonly List<RaceThread> _threads = [];
    private readonly List<Process> _processes = [];
    private readonly List<MemoryFile> _files = [];
    private readonly List<Action> _ends = [];
    private readonly List<Action> _checks = [];
    private Machine? _machine;
    private long _freeFrames;

    /// <summary>How the machine is built; to be set before anything else.</summary>
    internal MachineOptions Options { get; set; } = new() { MemoryBytes = MemoryBytes };

    internal Machine Machine => _machine ??= Build();

    internal IReadOnlyList<RaceThread> Threads => _threads;

    /// <summary>A new process.</summary>
    internal Process Process()
    {
        var process = Machine.CreateProcess();
        _processes.Add(process);
        return process;
    }

    /// <summary>A process that a thread of the race has made.</summary>
    internal Process Adopt(Process? process)
    {
        Assert.NotNull(process);
        _processes.Add(process);
        return process;
    }

    /// <summary>A new file of so many pages.</summary>
    internal MemoryFile File(int pages)
    {
        var file = Machine.CreateMemoryFile((ulong)pages * Page.Size);
        _files.Add(file);
        return file;
    }

    /// <summary>A thread of the race. Those that are named first go on where nothing else is decided.</summary>
    internal void Thread(string name, Action body) => _threads.Add(new RaceThread(name, body));

    /// <summary>What gives back, when all threads have ended, what they kept.</summary>
    internal void Afterwards(Action end) => _ends.Add(end);

    /// <summary>What must be true then.</summary>
    internal void Finally(Action check) => _checks.Add(check);

    /// <returns>What went wrong; null if nothing did.</returns>
    internal string? TryPrepare(Race race) => Try(() =>
    {
        Task.Current.Cpu = 0;
        race.Prepare(this);
    });

    /// <summary>Compares with the truth, ends the processes, and looks for what was not given back.</summary>
    /// <returns>What went wrong; null if nothing did.</returns>
    internal string? TryFinish() => Try(() =>
    {
        foreach (var end in _ends)
            end();
        Truth.Check(Machine, _processes, _files);
        foreach (var check in _checks)
            check();
        Truth.Check(Machine, _processes, _files);
        foreach (var process in _processes)
            process.Exit();
        foreach (var file in _files)
            file.Close();
        _host.RunCallbacks();

        // The huge page of zeros stays with the machine.
        int zeros = Machine.HugePages.ExistingZeroPage == null ? 0 : HugePages.PageCount;
        Assert.Equal(_freeFrames, Machine.Memory.FreeFrames + zeros);
    });

    public void Dispose()
    {
        _ = Try(() => _machine?.Dispose());
        _ = Try(_host.RunCallbacks);
    }

    private Machine Build()
    {
        var machine = new Machine(Options);
        _freeFrames = machine.Memory.FreeFrames;
        return machine;
    }

    private string? Try(Action action)
    {
        Interleaving.Host = _host;
        try
        {
            action();
            return null;
        }
        catch (Exception e)
        {
            return e.ToString();
        }
        finally
        {
            Interleaving.Host = null;
        }
    }

    /// <summary>Hosts the calling thread while nothing else runs.</summary>
    private sealed class SequentialHost : IScheduleHost
    {
        private readonly Queue<RcuHead> _callbacks = new();

        public void Reach(SchedulePoint point, object subject)
        {
        }

        public void Wait(SchedulePoint point, object subject, Func<bool> canGo) =>
            Assert.True(canGo(), $"{ScheduleHost.Describe(subject)} was left held");

        public void Defer(RcuHead head) => _callbacks.Enqueue(head);

        public void Synchronize()
        {
        }

        internal void RunCallbacks()
        {
            while (_callbacks.TryDequeue(out var head))
                head.Run();
        }
    }
}
