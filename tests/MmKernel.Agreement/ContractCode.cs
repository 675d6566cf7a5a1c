using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Microsoft.CodeAnalysis;
using MmLint.Analyzers;

namespace MmKernel.Agreement;

/// <summary>Writes terms, facts and formulas of contracts as C# that is evaluated where the contract's member is.</summary>
/// <param name="catalog">The contracts of the kernel.</param>
/// <param name="parameters">The names that the contract's parameters have there.</param>
internal sealed class ContractCode(ContractCatalog catalog, IReadOnlyDictionary<ISymbol, string> parameters)
{
    /// <summary>What a member returned.</summary>
    internal const string Result = "audited";

    /// <summary>What a member is set to.</summary>
    internal const string NewValue = "value";

    private readonly Dictionary<Term, string> _olds = [];

    /// <summary>Names a variable that holds what the term was at entry.</summary>
    internal void Remember(Old old, string variable) => _olds.Add(old, variable);

    /// <summary>The value of the term; null if no code can read it.</summary>
    internal string? Of(Term term)
    {
        switch (term)
        {
            case Root { Kind: RootKind.This }:
                return "this";
            case Root { Kind: RootKind.Result }:
                return Result;
            case Root { Kind: RootKind.Value }:
                return NewValue;
            case Root { Kind: RootKind.Parameter, Symbol: { } parameter }:
                return parameters.TryGetValue(parameter, out string? name) ? name : "@" + parameter.Name;
            case MemberOf { Target: null, Member: var member }:
                return $"{Full(member.ContainingType)}.{member.Name}";
            case MemberOf { Target: { } target, Member: var member }:
                return Of(target) is { } owner ? owner + Step(target) + member.Name : null;
            case ElementOf { Target: var target, Index: var index }:
                return Of(target) is { } array && Of(index) is { } place ? $"{array}{(target.Type?.IsReferenceType == true ? "?" : "")}[{place}]" : null;
            case Constant { Value: null }:
                return "null";
            case Constant { Value: bool flag }:
                return flag ? "true" : "false";
            case Constant { Value: long number }:
                return number.ToString(CultureInfo.InvariantCulture) + "L";
            case Masked { Operand: var operand, Mask: var mask, Bits: var bits }:
                return Of(operand) is { } flags ? $"(((long?)({flags}) & {mask}L) | {bits}L)" : null;
            case Condition { Fact: var fact }:
                return Of(fact);
            case Old old:
                return _olds.GetValueOrDefault(old);
            default:
                return null;
        }
    }

    /// <summary>The truth of the fact; null if no code can tell.</summary>
    internal string? Of(Fact fact) => fact switch
    {
        Fact.Single single => Of(single.Literal),
        Fact.Joined { Parts.IsEmpty: true } none => none.IsAll ? "true" : "false",
        Fact.Joined several => Join(several.Parts, several.IsAll ? " && " : " || ", Of),
        _ => null,
    };

    /// <summary>What must be so for the fact to say anything: no path leads through null.</summary>
    internal string Sense(params IEnumerable<Fact?> facts)
    {
        var targets = new List<string>();
        foreach (var fact in facts.OfType<Fact>())
        {
            fact.Any(part =>
            {
                if (part is MemberOf { Target: { Type.IsReferenceType: true } target } && target is not Root { Kind: RootKind.This } && Of(target) is { } owner && !targets.Contains(owner))
                    targets.Add(owner);
                return false;
            });
        }

        return targets.Count == 0 ? "true" : string.Join(" && ", targets.OrderBy(static target => target.Length).Select(static target => $"{target} is not null"));
    }

    /// <summary>Whether the task holds the formula, or is alone with what it guards.</summary>
    internal string? Holds(LockFormula formula) => Holds(formula, really: false);

    /// <summary>Whether the task really holds the formula.</summary>
    internal string? ReallyHolds(LockFormula formula) => Holds(formula, really: true);

    /// <summary>Whether the task holds none of the locks that the formula names.</summary>
    internal string? HoldsNone(LockFormula formula) => formula switch
    {
        LockFormula.All all => Join(all.Parts, " && ", HoldsNone),
        LockFormula.Some some => Join(some.Parts, " && ", HoldsNone),
        LockFormula.AnyInstance any => $"!AuditedLocks.HasAny(\"{ClassOf(any.Symbol)}\", MmLint.LockMode.Shared)",
        LockFormula.Lock { Term: var term } => KindOf(term) switch
        {
            Kind.Reference => null,
            Kind.Rcu => "!AuditedLocks.IsInReadSection()",
            Kind.Section or Kind.SeqCount => Section(term) is { } section ? $"!AuditedLocks.IsIn({section})" : null,
            _ => Of(term) is { } path ? $"AuditedLocks.Lacks({path})" : null,
        },
        _ => null,
    };

    /// <summary>The locks of a conjunction that the lock validator keeps, each with the fact under which the formula names it.</summary>
    internal IEnumerable<(Term Lock, Fact? When)> ValidatedLocks(LockFormula formula, Fact? when = null) => formula switch
    {
        LockFormula.All all => all.Parts.SelectMany(part => ValidatedLocks(part, when)),
        LockFormula.Choice choice => ValidatedLocks(choice.WhenTrue, when is null ? choice.Condition : Fact.And([when, choice.Condition]))
            .Concat(ValidatedLocks(choice.WhenFalse, when is null ? choice.Condition.Negate() : Fact.And([when, choice.Condition.Negate()]))),
        LockFormula.Lock { Term: var term } when IsValidated(term) => [(term, when)],
        _ => [],
    };

