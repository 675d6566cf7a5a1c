using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace MmLint.Analyzers;

/// <content>Contracts of functions: methods, accessors, delegate types, and values of delegate type.</content>
internal sealed partial class ContractCatalog
{
    private static readonly ImmutableHashSet<string> FunctionAttributes = ImmutableHashSet.Create(
        "MustHold", "MustNotHold", "Requires", "Acquires", "Releases", "Downgrades", "Ensures", "AssertsHeld", "Assigns", "MaySleep", "Crashes", "UseInstead", "NoLockAnalysis");

    /// <summary>
    /// The contract of a method, an accessor or a delegate type: its own, else that of what it overrides or implements, else nothing.
    /// </summary>
    internal MemberContract ContractOf(ISymbol symbol) => Known(_members, symbol.OriginalDefinition, static (catalog, key) => catalog.Open(key));

    /// <summary>Whether the symbol itself states a contract.</summary>
    internal bool StatesContract(ISymbol symbol) => FunctionAttributesOf(symbol.OriginalDefinition).Any();

    /// <summary>The contracts that an override or implementation has to keep.</summary>
    internal static IEnumerable<ISymbol> BasesOf(ISymbol symbol) => BasesOf(symbol, static _ => true);

    /// <param name="symbol">The override or implementation.</param>
    /// <param name="concerns">Which interfaces are asked for: to find out what implements the members of one takes a search of the type for each.</param>
    private static IEnumerable<ISymbol> BasesOf(ISymbol symbol, Func<INamedTypeSymbol, bool> concerns)
    {
        switch (symbol)
        {
            case IMethodSymbol { OverriddenMethod: { } overridden }:
                yield return overridden;
                break;
            case IPropertySymbol { OverriddenProperty: { } overridden }:
                yield return overridden;
                break;
        }

        if (symbol is not (IMethodSymbol or IPropertySymbol) || symbol.ContainingType is not { } type) yield break;
        if (type.TypeKind == TypeKind.Interface && symbol is IMethodSymbol { ExplicitInterfaceImplementations.IsEmpty: true }) yield break;
        foreach (INamedTypeSymbol implemented in type.AllInterfaces)
        {
            if (!concerns(implemented)) continue;
            foreach (ISymbol candidate in implemented.GetMembers())
            {
                if (candidate.Kind == symbol.Kind && SymbolEqualityComparer.Default.Equals(type.FindImplementationForInterfaceMember(candidate), symbol)) yield return candidate;
            }
        }
    }

    private IEnumerable<AttributeModel> FunctionAttributesOf(ISymbol symbol)
    {
        IEnumerable<AttributeModel> own = AttributesOf(symbol).Where(static attribute => FunctionAttributes.Contains(attribute.Name) || attribute.OnReturn);
        if (symbol is IMethodSymbol { AssociatedSymbol: { } owner } && owner is IPropertySymbol or IEventSymbol)
            own = own.Concat(AttributesOf(owner.OriginalDefinition).Where(attribute => FunctionAttributes.Contains(attribute.Name) && !(attribute.Name == "Ensures" && owner is IPropertySymbol property && IsStored(property))));
        if (symbol is IMethodSymbol { MethodKind: MethodKind.Constructor } constructor && AttributesOf(constructor.ContainingType).Any(static attribute => attribute.Name == "NoLockAnalysis"))
            own = own.Concat(AttributesOf(constructor.ContainingType).Where(static attribute => attribute.Name == "NoLockAnalysis"));
        return own;
    }

    /// <summary>Whether the property is a place that keeps its value, so that what it ensures is an invariant of the place.</summary>
    private static bool IsStored(IPropertySymbol property) => property.ContainingType.GetMembers().OfType<IFieldSymbol>().Any(field => SymbolEqualityComparer.Default.Equals(field.AssociatedSymbol, property.OriginalDefinition));

    private MemberContract Open(ISymbol symbol)
    {
        if (FunctionAttributesOf(symbol).Any()) return Read(symbol);
        foreach (ISymbol inherited in BasesOf(symbol, _mayStateMembers))
        {
            MemberContract contract = ContractOf(inherited);
            if (!contract.IsEmpty) return contract;
        }

        return Read(symbol);
    }

