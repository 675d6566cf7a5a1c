using System;

namespace MmKernel.Stress;

/// <summary>What to do, and for how long.</summary>
internal sealed record StressOptions
{
    /// <summary>About how long.</summary>
    internal TimeSpan Time { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Decides what each thread does; not in which order the threads meet.</summary>
    internal int Seed { get; init; }

    internal int Threads { get; init; } = 4;

    internal int Processes { get; init; } = 3;

    /// <summary>Operations that each thread does between two checks.</summary>
    internal int OperationsPerRound { get; init; } = 2000;

    /// <summary>How the machine is built.</summary>
    internal MachineOptions Machine { get; init; } = new() { MemoryBytes = 32 << 20 };
}
