using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace MmLint.Analyzers;

/// <summary>
/// Whether the contracts of one function can all be kept, and each says something that the others do not. A bundle may say more or less than
/// one of its users needs, so it may contradict a contract but never repeats one.
/// </summary>
internal sealed class ContractChecks
{
    private readonly ContractCatalog _catalog;
    private readonly MemberContract _contract;
    private readonly ImmutableArray<AttributeModel> _own;
    private readonly List<ContractProblem> _problems = [];

    /// <summary>Whether the contract is that of a property, which each accessor may sharpen.</summary>
    private readonly bool _shared;

    private ContractChecks(ContractCatalog catalog, MemberContract contract, ImmutableArray<AttributeModel> own, bool shared)
    {
        _catalog = catalog;
        _shared = shared;
        _contract = contract;
        _own = own;
    }

    /// <summary>What is wrong with the contracts that stand on a symbol, over and above what does not bind.</summary>
    internal static IEnumerable<ContractProblem> Of(ContractCatalog catalog, ISymbol symbol)
    {
        ImmutableArray<AttributeModel> own = catalog.AttributesOf(symbol);
        if (own.IsEmpty) return [];
        switch (symbol)
        {
            case IMethodSymbol or INamedTypeSymbol { DelegateInvokeMethod: not null }:
                return Of(catalog, catalog.ContractOf(symbol), own);
            case INamedTypeSymbol:
                return [];
        }

        IEnumerable<ContractProblem> problems = DataContractChecks.Of(catalog, symbol);
        if (catalog.ContractOfValue(symbol) is { } invoked) problems = problems.Concat(Of(catalog, invoked, own));
        else if (symbol is IPropertySymbol property && catalog.LockOf(symbol) is null)
            problems = problems.Concat(new[] { property.GetMethod, property.SetMethod }.OfType<IMethodSymbol>().SelectMany(accessor => Of(catalog, catalog.ContractOf(accessor), own, shared: true)));

        // A contract of a property is read once for each accessor.
        return problems.GroupBy(static problem => (problem.Rule, problem.Location)).Select(static group => group.First());
    }

    /// <summary>What is wrong with the contract, as far as the attributes in <paramref name="own"/> are to blame.</summary>
    private static IEnumerable<ContractProblem> Of(ContractCatalog catalog, MemberContract contract, ImmutableArray<AttributeModel> own, bool shared = false)
    {
        var checks = new ContractChecks(catalog, contract, own, shared);
        checks.CheckConditions();
        checks.CheckExclusions();
        checks.CheckEffects();
        checks.CheckFacts(contract.Requires);
        checks.CheckFacts(contract.Ensures);
        checks._problems.AddRange(Repeated(shared ? contract.Needs.Where(need => own.Contains(need.Source)).ToList() : contract.Needs, own));
        foreach (List<LockClause> effects in new[] { contract.Releases, contract.Downgrades, contract.Acquires, contract.Asserts }) checks.CheckTwice(effects);
        return checks._problems;
    }

    /// <summary>Clauses over locks that the others imply.</summary>
    internal static IEnumerable<ContractProblem> Repeated(List<LockClause> clauses, ImmutableArray<AttributeModel> own)
    {
        var kept = new List<LockClause>(clauses);
        for (int index = clauses.Count - 1; index >= 0; index--)
        {
            LockClause clause = clauses[index];
            if (clause.Source.InGroup || !own.Contains(clause.Source)) continue;
            List<LockClause> others = kept.Where(other => other != clause && Implication.Covers(other.When, clause.When)).ToList();
            if (others.Count == 0 || !Implication.Implies(new LockFormula.All(others.Select(static other => other.Locks).ToImmutableArray()), clause.Locks)) continue;
            kept.Remove(clause);
            LockClause? single = others.FirstOrDefault(other => Implication.Implies(other.Locks, clause.Locks));
            yield return Problem(clause.Source, single is null ? "the other contracts say it together" : "'" + single.Source.Text + "' says it already");
        }
    }

    private static ContractProblem Problem(AttributeModel source, string what) => new(Rule.Contradiction, source.Location, source.Text.Length > 0 ? source.Text : source.Name, what);

    private void Blame(AttributeModel first, AttributeModel second, string what)
    {
        int last = Math.Max(_own.IndexOf(first), _own.IndexOf(second));
        if (last >= 0) _problems.Add(Problem(_own[last], what));
    }

    private IEnumerable<(AttributeModel Source, Fact? When)> Conditions() =>
        new[] { _contract.Needs, _contract.Excludes, _contract.Releases, _contract.Downgrades, _contract.Acquires, _contract.Asserts }
            .SelectMany(static clauses => clauses).Select(static clause => (clause.Source, clause.When))
            .Concat(_contract.Requires.Concat(_contract.Ensures).Select(static clause => (clause.Source, clause.When)));

    private void CheckConditions()
    {
        foreach ((AttributeModel source, Fact? when) in Conditions())
        {
            // A constant condition was seen when it was bound.
            if (when is null || when == Fact.False || !_own.Contains(source) || FactSet.Empty.Assume(when) is not null) continue;
            _problems.Add(new ContractProblem(Rule.Contradiction, source.Location, source.When ?? source.Text, "is never true, so the contract never applies"));
        }
    }

