using System;
using System.Collections.Generic;

namespace MmKernel.Simulation;

/// <summary>Something that a simulated thread does; it resumes the thread when it is done.</summary>
internal delegate void Step(SimulatedThread thread);

/// <summary>
/// Discrete events in virtual time, in nanoseconds. Every thread has a processor of its own, so what they cost each other are locks, the cache lines
/// that those lie in, and wakeups. Events at the same time happen in the order in which they were planned: nothing depends on the host.
/// </summary>
internal sealed class Simulator
{
    private readonly PriorityQueue<Action, (double Time, long Number)> _events = new();
    private long _planned;

    /// <summary>How many events have happened.</summary>
    internal long Events { get; private set; }

    internal double Now { get; private set; }

    /// <summary>Plans an event.</summary>
    internal void At(double time, Action action)
    {
        if (time < Now)
            throw new ArgumentOutOfRangeException(nameof(time), "An event in the past.");
        _events.Enqueue(action, (time, _planned++));
    }

    /// <summary>Starts a thread at a time, now at the earliest.</summary>
    /// <param name="program">What it does, step by step.</param>
    /// <param name="time">When.</param>
    internal SimulatedThread Start(Func<SimulatedThread, IEnumerable<Step>> program, double time = 0)
    {
        var thread = new SimulatedThread(this, program);
        At(Math.Max(time, Now), thread.Resume);
        return thread;
    }

    /// <summary>Lets events happen until a time, or until there is none.</summary>
    internal void Run(double until)
    {
        while (_events.TryPeek(out var action, out var key) && key.Time <= until)
        {
            _ = _events.Dequeue();
            Now = key.Time;
            Events++;
            action();
        }

        Now = until;
    }

    /// <summary>Computing that nobody else notices.</summary>
    internal Step Work(double time) => thread => At(Now + time, thread.Resume);
}

/// <summary>A thread on a processor of its own.</summary>
internal sealed class SimulatedThread
{
    private readonly IEnumerator<Step> _program;

    internal SimulatedThread(Simulator simulator, Func<SimulatedThread, IEnumerable<Step>> program)
    {
        Simulator = simulator;
        _program = program(this).GetEnumerator();
    }

    internal Simulator Simulator { get; }

    /// <summary>Whether the last try to take a lock succeeded.</summary>
    internal bool Granted { get; set; }

    /// <summary>How often the thread did what it is there for.</summary>
    internal long Done { get; set; }

    /// <summary>How often it slept.</summary>
    internal long Sleeps { get; set; }

    /// <summary>Goes on with the next step.</summary>
    internal void Resume()
    {
        if (_program.MoveNext())
            _program.Current(this);
    }
}
