using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Text;
using System.Threading;

namespace MmKernel.Stress;

/// <summary>
/// Sees whether threads go on, and if none does, tells what each waits for and what it did meanwhile: tasks that wait for each other, tasks that try
/// something again and again in vain, and a machine that is merely slow look alike from outside.
/// </summary>
/// <param name="threads">How many threads there are.</param>
/// <param name="patience">For how long no operation may end.</param>
internal sealed class ProgressWatch(int threads, TimeSpan patience)
{
    // Long enough for a thread on a busy machine to get a processor.
    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromSeconds(5);

    private readonly ThreadProgress?[] _threads = new ThreadProgress?[threads];
    private readonly Lock _gate = new();
    private TimeSpan _longest;
    private string _longestName = "none";

    /// <summary>How many allocations were made to fail; added to by all threads.</summary>
    internal long FailuresMade;

    /// <summary>Rules that the lock validator checked.</summary>
    internal long Rules { get; set; }

    /// <summary>The operation that took longest so far.</summary>
    internal string Longest => $"{_longestName}, {_longest.TotalSeconds:F1} s";

    /// <summary>The calling thread begins.</summary>
    internal ThreadProgress Start(int id) => _threads[id] = new ThreadProgress(this);

    /// <summary>Waits for threads.</summary>
    /// <returns>False if no operation has ended for long.</returns>
    internal bool TryJoin(Thread[] running)
    {
        foreach (var thread in running)
        {
            long before = -1;
            while (!thread.Join(patience))
            {
                long now = _threads.Sum(state => state?.Begun ?? 0);
                if (now == before)
                    return false;
                before = now;
            }
        }

        return true;
    }

    /// <summary>What everybody waits for, and does between two looks.</summary>
    internal string Describe(Machine machine)
    {
        var first = TaskActivity.OfAll();
        string countersBefore = Counters(machine);
        Thread.Sleep(s_betweenLooks);
        var second = TaskActivity.OfAll();
        long rules = second.Sum(entry => entry.Value.RulesChecked - (first.TryGetValue(entry.Key, out var earlier) ? earlier.RulesChecked : 0));
        var text = new StringBuilder(rules == 0 ? "all hang: nobody does anything" : $"no operation ends: {rules:N0} rules checked in {s_betweenLooks.TotalSeconds} s");
        foreach (var state in _threads.OfType<ThreadProgress>())
            text.Append($"\n{state.Name}: operation {state.Begun}, {state.Doing}, for {state.Elapsed.TotalSeconds:F0} s");
        foreach (var (number, activity) in second)
            text.Append($"\n{activity.Since(first.GetValueOrDefault(number))}");
        return text.Append($"\nbefore: {countersBefore}\nafter: {Counters(machine)}").ToString();
    }

    private static string Counters(Machine machine)
    {
        var memory = machine.Memory;
        string events = string.Join(", ", Enum.GetValues<VmEvent>().Select(which => (which, Count: memory.Events[which])).Where(entry => entry.Count != 0)
            .Select(entry => $"{entry.which} {entry.Count}"));
        return $"free {memory.FreeFrames} of {memory.FrameCount}, swap slots free {memory.Swap.FreeSlots}, OOM victims "
            + $"{memory.AddressSpaces.Snapshot().Count(mm => mm.IsOomVictim)} of {memory.AddressSpaces.Snapshot().Length}; {events}";
    }

    private void Note(string operation, TimeSpan time)
    {
        lock (_gate)
        {
            if (time <= _longest)
                return;
            _longest = time;
            _longestName = operation;
        }
    }

    /// <summary>How far a thread is.</summary>
    internal sealed class ThreadProgress(ProgressWatch watch)
    {
        private string _doing = "nothing";
        private long _begun;
        private long _since = Stopwatch.GetTimestamp();

        internal string Name { get; } = Thread.CurrentThread.Name ?? "thread";

        internal string Doing => Volatile.Read(ref _doing);

        internal long Begun => Volatile.Read(ref _begun);

        internal TimeSpan Elapsed => Stopwatch.GetElapsedTime(Volatile.Read(ref _since));

        internal void Begin(string operation)
        {
            End();
            Volatile.Write(ref _doing, operation);
            Volatile.Write(ref _begun, _begun + 1);
        }

        internal void End()
        {
            long now = Stopwatch.GetTimestamp();
            watch.Note(_doing, Stopwatch.GetElapsedTime(_since, now));
            Volatile.Write(ref _since, now);
            Volatile.Write(ref _doing, "nothing");
        }
    }
}
