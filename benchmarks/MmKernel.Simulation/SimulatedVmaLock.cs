using System;

namespace MmKernel.Simulation;

/// <summary>
/// The lock of one VMA: readers only try, and fail while it is write-locked; whoever holds mmap_lock exclusively write-locks it, waiting for readers
/// once, and that ends when mmap_lock is given back.
/// </summary>
/// <param name="simulator">The simulation.</param>
/// <param name="line">The cache line of the count.</param>
/// <param name="mmapLock">The lock that bounds the write lock.</param>
/// <param name="waiting">What waiting costs.</param>
internal sealed class SimulatedVmaLock(Simulator simulator, CacheLine line, SimulatedSemaphore mmapLock, WaitCosts waiting)
{
    private int _readers;
    private long _lockedIn = -1;
    private bool _isExcluding;
    private double _since;
    private SimulatedThread? _writer;

    /// <summary>How often a try failed.</summary>
    internal long Refused { get; private set; }

    /// <summary>A step: takes the lock shared if nobody has write-locked it.</summary>
    internal void TryRead(SimulatedThread thread) => line.After(thread, () =>
    {
        thread.Granted = !_isExcluding && _lockedIn != mmapLock.WriteSequence;
        if (thread.Granted)
            _readers++;
        else
            Refused++;
        thread.Resume();
    });

    /// <summary>A step: gives a shared hold back.</summary>
    internal void EndRead(SimulatedThread thread) => line.After(thread, () =>
    {
        if (--_readers < 0)
            throw new InvalidOperationException("More readers left than came.");
        if (_readers == 0 && _writer is { } writer)
        {
            _writer = null;
            simulator.At(waiting.Awake(simulator.Now, _since, writer), () => Mark(writer));
        }

        thread.Resume();
    });

    /// <summary>A step: write-locks the VMA.</summary>
    internal void StartWrite(SimulatedThread thread) => line.After(thread, () =>
    {
        if (mmapLock.WriteSequence % 2 == 0)
            throw new InvalidOperationException("A VMA is write-locked without mmap_lock.");
        _isExcluding = true;
        _since = simulator.Now;
        if (_readers != 0)
            _writer = thread;
        else
            Mark(thread);
    });

    private void Mark(SimulatedThread writer)
    {
        _isExcluding = false;
        _lockedIn = mmapLock.WriteSequence;
        writer.Resume();
    }
}
