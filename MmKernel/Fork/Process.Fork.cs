using MmLint;

namespace MmKernel;

/// <content>fork.</content>
public sealed partial class Process
{
    /// <summary>Creates a child with a copy of the address space, made page by page as either side writes (<c>fork(2)</c>).</summary>
    /// <param name="child">The child; null after an error.</param>
    /// <returns>0, or −errno.</returns>
    [MaySleep]
    public long Fork(out Process? child)
    {
        using var entry = new SystemCall(this);
        child = null;
        int error = DupMmap.DupMm(Task.CurrentMm!, out var copy);
        if (error == 0 && copy != null)
            child = new Process(Machine, copy);
        return error;
    }
}
