using System;
using System.Collections.Generic;

namespace MmKernel.Simulation;

/// <summary>
/// The reader-writer lock of the kernel, with the same rules: who cannot have it looks again some times and then queues; a running writer may take a
/// free lock before the queued one that is being woken, until that one has lost <see cref="MostLostRaces"/> times; readers do not pass anybody who is
/// queued; a writer that leaves lets all queued readers in at once.
/// </summary>
/// <param name="simulator">The simulation.</param>
/// <param name="line">The cache line of the state word.</param>
/// <param name="waiting">What waiting costs.</param>
internal sealed class SimulatedSemaphore(Simulator simulator, CacheLine line, WaitCosts waiting)
{
    internal const int MostLostRaces = 8;

    // Looks before somebody queues.
    private const int Looks = 60;

    private readonly LinkedList<Waiter> _queue = new();
    private int _readers;
    private bool _hasWriter;

    /// <summary>Raised when a writer gets the lock and when it gives it back, so odd while it has it.</summary>
    internal long WriteSequence { get; private set; }

    /// <summary>How often the lock was taken, in any mode.</summary>
    internal long Taken { get; private set; }

    /// <summary>How often it was given back.</summary>
    internal long Returned { get; private set; }

    /// <summary>How often a thread queued for it.</summary>
    internal long Waits { get; private set; }

    /// <summary>A step: takes the lock shared.</summary>
    internal void Read(SimulatedThread thread) => line.After(thread, () => TakeOrWait(thread, isWriter: false));

    /// <summary>A step: takes the lock exclusively.</summary>
    internal void Write(SimulatedThread thread) => line.After(thread, () => TakeOrWait(thread, isWriter: true));

    /// <summary>A step: takes the lock shared if that takes no waiting.</summary>
    internal void TryRead(SimulatedThread thread) => line.After(thread, () =>
    {
        thread.Granted = !_hasWriter && _queue.Count == 0;
        if (thread.Granted)
            AddReader();
        thread.Resume();
    });

    /// <summary>A step: gives a shared hold back.</summary>
    internal void EndRead(SimulatedThread thread) => line.After(thread, () =>
    {
        Returned++;
        if (--_readers < 0)
            throw new InvalidOperationException("More readers left than came.");
        if (_readers == 0)
            Offer();
        thread.Resume();
    });

    /// <summary>A step: gives an exclusive hold back.</summary>
    internal void EndWrite(SimulatedThread thread) => line.After(thread, () =>
    {
        if (!_hasWriter)
            throw new InvalidOperationException("A writer left that never came.");
        Returned++;
        WriteSequence++;
        _hasWriter = false;
        Offer();
        thread.Resume();
    });

    private void TakeOrWait(SimulatedThread thread, bool isWriter)
    {
        if (MayTake(isWriter))
        {
            Take(isWriter);
            thread.Resume();
            return;
        }

        LookAgain(thread, isWriter, Looks);
    }

    private void LookAgain(SimulatedThread thread, bool isWriter, int left)
    {
        if (left == 0 || (!isWriter && _queue.Count != 0))
        {
            Queue(new Waiter(thread, isWriter, simulator.Now));
            return;
        }

        simulator.At(simulator.Now + (waiting.Spin / Looks), () =>
        {
            if (!MayTake(isWriter))
            {
                LookAgain(thread, isWriter, left - 1);
                return;
            }

            Take(isWriter);
            thread.Resume();
        });
    }

    private bool MayTake(bool isWriter) => isWriter ? !_hasWriter && _readers == 0 : !_hasWriter && _queue.Count == 0;

    private void Take(bool isWriter)
    {
        if (!isWriter)
        {
            AddReader();
            return;
        }

        if (_hasWriter || _readers != 0)
            throw new InvalidOperationException("A writer beside others.");
        _hasWriter = true;
        WriteSequence++;
        Taken++;
    }

    private void AddReader()
    {
        if (_hasWriter)
            throw new InvalidOperationException("A reader beside a writer.");
        _readers++;
        Taken++;
    }

    private void Queue(Waiter waiter)
    {
        Waits++;
        waiter.Node = _queue.AddLast(waiter);
        if (!_hasWriter)
            Offer();
    }

    /// <summary>Somebody has left: who is next?</summary>
    private void Offer()
    {
        if (_queue.First?.Value is not { } first || _hasWriter)
            return;
        if (!first.IsWriter)
            AdmitReaders();
        else if (_readers == 0 && first.LostRaces >= MostLostRaces)
            HandOver(first);
        else if (_readers == 0 && !first.IsBeingWoken)
            Nudge(first);
    }

    /// <summary>All queued readers share one hold, those behind writers too.</summary>
    private void AdmitReaders()
    {
        for (var node = _queue.First; node != null;)
        {
            var next = node.Next;
            if (!node.Value.IsWriter)
            {
                _queue.Remove(node);
                AddReader();
                simulator.At(Awake(node.Value), node.Value.Thread.Resume);
            }

            node = next;
        }
    }

    private void HandOver(Waiter writer)
    {
        _queue.Remove(writer);
        Take(isWriter: true);
        simulator.At(Awake(writer), writer.Thread.Resume);
    }

    /// <summary>Wakes a writer that then tries for itself.</summary>
    private void Nudge(Waiter writer)
    {
        writer.IsBeingWoken = true;
        simulator.At(Awake(writer), () =>
        {
            if (writer.Node?.List != _queue)
                return;
            writer.IsBeingWoken = false;
            if (_queue.First?.Value == writer && MayTake(isWriter: true))
            {
                _queue.Remove(writer);
                Take(isWriter: true);
                writer.Thread.Resume();
                return;
            }

            writer.LostRaces++;
        });
    }

    /// <summary>When a waiter that is called now goes on: at once if it still spins.</summary>
    private double Awake(Waiter waiter) => waiting.Awake(simulator.Now, waiter.Since, waiter.Thread);

    private sealed class Waiter(SimulatedThread thread, bool isWriter, double since)
    {
        internal SimulatedThread Thread { get; } = thread;

        internal bool IsWriter { get; } = isWriter;

        internal double Since { get; } = since;

        internal LinkedListNode<Waiter>? Node { get; set; }

        internal int LostRaces { get; set; }

        internal bool IsBeingWoken { get; set; }
    }
}
