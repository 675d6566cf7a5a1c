using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace MmLint.Analyzers;

/// <summary>When two locks of a class may be held together; the numbers are those of the annotations.</summary>
internal enum NestingRule
{
    Never,
    TryOnly,
    Inside,
    Ascending,
    AnyUnder,
}

/// <summary>The order and nesting rules of an assembly. A class is a text such as <c>MmStruct.MmapLock</c> or <c>shared(VmArea.Lock)</c>.</summary>
internal sealed class LockOrder
{
    private readonly Dictionary<string, HashSet<string>> _inner = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (NestingRule Rule, string? Key)> _nesting = new(StringComparer.Ordinal);
    private readonly HashSet<string> _listed = new(StringComparer.Ordinal);

    private LockOrder()
    {
    }

    /// <summary>Entries that name nothing, and orders that contradict each other.</summary>
    internal ImmutableArray<ContractProblem> Problems { get; private set; } = ImmutableArray<ContractProblem>.Empty;

    internal bool IsEmpty => _listed.Count == 0;

    /// <summary>Neighbours in the lists, outer before inner.</summary>
    internal IEnumerable<(string Outer, string Inner)> Pairs => _inner.SelectMany(static entry => entry.Value.Select(inner => (entry.Key, inner)));

    internal static LockOrder Read(ContractCatalog catalog)
    {
        var order = new LockOrder();
        var problems = ImmutableArray.CreateBuilder<ContractProblem>();
        ImmutableArray<AttributeModel> models = AttributeModel.Of(catalog.Compilation.Assembly.GetAttributes()).ToImmutableArray();
        if (models.IsEmpty) return order;
        var named = new Lazy<HashSet<string>>(() => NamedClasses(catalog.Compilation.Assembly));
        foreach (AttributeModel attribute in models)
        {
            if (attribute.Name == "LockOrder" && attribute.Arguments.FirstOrDefault() is ImmutableArray<string> classes)
            {
                foreach (string entry in classes) Check(entry, attribute);
                for (int index = 0; index + 1 < classes.Length; index++)
                {
                    if (order.Reaches(classes[index + 1], classes[index]))
                        problems.Add(new ContractProblem(Rule.Contradiction, attribute.Location, classes[index] + ", " + classes[index + 1], "another entry puts these two locks the other way round"));
                    if (!order._inner.TryGetValue(classes[index], out HashSet<string>? inner)) order._inner[classes[index]] = inner = new HashSet<string>(StringComparer.Ordinal);
                    inner.Add(classes[index + 1]);
                    order._behind.Clear();
                }

                order._listed.UnionWith(classes);
            }
            else if (attribute.Name == "LockNesting")
            {
                Check(attribute.Text, attribute);
                order._listed.Add(attribute.Text);
                order._nesting[attribute.Text] = ((NestingRule)attribute.Number(1), attribute.Arguments.Length > 2 ? attribute.Arguments[2] as string : null);
            }
        }

        foreach (AttributeModel attribute in models.Where(static attribute => attribute.Name == "LockOrder"))
        {
            if (attribute.Arguments.FirstOrDefault() is not ImmutableArray<string> classes) continue;
            foreach (string between in classes)
            {
                string? split = order._listed.Where(static entry => entry.StartsWith("shared(", StringComparison.Ordinal)).Select(Bare)
                    .FirstOrDefault(name => Bare(between) != name && (IsBetween("shared(" + name + ")", between, "exclusive(" + name + ")") || IsBetween("exclusive(" + name + ")", between, "shared(" + name + ")")));
                if (split is not null) problems.Add(new ContractProblem(Rule.SplitLock, attribute.Location, between, split));
            }
        }

        order.Problems = problems.ToImmutable();
        return order;

        bool IsBetween(string outer, string middle, string inner) => order.Reaches(outer, middle) && order.Reaches(middle, inner);

        void Check(string entry, AttributeModel attribute)
        {
            string name = Bare(entry);
            var binder = new ContractBinder(catalog, null, ImmutableArray<IParameterSymbol>.Empty, null, null, isStatic: true);
            ISymbol? symbol = binder.BindClass(name);
            if (symbol is INamedTypeSymbol lockType ? catalog.LockOf(lockType) is not null : symbol is not null && catalog.IsLockMember(symbol)) return;
            // Names that are only made up for the list are looked for last: that takes all members of the assembly.
            if (named.Value.Contains(name)) return;
            if (symbol is null) problems.Add(new ContractProblem(Rule.DoesNotBind, attribute.LocationOf(entry, binder.Place is { } place ? new TextSpan(entry.IndexOf(name, StringComparison.Ordinal) + place.Start, place.Length) : null), entry, binder.Error));
            else problems.Add(new ContractProblem(Rule.DoesNotBind, attribute.Location, entry, "'" + name + "' is not a lock"));
        }
    }

    /// <summary>The listed class among the names that a lock goes by, best first; null where no list knows the lock.</summary>
    internal string? ClassOf(IEnumerable<string> names, Mode mode)
    {
        foreach (string name in names)
        {
            string moded = (mode == Mode.Exclusive ? "exclusive(" : "shared(") + name + ")";
            if (_listed.Contains(moded)) return moded;
            if (_listed.Contains(name)) return name;
        }

        return null;
    }

    /// <summary>Whether <paramref name="outer"/> comes before <paramref name="inner"/> in the lists.</summary>
    internal bool Reaches(string outer, string inner) => _inner.ContainsKey(outer) && _behind.GetOrAdd(outer, Behind).Contains(inner);

    /// <summary>What comes after each class, as far as the lists have been read.</summary>
    private readonly ConcurrentDictionary<string, HashSet<string>> _behind = new(StringComparer.Ordinal);

    private HashSet<string> Behind(string outer)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var pending = new Stack<string>();
        pending.Push(outer);
        while (pending.Count > 0)
        {
            if (!_inner.TryGetValue(pending.Pop(), out HashSet<string>? next)) continue;
            foreach (string candidate in next)
            {
                if (seen.Add(candidate)) pending.Push(candidate);
            }
        }

        return seen;
    }

    /// <summary>The nesting rule of a class.</summary>
    internal (NestingRule Rule, string? Key) NestingOf(string lockClass) =>
        _nesting.TryGetValue(lockClass, out (NestingRule Rule, string? Key) rule) || _nesting.TryGetValue(Bare(lockClass), out rule) ? rule : (NestingRule.Never, null);

    /// <summary>The class without its mode.</summary>
    internal static string Bare(string entry)
    {
        int open = entry.IndexOf('(');
        return open > 0 && entry.EndsWith(")", StringComparison.Ordinal) ? entry.Substring(open + 1, entry.Length - open - 2) : entry;
    }

    private static HashSet<string> NamedClasses(IAssemblySymbol assembly)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var pending = new Stack<INamespaceOrTypeSymbol>();
        pending.Push(assembly.GlobalNamespace);
        while (pending.Count > 0)
        {
            foreach (ISymbol member in pending.Pop().GetMembers())
            {
                if (member is INamespaceOrTypeSymbol inner) pending.Push(inner);
                else if (member is IFieldSymbol or IPropertySymbol)
                {
                    foreach (AttributeModel attribute in AttributeModel.Of(member.GetAttributes()))
                    {
                        if (attribute.Name == "LockClass") names.Add(attribute.Text);
                    }
                }
            }
        }

        return names;
    }
}
