using System;
using System.Diagnostics.CodeAnalysis;

namespace MmLint;

/// <summary>
/// The locks are held at the call; the body starts with them and holds them, by the same name, at every exit unless it releases or
/// downgrades them by contract. On a lock member: needed to acquire that lock.
/// </summary>
/// <param name="locks">A formula over locks.</param>
/// <example><code>[MustHold("exclusive(vma.Mm.MmapLock)")] void VmaLink(VmArea vma)</code></example>
[AttributeUsage(On.Contracts, AllowMultiple = true, Inherited = false)]
public sealed class MustHoldAttribute([StringSyntax(StringSyntaxAttribute.Contract)] string locks) : LocksAttribute(locks);

/// <summary>
/// The locks are not held at the call. The callee may wait for them, so the lock order is checked as if they were acquired here. A type or
/// <c>Type.Member</c> means any instance.
/// </summary>
/// <param name="locks">A formula over locks; <c>||</c> separates locks none of which may be held.</param>
[AttributeUsage(On.Contracts, AllowMultiple = true, Inherited = false)]
public sealed class MustNotHoldAttribute([StringSyntax(StringSyntaxAttribute.Contract)] string locks) : LocksAttribute(locks);

/// <summary>A fact that the caller establishes and the body assumes.</summary>
/// <param name="fact">A boolean expression over stable names.</param>
[AttributeUsage(On.Contracts, AllowMultiple = true, Inherited = false)]
public sealed class RequiresAttribute([StringSyntax(StringSyntaxAttribute.Contract)] string fact) : FactContractAttribute(fact);

/// <summary>The locks are held after the call. Say <c>shared(x)</c> or <c>exclusive(x)</c> where the lock has both modes.</summary>
/// <param name="locks">A formula over locks.</param>
/// <example><code>[Acquires("shared(result.Lock)", When = "result != null")] VmArea? LockVmaUnderRcu(MmStruct mm, ulong address)</code></example>
[AttributeUsage(On.Contracts, AllowMultiple = true, Inherited = false)]
public sealed class AcquiresAttribute([StringSyntax(StringSyntaxAttribute.Contract)] string locks) : LocksAttribute(locks)
{
    /// <summary>Whether the call never waits for the lock. A body that says so may get the lock only by such calls.</summary>
    public bool Try { get; set; }

    /// <summary>Whether acquiring has no effect where the lock is held already.</summary>
    public bool Idempotent { get; set; }

    /// <summary>The lock of the same class under which this one is taken.</summary>
    [StringSyntax(StringSyntaxAttribute.Contract)]
    public string? Inside { get; set; }
}

/// <summary>The locks are held at the call and gone after it. With <see cref="AcquiresAttribute"/> of the same lock: dropped and retaken.</summary>
/// <param name="locks">A formula over locks.</param>
/// <example><code>[Releases("vmf.FaultLock", When = "(result &amp; VmFault.Retry) != 0")]</code></example>
[AttributeUsage(On.Contracts, AllowMultiple = true, Inherited = false)]
public sealed class ReleasesAttribute([StringSyntax(StringSyntaxAttribute.Contract)] string locks) : LocksAttribute(locks)
{
    /// <summary>Whether releasing has no effect where the lock is not held.</summary>
    public bool Idempotent { get; set; }

    /// <summary>The fact under which values read inside stay good although the lock is gone, as after a validated sequence count.</summary>
    [StringSyntax(StringSyntaxAttribute.Contract)]
    public string? Keeps { get; set; }
}

/// <summary>The locks are held exclusively before the call and shared after it.</summary>
/// <param name="locks">A formula over locks.</param>
[AttributeUsage(On.Contracts, AllowMultiple = true, Inherited = false)]
public sealed class DowngradesAttribute([StringSyntax(StringSyntaxAttribute.Contract)] string locks) : LocksAttribute(locks);

