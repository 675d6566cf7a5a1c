using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace MmLint.Analyzers;

/// <summary>
/// Whether each token that stands for a lock proves anything: everybody who takes the lock in a conflicting mode must hold something that
/// cannot be held while the token is. Known only when every body of the compilation has been seen.
/// </summary>
internal sealed class ProofTokens(ContractCatalog catalog)
{
    private const int MostNamed = 4;

    private readonly ConcurrentDictionary<ISymbol, (AttributeModel Source, LockFormula Proven)> _tokens = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<ISymbol, MemberContract> _takers = new(SymbolEqualityComparer.Default);

    /// <summary>Notes a token, or a function that says what it takes.</summary>
    internal void Note(ISymbol symbol)
    {
        if (symbol is IMethodSymbol)
        {
            MemberContract contract = catalog.ContractOf(symbol);
            if (contract.Acquires.Count > 0) _takers.TryAdd(symbol, contract);
        }
        else if (catalog.AttributesOf(symbol).FirstOrDefault(static attribute => attribute.Name == "ProofOf") is { } proof)
        {
            if (catalog.Bind(symbol, proof, binder => binder.BindLocks(proof.Text), stable: false) is { } proven) _tokens.TryAdd(symbol, (proof, proven));
        }
    }

    internal IEnumerable<Diagnostic> Refused(Takings takings)
    {
        foreach (KeyValuePair<ISymbol, (AttributeModel Source, LockFormula Proven)> token in _tokens)
        {
            List<Excluded> excluded = ExcludedBy(token.Key).ToList();
            List<(string Name, Location Place)> free = excluded.Count == 0 ? [] : Free(takings, token.Value.Proven, excluded);
            if (excluded.Count > 0 && free.Count == 0) continue;
            string why = excluded.Count == 0
                ? "it can be taken without any lock, so it keeps nobody out"
                : string.Join(", ", free.Take(MostNamed).Select(static taker => "'" + taker.Name + "'")) + (free.Count > MostNamed ? " and others" : "") + " can hold it without " + string.Join(" or ", excluded.Select(static lockOf => lockOf.Name).Distinct());
            yield return Diagnostic.Create(Rule.RefusedProof, token.Key.Locations.FirstOrDefault() ?? token.Value.Source.Location, free.Select(static taker => taker.Place).Where(static place => place.IsInSource).Distinct(), token.Key.Name, token.Value.Source.Text, why);
        }
    }

    /// <summary>The functions that can take the lock while the token is held, in the order of the source.</summary>
    private List<(string Name, Location Place)> Free(Takings takings, LockFormula proven, List<Excluded> excluded)
    {
        var found = new List<(string Name, Location Place)>();
        foreach (KeyValuePair<ISymbol, MemberContract> taker in _takers)
        {
            bool isFree = taker.Value.Acquires.Any(clause => clause.Locks.Locks.Any(item => item.Term is not Root { Kind: RootKind.This } && Conflicts(item, proven))
                && !taker.Value.Needs.Any(need => Implication.Covers(need.When, clause.When) && Asks(need.Locks, excluded)));
            if (isFree) found.Add((taker.Key.Name, taker.Key.Locations.FirstOrDefault() ?? Location.None));
        }

        foreach (Taking taking in takings.All)
        {
            if (!Conflicts(new LockFormula.Lock(taking.Term, taking.Mode), proven) || taking.Held.Any(held => excluded.Any(lockOf => lockOf.Excludes(held.Term, held.Mode)))) continue;
            if (!_takers.ContainsKey(taking.Owner)) found.Add((LockCycles.NameOf(taking.Owner), taking.Site.GetLocation()));
        }

        foreach (Parting parting in takings.Partings)
        {
            if (!excluded.Any(lockOf => lockOf.Excludes(parting.Term, parting.Mode)) || parting.Kept.Any(held => excluded.Any(lockOf => lockOf.Excludes(held.Term, held.Mode)))) continue;
            if (parting.Bared.Any(held => Conflicts(new LockFormula.Lock(held.Term, held.Mode), proven))) found.Add((LockCycles.NameOf(parting.Owner), parting.Site.GetLocation()));
        }

        return found.GroupBy(static taker => taker.Name).Select(static group => group.First()).OrderBy(static taker => taker.Place.SourceTree?.FilePath, StringComparer.Ordinal).ThenBy(static taker => taker.Place.SourceSpan.Start).ToList();
    }

