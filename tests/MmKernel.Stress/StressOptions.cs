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

    /// <summary>How much swap there is, in bytes. With any, memory is a third of what the processes use.</summary>
    internal long SwapBytes { get; init; }

    /// <summary>About how many allocations succeed in a thread before one is made to fail; 0: none is.</summary>
    internal int FaultInterval { get; init; } = 3000;

    /// <summary>An operation takes far less than a second; where no thread ends one for so long, something is wrong.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How the machine is built.</summary>
    internal MachineOptions Machine => SwapBytes == 0
        ? new MachineOptions { MemoryBytes = 48 << 20, HugePages = HugePageMode.Madvise }
        : new MachineOptions
        {
            MemoryBytes = 8 << 20,
            HugePages = HugePageMode.Madvise,
            Reclaim = ReclaimPolicy.Background,
            Overcommit = OvercommitMode.Always,
        };
}