    /// <summary>The sections of a conjunction that the type itself begins and ends: nothing else knows of them.</summary>
    internal IEnumerable<string> OwnSections(LockFormula formula, INamedTypeSymbol type) => formula switch
    {
        LockFormula.All all => all.Parts.SelectMany(part => OwnSections(part, type)),
        LockFormula.Lock { Term: var term } when KindOf(term) is Kind.Section or Kind.SeqCount && IsOwn(term, type) && Section(term) is { } section => [section],
        _ => [],
    };

    /// <summary>The one lock that the formula names.</summary>
    internal string? OnlyLockOf(LockFormula formula) => formula is LockFormula.Lock { Term: var term } ? Of(term) : null;

    /// <summary>Whether the formula names nothing but references: whose they are, nobody counts.</summary>
    internal bool IsReference(LockFormula formula) => formula switch
    {
        LockFormula.Lock { Term: var term } => KindOf(term) == Kind.Reference,
        LockFormula.All all => all.Parts.All(IsReference),
        _ => false,
    };

    private static bool IsOwn(Term term, INamedTypeSymbol type) =>
        term is Root { Kind: RootKind.This } || (term is MemberOf { Target: null or Root { Kind: RootKind.This }, Member: var member } && SymbolEqualityComparer.Default.Equals(member.ContainingType, type));

    private string? Holds(LockFormula formula, bool really) => formula switch
    {
        LockFormula.All { Parts: { IsEmpty: true } } => "true",
        LockFormula.All all => Join(all.Parts, " && ", part => Holds(part, really)),
        LockFormula.Some some => Join(some.Parts, " || ", part => Holds(part, really)),
        LockFormula.Choice choice => Of(choice.Condition) is { } condition && Holds(choice.WhenTrue, really) is { } first && Holds(choice.WhenFalse, really) is { } second ? $"({condition} ? {first} : {second})" : null,
        LockFormula.AnyInstance any => $"AuditedLocks.HasAny(\"{ClassOf(any.Symbol)}\", {Text(any.Mode)})",
        LockFormula.Lock @lock => Holds(@lock.Term, @lock.Mode, really),
        _ => null,
    };

    private string? Holds(Term term, Mode mode, bool really)
    {
        switch (KindOf(term))
        {
            case Kind.Rcu:
                return "AuditedLocks.IsInReadSection()";
            case Kind.Reference when term is MemberOf { Target: { } owner, Member.Name: var name } && Of(owner) is { } counted:
                return name == "Users" ? $"AuditedLocks.IsUsed({counted})" : $"AuditedLocks.IsReferenced({counted})";
            case Kind.Section or Kind.SeqCount:
                return Section(term) is { } section ? $"AuditedLocks.IsIn({section})" : null;
            case Kind.Reference:
                return null;
            default:
                if (Of(term) is not { } path)
                    return null;
                string? holder = term is MemberOf { Target: { } target } ? Of(target) : "null";
                return really ? $"AuditedLocks.Has({path}, {Text(mode)})" : $"AuditedLocks.Holds({path}, {Text(mode)}, {holder})";
        }
    }

    private Kind KindOf(Term term) => catalog.InfoOf(term).Kind;

    private bool IsValidated(Term term) => KindOf(term) is Kind.Mutex or Kind.ReaderWriter or Kind.Spin && term.Type?.Name != "Residents";

    private string? Section(Term term) => term switch
    {
        MemberOf { Target: null, Member: var member } when IsName(member) => $"null, \"{member.ContainingType.Name}.{member.Name}\"",
        MemberOf { Target: { } target, Member: var member } when IsName(member) => Of(target) is { } owner ? $"{owner}, \"{member.Name}\"" : null,
        _ => Of(term) is { } path ? $"{path}, \"this\"" : null,
    };

    private static bool IsName(ISymbol member) => ContractCatalog.TypeOf(member)?.Name == "LockName";

    private static string ClassOf(ISymbol symbol) => symbol is ITypeSymbol ? symbol.Name : $"{symbol.ContainingType.Name}.{symbol.Name}";

    private static string Text(Mode mode) => mode switch
    {
        Mode.Exclusive => "MmLint.LockMode.Exclusive",
        _ => "MmLint.LockMode.Shared",
    };

    private string? Of(Literal literal)
    {
        var atom = literal.Atom;
        if (Of(atom.Left) is not { } left)
            return null;
        switch (atom.Kind)
        {
            case AtomKind.IsTrue:
                return $"(({left}) == {(literal.Positive ? "true" : "false")})";
            case AtomKind.IsNull:
                return $"(({left}) is {(literal.Positive ? "null" : "not null")})";
            case AtomKind.HasBit:
                return $"(((long?)({left}) & {atom.Bit.ToString(CultureInfo.InvariantCulture)}L) {(literal.Positive ? "!=" : "==")} 0L)";
        }

        if (Of(atom.Right!) is not { } right)
            return null;
        bool areObjects = atom.Left.Type?.IsReferenceType == true || atom.Right!.Type?.IsReferenceType == true;
        string type = areObjects ? "object?" : "long?";
        string relation = atom.Kind == AtomKind.Equal ? literal.Positive ? "==" : "!=" : literal.Positive ? "<" : ">=";
        return $"(({type})({left}) {relation} ({type})({right}))";
    }

    private static string? Join<T>(IEnumerable<T> parts, string by, Func<T, string?> text)
    {
        var texts = parts.Select(text).ToList();
        return texts.Contains(null) ? null : $"({string.Join(by, texts)})";
    }

    private static string Step(Term target) => target.Type?.IsReferenceType == true && target is not Root { Kind: RootKind.This } ? "?." : ".";

    private static string Full(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);
}
