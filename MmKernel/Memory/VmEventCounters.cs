using System;
using System.Threading;

namespace MmKernel;

/// <summary>
/// How often each event happened since the machine was built: a set of counters for each processor, so that threads that fault at the same time
/// do not meet (<c>vm_event_states</c>).
/// </summary>
public sealed class VmEventCounters
{
    // Whole cache lines for each processor.
    private const int Stride = 32;

    private readonly long[] _values = new long[Environment.ProcessorCount * Stride];

    /// <summary>The sum over all processors (<c>sum_vm_events</c>); exact only while nothing happens.</summary>
    /// <param name="what">The event.</param>
    public long this[VmEvent what]
    {
        get
        {
            long sum = 0;
            for (int cpu = 0; cpu < _values.Length; cpu += Stride)
                sum += Volatile.Read(ref _values[cpu + (int)what]);
            return sum;
        }
    }

    /// <summary>Counts events (<c>count_vm_events</c>).</summary>
    internal void Add(VmEvent what, long times = 1) => Interlocked.Add(ref _values[(Task.Current.Cpu * Stride) + (int)what], times);
}
