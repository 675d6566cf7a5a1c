using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace MmKernel.Simulation.Tests;

/// <summary>The simulated locks keep the rules of the real ones.</summary>
public sealed class SimulatedLockTests
{
    private const double Wake = 1000;

    private static readonly WaitCosts s_waiting = new(Spin: 100, SpinQueued: 0, Wake);

    private readonly Simulator _simulator = new();
    private readonly List<string> _log = [];

    [Fact]
    public void Writers_that_sleep_get_the_lock_in_the_order_of_arrival()
    {
        var semaphore = Semaphore();
        for (int i = 0; i < 5; i++)
            Start(i * 10, Hold($"w{i}", semaphore.Write, semaphore.EndWrite, 5000));
        _simulator.Run(1_000_000);
        Assert.Equal(["w0", "w1", "w2", "w3", "w4"], _log);
        Assert.Equal(4, semaphore.Waits);
    }

    [Fact]
    public void Who_still_spins_is_not_woken()
    {
        var semaphore = new SimulatedSemaphore(_simulator, new CacheLine(_simulator, 1, 1), new WaitCosts(Spin: 60, SpinQueued: 500, Wake));
        var entered = new Dictionary<string, double>();
        Start(0, Hold("w", semaphore.Write, semaphore.EndWrite, 300));
        Start(10, Hold("r", semaphore.Read, semaphore.EndRead, 10, entered));
        Start(5000, Hold("w", semaphore.Write, semaphore.EndWrite, 30));
        Start(5010, Hold("looking", semaphore.Read, semaphore.EndRead, 10, entered));
        _simulator.Run(1_000_000);

        // Queued, it is called by whoever leaves, at 302; before, it finds the lock free at its next look, one a nanosecond.
        Assert.Equal(302, entered["r"]);
        Assert.InRange(entered["looking"], 5032, 5033);
        Assert.Equal(1, semaphore.Waits);
    }

    [Fact]
    public void A_reader_does_not_pass_a_queued_writer()
    {
        var semaphore = Semaphore();
        Start(0, Hold("r0", semaphore.Read, semaphore.EndRead, 5000));
        Start(10, Hold("w", semaphore.Write, semaphore.EndWrite, 5000));
        Start(500, Hold("r1", semaphore.Read, semaphore.EndRead, 10));
        _simulator.Run(1_000_000);
        Assert.Equal(["r0", "w", "r1"], _log);
    }

    [Fact]
    public void A_writer_that_leaves_lets_all_readers_in_even_those_behind_a_writer()
    {
        var semaphore = Semaphore();
        var entered = new Dictionary<string, double>();
        Start(0, Hold("w0", semaphore.Write, semaphore.EndWrite, 5000));
        Start(10, Hold("r1", semaphore.Read, semaphore.EndRead, 3000, entered));
        Start(500, Hold("w1", semaphore.Write, semaphore.EndWrite, 10, entered));
        Start(700, Hold("r2", semaphore.Read, semaphore.EndRead, 3000, entered));
        _simulator.Run(1_000_000);
        Assert.Equal(entered["r1"], entered["r2"]);
        Assert.True(entered["w1"] > entered["r1"] + 3000);
    }

    [Fact]
    public void A_running_writer_passes_a_sleeping_one_eight_times_and_no_more()
    {
        var semaphore = Semaphore();
        Start(0, Loop("fast", semaphore, hold: 400, pause: 0));
        Start(50, Hold("slow", semaphore.Write, semaphore.EndWrite, 10));
        _simulator.Run(1_000_000);

        // Each wakeup that comes too late is a lost race; between two of them the fast one holds the lock several times.
        int before = _log.IndexOf("slow");
        Assert.True(before > SimulatedSemaphore.MostLostRaces, $"after {before}");
        Assert.InRange(before, 0, (SimulatedSemaphore.MostLostRaces + 1) * (int)((Wake / 400) + 2));
        Assert.Equal(1, _log.Count(name => name == "slow"));
    }

    [Fact]
    public void What_is_taken_is_given_back_and_nothing_depends_on_the_host()
    {
        string first = Mixture(seed: 1);
        Assert.Equal(first, Mixture(seed: 1));
        Assert.NotEqual(first, Mixture(seed: 2));
    }

