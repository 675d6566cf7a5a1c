using System;
using System.Threading;
using MmLint;

namespace MmKernel;

/// <summary>How much memory may be promised (<c>vm.overcommit_memory</c>).</summary>
public enum OvercommitMode
{
    /// <summary>Anything but a single request for more than there is.</summary>
    Guess = 0,

    /// <summary>Anything.</summary>
    Always = 1,

    /// <summary>No more than the limit that follows from the ratio.</summary>
    Never = 2,
}

/// <summary>
/// The pages that private writable mappings of all processes may come to need (<c>vm_committed_as</c>, <c>__vm_enough_memory</c> in
/// <c>mm/util.c</c>).
/// </summary>
/// <param name="mode">How much may be promised.</param>
/// <param name="totalPages">Pages of memory and swap.</param>
/// <param name="ratioPercent">The share of them that <see cref="OvercommitMode.Never"/> promises (<c>vm.overcommit_ratio</c>).</param>
public sealed class CommitAccount(OvercommitMode mode, ulong totalPages, int ratioPercent)
{
    // Kept back so that a single process cannot use up what is needed to end it (vm.user_reserve_kbytes, 128 MiB).
    private const ulong UserReservePages = (128UL << 20) >> Page.Shift;

    [Atomic] private long _committedPages;

    /// <summary>How much may be promised.</summary>
    public OvercommitMode Mode => mode;

    /// <summary>Pages promised now (<c>Committed_AS</c>).</summary>
    public long CommittedPages => Volatile.Read(ref _committedPages);

    /// <summary>Promises pages to a process if policy allows.</summary>
    /// <param name="pages">How many.</param>
    /// <param name="processPages">Pages that the process maps, for the reserve.</param>
    /// <returns>Whether they were promised; if not, nothing was charged.</returns>
    internal bool TryCharge(ulong pages, ulong processPages)
    {
        long committed = Interlocked.Add(ref _committedPages, (long)pages);
        bool enough = mode switch
        {
            OvercommitMode.Always => true,
            OvercommitMode.Guess => pages <= totalPages,
            _ => committed < (long)(totalPages * (ulong)ratioPercent / 100) - (long)Math.Min(processPages / 32, UserReservePages),
        };
        if (!enough)
            Uncharge(pages);
        return enough;
    }

    /// <summary>Promises pages on behalf of the current process, or of nobody.</summary>
    internal bool TryChargeCurrent(ulong pages) => TryCharge(pages, Task.Current.Mm is { } mm ? Volatile.Read(ref mm.TotalPages) : 0);

    /// <summary>Takes a promise back (<c>vm_unacct_memory</c>).</summary>
    /// <param name="pages">How many pages.</param>
    internal void Uncharge(ulong pages) => Interlocked.Add(ref _committedPages, -(long)pages);
}
