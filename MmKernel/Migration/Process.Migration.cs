using System;
using MmLint;

namespace MmKernel;

/// <content>Moving pages.</content>
public sealed partial class Process
{
    /// <summary>Moves pages of the process to other frames (<c>move_pages(2)</c>); without flags, only tells where they are.</summary>
    /// <param name="addresses">An address in each page.</param>
    /// <param name="flags">Which pages.</param>
    /// <param name="status">
    /// For each page the number of its node, which is 0, or −errno: −EFAULT: no mapping, or the zero page; −ENOENT: no page; −EACCES: others map
    /// it too; −EBUSY, −EAGAIN: in use; −ENOMEM.
    /// </param>
    /// <returns>Number of pages that were to be moved and were not; −EINVAL: unknown flags, or less room than pages.</returns>
    [MaySleep]
    public long MovePages(ReadOnlySpan<ulong> addresses, MovePagesFlags flags, Span<int> status)
    {
        if ((flags & ~(MovePagesFlags.Move | MovePagesFlags.MoveAll)) != 0 || status.Length < addresses.Length)
            return -(long)Errno.EINVAL;
        using var entry = new SystemCall(this);
        var mm = Task.CurrentMm!;

        // Pages on their way to the lists could not be isolated, and have a reference more.
        if (flags != MovePagesFlags.None)
            Machine.Memory.Lru?.DrainAll();
        int left = 0;
        for (int i = 0; i < addresses.Length; i++)
        {
            status[i] = MovePagesCalls.MovePage(mm, Page.AlignDown(addresses[i]), flags);
            if (status[i] != 0)
                left++;
        }

        return flags == MovePagesFlags.None ? 0 : left;
    }
}