    /// <summary>Whether taking a lock would break what the token stands for: an exclusive hold keeps everybody out, a shared one only writers.</summary>
    private bool Conflicts(LockFormula.Lock taken, LockFormula proven) => Implication.Parts(proven).Any(part =>
    {
        Mode mode = taken.Mode == Mode.None ? catalog.InfoOf(taken.Term).DefaultMode : taken.Mode;
        return part switch
        {
            LockFormula.AnyInstance any => Implication.IsInstance(taken.Term, any.Symbol) && (any.Mode != Mode.Shared || mode == Mode.Exclusive),
            LockFormula.Lock item => ClassOf(item.Term) is { } lockClass && Implication.IsInstance(taken.Term, lockClass) && (item.Mode != Mode.Shared || mode == Mode.Exclusive),
            _ => false,
        };
    });

    /// <summary>Whether whoever holds what the formula asks for holds a lock that the token excludes.</summary>
    private static bool Asks(LockFormula formula, List<Excluded> excluded) => formula switch
    {
        LockFormula.Lock item => excluded.Any(lockOf => lockOf.Excludes(item.Term, item.Mode)),
        LockFormula.All all => all.Parts.Any(part => Asks(part, excluded)),
        LockFormula.Some some => some.Parts.All(part => Asks(part, excluded)),
        LockFormula.Choice choice => Asks(choice.WhenTrue, excluded) && Asks(choice.WhenFalse, excluded),
        _ => false,
    };

    /// <summary>What nobody else can hold while the token is held: what its holder holds exclusively, and the writers of what it holds shared.</summary>
    private IEnumerable<Excluded> ExcludedBy(ISymbol token)
    {
        if (catalog.LockOf(token) is { IsWaitedFor: true }) yield return new Excluded(token, Mode.Exclusive);
        if (catalog.ReleasedWith(token) is { Lock: LockFormula.Lock bound } && ClassOf(bound.Term) is { } bounding) yield return new Excluded(bounding, Mode.Exclusive);
        foreach (LockClause need in catalog.NeedsToAcquire(token))
        {
            foreach (LockFormula part in need.Locks is LockFormula.All all ? all.Parts : ImmutableArray.Create(need.Locks))
            {
                if (part is not LockFormula.Lock item || ClassOf(item.Term) is not { } needed) continue;
                LockInfo info = catalog.InfoOf(item.Term);
                Mode mode = item.Mode != Mode.None ? item.Mode : info.Kind == Kind.ReaderWriter ? Mode.Shared : info.DefaultMode;
                if (info.IsWaitedFor) yield return new Excluded(needed, mode);
            }
        }
    }

    private static ISymbol? ClassOf(Term term) => term is MemberOf { Member: var member } ? member.OriginalDefinition : term.Type as INamedTypeSymbol;

    /// <summary>A lock class that the holder of the token holds.</summary>
    private sealed class Excluded(ISymbol lockClass, Mode mode)
    {
        internal string Name { get; } = lockClass is ITypeSymbol ? lockClass.Name : lockClass.ContainingType.Name + "." + lockClass.Name;

        /// <summary>Whether a hold of somebody else cannot stand beside it.</summary>
        internal bool Excludes(Term term, Mode other) => Implication.IsInstance(term, lockClass) && (mode == Mode.Exclusive || other == Mode.Exclusive);
    }
}
