using System;
using System.Collections.Generic;
using System.Linq;

namespace MmKernel.Interleavings;

/// <summary>Says who goes on at a decision.</summary>
internal interface IStrategy
{
    /// <param name="step">Number of the decision.</param>
    /// <param name="enabled">The threads that can go on, as a bit set; at least two.</param>
    /// <param name="current">The thread that ran until here.</param>
    int Choose(int step, uint enabled, int current);
}

/// <summary>Follows given choices, and after them lets each thread run for as long as it can.</summary>
internal sealed class GivenChoices(IReadOnlyList<int> choices) : IStrategy
{
    public int Choose(int step, uint enabled, int current)
    {
        if (step >= choices.Count)
            return Decision.First(enabled, current);
        int choice = choices[step];
        if ((enabled & (1u << choice)) == 0)
            throw new InvalidOperationException($"Thread {choice} cannot go on at decision {step}: the race is not the one that was recorded.");
        return choice;
    }
}

/// <summary>
/// Random priorities, and a few random places at which the running thread falls behind all others: finds any bug that takes so many ordered
/// events with a known probability (PCT: Burckhardt, Kothari, Musuvathi, Nagarakatte, ASPLOS 2010).
/// </summary>
internal sealed class RandomPriorities : IStrategy
{
    private readonly int[] _priorities;
    private readonly HashSet<int> _changes;
    private int _lowest;

    /// <param name="seed">Decides everything.</param>
    /// <param name="threads">Number of threads.</param>
    /// <param name="steps">About how many decisions a run has.</param>
    /// <param name="depth">Number of places at which priorities change.</param>
    internal RandomPriorities(int seed, int threads, int steps, int depth)
    {
        var random = new Random(seed);
        _priorities = [.. Enumerable.Range(1, threads)];
        random.Shuffle(_priorities);
        _changes = [.. Enumerable.Range(0, depth).Select(_ => random.Next(Math.Max(1, steps)))];
    }

    public int Choose(int step, uint enabled, int current)
    {
        if (_changes.Contains(step))
            _priorities[current] = --_lowest;
        int best = -1;
        for (int thread = 0; thread < _priorities.Length; thread++)
        {
            if ((enabled & (1u << thread)) != 0 && (best < 0 || _priorities[thread] > _priorities[best]))
                best = thread;
        }

        return best;
    }
}
