using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using MmLint;

namespace MmKernel;

/// <summary>
/// A thread as the kernel sees it (<c>struct task_struct</c>): the address space that it runs in, how it sleeps and is woken, and scratch
/// objects that would otherwise be allocated at every fault. One exists for every thread that enters the kernel.
/// </summary>
public sealed class Task
{
    [ThreadStatic] private static Task? t_current;

    private const int SpinsBeforeSleep = 40;

    private readonly SemaphoreSlim _wakeups = new(0);
    private readonly Stack<MappedPte> _freePtes = new();
    private readonly Stack<FaultContext> _freeFaults = new();
    private readonly Stack<TlbGather> _freeGathers = new();
    private readonly Stack<ulong[]> _freeBuffers = new();
    private readonly Stack<MemoryFile> _releasedFiles = new();
    [Atomic] private bool _woken;
    [Atomic] private bool _fatalSignal;

    private Task()
    {
        Thread = Thread.CurrentThread;
        Cpu = TaskTable.NextCpu();
    }

    /// <summary>The calling thread's task (<c>current</c>).</summary>
    public static Task Current => t_current ?? Create();

    /// <summary>The address space that the calling thread runs in; its thread keeps it in use (<c>current->mm</c>).</summary>
    [WriteOnce, AssertsHeld("result.Users && shared(result.Residents)")]
    public static MmStruct? CurrentMm => Current.Mm;

    /// <summary>Number of the processor whose per-CPU lists the task uses.</summary>
    public int Cpu { get; internal set; }

    /// <summary>
    /// Whether the task was killed, alone or with all threads of its process because memory is exhausted (<c>fatal_signal_pending</c>).
    /// </summary>
    public bool IsFatalSignalPending => Volatile.Read(ref _fatalSignal) || Mm?.IsOomVictim == true;

    /// <summary>The thread behind the task.</summary>
    internal Thread Thread { get; }

    /// <summary>The address space in which the task runs now; set by itself only.</summary>
    internal MmStruct? Mm { get; set; }

    /// <summary>What the task holds, for the validator.</summary>
    internal List<HeldLock> HeldLocks { get; } = [];

    /// <summary>Whether the task is freeing memory, and so does not start to free memory (<c>PF_MEMALLOC</c>).</summary>
    internal bool IsReclaiming { get; set; }

    /// <summary>
    /// Whether the task empties a swap device: where that takes more memory than there is, it gives up, and nobody is killed for it
    /// (<c>oom_task_origin</c>).
    /// </summary>
    internal bool IsOomOrigin { get; set; }

    /// <summary>What is made to fail in this task; null for nothing, as everywhere outside of tests.</summary>
    internal FaultInjector? FaultInjector { get; set; }

    /// <summary>What the task counted of its locks, if somebody wants to know.</summary>
    internal TaskLockCounts? LockCounts { get; set; }

    // What the task has done so far and since when it waits, for those who ask why nothing goes on; only the task itself writes.
    [Atomic] internal long RulesChecked;
    [Atomic] internal long FaultsTaken;
    [Atomic] internal long AllocationStalls;
    [Atomic] internal long WaitsSince;
    [Atomic] internal object? Awaits;

    // Odd inside an RCU read section; written by the task alone, read by those who wait for a grace period.
    [Atomic] internal long RcuPhase;
    internal int RcuNesting;

    // Odd while the task accesses user memory through page tables, as a processor does between a table walk and the end of the access.
    [Atomic] internal long MmuPhase;

    // The address space whose page tables the task may be walking (mm_cpumask, turned around).
    [Atomic] internal MmStruct? ActiveMm;

    // Where the task is one of the residents: in the address space that it runs in, and in one more.
    [Atomic] internal MmStruct? ResidentIn;
    [Atomic] internal MmStruct? GuestIn;

    // What the task is queued for, or was when it went to sleep; its place in the wait table, and how often it has been woken to take what it waits for and
    // somebody else was faster.
    [Atomic] internal object? WaitKey;
    [GuardedBy("WaitBucket.Lock")] internal Task? WaitNext;
    [GuardedBy("WaitBucket.Lock")] internal Task? WaitPrevious;
    [GuardedBy("WaitBucket.Lock")] internal bool WaitsExclusively;
    [GuardedBy("WaitBucket.Lock")] internal int LostRaces;

    /// <summary>Whether what the task waited for has been granted.</summary>
    internal bool IsWoken => Volatile.Read(ref _woken);

    /// <summary>Sends the task a fatal signal: killable waits end with −EINTR.</summary>
    public void Kill()
    {
        Volatile.Write(ref _fatalSignal, true);
        LookForFatalSignal();
    }

    /// <summary>Takes a fatal signal back, so that a thread of tests can be used again.</summary>
    public void ClearFatalSignal() => Volatile.Write(ref _fatalSignal, false);

    /// <summary>Makes the task, if it sleeps and may be killed, see a fatal signal (<c>signal_wake_up</c>).</summary>
    internal void LookForFatalSignal() => _wakeups.Release();

    /// <summary>Starts an RCU read section; sections nest.</summary>
    internal void EnterReadSection()
    {
        if (RcuNesting == 0)
            Interleaving.Reach(SchedulePoint.ReadSection, this);
        if (RcuNesting++ == 0)
            Volatile.Write(ref RcuPhase, Volatile.Read(ref RcuPhase) + 1);
    }