    /// <summary>What must be free cannot be needed, nor given up.</summary>
    private void CheckExclusions()
    {
        foreach (LockClause exclusion in _contract.Excludes)
        {
            foreach (LockFormula part in Implication.Parts(exclusion.Locks))
            {
                foreach (LockClause need in _contract.Needs.Where(need => AlwaysTogether(need, exclusion) && Implication.Implies(need.Locks, part)))
                    Blame(exclusion.Source, need.Source, "'" + part + "' is needed, and must not be held");
                foreach (LockClause release in _contract.Releases.Where(release => !release.Idempotent && AlwaysTogether(release, exclusion) && Implication.Implies(release.Locks, part)))
                    Blame(exclusion.Source, release.Source, "'" + part + "' is released, and must not be held");
            }
        }
    }

    private static bool AlwaysTogether(LockClause first, LockClause second) => Implication.Covers(first.When, second.When) || Implication.Covers(second.When, first.When);

    private void CheckEffects()
    {
        foreach (LockClause acquired in _contract.Acquires.Where(static clause => !clause.Idempotent && !clause.Try))
        {
            foreach (LockFormula.Lock item in Definite(acquired.Locks))
            {
                LockInfo info = _catalog.InfoOf(item.Term);
                Mode mode = item.Mode == Mode.None ? info.DefaultMode : item.Mode;
                if (info.Reentrant || _contract.Releases.Any(release => release.Locks.Locks.Any(other => other.Term.Equals(item.Term)))) continue;
                var held = new LockFormula.Lock(item.Term, Mode.None);
                LockClause? need = _contract.Needs.FirstOrDefault(need => Implication.Covers(need.When, acquired.When) && Implication.Implies(need.Locks, held));
                if (need is null || (mode == Mode.Exclusive && need.Locks.Locks.Any(other => other.Term.Equals(item.Term) && other.Mode == Mode.Upgradeable))) continue;
                Blame(need.Source, acquired.Source, "'" + item.Term + "' is acquired though it is needed, and it is not re-entrant");
            }
        }

        foreach (LockClause downgraded in _contract.Downgrades.Where(clause => _own.Contains(clause.Source)))
        {
            foreach (LockFormula.Lock item in Definite(downgraded.Locks))
            {
                if (_catalog.InfoOf(item.Term) is { } info && (!info.Has(Mode.Shared) || !info.Has(Mode.Exclusive)))
                    _problems.Add(new ContractProblem(Rule.DoesNotBind, downgraded.Source.Location, downgraded.Source.Text, "'" + item.Term + "' is of kind " + info.Kind + ", which has one mode only"));
            }
        }
    }

    private void CheckFacts(List<FactClause> all)
    {
        List<FactClause> clauses = _shared ? all.Where(clause => _own.Contains(clause.Source)).ToList() : all;
        for (int index = clauses.Count - 1; index >= 0; index--)
        {
            FactClause clause = clauses[index];
            if (!_own.Contains(clause.Source)) continue;
            if (FactSet.Empty.Decide(clause.Fact) is { } constant)
            {
                _problems.Add(Problem(clause.Source, constant ? "is always true, so it says nothing" : "is never true"));
                continue;
            }

            IEnumerable<Fact> others = clauses.Where((other, at) => at != index && !(at > index && Same(other, clause)) && (clause.While is null || other.While?.ToString() == clause.While.ToString()))
                .Select(static other => other.When is null ? other.Fact : Fact.Or(other.When.Negate(), other.Fact)).ToList();
            if (Implication.Assume(others) is not { } known || (clause.When is { } when ? known.Assume(when) : known) is not { } under) continue;
            bool? decided = under.Decide(clause.Fact);
            if (decided == false && clauses.Skip(index + 1).All(later => !_own.Contains(later.Source) || later.When is not null)) _problems.Add(Problem(clause.Source, "cannot be true together with the other contracts"));
            else if (decided == true && !clause.Source.InGroup) _problems.Add(Problem(clause.Source, "the other contracts say it already"));
        }
    }

    private static bool Same(FactClause first, FactClause second) => first.Fact.Equals(second.Fact) && Equals(first.When, second.When);

    /// <summary>The same effect twice; locks that count how often they are taken may well be taken twice.</summary>
    private void CheckTwice(List<LockClause> effects)
    {
        for (int index = 1; index < effects.Count; index++)
        {
            LockClause clause = effects[index];
            if (clause.Source.InGroup || !_own.Contains(clause.Source) || clause.Locks.Locks.Any(item => item.Mode == Mode.Shared || _catalog.InfoOf(item.Term).Reentrant)) continue;
            if (effects.Take(index).Any(other => other.Locks.ToString() == clause.Locks.ToString() && Equals(other.When, clause.When))) _problems.Add(Problem(clause.Source, "is said twice"));
        }
    }

    /// <summary>The locks that a formula names for certain.</summary>
    private static IEnumerable<LockFormula.Lock> Definite(LockFormula formula) => formula switch
    {
        LockFormula.Lock item => [item],
        LockFormula.All all => all.Parts.SelectMany(Definite),
        _ => [],
    };
}
