using MmLint;

namespace MmKernel;

/// <content>What the start of a program lays down.</content>
public sealed partial class Process
{
    /// <summary>Says where the heap starts, as the start of a program does (<c>PR_SET_MM_START_BRK</c> in <c>prctl(2)</c>).</summary>
    /// <param name="address">The first address; the heap is empty.</param>
    /// <returns>0, or −EINTR.</returns>
    [MaySleep]
    public long SetStartBreak(ulong address)
    {
        using var entry = new SystemCall(this);
        var mm = Task.CurrentMm!;
        if (mm.MmapLock.WriteLockKillable() != 0)
            return -(long)Errno.EINTR;
        mm.StartBreak = address;
        mm.Break = address;
        mm.MmapLock.WriteUnlock();
        return 0;
    }
}
