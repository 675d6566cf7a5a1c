using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace MmLint.Analyzers;

/// <summary>
/// Whether one contract may stand in for another: an override or a method that becomes a delegate may need no more, takes and gives up the
/// same locks, ensures no less, and sleeps only if the other may.
/// </summary>
internal static class ContractConversion
{
    /// <summary>What an override or implementation says beyond what it overrides.</summary>
    internal static IEnumerable<ContractProblem> CheckOverride(ContractCatalog catalog, IMethodSymbol method)
    {
        if (!catalog.StatesContract(method)) yield break;
        MemberContract own = catalog.ContractOf(method);
        foreach (IMethodSymbol overridden in ContractCatalog.BasesOf(method).OfType<IMethodSymbol>())
        {
            if (Difference(own, catalog.ContractOf(overridden), catalog) is not { } difference) continue;
            yield return new ContractProblem(Rule.WeakerOverride, LocationOf(method), method.Name, difference, overridden.ContainingType.Name + "." + overridden.Name, Objection(difference));
        }
    }

    /// <summary>What a method needs or does, by contract or as inferred, that the delegate type it becomes does not say.</summary>
    internal static IEnumerable<ContractProblem> CheckDelegate(Engine engine, IDelegateCreationOperation creation, MemberContract? inferred = null)
    {
        if (creation.Type is not INamedTypeSymbol type) yield break;
        ISymbol? from = creation.Target switch
        {
            IMethodReferenceOperation reference => reference.Method,
            { Type: INamedTypeSymbol { TypeKind: TypeKind.Delegate } other } when !SymbolEqualityComparer.Default.Equals(other, type) => other,
            _ => null,
        };
        if (from is null) yield break;
        MemberContract method = inferred ?? engine.ContractOf(from);
        if (method.IsEmpty || (from is IMethodSymbol framework && ContractFiles.IsFramework(framework) && !IsOfSpokenLock(creation.Target, engine.Catalog))) yield break;

        // What is invoked in the body that makes the delegate is judged there, by what the body holds.
        if (inferred is null && DelegateUse.IsPartOfCaller(creation, engine.Catalog)) yield break;
        MemberContract target = (Engine.Destination(creation) is { } value ? engine.Catalog.ContractOfValue(value) : null) ?? engine.ContractOf(type);
        if (Difference(method, target, engine.Catalog) is { } difference)
            yield return new ContractProblem(Rule.DelegateMismatch, creation.Syntax.GetLocation(), from.Name, difference, type.Name, Objection(difference));
    }

    /// <summary>Whether the method is one of a lock that contracts name: of other locks nobody has said who gives them back.</summary>
    private static bool IsOfSpokenLock(IOperation target, ContractCatalog catalog) => target is IMethodReferenceOperation { Instance: IMemberReferenceOperation { Member: var member } } && catalog.IsNamedByContracts(member);

    private static string Objection(string difference) => difference.StartsWith("does not ", StringComparison.Ordinal) ? "does" : "does not say so";

    private static Location LocationOf(ISymbol symbol) => symbol.Locations.FirstOrDefault() ?? Location.None;

    /// <summary>The first thing that <paramref name="from"/> says and <paramref name="to"/> does not; null where it may stand in for it.</summary>
    private static string? Difference(MemberContract from, MemberContract to, ContractCatalog catalog)
    {
        Term? Map(Term part)
        {
            if (part is not Root { Kind: RootKind.Parameter, Symbol: IParameterSymbol parameter }) return null;
            for (int index = 0; index < from.Parameters.Length && index < to.Parameters.Length; index++)
            {
                if (SymbolEqualityComparer.Default.Equals(from.Parameters[index], parameter)) return Root.Parameter(to.Parameters[index]);
            }

            return null;
        }

        foreach (LockClause need in from.Needs)
        {
            if (!to.Needs.Any(other => Implies(other, need, Map)) && !to.Releases.Any(other => Implies(other, need, Map))) return "needs " + need.Locks;
        }

        foreach (FactClause fact in from.Requires)
        {
            IEnumerable<Fact> required = to.Requires.Select(static other => Under(other.When, other.Fact));
            if (!Implication.Implies(fact.When is null ? required : required.Concat([fact.When.Replace(Map)]), fact.Fact.Replace(Map))) return "requires " + fact.Fact;
        }

        // What the framework declares without a contract says nothing of sleeping or waiting, so it forbids neither.
        bool silent = !to.IsStated && !to.Carrier.Locations.Any(static location => location.IsInSource);
        foreach (LockClause exclusion in from.Excludes)
        {
            if (silent) break;
            if (!to.Excludes.Any(other => Implication.Parts(exclusion.Locks.Replace(Map)).All(part => Implication.Parts(other.Locks).Any(known => known.ToString() == part.ToString())))) return "must not be called with " + exclusion.Locks + " held";
        }

        if (Effects(from.Releases, to.Releases, Map) is { } released) return "releases " + released;
        if (Effects(from.Acquires, to.Acquires, Map) is { } acquired) return "acquires " + acquired;
        if (Effects(from.Downgrades, to.Downgrades, Map) is { } downgraded) return "downgrades " + downgraded;
        if (Effects(to.Releases, from.Releases, null, Map) is { } notReleased) return "does not release " + notReleased;
        if (Effects(to.Acquires, from.Acquires, null, Map) is { } notAcquired) return "does not acquire " + notAcquired;
        foreach (FactClause promise in to.Ensures)
        {
            IEnumerable<Fact> ensured = from.Ensures.Where(other => promise.While is null || other.While?.Replace(Map).ToString() == promise.While.ToString()).Select(other => Under(other.When, other.Fact).Replace(Map));
            if (!Implication.Implies(promise.When is null ? ensured : ensured.Concat([promise.When]), promise.Fact)) return "does not ensure " + promise.Fact;
        }

        return from.MaySleep && !to.MaySleep && !silent ? "may sleep" : null;
    }

    private static Fact Under(Fact? when, Fact fact) => when is null ? fact : Fact.Or(when.Negate(), fact);

    private static string? Effects(List<LockClause> from, List<LockClause> to, Func<Term, Term?>? mapFrom, Func<Term, Term?>? mapTo = null)
    {
        foreach (LockClause clause in from)
        {
            string locks = (mapFrom is null ? clause.Locks : clause.Locks.Replace(mapFrom)).ToString();
            string when = (mapFrom is null ? clause.When : clause.When?.Replace(mapFrom))?.ToString() ?? "";
            if (!to.Any(other => (mapTo is null ? other.Locks : other.Locks.Replace(mapTo)).ToString() == locks && ((mapTo is null ? other.When : other.When?.Replace(mapTo))?.ToString() ?? "") == when)) return clause.Locks.ToString();
        }

        return null;
    }

    /// <summary>Whether a caller that meets <paramref name="given"/> has met <paramref name="need"/>.</summary>
    private static bool Implies(LockClause given, LockClause need, Func<Term, Term?> map) =>
        Implication.Covers(given.When, need.When?.Replace(map)) && Implication.Implies(given.Locks, need.Locks.Replace(map));
}