    private MemberContract Read(ISymbol symbol)
    {
        IMethodSymbol? method = symbol as IMethodSymbol ?? (symbol as INamedTypeSymbol)?.DelegateInvokeMethod;
        ImmutableArray<IParameterSymbol> parameters = method?.Parameters ?? ImmutableArray<IParameterSymbol>.Empty;
        if (ExtensionParameterOf(symbol.ContainingType) is { } extended) parameters = parameters.Add(extended);
        ITypeSymbol? result = method is { MethodKind: MethodKind.Constructor } ? method.ContainingType : method is { ReturnsVoid: false } ? Tasks.Awaited(method.ReturnType) : (symbol as IPropertySymbol)?.Type;
        var contract = new MemberContract(symbol, parameters);
        foreach (AttributeModel attribute in FunctionAttributesOf(symbol)) Add(contract, symbol, attribute, parameters, result);
        contract.IsStated = contract.Needs.Count + contract.Excludes.Count + contract.Requires.Count + contract.Ensures.Count + contract.Asserts.Count > 0
            || contract.HasEffects || contract.MaySleep || contract.Crashes || contract.NoAnalysis is not null || contract.Assigns.Count > 0 || contract.Alternatives.Count > 0;
        foreach (AttributeModel attribute in AttributesOf(symbol).Where(static attribute => attribute.OnReturn))
        {
            if (attribute.Name == "ValidWhileHeld") contract.ResultValidWhile = Bind(symbol, attribute, binder => binder.BindLocks(attribute.Text), null, parameters, result);
            else if (attribute.Name == "Fresh") contract.ResultIsFresh = true;
        }

        return contract;
    }

    /// <summary>The contract that stands on a parameter, field, property or event of delegate type: what holds when it is invoked.</summary>
    internal MemberContract? ContractOfValue(ISymbol value)
    {
        value = value.OriginalDefinition;
        if (!FunctionAttributesOf(value).Any() || TypeOf(value) is not INamedTypeSymbol { DelegateInvokeMethod: { } invoke }) return null;
        if (_members.TryGetValue(value, out MemberContract? known)) return known;
        ImmutableArray<IParameterSymbol> parameters = invoke.OriginalDefinition.Parameters;
        if (value is IParameterSymbol { ContainingSymbol: IMethodSymbol owner }) parameters = parameters.AddRange(owner.Parameters);
        var contract = new MemberContract(value, parameters) { IsStated = true };
        foreach (AttributeModel attribute in FunctionAttributesOf(value)) Add(contract, value, attribute, parameters, invoke.ReturnsVoid ? null : invoke.OriginalDefinition.ReturnType);
        return _members.GetOrAdd(value, contract);
    }

    /// <summary>When the delegate, or the sequence of what delegates yield, that is passed here is invoked; null where nothing is said.</summary>
    internal Invocation? InvocationOf(IParameterSymbol parameter)
    {
        if (parameter.Type.TypeKind is not (TypeKind.Delegate or TypeKind.Interface)) return null;
        return Known(_invocations, parameter.OriginalDefinition, static (catalog, key) => new StrongBox<Invocation?>(catalog.ReadInvocation(key))).Value;
    }

    private Invocation? ReadInvocation(ISymbol key)
    {
        foreach (AttributeModel attribute in AttributesOf(key))
        {
            if (attribute.Name == "InvokedNow") return attribute.NamedFlag("Once") ? Invocation.Once : Invocation.AnyNumber;
            if (attribute.Name == "InvokedWhileEnumerated") return Invocation.WhileEnumerated;
        }

        if (key is not IParameterSymbol { ContainingSymbol: IMethodSymbol method, Ordinal: var ordinal }) return null;
        if (!StatesContract(method) && DelegateUse.OnlyInvokes(method, key.Name)) return Invocation.AnyNumber;
        return BasesOf(method).OfType<IMethodSymbol>().Select(overridden => ordinal < overridden.Parameters.Length ? InvocationOf(overridden.Parameters[ordinal]) : null).FirstOrDefault(static found => found is not null);
    }

    private readonly ConcurrentDictionary<ISymbol, StrongBox<Invocation?>> _invocations = new(SymbolEqualityComparer.Default);

    /// <summary>The receiver of an extension block. The compiler API that this assembly is built against does not know it yet.</summary>
    private static IParameterSymbol? ExtensionParameterOf(INamedTypeSymbol? type) => type is null ? null : ExtensionParameter?.GetValue(type) as IParameterSymbol;

    private static readonly System.Reflection.PropertyInfo? ExtensionParameter = typeof(ITypeSymbol).GetProperty("ExtensionParameter") ?? typeof(INamedTypeSymbol).GetProperty("ExtensionParameter");

