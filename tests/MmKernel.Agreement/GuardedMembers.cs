using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using MmLint.Analyzers;

namespace MmKernel.Agreement;

/// <summary>How a guarded member is used.</summary>
internal enum Use
{
    None,
    Read,
    Set,
    Change,
}

/// <summary>The members whose accesses are checked, and the code that checks them.</summary>
internal sealed class GuardedMembers
{
    private static readonly IReadOnlyDictionary<ISymbol, string> s_noNames = new Dictionary<ISymbol, string>(SymbolEqualityComparer.Default);

    private readonly ContractCatalog _catalog;
    private readonly ClauseBook _book;
    private readonly Dictionary<ISymbol, List<string>> _accessors = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ISymbol, bool> _watched = new(SymbolEqualityComparer.Default);

    /// <summary>Writes the accessors of all guarded fields.</summary>
    internal GuardedMembers(ContractCatalog catalog, ClauseBook book)
    {
        (_catalog, _book) = (catalog, book);
        foreach (var field in Types(catalog.Compilation.Assembly.GlobalNamespace).SelectMany(static type => type.GetMembers()).OfType<IFieldSymbol>())
        {
            if (IsChecked(field))
                _accessors.Add(field, [.. Accessors(field)]);
        }
    }

    /// <summary>The name of the accessor for a use of the field.</summary>
    internal static string NameOf(IFieldSymbol field, Use use) => $"Audited_{use switch { Use.Read => "read", Use.Set => "set", _ => "change" }}_{field.Name}";

    /// <summary>Whether accesses of the field are checked.</summary>
    internal bool IsChecked(IFieldSymbol field) =>
        field is { IsImplicitlyDeclared: false, IsConst: false, ContainingType.TypeKind: TypeKind.Class } && _catalog.DataOf(field).IsGuarded;

    /// <summary>The accessors of a field.</summary>
    internal IEnumerable<string> AccessorsOf(IFieldSymbol field) => _accessors.TryGetValue(field, out var accessors) ? accessors : [];

    /// <summary>Whether objects of the type have locks or guarded members, so that it matters who knows them.</summary>
    internal bool IsWatched(ITypeSymbol? type)
    {
        if (type is not INamedTypeSymbol { TypeKind: TypeKind.Class } named || !SymbolEqualityComparer.Default.Equals(named.ContainingAssembly, _catalog.Compilation.Assembly))
            return false;
        if (!_watched.TryGetValue(named.OriginalDefinition, out bool watched))
            _watched.Add(named.OriginalDefinition, watched = _catalog.HasLocks(named) || _catalog.LockOf(named) is not null);
        return watched;
    }

    /// <summary>The statements that check a read.</summary>
    internal string Reading(ISymbol member) =>
        _catalog.DataOf(member).Read is { } locks ? Checks(member, CheckKind.Read, [(locks, null)]) : "";

    /// <summary>The statements that check a write.</summary>
    /// <param name="member">The member.</param>
    /// <param name="knowsValue">Whether <c>value</c> is what is written.</param>
    internal string Writing(ISymbol member, bool knowsValue)
    {
        var clauses = new List<(LockFormula, Fact?)>();
        foreach (var clause in _catalog.DataOf(member).Write)
        {
            if (!knowsValue && (clause.Locks.Any(IsValue) || clause.When?.Any(IsValue) == true))
                _book.Skip(Name(member), $"Write {clause.Locks}", "the new value is known only after the write");
            else
                clauses.Add((clause.Locks, clause.When));
        }

        return Checks(member, CheckKind.Write, clauses);
    }

    /// <summary>The statements that check what is always true of the value, which is in <see cref="ContractCode.Result"/>.</summary>
    internal string Invariants(ISymbol member)
    {
        var code = new ContractCode(_catalog, s_noNames);
        var statements = new StringBuilder();
        foreach (var invariant in _catalog.DataOf(member).Invariants)
        {
            if (code.Of(invariant.Fact) is not { } holds)
                continue;
            int number = _book.Add(CheckKind.Invariant, Name(member), invariant.Fact.ToString()!);
            statements.AppendLine($"if ({code.Sense(invariant.Fact)}) ContractAudit.Check({number.ToString(CultureInfo.InvariantCulture)}, {holds});");
        }

        return MemberCode.Guarded(statements);
    }

    /// <summary>A member as reports call it.</summary>
    internal static string Name(ISymbol member) => $"{member.ContainingType?.Name}.{member.Name}";

    private static bool IsValue(Term term) => term is Root { Kind: RootKind.Value };

    private string Checks(ISymbol member, CheckKind kind, IReadOnlyList<(LockFormula Locks, Fact? When)> clauses)
    {
        var code = new ContractCode(_catalog, s_noNames);
        var statements = new StringBuilder();
        foreach (var (locks, when) in clauses)
        {
            if (code.Holds(locks) is not { } holds || (when is not null && code.Of(when) is null))
            {
                _book.Skip(Name(member), $"{kind} {locks}", "no code can evaluate it");
                continue;
            }

            int number = _book.Add(kind, Name(member), when is null ? locks.ToString() : $"{locks} when {when}");
            string condition = when is null ? "" : $"if ({code.Sense(when)} && {code.Of(when)}) ";
            statements.AppendLine($"{condition}ContractAudit.Enter({number.ToString(CultureInfo.InvariantCulture)}, {holds}{(member.IsStatic ? "" : " || AuditedLocks.IsAloneWith(this)")});");
        }

        return MemberCode.Guarded(statements);
    }

    private IEnumerable<string> Accessors(IFieldSymbol field)
    {
        string type = field.Type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);
        string head = $"{SyntaxFacts.GetText(field.DeclaredAccessibility)}{(field.IsStatic ? " static" : "")}{(field.Type.TypeKind == TypeKind.Pointer ? " unsafe" : "")}";
        string reference = field.IsReadOnly ? "" : "ref ";
        yield return $"{head} {reference}{type} {NameOf(field, Use.Read)}()\n{{\n{Reading(field)}return {reference}{field.Name};\n}}\n";
        if (field.IsReadOnly)
            yield break;
        yield return $"{head} {type} {NameOf(field, Use.Set)}({type} value)\n{{\n{Writing(field, knowsValue: true)}return {field.Name} = value;\n}}\n";
        yield return $"{head} ref {type} {NameOf(field, Use.Change)}()\n{{\n{Writing(field, knowsValue: false)}return ref {field.Name};\n}}\n";
    }

    private static IEnumerable<INamedTypeSymbol> Types(INamespaceOrTypeSymbol scope) => scope.GetMembers().SelectMany(static member => member switch
    {
        INamespaceSymbol space => Types(space),
        INamedTypeSymbol type => Types(type).Prepend(type),
        _ => [],
    });
}
