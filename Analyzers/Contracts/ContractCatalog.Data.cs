using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace MmLint.Analyzers;

/// <summary>A class under which orders list a lock.</summary>
/// <param name="Name">The class.</param>
/// <param name="When">When it goes by that name; null if always.</param>
internal sealed record ListedClass(string Name, Fact? When);

/// <content>Contracts of fields, properties, parameters and returned values.</content>
internal sealed partial class ContractCatalog
{
    private static readonly DataContract NoData = new();

    /// <summary>How the field or property may be accessed.</summary>
    internal DataContract DataOf(ISymbol member)
    {
        member = member.OriginalDefinition;
        if (_data.TryGetValue(member, out DataContract? known)) return known;
        if (AttributesOf(member).IsEmpty) return _data.GetOrAdd(member, NoData);
        var shell = new DataContract();
        foreach (AttributeModel attribute in AttributesOf(member))
        {
            // Flags first: binding the formulas below may ask whether this very member is stable.
            switch (attribute.Name)
            {
                case "ReadFreely": shell.ReadFreely = true; break;
                case "Atomic": shell.Atomic = true; break;
                case "WriteOnce": shell.WriteOnce = true; break;
                case "Tracked": shell.Tracked = true; break;
                case "GuardedBy" or "ReadBy" or "WriteBy": shell.Read = LockFormula.Nothing; break;
                case "ValidWhileHeld": shell.ValidWhile = LockFormula.Nothing; break;
            }
        }

        if (!Opening.Add(member)) return shell;
        try
        {
            shell.Read = null;
            shell.ValidWhile = null;
            ReadData(member, shell);
        }
        finally
        {
            Opening.Remove(member);
        }

        return _data.GetOrAdd(member, shell);
    }

    /// <summary>The lock that bounds holds of this lock member, over <c>this</c>, and the mode that is bounded.</summary>
    internal (LockFormula Lock, Mode Mode)? ReleasedWith(ISymbol member)
    {
        member = member.OriginalDefinition;
        foreach (AttributeModel attribute in AttributesOf(member))
        {
            if (attribute.Name != "ReleasedWith") continue;
            return Known(_released, member, static (catalog, key) => catalog.ReadReleasedWith(key)) is { } bound ? (bound, (Mode)attribute.Number(1)) : null;
        }

        return null;
    }

    private LockFormula? ReadReleasedWith(ISymbol member)
    {
        AttributeModel attribute = AttributesOf(member).First(static attribute => attribute.Name == "ReleasedWith");
        return Bind(member, attribute, binder => binder.BindLocks(attribute.Text));
    }

    /// <summary>What must be held to acquire the lock that this member is, over <c>this</c>.</summary>
    internal IEnumerable<LockClause> NeedsToAcquire(ISymbol member)
    {
        member = member.OriginalDefinition;
        if (LockOf(member) is null || !AttributesOf(member).Any(static attribute => attribute.Name == "MustHold")) return [];
        return Known(_acquireNeeds, member, static (catalog, key) => catalog.ReadAcquireNeeds(key));
    }

    private List<LockClause> ReadAcquireNeeds(ISymbol member) => AttributesOf(member)
        .Where(static attribute => attribute.Name == "MustHold")
        .Select(attribute => Bind(member, attribute, binder => binder.BindLocks(attribute.Text)) is { } locks ? new LockClause(locks, null, attribute) : null)
        .OfType<LockClause>()
        .ToList();

    /// <summary>The declared order classes of a lock member, each with its condition over <c>this</c>.</summary>
    internal List<ListedClass> ClassesOf(ISymbol member) => Known(_classes, member.OriginalDefinition, static (catalog, key) => catalog.ReadClasses(key));

    private List<ListedClass> ReadClasses(ISymbol member) => AttributesOf(member)
        .Where(static attribute => attribute.Name == "LockClass")
        .Select(attribute => new ListedClass(attribute.Text, attribute.When is { } text ? Bind(member, attribute, binder => binder.BindFact(text), text) : null))
        .ToList();

    private readonly System.Collections.Concurrent.ConcurrentDictionary<ISymbol, LockFormula?> _released = new(SymbolEqualityComparer.Default);
    private readonly System.Collections.Concurrent.ConcurrentDictionary<ISymbol, List<LockClause>> _acquireNeeds = new(SymbolEqualityComparer.Default);
    private readonly System.Collections.Concurrent.ConcurrentDictionary<ISymbol, List<ListedClass>> _classes = new(SymbolEqualityComparer.Default);

    private void ReadData(ISymbol member, DataContract data)
    {
        ITypeSymbol? type = TypeOf(member);
        ImmutableArray<IParameterSymbol> parameters = member is IParameterSymbol { ContainingSymbol: IMethodSymbol method } ? method.Parameters : ImmutableArray<IParameterSymbol>.Empty;
        foreach (AttributeModel attribute in AttributesOf(member))
        {
            LockFormula? Locks(string text, ITypeSymbol? value) => Bind(member, attribute, binder => binder.BindLocks(text), text, parameters, null, value);
            switch (attribute.Name)
            {
                case "GuardedBy":
                {
                    var names = attribute.Arguments.FirstOrDefault() is ImmutableArray<string> array ? array : ImmutableArray<string>.Empty;
                    if (names.IsEmpty) Report(member, new ContractProblem(Rule.DoesNotBind, attribute.Location, "", "names no lock"));
                    ImmutableArray<LockFormula> locks = names.Select(name => Locks(name, null)).OfType<LockFormula>().ToImmutableArray();
                    data.Deep = attribute.NamedFlag("Deep");
                    if (locks.IsEmpty) break;
                    Require(data, locks.Length == 1 ? locks[0] : new LockFormula.Some(locks));
                    data.Write.Add(new LockClause(locks.Length == 1 ? AllOf(locks[0]) : new LockFormula.All(locks.Select(AllOf).ToImmutableArray()), null, attribute));
                    break;
                }

                case "ReadBy" when Locks(attribute.Text, null) is { } locks:
                    Require(data, locks);
                    break;
                case "WriteBy" when Locks(attribute.Text, type) is { } locks:
                {
                    Fact? when = attribute.When is { } text ? Bind(member, attribute, binder => binder.BindFact(text), text, parameters, null, type) : null;
                    if (when is null && attribute.When is not null) break;
                    data.Write.Add(new LockClause(locks, when, attribute));
                    break;
                }

                case "ValidWhileHeld":
                    data.ValidWhile = Locks(attribute.Text, type);
                    break;
                case "Ensures" when member is IFieldSymbol or IPropertySymbol && type is not INamedTypeSymbol { TypeKind: TypeKind.Delegate }:
                {
                    Fact? fact = Bind(member, attribute, binder => binder.BindFact(attribute.Text), null, parameters, type, type);
                    if (fact is not null) data.Invariants.Add(new FactClause(fact, null, null, attribute));
                    break;
                }

                case "Owns":
                    data.Owns = Locks(attribute.Text, type);
                    break;
            }
        }
    }

    private static void Require(DataContract data, LockFormula locks) =>
        data.Read = data.Read is null ? locks : new LockFormula.All(ImmutableArray.Create(data.Read, locks));

    /// <summary>The lock or locks that an entry of GuardedBy names, for writing: all of them exclusively.</summary>
    private static LockFormula AllOf(LockFormula formula) => formula is LockFormula.Some some
        ? new LockFormula.All(some.Parts.Select(AllOf).ToImmutableArray())
        : formula.WithMode(Mode.Exclusive, force: true);
}