    /// <summary>Ends an RCU read section.</summary>
    internal void LeaveReadSection()
    {
        if (RcuNesting == 1)
            Interleaving.Reach(SchedulePoint.ReadSection, this);
        if (--RcuNesting == 0)
            Volatile.Write(ref RcuPhase, Volatile.Read(ref RcuPhase) + 1);
    }

    /// <summary>An unused mapped-entry object of this task.</summary>
    [return: Fresh]
    internal MappedPte TakePte() => _freePtes.TryPop(out var pte) ? pte : new MappedPte();

    /// <summary>Gives a mapped-entry object back.</summary>
    internal void ReturnPte(MappedPte pte) => _freePtes.Push(pte);

    /// <summary>An unused fault context of this task.</summary>
    [return: Fresh]
    internal FaultContext TakeFaultContext() => _freeFaults.TryPop(out var vmf) ? vmf : new FaultContext();

    /// <summary>Gives a fault context back.</summary>
    internal void ReturnFaultContext(FaultContext vmf) => _freeFaults.Push(vmf);

    /// <summary>A buffer for the entries of one page table.</summary>
    internal ulong[] TakeEntryBuffer() => _freeBuffers.TryPop(out ulong[]? buffer) ? buffer : new ulong[512];

    /// <summary>Gives an entry buffer back.</summary>
    internal void ReturnEntryBuffer(ulong[] buffer) => _freeBuffers.Push(buffer);

    /// <summary>An unused, empty gather of this task.</summary>
    [return: Fresh]
    internal TlbGather TakeGather() => _freeGathers.TryPop(out var gather) ? gather : new TlbGather();

    /// <summary>Gives an empty gather back.</summary>
    internal void ReturnGather(TlbGather gather) => _freeGathers.Push(gather);

    /// <summary>Makes <paramref name="mm"/> the address space that the task runs in (<c>switch_mm</c>).</summary>
    [MaySleep]
    internal void SwitchTo(MmStruct mm)
    {
        Mm = mm;
        mm.Residents.MoveIn(this);

        // The exchange is a full barrier: who changes a page table and does not find the task here is seen by the task's next walk.
        if (Volatile.Read(ref ActiveMm) != mm)
            Interlocked.Exchange(ref ActiveMm, mm);
    }

    /// <summary>Returns to <paramref name="outer"/>. The old address space stays active, so that coming back to it costs nothing.</summary>
    [MaySleep]
    internal void LeaveTo(MmStruct? outer)
    {
        Mm = outer;
        if (outer != null)
            SwitchTo(outer);
        else
            Volatile.Write(ref ResidentIn, null);
    }

    /// <summary>
    /// Gives a reference to a file back on the way out of the kernel: its last one takes locks that rank above those held here
    /// (<c>fput</c>).
    /// </summary>
    internal void DeferRelease(MemoryFile file) => _releasedFiles.Push(file);

    /// <summary>Gives back what <see cref="DeferRelease"/> put off.</summary>
    [MaySleep]
    internal void ReleaseDeferredFiles()
    {
        while (_releasedFiles.TryPop(out var file))
            file.Put();
    }

    /// <summary>Whether the task is queued for something.</summary>
    internal bool IsQueued => Volatile.Read(ref WaitKey) != null;

    /// <summary>Goes on waiting, in the same place of the queue in <paramref name="bucket"/>.</summary>
    [MustHold("bucket.Lock")]
    internal void WaitAgain(WaitBucket bucket)
    {
        LostRaces++;
        Volatile.Write(ref _woken, false);
    }

    /// <summary>Wakes the task, which stays queued, to try for itself; once is enough.</summary>
    internal void Nudge()
    {
        if (!IsWoken)
            Wake();
    }

    /// <summary>Is going to sleep until somebody finds the task by <paramref name="key"/> and wakes it.</summary>
    internal void StartWaiting(object key)
    {
        Volatile.Write(ref WaitKey, key);
        Volatile.Write(ref _woken, false);
    }

    internal void Wake()
    {
        Volatile.Write(ref _woken, true);
        _wakeups.Release();
    }

    /// <summary>Sleeps until <see cref="Wake"/> or, if <paramref name="killable"/>, until a fatal signal.</summary>
    /// <returns>False if a fatal signal ended the wait.</returns>
    [MaySleep]
    internal bool SleepUntilWoken(bool killable)
    {
        Interleaving.Sleep(this, killable);
        var spinner = default(SpinWait);
        while (spinner.Count < SpinsBeforeSleep && !IsWoken)
            spinner.SpinOnce(sleep1Threshold: -1);

        if (IsWoken)
            return true;
        BeginWait(Volatile.Read(ref WaitKey));

        // Wakeups that were not waited for stay in the semaphore and cost the next sleep one empty round.
        while (!IsWoken && !(killable && IsFatalSignalPending))
            _wakeups.Wait();
        EndWait();
        return IsWoken;
    }

    /// <summary>Writes down what the task is going to wait for.</summary>
    internal void BeginWait(object? awaited)
    {
        Volatile.Write(ref WaitsSince, Stopwatch.GetTimestamp());
        Volatile.Write(ref Awaits, awaited);
    }

    /// <summary>Takes back what <see cref="BeginWait"/> wrote down.</summary>
    internal void EndWait() => Volatile.Write(ref Awaits, null);

    private static Task Create()
    {
        var task = new Task();
        t_current = task;
        TaskTable.Register(task);
        return task;
    }
}
