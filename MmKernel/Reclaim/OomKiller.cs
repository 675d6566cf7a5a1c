using System.Diagnostics;
using System.Threading;
using MmLint;

namespace MmKernel;

/// <summary>What is left when nothing can be reclaimed: the largest process is killed and its memory taken away (<c>mm/oom_kill.c</c>).</summary>
/// <param name="memory">The memory that is exhausted.</param>
internal sealed class OomKiller(PhysicalMemory memory)
{
    /// <summary>The adjustment with which a process is never chosen (<c>OOM_SCORE_ADJ_MIN</c>).</summary>
    internal const int Never = -1000;

    /// <summary>The adjustment that counts like all of memory (<c>OOM_SCORE_ADJ_MAX</c>).</summary>
    internal const int Most = 1000;

    /// <summary>How often a victim whose mmap_lock is busy is waited for before another one is chosen (<c>MAX_OOM_REAP_RETRIES</c>).</summary>
    private const int MaxAttempts = 10;

    /// <summary>
    /// How many milliseconds after a kill the end of the victim is waited for if there is nobody else to kill. What is left of it then, such as locked memory,
    /// goes with its last thread only, and that may itself be waiting for whoever asks for memory here: so not for ever.
    /// </summary>
    [Atomic] internal long PatienceMilliseconds = 5000;

    [Atomic] private int _isBusy;

    /// <summary>
    /// Takes the memory of the last victim if it still has any, else chooses a process and marks it: it sees a fatal signal at its next fault
    /// (<c>out_of_memory</c>). If there is none to choose, but a victim on its way out, it sleeps for a moment (<c>oom_evaluate_task</c>).
    /// </summary>
    /// <returns>False if there is nobody left to kill or to wait for.</returns>
    [MustNotHold("AddressSpace.ImapLock || AnonVma.Rwsem"), MaySleep]
    internal bool TryKill()
    {
        // Somebody else is at it, and what that frees may do.
        if (Interlocked.Exchange(ref _isBusy, 1) != 0)
            return true;
        var victim = Choose(out bool isOneEnding);
        if (victim != null)
            Kill(victim);
        else if (isOneEnding)
            Thread.Sleep(1);
        Volatile.Write(ref _isBusy, 0);
        return victim != null || isOneEnding;
    }

    [MustNotHold("AddressSpace.ImapLock || AnonVma.Rwsem"), MaySleep]
    private void Kill(MmStruct victim)
    {
        if (!victim.IsOomVictim)
        {
            Volatile.Write(ref victim.KilledAt, Stopwatch.GetTimestamp());
            memory.Events.Add(VmEvent.OomKill);
        }

        victim.IsOomVictim = true;
        foreach (var task in TaskTable.All)
        {
            if (Volatile.Read(ref task.ResidentIn) == victim)
                task.LookForFatalSignal();
        }

        Reap(victim);
    }

    /// <summary>Who is worst, by size and by what it has said of itself (<c>oom_badness</c>, <c>select_bad_process</c>).</summary>
    /// <param name="isOneEnding">Whether one that was killed not long ago still has memory.</param>
    private MmStruct? Choose(out bool isOneEnding)
    {
        long unit = (memory.FrameCount + memory.Swap.TotalSlots) / Most;
        MmStruct? worst = null;
        long most = long.MinValue;
        isOneEnding = false;
        foreach (var mm in memory.AddressSpaces.Snapshot())
        {
            long pages = PagesOf(mm);
            if (pages == 0)
                continue;
            if (mm.IsOomVictim)
            {
                if (Interlocked.Increment(ref mm.ReapAttempts) <= MaxAttempts)
                    return mm;
                isOneEnding |= Stopwatch.GetElapsedTime(Volatile.Read(ref mm.KilledAt)).TotalMilliseconds < Volatile.Read(ref PatienceMilliseconds);
                continue;
            }

            int adjustment = mm.OomScoreAdjustment;
            long points = pages + (adjustment * unit);
            if (adjustment == Never || points <= most)
                continue;
            most = points;
            worst = mm;
        }

        return worst;
    }

    /// <summary>Pages that the end of a process would free: mapped, in swap, and page tables.</summary>
    private static long PagesOf(MmStruct mm) =>
        mm.Rss[RssKind.Anonymous] + mm.Rss[RssKind.File] + mm.Rss[RssKind.SharedMemory] + mm.Rss[RssKind.Swap] + Volatile.Read(ref mm.TableFrames);

    /// <summary>
    /// Unmaps private memory (<c>oom_reap_task_mm</c>). mmap_lock is tried only: the victim may hold it and be waiting for memory, in which
    /// case it notices itself.
    /// </summary>
    [MustNotHold("AddressSpace.ImapLock || AnonVma.Rwsem"), MaySleep]
    private static void Reap(MmStruct mm)
    {
        if (!mm.MmapLock.TryReadLock())
            return;
        if (!mm.IsExiting)
        {
            for (var vma = VmaLookup.FindVma(mm, 0); vma != null; vma = VmaLookup.FindVma(mm, vma.End))
            {
                if (!vma.IsShared && (vma.Flags & VmFlags.Locked) == 0)
                    Zap.ZapVmaRange(vma, vma.Start, vma.End, ZapScope.Pages);
            }
        }

        mm.MmapLock.ReadUnlock();
    }
}
