using MmLint;

namespace MmKernel;

/// <content>What a process decides about its huge pages.</content>
public sealed partial class Process
{
    /// <summary>
    /// Does without huge pages from here on, or uses them again (<c>prctl(2)</c> with PR_SET_THP_DISABLE). What is huge stays so. Children do the same.
    /// </summary>
    /// <param name="disable">Whether to do without.</param>
    /// <returns>0; −EINTR.</returns>
    [MaySleep]
    public long DisableHugePages(bool disable)
    {
        using var entry = new SystemCall(this);
        var mm = Task.CurrentMm!;
        if (mm.MmapLock.WriteLockKillable() != 0)
            return -(long)Errno.EINTR;
        mm.IsHugePageDisabled = disable;
        mm.MmapLock.WriteUnlock();
        return 0;
    }

    /// <summary>Whether the process does without huge pages (PR_GET_THP_DISABLE).</summary>
    public bool AreHugePagesDisabled => Mm.IsHugePageDisabled;
}
