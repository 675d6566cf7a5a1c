using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using MmLint;

namespace MmKernel;

/// <summary>What the calling task really holds: the lock validator knows the locks, this knows sections and owners.</summary>
internal static class AuditedLocks
{
    // Who made an object, or was given it alone, as long as nobody else has been seen with it: what guards its members counts as held.
    private static readonly ConditionalWeakTable<object, Thread> s_owners = new();

    // Locks that somebody has said to be as good as held by him, without taking them: nobody else can get them.
    private static readonly ConditionalWeakTable<object, Thread> s_licences = new();

    [ThreadStatic] private static List<Section>? t_sections;
    [ThreadStatic] private static List<Type>? t_creating;
    [ThreadStatic] private static bool t_lent;

    /// <summary>Whether something since the last question held only because the task is alone with an object.</summary>
    internal static bool TakeLent()
    {
        bool lent = t_lent;
        t_lent = false;
        return lent;
    }

    /// <summary>Whether the task holds the lock, or is alone with <paramref name="owner"/>, whose lock it is.</summary>
    internal static bool Holds(object? @lock, LockMode mode, object? owner)
    {
        bool alone = IsAlone(owner ?? @lock);
        return Has(@lock, mode) ? EndOthersLicence(@lock!) : (alone || IsLicensed(@lock)) && Lend();
    }

    /// <summary>The task may do from here on what needs the lock: it is an assertion that says so. Others may still look at what has the lock, by other rules.</summary>
    internal static bool License(object? @lock)
    {
        if (@lock != null)
            s_licences.AddOrUpdate(@lock, Thread.CurrentThread);
        return Lend();
    }

    /// <summary>Whether the task really holds the lock.</summary>
    internal static bool Has(object? @lock, LockMode mode)
    {
        var task = Task.Current;
        switch (@lock)
        {
            case null:
                return false;
            case Residents residents:
                bool isIn = Volatile.Read(ref task.ResidentIn) == residents.Mm || Volatile.Read(ref task.GuestIn) == residents.Mm;
                return mode == LockMode.Exclusive ? residents.IsClosed && isIn : isIn;
        }

        foreach (var held in task.HeldLocks)
        {
            if (held.Lock == @lock && held.Mode >= mode)
                return held.Lock is not Folio folio || folio.IsLocked;
        }

        // Whoever submits a request hands the lock over, and the validator does not hear of that: somebody holds it, on this task's behalf.
        return @lock is Folio { IsLocked: true } && Lend();
    }

    /// <summary>Whether the task holds some lock of the class.</summary>
    internal static bool HasAny(string lockClass, LockMode mode)
    {
        foreach (var held in Task.Current.HeldLocks)
        {
            string name = held.Class.Name;
            if (held.Mode >= mode && (name == lockClass || (name.EndsWith(')') && name.AsSpan(name.IndexOf('(') + 1).TrimEnd(')').SequenceEqual(lockClass))) && (held.Lock is not Folio folio || folio.IsLocked))
                return true;
        }

        return false;
    }

    /// <summary>Whether the task may touch the members of <paramref name="owner"/> with no lock, for it is alone with it.</summary>
    internal static bool IsAloneWith(object owner) => IsAlone(owner) && Lend();

    /// <summary>Whether the task does not hold the lock.</summary>
    internal static bool Lacks(object? @lock)
    {
        foreach (var held in Task.Current.HeldLocks)
        {
            if (held.Lock == @lock && @lock is not Folio)
                return false;
        }

        return true;
    }

    /// <summary>Whether an RCU read section is open.</summary>
    internal static bool IsInReadSection() => Task.Current.RcuNesting > 0;

    /// <summary>Whether anybody has a reference; whose it is, nobody counts.</summary>
    internal static bool IsReferenced(object? owner) => owner switch
    {
        Folio folio => folio.ReferenceCount > 0 || (IsAlone(folio) && Lend()),
        MmStruct mm => Volatile.Read(ref mm.CountCount) > 0,
        null => false,
        _ => true,
    };

    /// <summary>Whether anybody is a user of the address space.</summary>
    internal static bool IsUsed(MmStruct? mm) => mm != null && (Volatile.Read(ref mm.UsersCount) > 0 || mm.IsExiting);