    [Fact]
    public void Readers_of_a_VMA_fail_while_it_is_write_locked_and_the_writer_waits_for_those_before()
    {
        var semaphore = Semaphore();
        var vma = new SimulatedVmaLock(_simulator, new CacheLine(_simulator, 1, 1), semaphore, s_waiting);
        Start(0, Reader("early"));
        Start(100, Writer());
        Start(500, Reader("while the writer waits"));
        Start(5000, Reader("while it is write-locked"));
        Start(9000, Reader("after mmap_lock"));
        _simulator.Run(1_000_000);
        Assert.Equal(["early in", "while the writer waits out", "early done", "write-locked at 3002", "while it is write-locked out", "after mmap_lock in", "after mmap_lock done"], _log);
        Assert.Equal(2, vma.Refused);

        Func<SimulatedThread, IEnumerable<Step>> Reader(string name) => self => Read(self, name);

        IEnumerable<Step> Read(SimulatedThread self, string name)
        {
            yield return vma.TryRead;
            _log.Add($"{name} {(self.Granted ? "in" : "out")}");
            if (!self.Granted)
                yield break;
            yield return _simulator.Work(2000);
            yield return vma.EndRead;
            _log.Add($"{name} done");
        }

        Func<SimulatedThread, IEnumerable<Step>> Writer() => _ => Write();

        IEnumerable<Step> Write()
        {
            yield return semaphore.Write;
            yield return vma.StartWrite;
            _log.Add($"write-locked at {_simulator.Now:0}");
            yield return _simulator.Work(4000);
            yield return semaphore.EndWrite;
        }
    }

    private SimulatedSemaphore Semaphore() => new(_simulator, new CacheLine(_simulator, 1, 1), s_waiting);

    private void Start(double time, Func<SimulatedThread, IEnumerable<Step>> program) => _simulator.Start(program, time);

    private Func<SimulatedThread, IEnumerable<Step>> Hold(string name, Step take, Step give, double time, Dictionary<string, double>? entered = null)
    {
        return _ => Program();

        IEnumerable<Step> Program()
        {
            yield return take;
            _log.Add(name);
            entered?.Add(name, _simulator.Now);
            yield return _simulator.Work(time);
            yield return give;
        }
    }

    private Func<SimulatedThread, IEnumerable<Step>> Loop(string name, SimulatedSemaphore semaphore, double hold, double pause)
    {
        return _ => Program();

        IEnumerable<Step> Program()
        {
            while (true)
            {
                yield return semaphore.Write;
                _log.Add(name);
                yield return _simulator.Work(hold);
                yield return semaphore.EndWrite;
                if (pause != 0)
                    yield return _simulator.Work(pause);
            }
        }
    }

    /// <summary>Readers, writers and tries at random times, until all have done their share.</summary>
    private static string Mixture(int seed)
    {
        const int Threads = 16;
        const int Sections = 500;
        var simulator = new Simulator();
        var semaphore = new SimulatedSemaphore(simulator, new CacheLine(simulator, 5, 60), s_waiting);
        long tries = 0;
        var all = Enumerable.Range(0, Threads).Select(id => simulator.Start(self => Program(self, new Random((seed * 100) + id)))).ToList();
        simulator.Run(1e12);
        Assert.All(all, thread => Assert.Equal(Sections, thread.Done));
        Assert.Equal((Threads * Sections) - tries, semaphore.Taken);
        Assert.Equal(semaphore.Taken, semaphore.Returned);
        Assert.Equal(0, semaphore.WriteSequence % 2);
        return $"{semaphore.Waits} {semaphore.WriteSequence} {tries} {string.Join(' ', all.Select(thread => thread.Sleeps))}";

        IEnumerable<Step> Program(SimulatedThread self, Random random)
        {
            for (; self.Done < Sections; self.Done++)
            {
                int kind = random.Next(6);
                yield return kind == 0 ? semaphore.Write : kind == 1 ? semaphore.TryRead : semaphore.Read;
                if (kind == 1 && !self.Granted)
                {
                    tries++;
                    continue;
                }

                yield return simulator.Work(random.Next(300));
                yield return kind == 0 ? semaphore.EndWrite : semaphore.EndRead;
                yield return simulator.Work(random.Next(1000));
            }
        }
    }
}
