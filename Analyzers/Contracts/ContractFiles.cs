using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace MmLint.Analyzers;

/// <summary>
/// Contracts for code that cannot be annotated. Each line is a documentation comment ID, an equals sign, and attributes as in C#:
/// <c>M:System.Threading.Monitor.Exit(System.Object) = Releases("obj")</c>. <c>return: </c> or the name of a parameter and a colon before the
/// attributes say whom they are about; <c>(..)</c> in place of the parameters means every overload. Lines that start with <c>//</c> or
/// <c>#</c> are comments.
/// </summary>
internal sealed class ContractFiles
{
    /// <summary>How an additional file says that it is a contract file.</summary>
    internal const string Extension = ".lockcontracts";

    /// <summary>Stands for the parameters of every overload.</summary>
    private const string AnyParameters = "(..)";

    private static readonly ImmutableDictionary<string, string[]> EnumNumbers = new Dictionary<string, string[]>
    {
        ["LockKind"] = ["Mutex", "ReaderWriter", "Spin", "Rcu", "SeqCount", "Reference", "Section"],
        ["LockMode"] = ["None", "Shared", "Upgradeable", "Exclusive"],
        ["LockOwner"] = ["Thread", "Anyone"],
    }.ToImmutableDictionary();

    private static readonly Lazy<Dictionary<string, AttributeModel[]>> BuiltIn = new(ReadBuiltIn);

    private readonly Dictionary<string, AttributeModel[]> _entries;
    private readonly ImmutableHashSet<string> _types;
    private readonly ImmutableHashSet<string> _simpleNames;

    private ContractFiles(Dictionary<string, AttributeModel[]> entries, ImmutableArray<ContractProblem> problems)
    {
        _entries = entries;
        Problems = problems;
        _types = entries.Keys.Select(OwnerOf).ToImmutableHashSet(StringComparer.Ordinal);
        _simpleNames = _types.Select(static name => name.Substring(name.LastIndexOf('.') + 1)).ToImmutableHashSet(StringComparer.Ordinal);
    }

    /// <summary>Lines that say nothing that can be understood.</summary>
    internal ImmutableArray<ContractProblem> Problems { get; }

    /// <summary>The built-in contracts and those of the given files.</summary>
    internal static ContractFiles Read(ImmutableArray<AdditionalText> files, System.Threading.CancellationToken cancellation)
    {
        Dictionary<string, AttributeModel[]> entries = BuiltIn.Value;
        var problems = ImmutableArray.CreateBuilder<ContractProblem>();
        foreach (AdditionalText file in files)
        {
            if (!file.Path.EndsWith(Extension, StringComparison.OrdinalIgnoreCase) || file.GetText(cancellation) is not { } text) continue;
            if (ReferenceEquals(entries, BuiltIn.Value)) entries = new Dictionary<string, AttributeModel[]>(entries, StringComparer.Ordinal);
            foreach (TextLine line in text.Lines)
            {
                var location = Location.Create(file.Path, line.Span, text.Lines.GetLinePositionSpan(line.Span));
                if (ParseLine(line.ToString(), location, out string error) is { } entry) Merge(entries, entry);
                else if (error.Length > 0) problems.Add(new ContractProblem(Rule.ContractFile, location, error));
            }
        }

        return new ContractFiles(entries, problems.ToImmutable());
    }

    /// <summary>The attributes that files state for a symbol.</summary>
    internal ImmutableArray<AttributeModel> AttributesOf(ISymbol symbol)
    {
        INamedTypeSymbol? owner = symbol as INamedTypeSymbol ?? symbol.ContainingType;
        if (owner is null || symbol is ITypeParameterSymbol || !Knows(owner)) return ImmutableArray<AttributeModel>.Empty;
        ISymbol member = symbol is IParameterSymbol parameter ? parameter.ContainingSymbol : symbol;
        string part = symbol is IParameterSymbol ? ParameterMark + symbol.Name : "";
        ImmutableArray<AttributeModel> found = ImmutableArray<AttributeModel>.Empty;
        if (member.GetDocumentationCommentId() is { } id && _entries.TryGetValue(id + part, out AttributeModel[]? own)) found = ImmutableArray.Create(own);
        if (member is IMethodSymbol && _entries.TryGetValue("M:" + NameOf(owner) + "." + member.MetadataName + AnyParameters + part, out AttributeModel[]? shared)) found = found.AddRange(shared);
        return found;
    }

