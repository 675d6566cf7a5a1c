using System.Threading;
using MmLint;

namespace MmKernel;

/// <summary>What is left when nothing can be reclaimed: the largest process is killed and its memory taken away (<c>mm/oom_kill.c</c>).</summary>
internal static class OomKiller
{
    /// <summary>
    /// Chooses a process, marks it, and takes the memory that only it has. It sees a fatal signal at its next fault
    /// (<c>out_of_memory</c>, <c>oom_reap_task_mm</c>).
    /// </summary>
    /// <returns>False if there is nobody left to kill.</returns>
    [MustNotHold("AddressSpace.ImapLock || AnonVma.Rwsem"), MaySleep]
    internal static bool KillLargest(Registry<MmStruct> addressSpaces)
    {
        MmStruct? victim = null;
        long most = 0;
        foreach (var mm in addressSpaces.Snapshot())
        {
            long points = Badness(mm);
            if (mm.IsOomVictim || points <= most)
                continue;
            most = points;
            victim = mm;
        }

        if (victim == null)
            return false;
        victim.IsOomVictim = true;
        Reap(victim);
        return true;
    }

    /// <summary>Pages that the end of a process would free: mapped, in swap, and page tables (<c>oom_badness</c>).</summary>
    private static long Badness(MmStruct mm) =>
        mm.Rss[RssKind.Anonymous] + mm.Rss[RssKind.File] + mm.Rss[RssKind.SharedMemory] + mm.Rss[RssKind.Swap] + Volatile.Read(ref mm.TableFrames);

    /// <summary>
    /// Unmaps private memory. mmap_lock is tried only: the victim may hold it and be waiting for memory, in which case it notices itself.
    /// </summary>
    [MustNotHold("AddressSpace.ImapLock || AnonVma.Rwsem"), MaySleep]
    private static void Reap(MmStruct mm)
    {
        if (!mm.MmapLock.TryReadLock())
            return;
        if (!mm.IsExiting)
        {
            for (var vma = mm.Vmas.Find(0); vma != null; vma = mm.Vmas.Find(vma.End))
            {
                if (!vma.IsShared && (vma.Flags & VmFlags.Locked) == 0)
                    Zap.ZapVmaRange(vma, vma.Start, vma.End, ZapScope.Pages);
            }
        }

        mm.MmapLock.ReadUnlock();
    }
}
