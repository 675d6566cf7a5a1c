using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace MmLint.Analyzers;

/// <summary>How the object that one lock belongs to is reached from the object of another. The first ones tell most about a circle.</summary>
internal enum Kinship
{
    /// <summary>It is the same object.</summary>
    Same,

    /// <summary>One of the locks is static, or belongs to an object that a static leads to, so that there is one such lock only.</summary>
    Single,

    /// <summary>Nothing is known of the two.</summary>
    Unknown,

    /// <summary>Members of the one object lead to the other.</summary>
    Related,
}

/// <summary>Tells how objects are reached from each other.</summary>
internal static class Kinships
{
    /// <summary>How the owner of one lock is reached from the owner of another.</summary>
    internal static Kinship OfLocks(Term first, Term second) => OwnerOf(first) is { } one && OwnerOf(second) is { } other ? OfObjects(one, other) : Kinship.Single;

    /// <summary>Whether one object can have both locks: the class of the one is the class of the other, or derives from it.</summary>
    internal static bool MayBelongToOne(Term first, Term second) =>
        OwnerOf(first)?.Type is not { TypeKind: TypeKind.Class } one || OwnerOf(second)?.Type is not { TypeKind: TypeKind.Class } other || one.DerivesFrom(other) || other.DerivesFrom(one);

    /// <summary>How the owner of a lock is reached from an object.</summary>
    internal static Kinship OfLock(Term from, Term lockTerm) => OwnerOf(lockTerm) is { } owner ? OfObjects(from, owner) : Kinship.Single;

    internal static Kinship OfObjects(Term first, Term second) =>
        first.Equals(second) ? Kinship.Same
        : IsOfStatic(first) || IsOfStatic(second) ? Kinship.Single
        : LeadsTo(first, second) || LeadsTo(second, first) ? Kinship.Related : Kinship.Unknown;

    /// <summary>How what a callee does to its own object looks to its caller.</summary>
    internal static Kinship Through(Kinship call, Kinship inner) =>
        inner == Kinship.Single ? Kinship.Single
        : call == Kinship.Same ? inner
        : inner == Kinship.Same ? call
        : call == Kinship.Related && inner == Kinship.Related ? Kinship.Related : Kinship.Unknown;

    /// <summary>How the object that is called is reached from the one that calls.</summary>
    internal static Kinship OfReceiver(IOperation call) => call is not IInvocationOperation invocation ? Kinship.Unknown
        : invocation.TargetMethod.MethodKind == MethodKind.LocalFunction ? Kinship.Same
        : invocation.Instance is null ? Kinship.Unknown : Dispatched(invocation.TargetMethod, OfPath(invocation.Instance));

    /// <summary>What a virtual call on a static object leads to may be another override than the one that object has.</summary>
    internal static Kinship Dispatched(IMethodSymbol callee, Kinship receiver) =>
        receiver == Kinship.Single && callee.MayBeOverridden() ? Kinship.Unknown : receiver;

    private static Kinship OfPath(IOperation path)
    {
        IOperation? at = path;
        bool leads = false;
        while (at is IMemberReferenceOperation or IConditionalAccessInstanceOperation)
        {
            if (at is IMemberReferenceOperation member)
            {
                leads = true;
                at = member.Instance;
                if (at is null) return Kinship.Single;
            }
            else
            {
                IOperation? conditional = at.Parent;
                for (IOperation part = at; conditional is not null && (conditional is not IConditionalAccessOperation { WhenNotNull: var then } || then != part); conditional = conditional.Parent) part = conditional;
                at = (conditional as IConditionalAccessOperation)?.Operation;
            }
        }

        return at is not IInstanceReferenceOperation ? Kinship.Unknown : leads ? Kinship.Related : Kinship.Same;
    }

    /// <summary>The object that a lock is a member of; null for a static one.</summary>
    private static Term? OwnerOf(Term lockTerm) => (lockTerm is ElementOf element ? element.Target : lockTerm) switch
    {
        MemberOf { Target: var owner } => owner,
        var whole => whole,
    };

    private static bool IsOfStatic(Term path)
    {
        Term? at = path;
        while (at is MemberOf or ElementOf)
        {
            if (at is MemberOf { Target: null }) return true;
            at = at is MemberOf member ? member.Target : ((ElementOf)at).Target;
        }

        return false;
    }

    private static bool LeadsTo(Term from, Term to)
    {
        for (Term? at = to; at is MemberOf member; at = member.Target)
        {
            if (from.Equals(member.Target)) return true;
        }

        return false;
    }
}
