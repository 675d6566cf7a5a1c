using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace MmLint.Analyzers;

/// <summary>
/// Finds fields that are accessed under one lock nearly everywhere in their type and without it in an odd place: a guard that nobody wrote
/// down, and a place that forgot it.
/// </summary>
internal static class UnstatedGuards
{
    /// <summary>Places under the lock below which nothing is concluded.</summary>
    internal const int LeastGuarded = 3;

    /// <summary>Places under the lock for each odd place beyond the first.</summary>
    internal const int GuardedPerOdd = 10;

    private const int ShownPlaces = 5;

    /// <summary>The odd places of a type.</summary>
    internal static IEnumerable<Diagnostic> Of(Observations seen)
    {
        Dictionary<ISymbol, ImmutableHashSet<OwnLock>?> entries = EntryLocks(seen);
        foreach (IGrouping<ISymbol, FieldAccess> field in seen.Accesses.GroupBy(static access => (ISymbol)access.Field, SymbolEqualityComparer.Default))
        {
            if (seen.Atomic.Contains(field.Key!)) continue;
            List<(FieldAccess Access, ImmutableHashSet<OwnLock> Held)> places = field.Where(access => IsCounted(access.Owner, entries))
                .Select(access => (access, access.Held.Union(entries[access.Owner] ?? ImmutableHashSet<OwnLock>.Empty)))
                .OrderBy(static place => place.access.Site.SyntaxTree.FilePath, System.StringComparer.Ordinal).ThenBy(static place => place.access.Site.SpanStart).ToList();
            if (!places.Any(static place => place.Access.Writes)) continue;
            IGrouping<OwnLock, OwnLock>? best = places.SelectMany(static place => place.Held).GroupBy(static guard => guard).OrderByDescending(static group => group.Count()).ThenBy(static group => group.Key.Name, System.StringComparer.Ordinal).FirstOrDefault();
            if (best is null) continue;
            List<SyntaxNode> guarded = places.Where(place => place.Held.Contains(best.Key)).Select(static place => place.Access.Site).ToList();
            List<FieldAccess> odd = places.Where(place => !place.Held.Contains(best.Key) && !IsLookedAtAgain(place.Access, places, best.Key) && !place.Access.SetsUp).Select(static place => place.Access).ToList();
            if (odd.Count == 0 || guarded.Count < LeastGuarded || (odd.Count > 1 && odd.Count * GuardedPerOdd > guarded.Count)) continue;
            foreach (FieldAccess access in odd) yield return Report(access, best.Key, guarded, places.Count);
        }
    }

    /// <summary>Whether the same member looks first and then once more under the lock (double-checked locking): it knows that the first look may be wrong.</summary>
    private static bool IsLookedAtAgain(FieldAccess access, List<(FieldAccess Access, ImmutableHashSet<OwnLock> Held)> places, OwnLock guard) =>
        !access.Writes && places.Exists(place => place.Held.Contains(guard) && SymbolEqualityComparer.Default.Equals(place.Access.Owner, access.Owner) && place.Access.Site.SpanStart > access.Site.SpanStart);

    private static Diagnostic Report(FieldAccess access, OwnLock guard, List<SyntaxNode> guarded, int all)
    {
        string written = guard.Member is null ? "\"this\"" : "nameof(" + guard.Name + ")";
        IEnumerable<Location> related = access.Field.Locations.Take(1).Concat(guarded.Take(ShownPlaces).Select(static site => site.GetLocation()));
        string message = "'" + access.Field.Name + "' is accessed under " + guard.Name + " in " + guarded.Count.ToString(System.Globalization.CultureInfo.InvariantCulture) + " of "
            + all.ToString(System.Globalization.CultureInfo.InvariantCulture) + " places, but " + (access.Writes ? "written" : "read") + " without it here; if " + guard.Name + " guards it, say [GuardedBy(" + written + ")]";
        return Diagnostic.Create(Rule.UnstatedGuard, access.Site.GetLocation(), related, ImmutableDictionary<string, string?>.Empty.Add("Guard", written), message);
    }

    /// <summary>What every caller within the type holds when it calls a helper; null where nobody calls it, so that it is not judged.</summary>
    private static Dictionary<ISymbol, ImmutableHashSet<OwnLock>?> EntryLocks(Observations seen)
    {
        var entries = new Dictionary<ISymbol, ImmutableHashSet<OwnLock>?>(SymbolEqualityComparer.Default);
        foreach (ISymbol owner in seen.Accesses.Select(static access => access.Owner).Concat(seen.Calls.Select(static call => call.Owner)).Concat(seen.Calls.Select(static call => (ISymbol)call.Callee)))
        {
            entries[owner] = IsHelper(owner) && !seen.Given.Contains(owner) ? null : ImmutableHashSet<OwnLock>.Empty;
        }

        for (bool changed = true; changed;)
        {
            changed = false;
            foreach (HelperCall call in seen.Calls)
            {
                if (entries[call.Owner] is not { } outer || entries[call.Callee] is { IsEmpty: true } || call.SetsUp) continue;
                ImmutableHashSet<OwnLock> here = call.Held.Union(outer);

                // How much of an async helper runs before it comes back, and the caller gives the lock up, is not known.
                if (call.Callee is IMethodSymbol { IsAsync: true } && !here.IsEmpty) continue;
                ImmutableHashSet<OwnLock> next = entries[call.Callee] is { } known ? known.Intersect(here) : here;
                if (entries[call.Callee] is { } before && before.SetEquals(next)) continue;
                entries[call.Callee] = next;
                changed = true;
            }
        }

        return entries;
    }

    private static bool IsCounted(ISymbol owner, Dictionary<ISymbol, ImmutableHashSet<OwnLock>?> entries) =>
        entries[owner] is not null && owner is not IMethodSymbol { MethodKind: MethodKind.Constructor or MethodKind.StaticConstructor or MethodKind.Destructor }
        && owner is not IMethodSymbol { MethodKind: MethodKind.PropertyGet or MethodKind.PropertySet, DeclaredAccessibility: Accessibility.Private };

    /// <summary>Whether all callers are known: they are in the same type.</summary>
    internal static bool IsHelper(ISymbol owner) => owner is IMethodSymbol { MethodKind: MethodKind.LocalFunction }
        || owner is IMethodSymbol { MethodKind: MethodKind.Ordinary, DeclaredAccessibility: Accessibility.Private, ExplicitInterfaceImplementations.IsEmpty: true };
}