/// <summary>A fact that is true after the call. It is checked where the body returns.</summary>
/// <param name="fact">A boolean expression, <c>result</c> being what is returned.</param>
/// <example><code>[Ensures("result.Mm == mm")] VmArea? FindVma(MmStruct mm, ulong address)</code></example>
[AttributeUsage(On.Contracts, AllowMultiple = true, Inherited = false)]
public sealed class EnsuresAttribute([StringSyntax(StringSyntaxAttribute.Contract)] string fact) : FactContractAttribute(fact)
{
    /// <summary>A lock: the fact lasts while it is held, whatever the write rules of the members say.</summary>
    [StringSyntax(StringSyntaxAttribute.Contract)]
    public string? While { get; set; }
}

/// <summary>
/// The locks count as held after the call, nothing is owed for them, and the body is not checked: for run-time assertions and for what
/// somebody else keeps held.
/// </summary>
/// <param name="locks">A formula over locks.</param>
[AttributeUsage(On.Contracts, AllowMultiple = true, Inherited = false)]
public sealed class AssertsHeldAttribute([StringSyntax(StringSyntaxAttribute.Contract)] string locks) : LocksAttribute(locks);

/// <summary>The member may assign this <see cref="TrackedAttribute">tracked</see> member; a body that does so unsaid is a finding.</summary>
/// <param name="path">The path of the tracked member.</param>
[AttributeUsage(On.Contracts, AllowMultiple = true, Inherited = false)]
public sealed class AssignsAttribute([StringSyntax(StringSyntaxAttribute.Contract)] string path) : Attribute
{
    /// <summary>The path of the tracked member.</summary>
    public string Path => path;
}

/// <summary>
/// The call does the right thing only as long as this member of the object still tells what it told the caller: it throws where the collection is empty, adds what is not there yet.
/// The call itself is no finding; one that is decided by an answer from before the lock was released and taken again is.
/// </summary>
/// <param name="question">The field, property or method that tells, usually <c>nameof(…)</c>; of another object than this one with the path to that.</param>
/// <example><code>[ReliesOn(nameof(Count))] public T Take()</code></example>
[AttributeUsage(On.Contracts, AllowMultiple = true, Inherited = false)]
public sealed class ReliesOnAttribute([StringSyntax(StringSyntaxAttribute.Contract)] string question) : Attribute
{
    /// <summary>The member that tells.</summary>
    public string Question => question;
}

/// <summary>
/// The member may sleep: it is not called while an atomic lock is held, other than one that the call releases first. Code without this
/// attribute does not sleep and so cannot call code that has it.
/// </summary>
[AttributeUsage(On.Contracts, Inherited = false)]
public sealed class MaySleepAttribute : ContractAttribute;

/// <summary>
/// The call ends the process where what it asserts is false, as <c>BUG_ON</c> does. Where <see cref="UseInsteadAttribute"/> names a member that only
/// reports, calls of this one are findings.
/// </summary>
[AttributeUsage(On.Contracts, Inherited = false)]
public sealed class CrashesAttribute : Attribute;

/// <summary>What to call instead where a need of this member fails, or in any case if it <see cref="CrashesAttribute">crashes</see>. The code fix offers it.</summary>
/// <param name="member">The name of the alternative, usually <c>nameof(…)</c>.</param>
[AttributeUsage(On.Contracts, AllowMultiple = true, Inherited = false)]
public sealed class UseInsteadAttribute(string member) : ContractAttribute
{
    /// <summary>The name of the alternative.</summary>
    public string Member => member;
}

/// <summary>The body is not analysed; its contract still counts for callers.</summary>
/// <param name="reason">Why. It must not be empty.</param>
[AttributeUsage(On.Contracts | AttributeTargets.Struct, Inherited = false)]
public sealed class NoLockAnalysisAttribute(string reason) : Attribute
{
    /// <summary>Why the body is not analysed.</summary>
    public string Reason => reason;
}
