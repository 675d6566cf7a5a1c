using System;
using System.Threading;

namespace MmKernel;

/// <summary>
/// A set of counters of which each processor has one of its own, on cache lines of its own, so that threads that count at the same time do not
/// meet (<c>percpu_counter</c>).
/// </summary>
internal sealed class PerCpuCounters
{
    // Two cache lines, for processors fetch them in pairs.
    private const int Alignment = 16;

    private readonly int _stride;
    private readonly long[] _values;

    internal PerCpuCounters(int count)
    {
        _stride = (count + Alignment - 1) / Alignment * Alignment;
        _values = new long[Environment.ProcessorCount * _stride];
    }

    /// <summary>The sum over all processors (<c>percpu_counter_sum</c>); exact only while nobody counts.</summary>
    internal long this[int counter]
    {
        get
        {
            long sum = 0;
            for (int cpu = 0; cpu < _values.Length; cpu += _stride)
                sum += Volatile.Read(ref _values[cpu + counter]);
            return sum;
        }
    }

    /// <summary>Changes a counter (<c>percpu_counter_add</c>).</summary>
    internal void Add(int counter, long amount) => Interlocked.Add(ref _values[(Task.Current.Cpu * _stride) + counter], amount);
}
