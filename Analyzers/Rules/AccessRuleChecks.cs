using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MmLint.Analyzers;

/// <summary>
/// Whether the access rule of a member does what access rules are for: whoever keeps to it as a writer excludes every reader and every other
/// writer; and whether a mutable member has one.
/// </summary>
internal sealed class AccessRuleChecks
{
    private const int MaxWays = 64;

    private readonly ContractCatalog _catalog;

    private AccessRuleChecks(ContractCatalog catalog) => _catalog = catalog;

    /// <summary>What is wrong with the rule of a field or of a property that stores its value.</summary>
    internal static IEnumerable<ContractProblem> Of(ContractCatalog catalog, ISymbol member)
    {
        if (!IsStored(member) || catalog.LockOf(member) is not null || catalog.AliasOf(member) is not null) yield break;
        DataContract data = catalog.DataOf(member);
        Location location = member.Locations.FirstOrDefault() ?? Location.None;
        if (!data.IsGuarded)
        {
            if (IsMutable(member) && !catalog.StatesAccess(member) && !catalog.IsPartOfLock(member)) yield return new ContractProblem(Rule.NoAccessRule, location, "'" + member.Name + "' is mutable and does not say who may access it");
            yield break;
        }

        if (data.Atomic || data.Tracked) yield break;
        if (data.Write.Count == 0)
        {
            if (IsMutable(member)) yield return new ContractProblem(Rule.NoAccessRule, location, "'" + member.Name + "' says who may read it, but anybody may write it");
        }
        else if (data.Read is null && !data.ReadFreely)
        {
            yield return new ContractProblem(Rule.NoAccessRule, location, "'" + member.Name + "' says who may write it, but anybody may read it");
        }
        else if (new AccessRuleChecks(catalog).Clash(data) is { } clash)
        {
            yield return new ContractProblem(Rule.NoExclusion, location, member.Name, clash);
        }
    }

    private static bool IsStored(ISymbol member) => member switch
    {
        IFieldSymbol field => !field.IsImplicitlyDeclared && !field.IsConst,
        IPropertySymbol { IsAbstract: false, DeclaringSyntaxReferences: { Length: 1 } references } => references[0].GetSyntax() is not PropertyDeclarationSyntax declaration
            || (declaration.ExpressionBody is null && declaration.AccessorList?.Accessors.All(static accessor => accessor.Body is null && accessor.ExpressionBody is null) == true),
        _ => false,
    };

