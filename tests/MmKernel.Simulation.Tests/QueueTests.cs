using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace MmKernel.Simulation.Tests;

/// <summary>The simulator against queues of which theory knows the results.</summary>
public sealed class QueueTests
{
    [Theory]
    [InlineData(0.3)]
    [InlineData(0.7)]
    [InlineData(0.9)]
    public void Random_arrivals_at_a_server_with_constant_service_wait_as_long_as_theory_says(double load)
    {
        const double Service = 100;
        const int Arrivals = 150_000;
        var random = new Random(4711);
        var simulator = new Simulator();
        var server = new CacheLine(simulator, Service, Service);
        double inSystem = 0;
        double arrival = 0;
        for (int i = 0; i < Arrivals; i++)
        {
            arrival += -Math.Log(1 - random.NextDouble()) * Service / load;
            double came = arrival;
            simulator.Start(thread => Visit(), came);

            IEnumerable<Step> Visit()
            {
                yield return server.Touch;
                inSystem += simulator.Now - came;
            }
        }

        simulator.Run(double.MaxValue);

        // Pollaczek and Khinchine, for constant service: the wait is ρS / 2(1 − ρ).
        double expected = Service + (load * Service / (2 * (1 - load)));
        Assert.InRange(inSystem / Arrivals, expected * 0.95, expected * 1.05);
    }

    [Theory]
    [InlineData(1, 900)]
    [InlineData(4, 900)]
    [InlineData(10, 900)]
    [InlineData(64, 900)]
    public void Threads_that_compute_and_queue_reach_the_lesser_of_both_bounds(int threads, double think)
    {
        const double Service = 100;
        const double Time = 10_000_000;
        var simulator = new Simulator();
        var server = new CacheLine(simulator, Service, Service);
        var all = Enumerable.Range(0, threads).Select(_ => simulator.Start(Loop)).ToList();
        simulator.Run(Time);
        double rate = all.Sum(thread => thread.Done) / Time;
        double expected = Math.Min(threads / (think + Service), 1 / Service);
        Assert.InRange(rate, expected * 0.999, expected * 1.001);

        IEnumerable<Step> Loop(SimulatedThread self)
        {
            while (true)
            {
                yield return simulator.Work(think);
                yield return server.Touch;
                self.Done++;
            }
        }
    }

    [Fact]
    public void A_line_that_stays_is_cheaper_than_one_that_moves()
    {
        var simulator = new Simulator();
        var line = new CacheLine(simulator, local: 5, transfer: 80);
        var times = new List<double>();
        simulator.Start(_ => Touch(2));
        simulator.Start(_ => Touch(1), time: 100);
        simulator.Run(1000);
        Assert.Equal([5, 10, 180], times);
        Assert.Equal(1, line.Transfers);

        IEnumerable<Step> Touch(int count)
        {
            for (int i = 0; i < count; i++)
            {
                yield return line.Touch;
                times.Add(simulator.Now);
            }
        }
    }

    [Fact]
    public void The_past_cannot_be_planned()
    {
        var simulator = new Simulator();
        simulator.Run(10);
        Assert.Throws<ArgumentOutOfRangeException>(() => simulator.At(9, () => { }));
    }

    [Fact]
    public void Latencies_give_quantiles_to_a_sixteenth()
    {
        var latencies = new Latencies();
        for (int i = 1; i <= 10_000; i++)
            latencies.Add(i);
        Assert.Equal(10_000, latencies.Count);
        Assert.InRange(latencies.Quantile(0.5), 5000, 5000 * 17 / 16.0);
        Assert.InRange(latencies.Quantile(0.99), 9900, 10_000);
        Assert.Equal(10_000, latencies.Quantile(1));
        Assert.Equal(10_000, latencies.Longest);
    }
}