    /// <summary>Whether the task may sleep: no spinlock held and no read section open.</summary>
    internal static bool MaySleep()
    {
        var task = Task.Current;
        return task.RcuNesting == 0 && task.HeldLocks.TrueForAll(static held => !held.Class.IsAtomic);
    }

    /// <summary>How often the task holds the lock, in which mode.</summary>
    internal static Hold Of(object? @lock)
    {
        var (count, mode) = (0, LockMode.None);
        foreach (var held in Task.Current.HeldLocks)
        {
            if (held.Lock != @lock)
                continue;
            count++;
            if (held.Mode > mode)
                mode = held.Mode;
        }

        return new Hold(@lock, count, mode);
    }

    /// <summary>Whether one hold less is there than before.</summary>
    internal static bool IsReleased(Hold before) => before.Count == 0 ? before.Lock is null or Folio : Of(before.Lock).Count == before.Count - 1;

    /// <summary>Whether the hold, exclusive before, is shared now.</summary>
    internal static bool IsDowngraded(Hold before) => before.Mode == LockMode.Exclusive && Of(before.Lock) == before with { Mode = LockMode.Shared };

    /// <summary>How many locks the task itself has to release.</summary>
    internal static int Count()
    {
        int count = Task.Current.RcuNesting;
        foreach (var held in Task.Current.HeldLocks)
        {
            if (held.EndsWith == null && held.Class.Owner == LockOwner.Thread)
                count++;
        }

        return count;
    }

    /// <summary>Whether the task is inside the section.</summary>
    internal static bool IsIn(object? owner, string name) => t_sections?.Exists(section => section.Owner == owner && section.Name == name) == true;

    /// <summary>Begins a section; its own type says so, and nothing else knows.</summary>
    internal static void Begin(object? owner, string name, bool idempotent)
    {
        if (!idempotent || !IsIn(owner, name))
            (t_sections ??= []).Add(new Section(owner, name));
    }

    /// <summary>Ends a section.</summary>
    internal static void End(object? owner, string name)
    {
        int index = t_sections?.FindLastIndex(section => section.Owner == owner && section.Name == name) ?? -1;
        if (index >= 0)
            t_sections!.RemoveAt(index);
    }

    /// <summary>What the task holds, for people.</summary>
    internal static string Describe() => string.Join(", ", Task.Current.HeldLocks.Select(static held => $"{held.Mode} {held.Class}"))
        + (IsInReadSection() ? ", Rcu" : "") + string.Concat((t_sections ?? []).Select(static section => $", {section.Owner?.GetType().Name}.{section.Name}"));

    /// <summary>The task is alone with the object from here on.</summary>
    internal static T Own<T>(T value)
    {
        if (value is not null)
            s_owners.AddOrUpdate(value, Thread.CurrentThread);
        return value;
    }

    /// <summary>An object of the type is about to be made by the task.</summary>
    internal static int Creating<T>()
    {
        (t_creating ??= []).Add(typeof(T));
        return t_creating.Count;
    }

    /// <summary>It is made, and nobody else knows it.</summary>
    internal static T Created<T>(int depth, T made)
        where T : class
    {
        t_creating!.RemoveRange(depth - 1, t_creating.Count - depth + 1);
        return Own(made);
    }

    private static bool IsAlone(object? owner)
    {
        if (owner == null)
            return false;
        if (!s_owners.TryGetValue(owner, out var thread))
            return t_creating is { Count: > 0 } creating && creating.Contains(owner.GetType());
        if (thread == Thread.CurrentThread)
            return true;
        s_owners.Remove(owner);
        return false;
    }

    private static bool IsLicensed(object? @lock) => @lock != null && s_licences.TryGetValue(@lock, out var thread) && thread == Thread.CurrentThread;

    private static bool EndOthersLicence(object @lock)
    {
        if (s_licences.TryGetValue(@lock, out var thread) && thread != Thread.CurrentThread)
            s_licences.Remove(@lock);
        return true;
    }

    private static bool Lend() => t_lent = true;

    private readonly record struct Section(object? Owner, string Name);
}

/// <summary>How a task held a lock at some time.</summary>
/// <param name="Lock">The lock.</param>
/// <param name="Count">How often.</param>
/// <param name="Mode">The strongest mode.</param>
internal readonly record struct Hold(object? Lock, int Count, LockMode Mode);
