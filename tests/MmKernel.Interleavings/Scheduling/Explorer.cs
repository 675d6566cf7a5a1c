using System;
using System.Collections.Generic;

namespace MmKernel.Interleavings;

/// <summary>What was tried, and what it showed.</summary>
/// <param name="Schedules">Number of runs.</param>
/// <param name="LongestRun">Most decisions in one run.</param>
/// <param name="Preemptions">All schedules with so many preemptions were tried; −1 if not even those without any.</param>
/// <param name="Failure">What went wrong, with the schedule; null if nothing did.</param>
/// <param name="FailingSchedule">The schedule that failed, to be run again.</param>
internal sealed record Exploration(int Schedules, int LongestRun, int Preemptions, string? Failure, string? FailingSchedule);

/// <summary>How much to try.</summary>
/// <param name="Preemptions">Try all schedules with up to so many preemptions, as long as the budget lasts.</param>
/// <param name="Budget">Most schedules to try that way.</param>
/// <param name="RandomRuns">Then so many random schedules.</param>
/// <param name="Seed">The first seed of the random ones.</param>
internal sealed record Effort(int Preemptions, int Budget, int RandomRuns, int Seed);

/// <summary>
/// Runs a race under many schedules: first all those with no preemption, then all with one, two and so on, because few preemptions show most
/// bugs (CHESS: Musuvathi, Qadeer, PLDI 2007), then random ones. The same choices give the same run.
/// </summary>
internal static class Explorer
{
    private const int MaxRandomDepth = 4;

    internal static Exploration Explore(Race race, Effort effort)
    {
        var progress = new Progress(race);
        int complete = -1;
        for (int bound = 0; bound <= effort.Preemptions; bound++)
        {
            if (!TryAll(progress, bound, effort.Budget))
                break;
            complete = bound;
        }

        for (int i = 0; i < effort.RandomRuns && progress.Failure == null; i++)
            progress.Run(threads => new RandomPriorities(effort.Seed + i, threads, progress.LongestRun, 1 + (i % MaxRandomDepth)), $"seed {effort.Seed + i}");
        return new Exploration(progress.Schedules, progress.LongestRun, complete, progress.Failure, progress.FailingSchedule);
    }

    /// <summary>Runs one schedule.</summary>
    /// <returns>What went wrong; null if nothing did.</returns>
    internal static string? Replay(Race race, string schedule)
    {
        var progress = new Progress(race);
        progress.Run(_ => new GivenChoices(Schedule.Parse(schedule)), "given");
        return progress.Failure;
    }

    /// <summary>Depth first: the last decision that has an alternative within the bound is changed, what comes after it is left to itself.</summary>
    /// <returns>Whether all were tried, and none failed.</returns>
    private static bool TryAll(Progress progress, int bound, int budget)
    {
        List<int>? prefix = [];
        while (prefix != null)
        {
            if (progress.Schedules >= budget)
                return false;
            var given = prefix;
            var decisions = progress.Run(_ => new GivenChoices(given), $"{bound} preemptions");
            if (progress.Failure != null)
                return false;
            prefix = NextPrefix(decisions, bound);
        }

        return true;
    }

    private static List<int>? NextPrefix(IReadOnlyList<Decision> decisions, int bound)
    {
        var preemptions = new int[decisions.Count + 1];
        for (int i = 0; i < decisions.Count; i++)
            preemptions[i + 1] = preemptions[i] + (decisions[i].IsPreemption(decisions[i].Chosen) ? 1 : 0);
        for (int i = decisions.Count - 1; i >= 0; i--)
        {
            if (decisions[i].NextAlternative() is not { } thread || preemptions[i] + (decisions[i].IsPreemption(thread) ? 1 : 0) > bound)
                continue;
            var prefix = new List<int>(i + 1);
            for (int j = 0; j < i; j++)
                prefix.Add(decisions[j].Chosen);
            prefix.Add(thread);
            return prefix;
        }

        return null;
    }

    private sealed class Progress(Race race)
    {
        internal int Schedules { get; private set; }

        internal int LongestRun { get; private set; }

        internal string? Failure { get; private set; }

        internal string? FailingSchedule { get; private set; }

        internal IReadOnlyList<Decision> Run(Func<int, IStrategy> strategy, string how)
        {
            Schedules++;
            using var world = new World();
            var failure = world.TryPrepare(race);
            var host = new ScheduleHost(world.Threads, strategy(world.Threads.Count + 1));
            if (failure == null)
            {
                host.Run();
                failure = host.Failure ?? world.TryFinish();
            }

            LongestRun = Math.Max(LongestRun, host.Decisions.Count);
            if (failure != null)
            {
                FailingSchedule = Schedule.Format(host.Decisions);
                Failure = $"{race.Name}, run {Schedules} ({how}): {failure}\nSchedule: {FailingSchedule}";
            }

            return host.Decisions;
        }
    }
}
