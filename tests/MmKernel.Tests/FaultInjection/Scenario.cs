using System;
using System.Collections.Generic;

namespace MmKernel.Tests.FaultInjection;

/// <summary>A call during which everything that can fail is made to fail, one after the other.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Memory">Which results it may have when memory is short, as words: an errno, a signal, or "ok" where the call does without.</param>
/// <param name="Prepare">Makes what the call needs.</param>
/// <param name="Act">Does it.</param>
internal sealed record Scenario(string Name, string Memory, Action<FaultWorld> Prepare, Func<FaultWorld, string> Act)
{
    /// <summary>Which results it may have when it is killed while it waits for a lock.</summary>
    internal string Killed { get; init; } = "EINTR";

    /// <summary>What the same call may come to when it is repeated after a failure: some of it may have been done.</summary>
    internal string Repeated { get; init; } = "ok";

    /// <summary>Whether the call discards contents.</summary>
    internal bool MayLose { get; init; }

    /// <summary>Where huge pages are used.</summary>
    internal HugePageMode Huge { get; init; } = HugePageMode.Never;

    /// <summary>All scenarios.</summary>
    internal static IReadOnlyList<Scenario> All { get; } =
        [.. MappingScenarios.All, .. FaultScenarios.All, .. AdviceScenarios.All, .. ProcessScenarios.All, .. UserfaultScenarios.All, .. HugeScenarios.All];

    /// <summary>The result of a system call as a word.</summary>
    internal static string Of(long result) => result >= 0 ? "ok" : ((Errno)(-result)).ToString();

    /// <summary>The result of an access as a word.</summary>
    internal static string Of(AccessResult result) => result.IsOk ? "ok" : result.Signal.ToString();
}