    /// <summary>Whether several threads may reach the member and one of them change it.</summary>
    private static bool IsMutable(ISymbol member) =>
        member.ContainingType is { TypeKind: TypeKind.Class }
        && !member.GetAttributes().Any(static attribute => attribute.AttributeClass is { Name: "ThreadStaticAttribute", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } })
        && member is IFieldSymbol { IsReadOnly: false } or IPropertySymbol { SetMethod.IsInitOnly: false };

    /// <summary>A way to read and a way to write, or two ways to write, that do not exclude each other.</summary>
    private string? Clash(DataContract data)
    {
        if (Ways(new LockFormula.All(data.Write.Where(static clause => clause.When is null).Select(static clause => clause.Locks).ToImmutableArray())) is not { } writers || writers.Any(static way => way.Locks.IsEmpty)) return null;
        for (int first = 0; first < writers.Count; first++)
        {
            for (int second = first; second < writers.Count; second++)
            {
                if (!Exclude(writers[first], writers[second])) return "whoever writes under " + writers[first] + " and whoever writes under " + writers[second] + " do not exclude each other";
            }
        }

        if (data.ReadFreely || data.Read is null || Ways(data.Read) is not { } readers) return null;
        foreach (Way reader in readers)
        {
            // Who reads under RCU or a sequence count is ready for writers.
            if (reader.Locks.All(item => _catalog.InfoOf(item.Term).Kind is Kind.Rcu or Kind.SeqCount)) continue;
            foreach (Way writer in writers)
            {
                if (!Exclude(reader, writer)) return "whoever reads under " + reader + " and whoever writes under " + writer + " do not exclude each other";
            }
        }

        return null;
    }

    private bool Exclude(Way one, Way other) =>
        Implied(one).Any(mine => Implied(other).Any(theirs => mine.Term.Equals(theirs.Term) && (ModeOf(mine) == Mode.Exclusive || ModeOf(theirs) == Mode.Exclusive)))
        || IsImpossible(one, other);

    /// <summary>Whether the conditions of two ways cannot both be true: whoever holds <c>x.Lock</c> knows that x is not null.</summary>
    private static bool IsImpossible(Way one, Way other)
    {
        FactSet? known = FactSet.Empty;
        foreach (LockFormula.Lock item in one.Locks.Concat(other.Locks))
        {
            for (Term? at = (item.Term as MemberOf)?.Target; at is not null; at = (at as MemberOf)?.Target)
            {
                if (at is MemberOf) known = known?.Assume(Fact.IsNull(at).Negate());
            }
        }

        foreach (Fact condition in one.Conditions.Concat(other.Conditions)) known = known?.Assume(condition);
        return known is null;
    }

    private Mode ModeOf(LockFormula.Lock item) => item.Mode != Mode.None ? item.Mode : _catalog.InfoOf(item.Term).Has(Mode.Shared) ? Mode.Shared : Mode.Exclusive;

    /// <summary>The locks of a way, and those that bound them.</summary>
    private IEnumerable<LockFormula.Lock> Implied(Way way)
    {
        foreach (LockFormula.Lock item in way.Locks)
        {
            yield return item;
            if (item.Term is MemberOf { Target: { } target, Member: var member } && _catalog.ReleasedWith(member) is var (bound, mode) && ModeOf(item) == mode)
            {
                foreach (LockFormula.Lock outer in bound.Replace(part => part is Root { Kind: RootKind.This } ? target : null).Locks) yield return new LockFormula.Lock(outer.Term, Mode.Exclusive);
            }
        }
    }

    /// <summary>The formula as a list of alternatives; null where it is too large, or speaks of any instance of a class.</summary>
    private static List<Way>? Ways(LockFormula formula)
    {
        switch (formula)
        {
            case LockFormula.Lock item:
                return [new Way(ImmutableArray.Create(item), ImmutableArray<Fact>.Empty)];
            case LockFormula.All all:
            {
                List<Way> ways = [new Way(ImmutableArray<LockFormula.Lock>.Empty, ImmutableArray<Fact>.Empty)];
                foreach (LockFormula part in all.Parts)
                {
                    if (Ways(part) is not { } more || ways.Count * more.Count > MaxWays) return null;
                    ways = ways.SelectMany(way => more.Select(way.And)).ToList();
                }

                return ways;
            }

            case LockFormula.Some some:
            {
                List<List<Way>?> parts = some.Parts.Select(Ways).ToList();
                return parts.Contains(null) || parts.Sum(static part => part!.Count) > MaxWays ? null : parts.SelectMany(static part => part!).ToList();
            }

            case LockFormula.Choice choice:
                return Ways(choice.WhenTrue) is { } yes && Ways(choice.WhenFalse) is { } no
                    ? yes.Select(way => way.If(choice.Condition)).Concat(no.Select(way => way.If(choice.Condition.Negate()))).ToList()
                    : null;
            default:
                return null;
        }
    }

    /// <summary>One way to keep a rule: locks that are all held, under conditions.</summary>
    private sealed class Way(ImmutableArray<LockFormula.Lock> locks, ImmutableArray<Fact> conditions)
    {
        internal ImmutableArray<LockFormula.Lock> Locks { get; } = locks;

        internal ImmutableArray<Fact> Conditions { get; } = conditions;

        internal Way And(Way other) => new(Locks.AddRange(other.Locks), Conditions.AddRange(other.Conditions));

        internal Way If(Fact condition) => new(Locks, Conditions.Add(condition));

        public override string ToString() => Locks.IsEmpty ? "no lock" : string.Join(" and ", Locks.Select(static item => item.ToString()).Distinct());
    }
}
