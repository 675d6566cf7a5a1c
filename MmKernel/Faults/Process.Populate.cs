using MmLint;

namespace MmKernel;

/// <content>Faulting in.</content>
public sealed partial class Process
{
    /// <summary>Faults pages in before they are accessed (what <c>madvise(2)</c> POPULATE_READ and POPULATE_WRITE do).</summary>
    /// <param name="address">First address; page-aligned.</param>
    /// <param name="length">Bytes; whole pages.</param>
    /// <param name="isWrite">Whether as writes do.</param>
    /// <returns>0, or −errno.</returns>
    [MaySleep]
    internal long Populate(ulong address, ulong length, bool isWrite)
    {
        using var entry = new SystemCall(this);
        return MmKernel.Populate.PopulateRange(Task.CurrentMm!, ref address, address + length, isWrite);
    }
}
