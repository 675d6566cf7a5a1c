using System;
using System.Diagnostics;
using System.Threading;

namespace MmKernel;

/// <summary>What a task is about to do where a scheduler may let another one go first.</summary>
internal enum SchedulePoint
{
    /// <summary>Takes a lock, waiting for it if need be.</summary>
    Acquire,

    /// <summary>Takes a lock if that takes no waiting.</summary>
    Try,

    /// <summary>Releases or downgrades a lock.</summary>
    Release,

    /// <summary>Starts or ends an RCU read section.</summary>
    ReadSection,

    /// <summary>Reads or changes, without a lock, what others change or read without one.</summary>
    LockFree,

    /// <summary>Accesses user memory, as a processor does between its walk of the page tables and the end of the access.</summary>
    Access,

    /// <summary>Waits for something that another task does.</summary>
    Wait,
}

/// <summary>
/// Where a scheduler that decides which task goes on takes part: tests run the kernel's threads one at a time and try out the orders in which
/// they can meet. Like <see cref="Lockdep"/> it exists in builds that define LOCKDEP, and it does nothing in a thread that has no host.
/// </summary>
internal static class Interleaving
{
    [ThreadStatic] private static IScheduleHost? t_host;

    /// <summary>Who schedules the calling thread; null, as everywhere outside of such tests, for nobody.</summary>
    internal static IScheduleHost? Host
    {
        get => t_host;
        set => t_host = value;
    }

    /// <summary>Whether somebody schedules the calling thread: then it does not spin for what no other thread is going to do meanwhile.</summary>
    internal static bool IsHosted
    {
        get
        {
            bool hosted = false;
            Ask(ref hosted);
            return hosted;
        }
    }

    /// <summary>Others may go first here.</summary>
    /// <param name="point">What the task is about to do.</param>
    /// <param name="subject">The lock or other object that it does it to.</param>
    [Conditional("LOCKDEP")]
    internal static void Reach(SchedulePoint point, object subject) => t_host?.Reach(point, subject);

    /// <summary>Others go first until the lock is free; then it is the caller's for the taking.</summary>
    [Conditional("LOCKDEP")]
    internal static void Acquire(ISpinning @lock)
    {
        if (t_host != null)
            AwaitRelease(t_host, @lock);
    }

    /// <summary>Others go first until the task is woken or, if <paramref name="killable"/>, has a fatal signal.</summary>
    [Conditional("LOCKDEP")]
    internal static void Sleep(Task task, bool killable)
    {
        if (t_host != null)
            AwaitWakeup(t_host, task, killable);
    }

    /// <summary>Others go first until <paramref name="task"/> has ended the access to user memory in which it is.</summary>
    [Conditional("LOCKDEP")]
    internal static void AwaitAccess(Task task, long phase)
    {
        if (t_host != null)
            AwaitPhase(t_host, task, phase);
    }

    /// <summary>Others go first until <paramref name="canGo"/> is true; without host it is for the caller to wait.</summary>
    [Conditional("LOCKDEP")]
    internal static void Await(object subject, Func<bool> canGo) => t_host?.Wait(SchedulePoint.Wait, subject, canGo);

    /// <summary>Hands a callback to the host, which has it run after a grace period of its own tasks.</summary>
    [Conditional("LOCKDEP")]
    internal static void Defer(RcuHead head, ref bool deferred)
    {
        if (t_host == null)
            return;
        t_host.Defer(head);
        deferred = true;
    }

    /// <summary>Waits until the read sections of the host's tasks have ended.</summary>
    [Conditional("LOCKDEP")]
    internal static void Synchronize(ref bool done)
    {
        if (t_host == null)
            return;
        t_host.Synchronize();
        done = true;
    }

    [Conditional("LOCKDEP")]
    private static void Ask(ref bool hosted) => hosted = t_host != null;

    // The closures stand apart, so that a thread without host does not allocate them.
    private static void AwaitRelease(IScheduleHost host, ISpinning @lock) => host.Wait(SchedulePoint.Acquire, @lock, () => !@lock.IsHeld);

    private static void AwaitWakeup(IScheduleHost host, Task task, bool killable) =>
        host.Wait(SchedulePoint.Wait, Volatile.Read(ref task.WaitKey) ?? task, () => task.IsWoken || (killable && task.IsFatalSignalPending));

    private static void AwaitPhase(IScheduleHost host, Task task, long phase) =>
        host.Wait(SchedulePoint.Wait, task, () => System.Threading.Volatile.Read(ref task.MmuPhase) != phase);
}

/// <summary>A lock whose waiters spin.</summary>
internal interface ISpinning
{
    /// <summary>Whether somebody holds the lock.</summary>
    bool IsHeld { get; }
}

/// <summary>Decides which of its threads goes on; one runs at a time.</summary>
internal interface IScheduleHost
{
    /// <summary>Returns when the calling thread is to go on.</summary>
    void Reach(SchedulePoint point, object subject);

    /// <summary>Returns when the calling thread is to go on, with <paramref name="canGo"/> true.</summary>
    void Wait(SchedulePoint point, object subject, Func<bool> canGo);

    /// <summary>Has a callback run after a grace period.</summary>
    void Defer(RcuHead head);

    /// <summary>Waits for a grace period.</summary>
    void Synchronize();
}