    /// <summary>Whether files say something of the type or of its members.</summary>
    internal bool Knows(INamedTypeSymbol type) => _simpleNames.Contains(type.MetadataName) && _types.Contains(NameOf(type));

    /// <summary>Between the ID of a method and the name of its parameter.</summary>
    private const char ParameterMark = '|';

    /// <summary>Whether the built-in contracts, not somebody's own, describe the symbol.</summary>
    internal static bool IsFramework(ISymbol symbol) => !symbol.Locations.Any(static location => location.IsInSource) && symbol.GetDocumentationCommentId() is { } id && BuiltIn.Value.ContainsKey(id);

    /// <summary>The simple names of the base library's lock types and of the members that take locks.</summary>
    internal static ImmutableHashSet<string> FrameworkLocks()
    {
        ImmutableHashSet<string>.Builder names = ImmutableHashSet.CreateBuilder<string>(StringComparer.Ordinal);
        foreach (KeyValuePair<string, AttributeModel[]> entry in BuiltIn.Value)
        {
            if (!entry.Value.Any(static attribute => attribute.Name is "Lock" or "ScopedLock" or "Acquires" or "Releases")) continue;
            string owner = OwnerOf(entry.Key);
            names.Add(owner.Substring(owner.LastIndexOf('.') + 1));
            if (entry.Key[0] == 'M' && entry.Value.Any(static attribute => attribute.Name == "Acquires")) names.Add(entry.Key.Substring(0, entry.Key.IndexOf('(') is > 0 and var end ? end : entry.Key.Length).Substring(owner.Length + 3));
        }

        return names.ToImmutable();
    }

    /// <summary>Entries that name members which do not exist in the compilation.</summary>
    internal IEnumerable<ContractProblem> Unbound(Compilation compilation)
    {
        foreach (KeyValuePair<string, AttributeModel[]> entry in _entries)
        {
            if (BuiltIn.Value.TryGetValue(entry.Key, out AttributeModel[]? builtIn) && builtIn == entry.Value) continue;
            string[] parts = entry.Key.Split(ParameterMark);
            List<ISymbol> named = Named(parts[0], compilation).ToList();
            if (named.Count == 0)
                yield return new ContractProblem(Rule.ContractFile, entry.Value[0].Location, "'" + parts[0] + "' names no type or member of this compilation or its references");
            else if (parts.Length > 1 && !named.OfType<IMethodSymbol>().Any(method => method.Parameters.Any(parameter => parameter.Name == parts[1])))
                yield return new ContractProblem(Rule.ContractFile, entry.Value[0].Location, "'" + parts[0] + "' has no parameter '" + parts[1] + "'");
        }
    }

    private static IEnumerable<ISymbol> Named(string id, Compilation compilation)
    {
        if (!id.EndsWith(AnyParameters, StringComparison.Ordinal)) return DocumentationCommentId.GetFirstSymbolForDeclarationId(id, compilation) is { } symbol ? [symbol] : [];
        string name = id.Substring(0, id.Length - AnyParameters.Length);
        return DocumentationCommentId.GetFirstSymbolForDeclarationId("T:" + OwnerOf(id), compilation) is INamedTypeSymbol owner ? owner.GetMembers(name.Substring(name.LastIndexOf('.') + 1)).Where(static member => member is IMethodSymbol) : [];
    }

    private static Dictionary<string, AttributeModel[]> ReadBuiltIn()
    {
        var entries = new Dictionary<string, AttributeModel[]>(StringComparer.Ordinal);
        using Stream stream = typeof(ContractFiles).Assembly.GetManifestResourceStream("MmLint.Bcl.lockcontracts")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (ParseLine(line, Location.None, out _) is { } entry) Merge(entries, entry);
        }

