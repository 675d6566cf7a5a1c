using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;
using MmLint;

namespace MmKernel;

/// <summary>
/// The run-time lock validator: checks order, nesting, context and balance of what each task really holds (<c>kernel/locking/lockdep.c</c>).
/// Its calls exist in builds that define LOCKDEP, which debug builds do.
/// </summary>
public static class Lockdep
{
    // Who holds each lock that anybody may release: when somebody else releases it, the holder's own list does not hear of it.
    private static readonly ConcurrentDictionary<object, Task> s_holders = new(ReferenceEqualityComparer.Instance);

    /// <summary>Whether the validator is compiled in.</summary>
    public static bool IsEnabled
    {
        get
        {
            bool enabled = false;
            Enable(ref enabled);
            return enabled;
        }
    }

    /// <summary>
    /// Whether the calling thread holds something while an exception is under way in it: that is no mistake of its own, is not to hide the exception, and may be
    /// in the way of whoever goes on taking locks. False where the validator is not compiled in.
    /// </summary>
    internal static bool HoldsWhileUnwinding => IsEnabled && Marshal.GetExceptionPointers() != 0 && HoldsSomething(Task.Current);

    [Conditional("LOCKDEP")]
    private static void Enable(ref bool enabled) => enabled = true;

    /// <summary>How many rules were checked by the calling thread; 0 where the validator is not compiled in.</summary>
    public static long ChecksOfThread => Volatile.Read(ref Task.Current.RulesChecked);

    /// <summary>Called before a lock is waited for.</summary>
    [Conditional("LOCKDEP")]
    internal static void Acquire(object @lock, LockdepClass lockClass, LockMode mode)
    {
        CheckWait(@lock, lockClass, outer: null);
        if (lockClass.Owner == LockOwner.Thread)
            Add(@lock, lockClass, mode);
    }

    /// <summary>Called before a lock is waited for inside <paramref name="outer"/>, a lock of its own class.</summary>
    [Conditional("LOCKDEP")]
    internal static void AcquireInside(object @lock, LockdepClass lockClass, LockMode mode, object outer)
    {
        CheckWait(@lock, lockClass, outer);
        if (lockClass.Owner == LockOwner.Thread)
            Add(@lock, lockClass, mode);
    }

    /// <summary>
    /// Called after a lock was taken without waiting, and after the wait for one that anybody may release: it changes hands only then.
    /// </summary>
    [Conditional("LOCKDEP")]
    internal static void AcquireByTry(object @lock, LockdepClass lockClass, LockMode mode)
    {
        if (lockClass.Owner == LockOwner.Anyone)
            s_holders[@lock] = Task.Current;
        Add(@lock, lockClass, mode);
    }

    /// <summary>Called when a lock is taken that ends with the write section of <paramref name="owner"/>.</summary>
    [Conditional("LOCKDEP")]
    internal static void AcquireUntilReleaseOf(object @lock, LockdepClass lockClass, object owner)
    {
        if (IndexOf(@lock, LockMode.Exclusive) >= 0)
            return;
        Assert(IndexOf(owner, LockMode.Exclusive) >= 0, $"{lockClass} taken without the lock that bounds it");
        CheckWait(@lock, lockClass, outer: null);
        Task.Current.HeldLocks.Add(new HeldLock(@lock, lockClass, LockMode.Exclusive, owner));
    }

    /// <summary>Called before a lock is released.</summary>
    [Conditional("LOCKDEP")]
    internal static void Release(object @lock)
    {
        var held = Task.Current.HeldLocks;
        int index = IndexOf(@lock, LockMode.Shared);
        Assert(index >= 0, $"release of a {@lock.GetType().Name} that this task does not hold");
        held.RemoveAt(index);
        RemoveBoundBy(@lock, held);
    }

    /// <summary>Called before a lock that anybody may release is released.</summary>
    [Conditional("LOCKDEP")]
    internal static void ReleaseByAnyone(object @lock)
    {
        Assert(s_holders.TryRemove(@lock, out _), $"release of a {@lock.GetType().Name} that nobody holds");
        int index = IndexOf(@lock, LockMode.Shared);
        if (index >= 0)
            Task.Current.HeldLocks.RemoveAt(index);
    }

    /// <summary>Called before an exclusive hold becomes a shared one.</summary>
    [Conditional("LOCKDEP")]
    internal static void Downgrade(object @lock)
    {
        var held = Task.Current.HeldLocks;
        int index = IndexOf(@lock, LockMode.Exclusive);
        Assert(index >= 0, "downgrade of a lock that this task does not hold exclusively");
        held[index] = held[index] with { Mode = LockMode.Shared };
        RemoveBoundBy(@lock, held);
    }

    /// <summary>Checks that this task holds the lock in <paramref name="mode"/> or stronger.</summary>
    [Conditional("LOCKDEP")]
    internal static void AssertHeld(object @lock, LockMode mode) =>
        Assert(IndexOf(@lock, mode) >= 0, $"{@lock.GetType().Name} is not held {mode}");

