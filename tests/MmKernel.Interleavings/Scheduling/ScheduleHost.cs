using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading;

namespace MmKernel.Interleavings;

/// <summary>
/// Runs threads one at a time, in an order that a <see cref="IStrategy"/> decides, and RCU callbacks in a thread of their own that waits for the
/// read sections of the others. Whoever reaches a schedule point picks who goes on and hands over.
/// </summary>
internal sealed class ScheduleHost : IScheduleHost
{
    // Real races end in a few hundred steps; a run that is still going then goes in circles.
    private const int MaxSteps = 50_000;
    private const int StepsInReport = 60;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private static readonly LockdepClass[] s_insides = [LockdepClass.PageCpuList, LockdepClass.Buddy, LockdepClass.WaitBucket];

    private readonly IStrategy _strategy;
    private readonly List<Step> _steps = [];
    private readonly List<Decision> _decisions = [];
    private readonly Queue<RcuHead> _callbacks = new();
    private readonly Worker[] _workers;
    private readonly SemaphoreSlim _ended = new(0);
    private bool _abandoned;

    internal ScheduleHost(IReadOnlyList<RaceThread> threads, IStrategy strategy)
    {
        _strategy = strategy;
        _workers = [.. threads.Append(new RaceThread("rcu", RunCallbacks)).Select((thread, id) => Worker.Rent(this, id, thread))];
    }

    /// <summary>The decisions that were made.</summary>
    internal IReadOnlyList<Decision> Decisions => _decisions;

    /// <summary>Number of schedule points that were reached.</summary>
    internal int StepCount => _steps.Count;

    /// <summary>What went wrong; null if nothing did.</summary>
    internal string? Failure { get; private set; }

    private static Worker Current => Worker.OfThread ?? throw new InvalidOperationException("A thread that the host does not schedule.");

    /// <summary>Runs all threads to their end, or until something goes wrong.</summary>
    internal void Run()
    {
        HandOver(from: null);
        if (!_ended.Wait(s_patience))
            throw new TimeoutException($"A thread waits for something that the host does not know of: {Report("", _steps.Count)}");
        foreach (var worker in _workers)
            worker.Return(isUsable: !_abandoned);
    }

    public void Reach(SchedulePoint point, object subject)
    {
        if (!IsInteresting(subject) && !_abandoned)
            return;
        Pause(point, subject, null);
    }

    public void Wait(SchedulePoint point, object subject, Func<bool> canGo)
    {
        if (!IsInteresting(subject) && !_abandoned && canGo())
            return;
        Pause(point, subject, canGo);
    }

    public void Defer(RcuHead head) => _callbacks.Enqueue(head);

    public void Synchronize()
    {
        var readers = _workers.Select(worker => (worker.Task, worker.Task.RcuPhase, worker.Task.MmuPhase)).ToArray();
        Pause(SchedulePoint.Wait, _callbacks, () => readers.All(reader =>
            HasEnded(reader.RcuPhase, reader.Task.RcuPhase) && HasEnded(reader.MmuPhase, reader.Task.MmuPhase)));
    }

    /// <summary>The calling worker's thread has ended, with <paramref name="error"/> if it failed.</summary>
    internal void Ended(Worker worker, Exception? error)
    {
        if (error is not null and not OperationCanceledException && Failure == null)
            Fail($"{worker.Name}: {error}");
        worker.HasEnded = true;
        if (_abandoned)
            AbandonNext();
        else
            HandOver(from: worker);
    }

    /// <summary>
    /// The insides of the page allocator and of wait queues are one step each, which makes room for the schedules that matter.
    /// </summary>
    private static bool IsInteresting(object subject) => subject is not SpinLock spin || !s_insides.Contains(spin.Class);

    private static bool HasEnded(long before, long now) => (before & 1) == 0 || now != before;

    private void Pause(SchedulePoint point, object subject, Func<bool>? canGo)
    {
        var worker = Current;
        if (!_abandoned)
        {
            _steps.Add(new Step(worker.Id, point, subject));
            worker.CanGo = canGo;
            if (_steps.Count > MaxSteps)
                Fail("The threads go in circles.");
            else
                HandOver(from: worker);
        }

        if (_abandoned)
            throw new OperationCanceledException("The run has failed.");
        worker.CanGo = null;
    }

    /// <summary>Picks who goes on; returns when it is the turn of <paramref name="from"/> again.</summary>
    private void HandOver(Worker? from)
    {
        uint enabled = 0;
        foreach (var worker in _workers)
        {
            if (!worker.HasEnded && (worker.CanGo == null || worker.CanGo()))
                enabled |= 1u << worker.Id;
        }

        if (enabled == 0)
        {
            if (_workers.All(worker => worker.HasEnded))
                _ended.Release();
            else
                Deadlock(from);
            return;
        }

        int current = from?.Id ?? 0;
        int next = System.Numerics.BitOperations.TrailingZeroCount(enabled);
        if ((enabled & (enabled - 1)) != 0)
        {
            next = _strategy.Choose(_decisions.Count, enabled, current);
            _decisions.Add(new Decision(enabled, current, next));
        }

        if (from != null && next == from.Id)
            return;
        // Asked before the other one goes on: a worker that has ended may soon be part of another run.
        bool returns = from is { HasEnded: false };
        _workers[next].Go();
        if (returns)
            from!.AwaitTurn();
    }

    private void Deadlock(Worker? from)
    {
        Fail("Deadlock.");
        if (from == null || from.HasEnded)
            AbandonNext();
    }

    private void Fail(string what)
    {
        Failure = Report(what, _steps.Count);
        _abandoned = true;
    }

    private string Report(string what, int steps)
    {
        var text = new StringBuilder(what);
        foreach (var worker in _workers)
            worker.Describe(text);
        text.Append("\nThe last steps:");
        foreach (var step in _steps.Take(steps).Skip(steps - StepsInReport))
            text.Append($"\n  {_workers[step.Thread].Name,-12} {step.Point,-11} {Describe(step.Subject)}");
        return text.ToString();
    }

    /// <summary>After a failure the threads unwind one after the other, each throwing at the point where it waits.</summary>
    private void AbandonNext()
    {
        var next = _workers.FirstOrDefault(worker => !worker.HasEnded);
        if (next == null)
            _ended.Release();
        else
            next.Go();
    }

    internal static string Describe(object subject) => subject switch
    {
        SpinLock spin => spin.Class.Name,
        RwSemaphore semaphore => semaphore.Class.Name,
        Mutex mutex => mutex.Class.Name,
        PageTableLock table => $"PageTableLock {table.Order}",
        Folio folio => $"Folio {folio.Frame}",
        _ => subject.GetType().Name,
    };

    private void RunCallbacks()
    {
        while (true)
        {
            Pause(SchedulePoint.Wait, _callbacks, () => _callbacks.Count != 0 || AreOthersDone());
            if (_callbacks.Count == 0)
                return;
            var batch = _callbacks.ToArray();
            _callbacks.Clear();
            Synchronize();
            foreach (var head in batch)
                head.Run();
        }
    }

    private bool AreOthersDone() => _workers.SkipLast(1).All(worker => worker.HasEnded);

    private readonly record struct Step(int Thread, SchedulePoint Point, object Subject);
}
