using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using MmLint.Analyzers;

namespace MmLint.CodeFixes;

/// <summary>The members by which a type says that it is taken and released, found by their contracts.</summary>
internal sealed class LockMembers
{
    private LockMembers(IMethodSymbol acquire, IMethodSymbol release, Mode mode)
    {
        Acquire = acquire;
        Release = release;
        Mode = mode;
    }

    /// <summary>Takes the lock: at once, or for <see cref="Tries"/> as the result says.</summary>
    internal IMethodSymbol Acquire { get; }

    internal IMethodSymbol Release { get; }

    internal Mode Mode { get; }

    /// <summary>Pairs of members that take the lock by a try and release it again, the weakest sufficient mode first.</summary>
    internal static IEnumerable<LockMembers> Tries(NeededLock needed, FixSite site) => Pairs(needed, site, IsTry);

    /// <summary>Pairs of members that wait for the lock and release it again, the weakest sufficient mode first.</summary>
    internal static IEnumerable<LockMembers> Waits(NeededLock needed, FixSite site) => Pairs(needed, site, static (method, clause) => clause.When is null && !clause.Try);

    /// <summary>Whether a member takes its object, at once or by a try.</summary>
    internal static bool IsAcquire(IMethodSymbol method, FixSite site) =>
        site.Catalog.ContractOf(method).Acquires is { Count: 1 } clauses && OfThis(clauses[0]) && (clauses[0].When is null || IsTry(method, clauses[0]));

    /// <summary>Whether a member releases its object.</summary>
    internal static bool IsRelease(IMethodSymbol method, FixSite site) => site.Catalog.ContractOf(method).Releases is { Count: 1 } clauses && OfThis(clauses[0]) && clauses[0].When is null;

    private static IEnumerable<LockMembers> Pairs(NeededLock needed, FixSite site, System.Func<IMethodSymbol, LockClause, bool> takes)
    {
        var members = new List<IMethodSymbol>();
        foreach (ITypeSymbol type in needed.Type.WithBases())
            members.AddRange(type.GetMembers().OfType<IMethodSymbol>().Where(method => method is { MethodKind: MethodKind.Ordinary, IsStatic: false, Parameters.IsEmpty: true, IsGenericMethod: false } && site.Model.IsAccessible(site.Node.SpanStart, method)));
        var pairs = new List<LockMembers>();
        foreach (IMethodSymbol acquire in members)
        {
            if (site.Catalog.ContractOf(acquire).Acquires is not { Count: 1 } clauses || !OfThis(clauses[0]) || !takes(acquire, clauses[0])) continue;
            Mode mode = ((LockFormula.Lock)clauses[0].Locks).Mode;
            if (mode != Mode.None && mode < needed.Mode) continue;
            IMethodSymbol? release = members.FirstOrDefault(method => IsRelease(method, site) && ((LockFormula.Lock)site.Catalog.ContractOf(method).Releases[0].Locks).Mode is var released && (released == mode || released == Mode.None));
            if (release is not null) pairs.Add(new LockMembers(acquire, release, mode));
        }

        return pairs.OrderBy(static pair => pair.Mode);
    }

    private static bool IsTry(IMethodSymbol method, LockClause clause) =>
        clause.Try && method.ReturnType.SpecialType == SpecialType.System_Boolean && clause.Source.When == "result";

    private static bool OfThis(LockClause clause) => clause.Locks is LockFormula.Lock { Term: Root { Kind: RootKind.This } };
}
