using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Xunit;
using Xunit.Abstractions;

namespace MmKernel.Tests.FaultInjection;

/// <summary>
/// For each scenario the first, second, … n-th thing that can fail fails, until none is left. The call says so as Linux does, nothing is leaked, and the
/// machine goes on: the same call then works.
/// </summary>
public sealed class FaultInjectionTests(ITestOutputHelper output)
{
    public static TheoryData<string> Names => [.. Scenario.All.Select(scenario => scenario.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_failure_is_told_and_undone(string name)
    {
        var scenario = Scenario.All.Single(candidate => candidate.Name == name);
        var failed = new List<string>();
        Exception? thrown = null;

        // A thread of its own: what is left behind in the task of a test that fails does not concern the next.
        var thread = new Thread(() =>
        {
            try
            {
                while (Fail(scenario, failed.Count) is { } failure)
                    failed.Add(failure);
            }
            catch (Exception e)
            {
                thrown = e;
            }
        })
        { IsBackground = true };
        thread.Start();
        Assert.True(thread.Join(TimeSpan.FromMinutes(2)), $"the call hangs after failure {failed.Count + 1}");
        output.WriteLine(string.Join(", ", failed));
        Assert.True(thrown == null, thrown?.ToString());
        Assert.NotEmpty(failed);
    }

    /// <summary>Runs a scenario and lets one thing fail.</summary>
    /// <returns>What failed and what came of it; null if there was nothing left to fail.</returns>
    private static string? Fail(Scenario scenario, int successes)
    {
        using var world = new FaultWorld(scenario.Huge);
        scenario.Prepare(world);
        var injector = new FaultInjector(FaultPoint.All, successes);
        string result = Act(scenario, world, injector);
        if (injector.Failures == 0)
        {
            Assert.Equal("ok", result);
            world.Check(scenario.MayLose);
            world.End();
            return null;
        }

        string what = $"{injector.Last}: {result}";
        try
        {
            Assert.Contains(result, (injector.Last == FaultPoint.Wait ? scenario.Killed : scenario.Memory).Split(' '));
            world.Check(scenario.MayLose);
            if (result != "ok")
                Assert.Contains(Act(scenario, world, injector: null), scenario.Repeated.Split(' '));
            world.Check(scenario.MayLose);
            if (!scenario.MayLose)
                world.CheckContents();
            world.End();
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"failure {successes + 1}, {what}: {e.Message}", e);
        }

        return what;
    }

    private static string Act(Scenario scenario, FaultWorld world, FaultInjector? injector)
    {
        Task.Current.FaultInjector = injector;
        try
        {
            return scenario.Act(world);
        }
        finally
        {
            Task.Current.FaultInjector = null;
            Task.Current.ClearFatalSignal();
        }
    }
}
