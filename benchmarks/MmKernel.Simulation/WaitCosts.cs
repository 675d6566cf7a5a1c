namespace MmKernel.Simulation;

/// <summary>What waiting for a lock costs, in nanoseconds.</summary>
/// <param name="Spin">How long somebody looks again before queueing.</param>
/// <param name="SpinQueued">How long somebody who has queued spins before sleeping.</param>
/// <param name="Wake">How long it takes until a sleeper runs.</param>
internal sealed record WaitCosts(double Spin, double SpinQueued, double Wake)
{
    /// <summary>When a thread that is called now goes on.</summary>
    /// <param name="now">The time.</param>
    /// <param name="since">When it began to wait.</param>
    /// <param name="thread">The thread, whose sleeps are counted.</param>
    internal double Awake(double now, double since, SimulatedThread thread)
    {
        if (now - since <= SpinQueued)
            return now;
        thread.Sleeps++;
        return now + Wake;
    }
}
