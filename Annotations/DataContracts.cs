using System;
using System.Diagnostics.CodeAnalysis;

namespace MmLint;

/// <summary>Reading needs any one of the locks in any mode, writing needs all of them exclusively.</summary>
/// <param name="locks">The locks.</param>
/// <example><code>[GuardedBy(nameof(_gate))] private int _count;</code></example>
[AttributeUsage(On.Data, Inherited = false)]
public sealed class GuardedByAttribute([StringSyntax(StringSyntaxAttribute.Contract)] params string[] locks) : Attribute
{
    /// <summary>The locks.</summary>
    public string[] Locks => locks;

    /// <summary>Whether what the member refers to is guarded as well.</summary>
    public bool Deep { get; set; }
}

/// <summary>What reading needs, where it differs from what writing needs.</summary>
/// <param name="locks">A formula over locks.</param>
[AttributeUsage(On.Data, AllowMultiple = true, Inherited = false)]
public sealed class ReadByAttribute([StringSyntax(StringSyntaxAttribute.Contract)] string locks) : LocksAttribute(locks);

/// <summary>What writing needs. In the formula the member is its old value and <c>value</c> the new one.</summary>
/// <param name="locks">A formula over locks.</param>
[AttributeUsage(On.Data, AllowMultiple = true, Inherited = false)]
public sealed class WriteByAttribute([StringSyntax(StringSyntaxAttribute.Contract)] string locks) : LocksAttribute(locks);

/// <summary>May also be read without a lock by one <c>Volatile.Read</c>. Such a read yields no fact.</summary>
[AttributeUsage(On.Data, Inherited = false)]
public sealed class ReadFreelyAttribute : Attribute;

/// <summary>May also be accessed without a lock by any <c>Volatile</c> or <c>Interlocked</c> operation. Such a read yields no fact.</summary>
[AttributeUsage(On.Data, Inherited = false)]
public sealed class AtomicAttribute : Attribute;

/// <summary>Set before the object is published and constant afterwards: free to read, and lock paths may run through it.</summary>
[AttributeUsage(On.Data, Inherited = false)]
public sealed class WriteOnceAttribute : Attribute;

/// <summary>
/// Mutable and confined to one thread. Contracts may mention it, because only members that say <see cref="AssignsAttribute"/> change it.
/// </summary>
[AttributeUsage(On.Data, Inherited = false)]
public sealed class TrackedAttribute : Attribute;

/// <summary>
/// The value is stale once none of the locks has been held all the time since it was read. Using a stale value is a finding; comparing it is
/// not.
/// </summary>
/// <param name="locks">A formula over locks.</param>
/// <example><code>[return: ValidWhileHeld("mm.MmapLock || result.Lock")] VmArea? FindVma(MmStruct mm, ulong address)</code></example>
[AttributeUsage(On.Values, Inherited = false)]
public sealed class ValidWhileHeldAttribute([StringSyntax(StringSyntaxAttribute.Contract)] string locks) : Attribute
{
    /// <summary>The formula over locks.</summary>
    public string Locks => locks;
}

/// <summary>Storing a value here hands over that lock or reference of <c>value</c>; reading it brings the hold back as assumed.</summary>
/// <param name="locks">The lock or reference, for example <c>"value"</c> or <c>"value.Count"</c>.</param>
[AttributeUsage(On.Values, Inherited = false)]
public sealed class OwnsAttribute([StringSyntax(StringSyntaxAttribute.Contract)] string locks) : Attribute
{
    /// <summary>The lock or reference.</summary>
    public string Locks => locks;
}

/// <summary>The value is not published yet: nobody else can reach it, so every guard rooted at it counts as held.</summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.ReturnValue, Inherited = false)]
public sealed class FreshAttribute : Attribute;

/// <summary>The callee does not publish the argument: an unpublished object stays unpublished.</summary>
[AttributeUsage(AttributeTargets.Parameter, Inherited = false)]
public sealed class BorrowedAttribute : Attribute;

/// <summary>
/// The delegate is invoked before the call returns, on the same thread, and not kept: a lambda passed here is part of the method that passes
/// it. It may use what that method holds, and what it does to locks and captured locals it does for that method. On a parameter that is a
/// sequence: it is enumerated before the call returns, and not kept.
/// </summary>
/// <example><code>void Each([InvokedNow] Action&lt;Node&gt; visit)</code></example>
[AttributeUsage(AttributeTargets.Parameter, Inherited = false)]
public sealed class InvokedNowAttribute : Attribute
{
    /// <summary>Whether it is invoked exactly once by every call that returns; else any number of times, zero included.</summary>
    public bool Once { get; set; }
}

/// <summary>
/// The delegate is invoked while the returned sequence is enumerated. A lambda passed here is part of the method that enumerates the result,
/// if that is the method which passes it.
/// </summary>
/// <example><code>IEnumerable&lt;Node&gt; Where([InvokedWhileEnumerated] Func&lt;Node, bool&gt; predicate)</code></example>
[AttributeUsage(AttributeTargets.Parameter, Inherited = false)]
public sealed class InvokedWhileEnumeratedAttribute : Attribute;
