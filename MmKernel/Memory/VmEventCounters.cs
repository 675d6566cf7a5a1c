using System;

namespace MmKernel;

/// <summary>How often each event happened since the machine was built (<c>vm_event_states</c>).</summary>
public sealed class VmEventCounters
{
    private readonly PerCpuCounters _counts = new(Enum.GetValues<VmEvent>().Length);

    /// <summary>The sum over all processors (<c>sum_vm_events</c>); exact only while nothing happens.</summary>
    /// <param name="what">The event.</param>
    public long this[VmEvent what] => _counts[(int)what];

    /// <summary>Counts events (<c>count_vm_events</c>).</summary>
    internal void Add(VmEvent what, long times = 1) => _counts.Add((int)what, times);
}
