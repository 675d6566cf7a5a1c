using System.Threading;
using MmLint;

namespace MmKernel;

/// <summary>Whether fork write-locks each VMA that it copies.</summary>
public enum ForkLocking
{
    /// <summary>Always, as Linux does.</summary>
    Always,

    /// <summary>Not when no other thread can be in the address space, and none can come in (<see cref="Residents"/>).</summary>
    SkipWhenAlone,
}

/// <summary>How many VMA locks the forks of a machine took, and how many they did without.</summary>
public sealed class ForkCounters
{
    [Atomic] private long _taken;
    [Atomic] private long _skipped;

    /// <summary>VMAs that were write-locked.</summary>
    public long Taken => Volatile.Read(ref _taken);

    /// <summary>VMAs that were not, because nobody else was there.</summary>
    public long Skipped => Volatile.Read(ref _skipped);

    internal void AddTaken(long vmas) => Interlocked.Add(ref _taken, vmas);

    internal void AddSkipped(long vmas) => Interlocked.Add(ref _skipped, vmas);
}