    private void Add(MemberContract contract, ISymbol symbol, AttributeModel attribute, ImmutableArray<IParameterSymbol> parameters, ITypeSymbol? result)
    {
        LockFormula? Locks(ITypeSymbol? exit) => Bind(symbol, attribute, binder => binder.BindLocks(attribute.Text), null, parameters, exit);
        Fact? FactOf(string text, ITypeSymbol? exit) => Bind(symbol, attribute, binder => binder.BindFact(text), text, parameters, exit);

        Fact? when = null;
        if (attribute.When is { } condition)
        {
            bool atExit = attribute.Name is not ("MustHold" or "MustNotHold" or "Requires");
            when = FactOf(condition, atExit ? result : null);
            if (when is null) return;
            if (when == Fact.False) Report(symbol, new ContractProblem(Rule.Contradiction, attribute.Location, condition, "is never true, so the contract never applies"));
        }

        switch (attribute.Name)
        {
            case "MustHold" when Locks(null) is { } locks:
                contract.Needs.Add(new LockClause(locks, when, attribute));
                break;
            case "MustNotHold" when Locks(null) is { } locks:
                contract.Excludes.Add(new LockClause(locks, when, attribute));
                break;
            case "Requires" when FactOf(attribute.Text, null) is { } fact:
                contract.Requires.Add(new FactClause(fact, when, null, attribute));
                break;
            case "Releases" when Locks(result) is { } locks:
            {
                Fact? keeps = attribute.NamedText("Keeps") is { } text ? FactOf(text, result) : null;
                contract.Releases.Add(new LockClause(locks, when, attribute) { Idempotent = attribute.NamedFlag("Idempotent"), Keeps = keeps });
                break;
            }

            case "Downgrades" when Locks(result) is { } locks:
                contract.Downgrades.Add(new LockClause(locks, when, attribute));
                break;
            case "Acquires" when Locks(result) is { } locks:
            {
                LockFormula? inside = attribute.NamedText("Inside") is { } outer ? Bind(symbol, attribute, binder => binder.BindLocks(outer), outer, parameters, null) : null;
                contract.Acquires.Add(new LockClause(locks, when, attribute) { Try = attribute.NamedFlag("Try"), Idempotent = attribute.NamedFlag("Idempotent"), Inside = inside });
                break;
            }

            case "Ensures" when FactOf(attribute.Text, result) is { } fact:
            {
                LockFormula? scope = attribute.NamedText("While") is { } text ? Bind(symbol, attribute, binder => binder.BindLocks(text), text, parameters, result) : null;
                contract.Ensures.Add(new FactClause(fact, when, scope, attribute));
                break;
            }

            case "AssertsHeld" when Locks(result) is { } locks:
                contract.Asserts.Add(new LockClause(locks, when, attribute));
                break;
            case "Assigns" when Bind(symbol, attribute, binder => binder.BindTerm(attribute.Text), null, parameters, result, stable: false) is { } term:
                if (term is MemberOf { Member: var member } && DataOf(member).Tracked) contract.Assigns.Add(term);
                else Report(symbol, new ContractProblem(Rule.DoesNotBind, attribute.Location, attribute.Text, "is not a [Tracked] member; [Assigns] is only for those"));
                break;
            case "Crashes":
                contract.Crashes = true;
                break;
            case "MaySleep":
                contract.MaySleep = true;
                contract.SleepsWhen = when;
                break;
            case "UseInstead":
                contract.Alternatives.Add(new Alternative(attribute.Text, when));
                if (!NamesMember(symbol, attribute.Text)) Report(symbol, new ContractProblem(Rule.DoesNotBind, attribute.Location, attribute.Text, "there is no member of that name to use instead"));
                break;
            case "NoLockAnalysis":
                contract.NoAnalysis = attribute.Text;
                if (string.IsNullOrWhiteSpace(attribute.Text)) Report(symbol, new ContractProblem(Rule.ReasonMissing, attribute.Location));
                break;
        }
    }

    private bool NamesMember(ISymbol symbol, string name) =>
        name.Length > 0 && (symbol.ContainingType is { } type && Outward(type).Any(at => at.GetMembers(name).Length > 0)
            || _compilation.GetSymbolsWithName(name, SymbolFilter.Member).Any());

    private static IEnumerable<ITypeSymbol> Outward(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? outer = type; outer is not null; outer = outer.ContainingType)
        {
            foreach (ITypeSymbol at in outer.WithBases()) yield return at;
        }
    }
}
