using Microsoft.CodeAnalysis;

namespace MmLint.Analyzers;

/// <summary>What kind of lock; the numbers are those of the annotations.</summary>
internal enum Kind
{
    Mutex,
    ReaderWriter,
    Spin,
    Rcu,
    SeqCount,
    Reference,
    Section,
}

/// <summary>What a lock type or lock member declares.</summary>
internal sealed class LockInfo(Kind kind, bool anyone, bool reentrant, bool atomic)
{
    /// <summary>Any object can be locked by <c>lock</c> or Monitor.</summary>
    internal static readonly LockInfo Monitor = new(Kind.Mutex, anyone: false, reentrant: true, atomic: false);

    internal Kind Kind { get; } = kind;

    /// <summary>Whether somebody else than the thread that acquired it may release it.</summary>
    internal bool Anyone { get; } = anyone;

    /// <summary>Whether a holder may take it again.</summary>
    internal bool Reentrant { get; } = reentrant || kind is Kind.Rcu or Kind.Reference or Kind.SeqCount;

    /// <summary>Whether nothing may sleep while it is held.</summary>
    internal bool Atomic { get; } = atomic || kind is Kind.Spin or Kind.Rcu;

    /// <summary>Whether a thread can wait for it, so that it has a place in the order.</summary>
    internal bool IsWaitedFor => Kind is Kind.Mutex or Kind.ReaderWriter or Kind.Spin;

    /// <summary>The mode of a bare acquire.</summary>
    internal Mode DefaultMode => Kind is Kind.Rcu or Kind.SeqCount ? Mode.Shared : Mode.Exclusive;

    /// <summary>Whether a lock of this kind can be held in the mode.</summary>
    internal bool Has(Mode mode) => mode switch
    {
        Mode.Shared => Kind is not (Kind.Mutex or Kind.Spin),
        Mode.Upgradeable => Kind == Kind.ReaderWriter,
        Mode.Exclusive => Kind is not (Kind.Rcu or Kind.SeqCount),
        _ => true,
    };

    /// <summary>The same kind of lock, made so that a holder may take it again.</summary>
    internal LockInfo AsReentrant => new(Kind, Anyone, reentrant: true, Atomic);

    internal static LockInfo From(AttributeModel attribute) => new(
        (Kind)attribute.Number(0), attribute.NamedNumber("Owner") == 1, attribute.NamedFlag("Reentrant"), attribute.NamedFlag("Atomic"));
}
