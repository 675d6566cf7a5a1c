using System;
using System.Collections.Generic;
using System.Linq;
using MmKernel.Simulation;

namespace MmKernel.Benchmarks;

/// <summary>A simulation that runs until enough has happened.</summary>
internal static class SimulatedRun
{
    /// <summary>The numbers of processors that are simulated; the first is that of the machine on which everything was developed.</summary>
    internal static IReadOnlyList<int> Cpus { get; } = [2, 8, 64, 512];

    private const double Slice = 100_000;
    private const double LongestTime = 100_000_000;
    private const long EventsPerCpu = 12_000;
    private const long LeastEvents = 400_000;

    /// <summary>Runs what has been started, the beginning left out of the counts.</summary>
    /// <param name="simulator">The simulation.</param>
    /// <param name="threads">The threads whose work counts.</param>
    /// <param name="reset">What to forget when counting begins.</param>
    /// <param name="isEnough">Whether enough has happened; null if the number of events says it.</param>
    /// <returns>How often per second the threads did what they are there for.</returns>
    internal static double Rate(Simulator simulator, IReadOnlyList<SimulatedThread> threads, Action? reset = null, Func<bool>? isEnough = null)
    {
        simulator.Run(Slice * 5);
        foreach (var thread in threads)
            thread.Done = 0;
        reset?.Invoke();
        double start = simulator.Now;
        long enough = simulator.Events + Math.Max(LeastEvents, EventsPerCpu * threads.Count);
        while ((simulator.Events < enough || isEnough?.Invoke() == false) && simulator.Now < start + LongestTime)
            simulator.Run(simulator.Now + Slice);
        return threads.Sum(thread => thread.Done) * 1e9 / (simulator.Now - start);
    }

    /// <summary>A time that varies by a quarter, so that nothing goes in lockstep.</summary>
    internal static double Vary(this Random random, double time) => time * (0.75 + (0.5 * random.NextDouble()));

    /// <summary>How far a simulation is from what was measured; says so where the measured threads did not have processors of their own.</summary>
    internal static string Compare(double simulated, double measured, double share)
    {
        const double Undisturbed = 0.95;
        string difference = $"{((simulated / measured) - 1) * 100:+0;−0} %";
        return share >= Undisturbed ? difference : $"{difference} (disturbed)";
    }
}