        return entries;
    }

    private static void Merge(Dictionary<string, AttributeModel[]> entries, KeyValuePair<string, AttributeModel[]> entry) =>
        entries[entry.Key] = entries.TryGetValue(entry.Key, out AttributeModel[]? known) ? [.. known, .. entry.Value] : entry.Value;

    private static KeyValuePair<string, AttributeModel[]>? ParseLine(string line, Location location, out string error)
    {
        error = "";
        string trimmed = line.Trim();
        if (trimmed.Length == 0 || trimmed.StartsWith("//", StringComparison.Ordinal) || trimmed[0] == '#') return null;
        int equals = trimmed.IndexOf(" = ", StringComparison.Ordinal);
        if (equals < 0)
        {
            error = "'" + trimmed + "' has no ' = ' between the documentation comment ID and its contracts";
            return null;
        }

        string id = trimmed.Substring(0, equals).Trim();
        if (id.Length < 3 || id[1] != ':' || "TMPFE".IndexOf(id[0]) < 0)
        {
            error = "'" + id + "' is not a documentation comment ID, such as M:System.Threading.Monitor.Exit(System.Object)";
            return null;
        }

        string contracts = trimmed.Substring(equals + 3);
        int colon = contracts.IndexOf(": ", StringComparison.Ordinal);
        string about = colon > 0 && SyntaxFacts.IsValidIdentifier(contracts.Substring(0, colon)) ? contracts.Substring(0, colon) : "";
        bool onReturn = about == "return";
        bool onParameter = about.Length > 0 && !onReturn;
        if (about.Length > 0) contracts = contracts.Substring(colon + 2);
        CompilationUnitSyntax unit = SyntaxFactory.ParseCompilationUnit("[" + contracts + "] class C;");
        AttributeListSyntax? list = unit.Members.FirstOrDefault()?.AttributeLists.FirstOrDefault();
        if (list is null || unit.Members[0].AttributeLists[0].ContainsDiagnostics)
        {
            error = "'" + contracts + "' is not a list of contract attributes";
            return null;
        }

        var models = new List<AttributeModel>();
        foreach (AttributeSyntax attribute in list.Attributes)
        {
            var arguments = ImmutableArray.CreateBuilder<object?>();
            var named = ImmutableDictionary<string, object?>.Empty;
            foreach (AttributeArgumentSyntax argument in attribute.ArgumentList?.Arguments ?? default)
            {
                if (!TryValue(argument.Expression, out object? value))
                {
                    error = "'" + argument + "' is not a string, a bool or a lock kind, mode or owner";
                    return null;
                }

                if (argument.NameEquals is { } name) named = named.SetItem(name.Name.Identifier.ValueText, value);
                else arguments.Add(value);
            }

            if (ContractVocabulary.Objection(attribute.Name.ToString(), onReturn ? 'r' : onParameter ? 'p' : id[0], arguments.Count, named.Keys) is { } objection)
            {
                error = objection;
                return null;
            }

            models.Add(new AttributeModel(attribute.Name.ToString(), attribute.Name.ToString() == "GuardedBy" ? ImmutableArray.Create<object?>(arguments.OfType<string>().ToImmutableArray()) : arguments.ToImmutable(), named, onReturn, () => location));
        }

        return new KeyValuePair<string, AttributeModel[]>(onParameter ? id + ParameterMark + about : id, models.ToArray());
    }

    private static bool TryValue(ExpressionSyntax syntax, out object? value)
    {
        value = null;
        if (syntax is LiteralExpressionSyntax literal)
        {
            value = literal.Token.Value;
            return value is string or bool;
        }

        string name = syntax is MemberAccessExpressionSyntax access ? access.Name.Identifier.ValueText : syntax.ToString();
        foreach (string[] names in EnumNumbers.Values)
        {
            int index = Array.IndexOf(names, name);
            if (index < 0) continue;
            value = index;
            return true;
        }

        return false;
    }

    private static string NameOf(INamedTypeSymbol type)
    {
        string name = type.MetadataName;
        for (INamedTypeSymbol? outer = type.ContainingType; outer is not null; outer = outer.ContainingType) name = outer.MetadataName + "." + name;
        for (INamespaceSymbol? space = type.ContainingNamespace; space is { IsGlobalNamespace: false }; space = space.ContainingNamespace) name = space.Name + "." + name;
        return name;
    }

    /// <summary>The full name of the type that a documentation comment ID is about.</summary>
    private static string OwnerOf(string id)
    {
        string name = id.Substring(2);
        int parameters = name.IndexOf('(');
        if (parameters >= 0) name = name.Substring(0, parameters);
        if (id[0] == 'T') return name;
        int dot = name.LastIndexOf('.');
        return dot < 0 ? name : name.Substring(0, dot);
    }
}
