using System.Threading;
using MmLint;

namespace MmKernel;

/// <summary>
/// Making sure that no thread uses an entry that was changed. A thread's use of an entry, from the walk to the end of the access, is marked
/// in its task, as the moment in which a processor works with what it has in its TLB; flushing waits for those moments to end. No entry
/// outlives an access, so nothing more is needed.
/// </summary>
internal static class Tlb
{
    /// <summary>Waits until no other thread uses an entry of <paramref name="mm"/> read before the call (<c>flush_tlb_mm_range</c>).</summary>
    internal static void Flush(MmStruct mm)
    {
        var self = Task.Current;
        bool ordered = false;
        foreach (var task in TaskTable.All)
        {
            if (task == self || Volatile.Read(ref task.ActiveMm) != mm)
                continue;
            if (!ordered)
            {
                Interlocked.MemoryBarrierProcessWide();
                ordered = true;
            }

            long phase = Volatile.Read(ref task.MmuPhase);
            if ((phase & 1) == 0)
                continue;
            Interleaving.AwaitAccess(task, phase);
            self.BeginWait(task);
            var spinner = default(SpinWait);
            while (Volatile.Read(ref task.MmuPhase) == phase)
                spinner.SpinOnce(sleep1Threshold: -1);
            self.EndWait();
        }
    }

    /// <summary>Clears an entry; the flush is owed before its table is unlocked (<c>ptep_get_and_clear</c>).</summary>
    [MustHold("pte && pte.Ptl"), Acquires("pte.Ptl.FlushPending", Idempotent = true)]
    internal static ulong PtepGetAndClear(MappedPte pte)
    {
        pte.Ptl.OweFlush();
        Interleaving.Reach(SchedulePoint.LockFree, pte);
        return pte.Exchange(PageTableEntry.None);
    }

    /// <summary>Clears an entry and makes sure that nobody uses it any more (<c>ptep_clear_flush</c>).</summary>
    [MustHold("pte && pte.Ptl")]
    internal static ulong PtepClearFlush(MappedPte pte, MmStruct mm)
    {
        ulong old = PtepGetAndClear(pte);
        FlushTlbPage(pte, mm);
        return old;
    }

    /// <summary>Takes the right to write away; the flush is owed (<c>ptep_set_wrprotect</c>).</summary>
    [MustHold("pte && pte.Ptl"), Acquires("pte.Ptl.FlushPending", Idempotent = true)]
    internal static void PtepSetWriteProtect(MappedPte pte)
    {
        pte.Ptl.OweFlush();
        Interleaving.Reach(SchedulePoint.LockFree, pte);
        pte.AndNot(PageTableEntry.Writable);
    }

    /// <summary>Flushes now, for the sake of <paramref name="pte"/> (<c>flush_tlb_page</c>).</summary>
    [MustHold("pte && pte.Ptl"), Releases("pte.Ptl.FlushPending", Idempotent = true)]
    internal static void FlushTlbPage(MappedPte pte, MmStruct mm)
    {
        Flush(mm);
        pte.Ptl.FlushDone();
    }
}
