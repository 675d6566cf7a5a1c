using System;
using System.Diagnostics.CodeAnalysis;

namespace MmLint;

/// <summary>What a lock does to those who wait for it, and in which modes it can be held.</summary>
public enum LockKind
{
    /// <summary>One holder; waiting sleeps.</summary>
    Mutex,

    /// <summary>Many shared holders or one exclusive holder; waiting sleeps.</summary>
    ReaderWriter,

    /// <summary>One holder; waiting spins, and nothing may sleep while it is held.</summary>
    Spin,

    /// <summary>A read-copy-update read section: shared, re-entrant, never waited for, and nothing may sleep inside.</summary>
    Rcu,

    /// <summary>A sequence count: shared sections that are validated when they end.</summary>
    SeqCount,

    /// <summary>A counted reference: keeps its object alive, is never waited for and so never ordered.</summary>
    Reference,

    /// <summary>A paired region or a duty that must be ended; never waited for and so never ordered.</summary>
    Section,
}

/// <summary>How a lock is held. A stronger mode satisfies a need for a weaker one.</summary>
public enum LockMode
{
    /// <summary>Not held.</summary>
    None,

    /// <summary>Held together with other shared holders.</summary>
    Shared,

    /// <summary>Held shared, with the sole right to become exclusive.</summary>
    Upgradeable,

    /// <summary>Held by nobody else.</summary>
    Exclusive,
}

/// <summary>Who may release a lock.</summary>
public enum LockOwner
{
    /// <summary>Only the thread that acquired it.</summary>
    Thread,

    /// <summary>Anybody, another thread or an interrupt included, such as the end of an I/O request.</summary>
    Anyone,
}

/// <summary>When two locks of one class may be held together.</summary>
public enum Nesting
{
    /// <summary>Never. This is what holds where nothing else is said.</summary>
    Never,

    /// <summary>The second one only by an acquire that never waits.</summary>
    TryOnly,

    /// <summary>Where the acquire names its outer lock (<see cref="AcquiresAttribute.Inside"/>).</summary>
    Inside,

    /// <summary>In ascending order of a member, both locks being known to differ.</summary>
    Ascending,

    /// <summary>In any order, under another lock that excludes every rival.</summary>
    AnyUnder,
}

/// <summary>Type of a member that exists only as a name in contracts. It holds nothing and costs nothing.</summary>
public readonly struct LockName : IEquatable<LockName>
{
    /// <summary>Two names carry no state, so they are equal.</summary>
    /// <param name="other">The other name.</param>
    /// <returns>Always <see langword="true"/>.</returns>
    public bool Equals(LockName other) => true;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is LockName;

    /// <inheritdoc/>
    public override int GetHashCode() => 0;

    /// <summary>Two names carry no state, so they are equal.</summary>
    public static bool operator ==(LockName left, LockName right) => left.Equals(right);

    /// <summary>Two names carry no state, so they never differ.</summary>
    public static bool operator !=(LockName left, LockName right) => !left.Equals(right);
}

/// <summary>Objects of the type, or what the member names, are locks.</summary>
/// <param name="kind">What kind of lock.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Interface | On.Data, Inherited = false)]
public sealed class LockAttribute(LockKind kind) : Attribute
{
    /// <summary>What kind of lock.</summary>
    public LockKind Kind => kind;

    /// <summary>Who may release it.</summary>
    public LockOwner Owner { get; set; }

    /// <summary>Whether a holder may acquire it again.</summary>
    public bool Reentrant { get; set; }

    /// <summary>Whether nothing may sleep while it is held. Spin and Rcu locks are atomic without saying so.</summary>
    public bool Atomic { get; set; }
}

/// <summary>
/// The value owns what the call that made it acquired, and what is passed to a member of it that releases it; <c>Dispose</c> gives all back.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct, Inherited = false)]
public sealed class ScopedLockAttribute : Attribute;

/// <summary>Another name for a formula over locks: one lock, a choice, any of several, or all of several.</summary>
/// <param name="locks">The formula. A getter is checked against it.</param>
/// <example><code>[LockAlias("Root.Rwsem")] public RwSemaphore Lock => Root.Rwsem;</code></example>
[AttributeUsage(On.Data, Inherited = false)]
public sealed class LockAliasAttribute([StringSyntax(StringSyntaxAttribute.Contract)] string locks) : Attribute
{
    /// <summary>The formula.</summary>
    public string Locks => locks;
}

/// <summary>
/// Holds in <paramref name="mode"/> are taken only under an exclusive hold of <paramref name="lock"/>, imply it, end when it is released or
/// downgraded, and never leak.
/// </summary>
/// <param name="lock">The lock that bounds the hold.</param>
/// <param name="mode">The mode that is bound.</param>
[AttributeUsage(On.Data, Inherited = false)]
public sealed class ReleasedWithAttribute([StringSyntax(StringSyntaxAttribute.Contract)] string @lock, LockMode mode) : Attribute
{
    /// <summary>The lock that bounds the hold.</summary>
    public string Lock => @lock;

    /// <summary>The mode that is bound.</summary>
    public LockMode Mode => mode;
}

/// <summary>
/// A token that stands for a lock class: whoever holds the token may do what needs that lock. At the end of compilation every method that
/// acquires the class in a conflicting mode must need a lock that the token excludes; otherwise the token is refused, with the list.
/// </summary>
/// <param name="locks">The lock class, with its mode.</param>
[AttributeUsage(On.Data, Inherited = false)]
public sealed class ProofOfAttribute([StringSyntax(StringSyntaxAttribute.Contract)] string locks) : Attribute
{
    /// <summary>The lock class, with its mode.</summary>
    public string Locks => locks;
}

/// <summary>
/// The class of a lock for ordering, where the fact in <see cref="When"/> is known. Without it the class is <c>Type.Member</c> if an order
/// lists that, else the lock's type.
/// </summary>
/// <param name="name">The class.</param>
[AttributeUsage(On.Data, AllowMultiple = true, Inherited = false)]
public sealed class LockClassAttribute(string name) : Attribute
{
    /// <summary>The class.</summary>
    public string Name => name;

    /// <summary>The fact under which the class applies.</summary>
    [StringSyntax(StringSyntaxAttribute.Contract)]
    public string? When { get; set; }
}

/// <summary>Lock classes from outer to inner. Several lists combine. Entries may be <c>shared(X)</c> or <c>exclusive(X)</c>.</summary>
/// <param name="classes">The classes, outermost first.</param>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class LockOrderAttribute([StringSyntax(StringSyntaxAttribute.Contract)] params string[] classes) : Attribute
{
    /// <summary>The classes, outermost first.</summary>
    public string[] Classes => classes;
}

/// <summary>When two locks of one class may be held together.</summary>
/// <param name="lockClass">The class.</param>
/// <param name="rule">The rule.</param>
/// <param name="key">The ordering member for <see cref="Nesting.Ascending"/>, the excluding lock for <see cref="Nesting.AnyUnder"/>.</param>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class LockNestingAttribute([StringSyntax(StringSyntaxAttribute.Contract)] string lockClass, Nesting rule, [StringSyntax(StringSyntaxAttribute.Contract)] string? key = null) : Attribute
{
    /// <summary>The class.</summary>
    public string LockClass => lockClass;

    /// <summary>The rule.</summary>
    public Nesting Rule => rule;

    /// <summary>The ordering member or the excluding lock.</summary>
    public string? Key => key;
}
