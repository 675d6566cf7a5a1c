using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace MmLint.Analyzers;

/// <summary>The smallest circle: who holds a lock that is not re-entrant calls a function that takes it, and waits for itself.</summary>
internal static class LocksTakenAgain
{
    internal static IEnumerable<Diagnostic> Of(Takings takings)
    {
        ILookup<ISymbol?, Taking> own = takings.All.ToLookup(static taking => (ISymbol?)taking.Owner.OriginalDefinition, SymbolEqualityComparer.Default);
        foreach (CallUnderLocks call in takings.Calls.OrderBy(static call => call.Site, SourcePlace.Order))
        {
            if (call.Callee.MayBeOverridden()) continue;
            foreach (Taking taking in own[call.Callee].OrderBy(static taking => taking.Site, SourcePlace.Order))
            {
                if (call.TakenAgain(taking) is not { } again) continue;
                yield return Diagnostic.Create(Rule.LockCycle, call.Site.GetLocation(), [taking.Site.GetLocation()],
                    "'" + LockCycles.NameOf(call.Owner) + "' holds " + (again.Node?.Name ?? again.Term.ToString()) + " and calls '" + LockCycles.NameOf(call.Callee) + "', which waits for it (" + SourcePlace.Of(taking.Site) + ")");
                break;
            }
        }
    }
}