    /// <summary>Checks that this task may sleep: no spinlock held, no RCU section open (<c>might_sleep</c>).</summary>
    [Conditional("LOCKDEP")]
    internal static void AssertMaySleep()
    {
        var task = Task.Current;
        DropReleased(task);
        Assert(task.RcuNesting == 0, "sleeping inside an RCU read section");
        foreach (var entry in task.HeldLocks)
            Assert(!entry.Class.IsAtomic, $"sleeping while {entry.Class} is held");
    }

    /// <summary>Checks that this task holds nothing: true wherever it returns to user mode.</summary>
    [Conditional("LOCKDEP")]
    internal static void AssertNothingHeld()
    {
        var task = Task.Current;
        DropReleased(task);
        Assert(task.RcuNesting == 0, "RCU read section left open");
        Assert(task.HeldLocks.Count == 0, $"{task.HeldLocks[0].Class} still held");
    }

    /// <summary>Throws if <paramref name="condition"/> is false.</summary>
    [Conditional("LOCKDEP")]
    internal static void Assert(bool condition, string message)
    {
        CountCheck();
        if (!condition)
            throw new LockdepException(message);
    }

    /// <summary>Throws if <paramref name="condition"/> is false; only then the message is put together.</summary>
    [Conditional("LOCKDEP")]
    internal static void Assert(bool condition, [InterpolatedStringHandlerArgument(nameof(condition))] ref LockdepMessage message)
    {
        CountCheck();
        if (!condition)
            throw new LockdepException(message.ToString());
    }

    private static bool HoldsSomething(Task task)
    {
        DropReleased(task);
        return task.RcuNesting != 0 || task.HeldLocks.Count != 0;
    }

    private static void CountCheck()
    {
        var task = Task.Current;
        Volatile.Write(ref task.RulesChecked, Volatile.Read(ref task.RulesChecked) + 1);
    }

    private static void CheckWait(object @lock, LockdepClass lockClass, object? outer)
    {
        DropReleased(Task.Current);
        if (!lockClass.IsAtomic)
            AssertMaySleep();
        foreach (var entry in Task.Current.HeldLocks)
        {
            Assert(entry.Lock != @lock || entry.Class != lockClass, $"{lockClass} acquired twice");
            if (entry.Class == lockClass)
                Assert(MayNest(entry.Lock, @lock, lockClass, outer), $"two {lockClass} nested");
            else if (entry.Class.Rank != LockdepClass.Unranked && lockClass.Rank != LockdepClass.Unranked)
                Assert(entry.Class.Rank < lockClass.Rank, $"waiting for {lockClass} inside {entry.Class}");
        }
    }

    private static void Add(object @lock, LockdepClass lockClass, LockMode mode) =>
        Task.Current.HeldLocks.Add(new HeldLock(@lock, lockClass, mode, null));

    /// <summary>Forgets the locks that end with the write section of <paramref name="owner"/>.</summary>
    private static void RemoveBoundBy(object owner, List<HeldLock> held)
    {
        for (int i = held.Count - 1; i >= 0; i--)
        {
            if (held[i].EndsWith == owner)
                held.RemoveAt(i);
        }
    }

    /// <summary>Forgets locks that somebody else has released for the task.</summary>
    private static void DropReleased(Task task)
    {
        var held = task.HeldLocks;
        for (int i = held.Count - 1; i >= 0; i--)
        {
            if (held[i].Class.Owner == LockOwner.Anyone && (!s_holders.TryGetValue(held[i].Lock, out var holder) || holder != task))
                held.RemoveAt(i);
        }
    }

    private static bool MayNest(object held, object wanted, LockdepClass lockClass, object? outer) => lockClass.Nesting switch
    {
        Nesting.Inside => held == outer,
        Nesting.Ascending => held is PageTableLock first && wanted is PageTableLock second && first.Order < second.Order,
        Nesting.AnyUnder => true,
        _ => false,
    };

    private static int IndexOf(object @lock, LockMode mode)
    {
        var held = Task.Current.HeldLocks;
        for (int i = held.Count - 1; i >= 0; i--)
        {
            if (held[i].Lock == @lock && held[i].Mode >= mode)
                return i;
        }

        return -1;
    }
}

/// <summary>One lock that a task holds.</summary>
/// <param name="Lock">The lock.</param>
/// <param name="Class">Its class.</param>
/// <param name="Mode">How it is held.</param>
/// <param name="EndsWith">The lock whose release ends the hold, if that is how it ends.</param>
internal readonly record struct HeldLock(object Lock, LockdepClass Class, LockMode Mode, object? EndsWith);

/// <summary>The run-time lock validator found a violated rule.</summary>
public sealed class LockdepException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    public LockdepException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">Which rule was violated.</param>
    public LockdepException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">Which rule was violated.</param>
    /// <param name="innerException">What led to it.</param>
    public LockdepException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
