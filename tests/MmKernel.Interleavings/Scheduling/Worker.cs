using System;
using System.Collections.Concurrent;
using System.Text;
using System.Threading;

namespace MmKernel.Interleavings;

/// <summary>A thread of a race.</summary>
/// <param name="Name">What it is called in reports.</param>
/// <param name="Body">What it does.</param>
internal sealed record RaceThread(string Name, Action Body);

/// <summary>A real thread that runs when a host says so. Workers are used again, as a run takes less time than making a thread.</summary>
internal sealed class Worker
{
    private static readonly ConcurrentBag<Worker> s_idle = [];

    [ThreadStatic] private static Worker? t_ofThread;

    private readonly SemaphoreSlim _turn = new(0);
    private ScheduleHost? _host;
    private RaceThread? _thread;
    private bool _retired;

    private Worker()
    {
        using var started = new SemaphoreSlim(0);
        new Thread(() =>
        {
            t_ofThread = this;
            Task = Task.Current;
            started.Release();
            Loop();
        })
        { IsBackground = true, Name = "race" }.Start();
        started.Wait();
    }

    /// <summary>The worker whose thread this is.</summary>
    internal static Worker? OfThread => t_ofThread;

    internal int Id { get; private set; }

    internal Task Task { get; private set; } = null!;

    internal string Name => _thread!.Name;

    internal bool HasEnded { get; set; }

    /// <summary>Whether the thread can go on; null if it surely can.</summary>
    internal Func<bool>? CanGo { get; set; }

    /// <summary>Takes an idle worker for a thread of a race; it starts with <see cref="Go"/>.</summary>
    internal static Worker Rent(ScheduleHost host, int id, RaceThread thread)
    {
        if (!s_idle.TryTake(out var worker))
            worker = new Worker();
        worker._host = host;
        worker._thread = thread;
        worker.Id = id;
        worker.HasEnded = false;
        worker.CanGo = null;

        // All on one processor's lists: which frames a run gets must not depend on what ran before it.
        worker.Task.Cpu = 0;
        worker.Task.ClearFatalSignal();
        return worker;
    }

    /// <summary>Lets another race have the worker, or ends its thread if what it left behind is not fit for that.</summary>
    internal void Return(bool isUsable)
    {
        if (isUsable)
        {
            s_idle.Add(this);
            return;
        }

        _retired = true;
        _turn.Release();
    }

    internal void Go() => _turn.Release();

    internal void AwaitTurn() => _turn.Wait();

    /// <summary>What the thread waits for, and which locks it holds.</summary>
    internal void Describe(StringBuilder text)
    {
        text.Append($"\n{Name}: {(HasEnded ? "ended" : CanGo == null ? "can go on" : "waits")}");
        foreach (var held in Task.HeldLocks)
            text.Append($"\n  holds or waits for {held.Class} {held.Mode}");
    }

    private void Loop()
    {
        while (true)
        {
            _turn.Wait();
            if (_retired)
                break;
            Exception? error = null;
            Interleaving.Host = _host;
            try
            {
                _thread!.Body();
                Lockdep.AssertNothingHeld();
            }
            catch (Exception e)
            {
                error = e;
            }

            Interleaving.Host = null;
            _host!.Ended(this, error);
        }

        LeaveEverything();
    }

    /// <summary>An unwound thread may have been in sections that others wait for.</summary>
    private void LeaveEverything()
    {
        Task.HeldLocks.Clear();
        Task.RcuNesting = 0;
        Volatile.Write(ref Task.RcuPhase, Volatile.Read(ref Task.RcuPhase) & ~1L);
        Volatile.Write(ref Task.MmuPhase, Volatile.Read(ref Task.MmuPhase) & ~1L);
    }
}
