using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;

namespace MmKernel;

/// <summary>
/// Evaluates contracts while the kernel runs. It is compiled into a copy of the kernel whose methods and accesses call it; each clause of a
/// contract has a number there.
/// </summary>
internal static class ContractAudit
{
    private const int MostRecorded = 3;
    private const int MostFrames = 14;

    private static readonly List<Tally> s_tallies = [];

    // What threads have counted that have ended since: programs start thousands.
    private static readonly Tally s_ended = new();
    private static readonly ConcurrentDictionary<int, ConcurrentBag<string>> s_contradictions = new();
    private static readonly Timer? s_writer = Start();

    [ThreadStatic] private static Tally? t_tally;
    [ThreadStatic] private static bool t_busy;
    [ThreadStatic] private static bool t_foreign;

    /// <summary>Begins to evaluate, unless that is what the thread is doing: reading a path may call what has contracts itself.</summary>
    internal static bool Open()
    {
        if (t_busy)
            return false;
        t_busy = true;
        return true;
    }

    /// <summary>Ends what <see cref="Open"/> began.</summary>
    internal static void Close() => t_busy = false;

    /// <summary>Whether something outside of the kernel, which no analyzer has checked, called a member without what it needs.</summary>
    internal static bool IsForeign
    {
        get => t_foreign;
        set => t_foreign = value;
    }

    /// <summary>Counts an evaluation where a member is entered.</summary>
    internal static void Enter(int clause, bool holds)
    {
        if (!holds && !t_foreign)
            t_foreign = IsCalledFromOutside();
        Check(clause, holds);
    }

    /// <summary>Counts an evaluation, and keeps where the contract was contradicted.</summary>
    internal static void Check(int clause, bool holds)
    {
        var tally = t_tally ??= Register();
        bool lent = AuditedLocks.TakeLent();
        if (!holds)
            Contradict(clause, tally);
        else if (lent)
            tally.Lent[clause]++;
        else
            tally.Held[clause]++;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool IsCalledFromOutside()
    {
        var frames = new StackTrace().GetFrames().Select(static frame => frame.GetMethod()?.DeclaringType).SkipWhile(static type => type == typeof(ContractAudit));
        return frames.ElementAtOrDefault(1) is { } caller && caller.Assembly != typeof(ContractAudit).Assembly;
    }

    private static void Contradict(int clause, Tally tally)
    {
        if (t_foreign)
        {
            tally.Foreign[clause]++;
            return;
        }

        tally.Contradicted[clause]++;
        var recorded = s_contradictions.GetOrAdd(clause, _ => []);
        if (recorded.Count < MostRecorded)
            recorded.Add($"{string.Join(" < ", new StackTrace(2).GetFrames().Take(MostFrames).Select(static frame => $"{frame.GetMethod()?.DeclaringType?.Name}.{frame.GetMethod()?.Name}"))} | holding {AuditedLocks.Describe()}");
    }

    private static Tally Register()
    {
        var tally = new Tally();
        lock (s_tallies)
            s_tallies.Add(tally);
        return tally;
    }

    private static Timer? Start()
    {
        if (Environment.GetEnvironmentVariable("MMKERNEL_AUDIT") is not { } folder)
            return null;
        string file = Path.Combine(folder, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Write(file);
        return new Timer(_ => WriteUnlessBusy(file), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    private static void WriteUnlessBusy(string file)
    {
        if (!Monitor.TryEnter(s_contradictions))
            return;
        try
        {
            Write(file);
        }
        finally
        {
            Monitor.Exit(s_contradictions);
        }
    }

    /// <summary>One line for each clause that was evaluated: its number, how often it held, held by ownership, was contradicted, was not kept by callers from outside, and where it was contradicted.</summary>
    private static void Write(string file)
    {
        lock (s_contradictions)
        {
            Tally[] tallies;
            lock (s_tallies)
            {
                s_tallies.RemoveAll(static tally => tally.HasEnded && s_ended.Add(tally));
                tallies = [s_ended, .. s_tallies];
            }

            var lines = new List<string>();
            for (int clause = 0; clause < AuditedClauses.Count; clause++)
            {
                long held = 0, lent = 0, contradicted = 0, foreign = 0;
                foreach (var tally in tallies)
                {
                    held += tally.Held[clause];
                    lent += tally.Lent[clause];
                    contradicted += tally.Contradicted[clause];
                    foreign += tally.Foreign[clause];
                }

                if (held + lent + contradicted + foreign > 0)
                    lines.Add($"{clause}\t{held}\t{lent}\t{contradicted}\t{foreign}\t{string.Join('\t', s_contradictions.TryGetValue(clause, out var recorded) ? recorded : [])}");
            }

            string next = file + ".new";
            File.WriteAllLines(next, lines);
            File.Move(next, file + ".audit", overwrite: true);
        }
    }

    /// <summary>What one thread has counted.</summary>
    private sealed class Tally
    {
        private readonly Thread _thread = Thread.CurrentThread;

        internal bool HasEnded => !_thread.IsAlive;

        internal long[] Held { get; } = new long[AuditedClauses.Count];

        internal long[] Lent { get; } = new long[AuditedClauses.Count];

        internal long[] Foreign { get; } = new long[AuditedClauses.Count];

        internal long[] Contradicted { get; } = new long[AuditedClauses.Count];

        internal bool Add(Tally other)
        {
            for (int clause = 0; clause < AuditedClauses.Count; clause++)
            {
                Held[clause] += other.Held[clause];
                Lent[clause] += other.Lent[clause];
                Foreign[clause] += other.Foreign[clause];
                Contradicted[clause] += other.Contradicted[clause];
            }

            return true;
        }
    }
}
