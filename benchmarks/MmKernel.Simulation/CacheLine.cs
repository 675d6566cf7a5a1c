using System;

namespace MmKernel.Simulation;

/// <summary>
/// A cache line with an atomic variable. One processor at a time changes it, in the order of arrival; if another one had it last, it comes over first.
/// </summary>
/// <param name="simulator">The simulation.</param>
/// <param name="local">What a change costs whoever had the line last.</param>
/// <param name="transfer">What it costs others.</param>
internal sealed class CacheLine(Simulator simulator, double local, double transfer)
{
    private SimulatedThread? _owner;
    private double _freeAt;

    /// <summary>How often the line changed its place.</summary>
    internal long Transfers { get; private set; }

    /// <summary>A step: one atomic change.</summary>
    internal void Touch(SimulatedThread thread) => After(thread, thread.Resume);

    /// <summary>One atomic change, and then something else.</summary>
    internal void After(SimulatedThread thread, Action then)
    {
        bool isLocal = _owner == null || _owner == thread;
        if (!isLocal)
            Transfers++;
        _owner = thread;
        _freeAt = Math.Max(simulator.Now, _freeAt) + (isLocal ? local : transfer);
        simulator.At(_freeAt, then);
    }
}
