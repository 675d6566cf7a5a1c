using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MmLint.Analyzers;

/// <summary>A defect of a contract, found while binding it.</summary>
internal sealed class ContractProblem(DiagnosticDescriptor rule, Location location, params object[] arguments)
{
    internal DiagnosticDescriptor Rule { get; } = rule;

    internal Location Location { get; } = location;

    internal object[] Arguments { get; } = arguments;

    /// <summary>What a code fix needs to know.</summary>
    internal ImmutableDictionary<string, string?> Properties { get; init; } = ImmutableDictionary<string, string?>.Empty;
}

/// <summary>A member that a constructor sets to one of its own arguments.</summary>
/// <param name="Member">The member.</param>
/// <param name="Ordinal">The position of the parameter.</param>
internal sealed record InitialMember(ISymbol Member, int Ordinal);

/// <summary>Every contract of one compilation, bound once and kept per symbol.</summary>
internal sealed partial class ContractCatalog
{
    private readonly Compilation _compilation;
    private readonly ContractFiles _files;
    private readonly ConcurrentDictionary<ISymbol, MemberContract> _members = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<ISymbol, DataContract> _data = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<ISymbol, LockInfo?> _locks = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<ISymbol, LockFormula?> _aliases = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<IPropertySymbol, Term?> _getters = new(SymbolEqualityComparer.Default);

    /// <summary>In boxes, for this is asked more often than anything else: of dictionaries of structs the runtime must compile every method anew, and runs it unoptimised.</summary>
    private readonly ConcurrentDictionary<ISymbol, StrongBox<ImmutableArray<AttributeModel>>> _attributes = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<ISymbol, LockInfo?> _lockMembers = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<ISymbol, StrongBox<ImmutableArray<ContractProblem>>> _problems = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<string, INamedTypeSymbol?> _typesByName = new(StringComparer.Ordinal);

    /// <summary>Symbols whose contracts this thread is binding; meeting one again is a cycle.</summary>
    [ThreadStatic]
    private static HashSet<ISymbol>? _opening;

    internal ContractCatalog(Compilation compilation, ContractFiles files)
    {
        _compilation = compilation;
        _files = files;
        _mayStateMembers = type => (type.ContainingAssembly is { } assembly && _stating.GetOrAdd(assembly, MayState)) || _files.Knows(type);
    }

    internal ContractFiles Files => _files;

    internal Compilation Compilation => _compilation;

    private static HashSet<ISymbol> Opening => _opening ??= new HashSet<ISymbol>(SymbolEqualityComparer.Default);

    /// <summary>The contract attributes of a symbol, groups opened, those of a contract file included.</summary>
    internal ImmutableArray<AttributeModel> AttributesOf(ISymbol symbol) =>
        Known(_attributes, symbol.OriginalDefinition, static (catalog, key) => new StrongBox<ImmutableArray<AttributeModel>>(catalog.ReadAttributes(key))).Value;

    /// <summary>What has been found out about a symbol, or now is.</summary>
    /// <remarks>Asked at every step, so nothing is made where the answer is known: a delegate for <c>GetOrAdd</c> would capture the catalogue, and be made anew for each question.</remarks>
    private TAnswer Known<TAnswer>(ConcurrentDictionary<ISymbol, TAnswer> answers, ISymbol key, Func<ContractCatalog, ISymbol, TAnswer> read) =>
        answers.TryGetValue(key, out TAnswer? known) ? known : answers.GetOrAdd(key, read(this, key));

    private ImmutableArray<AttributeModel> ReadAttributes(ISymbol symbol)
    {
        if (symbol.ContainingAssembly is { } assembly && !_stating.GetOrAdd(assembly, MayState)) return _files.AttributesOf(symbol);
        if (symbol is not (IMethodSymbol or INamedTypeSymbol) && symbol.GetAttributes().IsEmpty) return _files.AttributesOf(symbol);
        IEnumerable<AttributeModel> models = AttributeModel.Of(symbol.GetAttributes());
        if (symbol is IMethodSymbol method) models = models.Concat(AttributeModel.Of(method.GetReturnTypeAttributes(), onReturn: true));
        else if (symbol is INamedTypeSymbol { DelegateInvokeMethod: { } invoke }) models = models.Concat(AttributeModel.Of(invoke.GetReturnTypeAttributes(), onReturn: true));
        return models.Concat(_files.AttributesOf(symbol)).ToImmutableArray();
    }

    private readonly ConcurrentDictionary<ISymbol, bool> _stating = new(SymbolEqualityComparer.Default);

    /// <summary>Whether anything can state contracts for members of the type.</summary>
    private readonly Func<INamedTypeSymbol, bool> _mayStateMembers;

    private bool MayState(ISymbol assembly) => SymbolEqualityComparer.Default.Equals(assembly, _compilation.Assembly) || Relevance.MayState((IAssemblySymbol)assembly);

    /// <summary>The type's lock declaration, its own or that of a base type; null where its objects are no locks.</summary>
    internal LockInfo? LockOf(ITypeSymbol type) => Known(_locks, type.OriginalDefinition, static (catalog, key) => catalog.ReadLock(key));

    private LockInfo? ReadLock(ISymbol type)
    {
        foreach (ITypeSymbol at in ((ITypeSymbol)type).WithBases())
        {
            if (AttributesOf(at).FirstOrDefault(static attribute => attribute.Name == "Lock") is { } found) return LockInfo.From(found);
        }

        foreach (ITypeSymbol implemented in ((ITypeSymbol)type).AllInterfaces)
        {
            if (AttributesOf(implemented).FirstOrDefault(static attribute => attribute.Name == "Lock") is { } found) return LockInfo.From(found);
        }

        return type is ITypeParameterSymbol parameter ? parameter.ConstraintTypes.Select(LockOf).FirstOrDefault(static info => info is not null) : null;
    }

    /// <summary>The lock declaration of a member or of its type.</summary>
    internal LockInfo? LockOf(ISymbol member) => Known(_lockMembers, member.OriginalDefinition, static (catalog, key) => catalog.ReadLockOfMember(key));

    private LockInfo? ReadLockOfMember(ISymbol member)
    {
        if (AttributesOf(member).FirstOrDefault(static attribute => attribute.Name == "Lock") is { } own) return LockInfo.From(own);
        return TypeOf(member) is { } type ? LockOf(type) : null;
    }

    /// <summary>Whether the member is what a lock is made of: its type answers for that.</summary>
    internal bool IsPartOfLock(ISymbol member) => member.DeclaredAccessibility == Accessibility.Private && LockOf(member.ContainingType) is not null;

    /// <summary>The lock declaration behind a term. An object of a type that declares nothing is a monitor.</summary>
    internal LockInfo InfoOf(Term term)
    {
        if (term is not MemberOf { Member: var member }) return (term.Type is { } type ? LockOf(type) : null) ?? LockInfo.Monitor;
        return LockOf(member) is not { } declared ? LockInfo.Monitor : IsMadeReentrant(member) ? declared.AsReentrant : declared;
    }

    private readonly ConcurrentDictionary<ISymbol, bool> _madeReentrant = new(SymbolEqualityComparer.Default);

    /// <summary>
    /// Whether the lock of the framework may be made with <c>LockRecursionPolicy.SupportsRecursion</c>: where it is declared, anywhere in the type if it is made elsewhere, and by whoever
    /// implements a member that is only declared.
    /// </summary>
    private bool IsMadeReentrant(ISymbol member) => TypeOf(member) is { Name: "ReaderWriterLockSlim", ContainingNamespace.Name: "Threading" } && _madeReentrant.GetOrAdd(member.OriginalDefinition, static key =>
        key.IsAbstract || key.DeclaringSyntaxReferences.Any(static reference => (InitialValue(reference.GetSyntax()) ?? reference.GetSyntax().FirstAncestorOrSelf<TypeDeclarationSyntax>() as SyntaxNode)?
            .DescendantNodes().Any(static node => node is IdentifierNameSyntax { Identifier.ValueText: "SupportsRecursion" }) == true));

    private static ExpressionSyntax? InitialValue(SyntaxNode declaration) => declaration switch
    {
        VariableDeclaratorSyntax { Initializer.Value: var initializer } => initializer,
        PropertyDeclarationSyntax { Initializer.Value: var initializer } => initializer,
        _ => null,
    };

    /// <summary>Whether members of the type are locks or are guarded.</summary>
    internal bool HasLocks(ITypeSymbol type) => type is INamedTypeSymbol { IsReferenceType: true } && Known(_ownersOfLocks, type.OriginalDefinition, static (catalog, key) =>
        ((ITypeSymbol)key).WithBases().SelectMany(static at => at.GetMembers()).Any(member => member is IFieldSymbol or IPropertySymbol && (catalog.LockOf(member) is not null || catalog.DataOf(member).IsGuarded)));

    private readonly ConcurrentDictionary<ISymbol, bool> _ownersOfLocks = new(SymbolEqualityComparer.Default);

    internal bool IsLockMember(ISymbol member) => LockOf(member) is not null || AliasOf(member) is not null || TypeOf(member)?.SpecialType == SpecialType.System_Object;

    /// <summary>
    /// Whether a contract may name the term as a lock. Any object can be one for <c>lock</c>, but an object that itself declares locks was
    /// hardly meant.
    /// </summary>
    internal bool IsLock(Term term)
    {
        if (term is MemberOf { Member: var member } && LockOf(member) is not null) return true;
        if (term.Type is not { } type) return false;
        if (LockOf(type) is not null || IsScopedLock(type)) return true;
        if (type.TypeKind == TypeKind.Error) return true;
        if (!type.IsReferenceType || type.TypeKind is TypeKind.Delegate || type.SpecialType == SpecialType.System_String) return false;
        return !type.GetMembers().Any(candidate => candidate is IFieldSymbol or IPropertySymbol && !candidate.IsStatic && !candidate.IsImplicitlyDeclared && LockOf(candidate) is not null);
    }

    /// <summary>
    /// Whether the object is used to signal rather than to exclude: an event, or a semaphore that neither starts with one count nor guards
    /// anything. What waits for a signal holds nothing.
    /// </summary>
    internal bool IsSignal(Term term)
    {
        if (term.Type is not { ContainingNamespace: { Name: "Threading", ContainingNamespace.Name: "System" } } type) return false;
        if (type.Name is "Mutex") return false;
        if (type.WithBases().Any(static at => at.Name == "WaitHandle")) return true;

        if (type.Name != "SemaphoreSlim") return false;
        return term is not MemberOf { Member: var member } || !Known(_mutexes, member.OriginalDefinition, static (catalog, key) => catalog.IsMutex(key));
    }

    private readonly ConcurrentDictionary<ISymbol, bool> _mutexes = new(SymbolEqualityComparer.Default);

    private bool IsMutex(ISymbol member)
    {
        if (AttributesOf(member).Any(static attribute => attribute.Name == "Lock")) return true;
        foreach (SyntaxReference reference in member.DeclaringSyntaxReferences)
        {
            if (InitialValue(reference.GetSyntax()) is BaseObjectCreationExpressionSyntax { ArgumentList.Arguments: { Count: > 0 } arguments } && arguments[0].Expression is LiteralExpressionSyntax { Token.Value: 1 }) return true;
        }

        return IsNamedByContracts(member);
    }

    /// <summary>Whether contracts of the type mention the member, or of a type its objects themselves, so that it guards something.</summary>
    internal bool IsNamedByContracts(ISymbol member)
    {
        (INamedTypeSymbol type, string name) = member is INamedTypeSymbol itself ? (itself, "this") : (member.ContainingType, member.Name);
        return type.GetMembers().Any(other => AttributesOf(other).Any(attribute => attribute.Text.Contains(name) || attribute.Arguments.OfType<ImmutableArray<string>>().Any(names => names.Any(each => each.Contains(name)))));
    }

    internal bool IsScopedLock(ITypeSymbol? type) => type is not null && AttributesOf(type).Any(static attribute => attribute.Name == "ScopedLock");

    internal static ITypeSymbol? TypeOf(ISymbol member) => member switch
    {
        IFieldSymbol field => field.Type,
        IPropertySymbol property => property.Type,
        IParameterSymbol parameter => parameter.Type,
        _ => null,
    };

    /// <summary>Whether contract paths may run through the member: nothing changes it, or it is known who does.</summary>
    internal bool IsStable(ISymbol member)
    {
        if (StatesAccess(member)) return true;
        if (TypeOf(member) is { IsValueType: true } type && LockOf(type) is not null) return true;
        if (AttributesOf(member).Any(static attribute => attribute.Name is "Lock" or "LockAlias" or "LockClass" or "ReleasedWith" or "ProofOf")) return true;
        return member switch
        {
            IFieldSymbol { ContainingType.IsTupleType: true } => true,
            IFieldSymbol field => field.IsReadOnly || field.IsConst,
            IPropertySymbol property => property.SetMethod is null || property.SetMethod.IsInitOnly,
            _ => false,
        };
    }

    /// <summary>Whether the member says how it may be accessed; asked while contracts are still being bound, so nothing is bound for it.</summary>
    internal bool StatesAccess(ISymbol member) => AttributesOf(member).Any(static attribute => attribute.Name is
        "GuardedBy" or "ReadBy" or "WriteBy" or "ReadFreely" or "Atomic" or "WriteOnce" or "Tracked" or "ValidWhileHeld" or "Owns");

    /// <summary>The formula that an alias stands for, over <c>this</c>; null where the member is no alias.</summary>
    internal LockFormula? AliasOf(ISymbol member)
    {
        member = member.OriginalDefinition;
        if (_aliases.TryGetValue(member, out LockFormula? known)) return known;
        if (AttributesOf(member).FirstOrDefault(static attribute => attribute.Name == "LockAlias") is not { } attribute) return _aliases.GetOrAdd(member, (LockFormula?)null);
        if (!Opening.Add(member))
        {
            foreach (ISymbol other in Opening)
            {
                if (AttributesOf(other).FirstOrDefault(static candidate => candidate.Name == "LockAlias") is { } alias)
                    Report(other, new ContractProblem(Rule.DoesNotBind, alias.Location, alias.Text, "is cyclic: '" + other.Name + "' stands for itself"));
            }

            return LockFormula.Nothing;
        }

        try
        {
            LockFormula? formula = Bind(member, attribute, binder => binder.BindLocks(attribute.Text));
            return _aliases.GetOrAdd(member, formula ?? LockFormula.Nothing);
        }
        finally
        {
            Opening.Remove(member);
        }
    }

    /// <summary>What a getter returns, as a term over <c>this</c>, if its body lies within the contract grammar.</summary>
    internal Term? GetterOf(IPropertySymbol property)
    {
        property = property.OriginalDefinition;
        if (_getters.TryGetValue(property, out Term? known)) return known;
        if (property.IsVirtual || property.IsAbstract || property.IsOverride || property.Parameters.Length > 0 || StatesAccess(property) || (property.GetMethod is { } getMethod && FunctionAttributesOf(getMethod).Any(static attribute => attribute.Name != "MustHold"))
            || GetterBody(property) is not { } body)
        {
            return _getters.GetOrAdd(property, (Term?)null);
        }

        if (!Opening.Add(property)) return null;

        try
        {
            var binder = new ContractBinder(this, property.ContainingType, ImmutableArray<IParameterSymbol>.Empty, null, null, property.IsStatic);
            Term? term = binder.BindExpression(body);
            return _getters.GetOrAdd(property, term);
        }
        finally
        {
            Opening.Remove(property);
        }
    }

    /// <summary>Whether code outside of the assembly can reach the member.</summary>
    internal static bool IsVisibleOutside(ISymbol member)
    {
        for (ISymbol? at = member; at is not null and not INamespaceSymbol; at = at.ContainingSymbol)
        {
            if (at.DeclaredAccessibility is not (Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal)) return false;
        }

        return true;
    }

    /// <summary>Members that a constructor sets to its own arguments and nothing changes afterwards, with the positions of the parameters.</summary>
    internal List<InitialMember> InitialMembersOf(IMethodSymbol constructor)
    {
        constructor = constructor.OriginalDefinition;
        return _initialMembers.GetOrAdd(constructor, _ =>
        {
            if (constructor.Parameters.IsEmpty || constructor.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is not { } syntax) return [];
            var found = new List<InitialMember>();
            foreach (ISymbol member in constructor.ContainingType.GetMembers())
            {
                if (member.IsStatic || !(member is IFieldSymbol { IsReadOnly: true, IsImplicitlyDeclared: false } or IPropertySymbol { IsIndexer: false, SetMethod: null or { IsInitOnly: true } } || AttributesOf(member).Any(static attribute => attribute.Name == "WriteOnce"))) continue;
                ExpressionSyntax? value = syntax is TypeDeclarationSyntax ? member.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() switch
                {
                    PropertyDeclarationSyntax property => property.Initializer?.Value,
                    VariableDeclaratorSyntax field => field.Initializer?.Value,
                    _ => null,
                } : AssignedIn(syntax as ConstructorDeclarationSyntax, member.Name);
                if (value is IdentifierNameSyntax name && constructor.Parameters.FirstOrDefault(parameter => parameter.Name == name.Identifier.ValueText) is { } source) found.Add(new InitialMember(member, source.Ordinal));
            }

            return found;
        });
    }

    private readonly ConcurrentDictionary<ISymbol, List<InitialMember>> _initialMembers = new(SymbolEqualityComparer.Default);

    private static ExpressionSyntax? AssignedIn(ConstructorDeclarationSyntax? constructor, string member)
    {
        IEnumerable<ExpressionSyntax> expressions = constructor?.ExpressionBody is { } arrow ? [arrow.Expression] : constructor?.Body?.Statements.OfType<ExpressionStatementSyntax>().Select(static statement => statement.Expression) ?? [];
        foreach (ExpressionSyntax expression in expressions)
        {
            if (expression is AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression, Left: var left, Right: var right }
                && (left is IdentifierNameSyntax name ? name.Identifier.ValueText : left is MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } access ? access.Name.Identifier.ValueText : "") == member) return right;
        }

        return null;
    }

    /// <summary>The parameter of the type's primary constructor that goes by the name.</summary>
    internal static IParameterSymbol? CapturedParameter(INamedTypeSymbol? type, string name) =>
        type?.InstanceConstructors.Where(IsPrimary).SelectMany(static constructor => constructor.Parameters).FirstOrDefault(parameter => parameter.Name == name);

    /// <summary>Whether the constructor stands in the head of its type, so that members may use its parameters.</summary>
    internal static bool IsPrimary(IMethodSymbol constructor) =>
        constructor is { MethodKind: MethodKind.Constructor, Parameters.IsEmpty: false } && constructor.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is TypeDeclarationSyntax;

    /// <summary>Whether reading the property runs code that this compilation sees, so that two reads may differ.</summary>
    internal static bool IsComputed(IPropertySymbol property) =>
        GetterSyntax(property.OriginalDefinition) is ArrowExpressionClauseSyntax or AccessorDeclarationSyntax { Body: not null } or AccessorDeclarationSyntax { ExpressionBody: not null };

    /// <summary>Problems found while binding the contracts of a symbol.</summary>
    internal ImmutableArray<ContractProblem> ProblemsOf(ISymbol symbol) =>
        _problems.TryGetValue(symbol.OriginalDefinition, out StrongBox<ImmutableArray<ContractProblem>>? found) ? found.Value : ImmutableArray<ContractProblem>.Empty;

    internal void Report(ISymbol symbol, ContractProblem problem) =>
        _problems.AddOrUpdate(symbol.OriginalDefinition, new StrongBox<ImmutableArray<ContractProblem>>(ImmutableArray.Create(problem)), (_, known) =>
            known.Value.Any(other => other.Rule == problem.Rule && other.Location == problem.Location) ? known : new StrongBox<ImmutableArray<ContractProblem>>(known.Value.Add(problem)));

    /// <summary>A type by its simple name, as seen from <paramref name="scope"/>.</summary>
    internal INamedTypeSymbol? FindType(string name, INamedTypeSymbol? scope)
    {
        for (INamedTypeSymbol? at = scope; at is not null; at = at.ContainingType)
        {
            if (at.Name == name) return at;
            foreach (ITypeSymbol owner in at.WithBases())
            {
                if (owner.GetTypeMembers(name).FirstOrDefault() is { } nested) return nested;
            }
        }

        for (INamespaceSymbol? space = scope?.ContainingNamespace; space is not null; space = space.ContainingNamespace)
        {
            if (space.GetTypeMembers(name).FirstOrDefault() is { } found) return found;
        }

        return _typesByName.GetOrAdd(name, FindAnywhere);
    }

    /// <summary>A type by its full name.</summary>
    internal INamedTypeSymbol? FindQualifiedType(string name)
    {
        int dot = name.IndexOf('.');
        if (dot <= 0 || _compilation.GlobalNamespace.GetMembers(name.Substring(0, dot)).All(static member => member is not INamespaceSymbol)) return null;
        return _compilation.GetTypeByMetadataName(name);
    }

    private INamedTypeSymbol? FindAnywhere(string name)
    {
        if (name.Length == 0) return null;
        INamedTypeSymbol? own = _compilation.GetSymbolsWithName(name, SymbolFilter.Type).OfType<INamedTypeSymbol>().FirstOrDefault();
        if (own is not null) return own;
        foreach (IAssemblySymbol assembly in _compilation.SourceModule.ReferencedAssemblySymbols)
        {
            if (assembly.TypeNames.Contains(name) && Find(assembly.GlobalNamespace, name) is { } found) return found;
        }

        return null;
    }

    private static INamedTypeSymbol? Find(INamespaceSymbol space, string name)
    {
        if (space.GetTypeMembers(name).FirstOrDefault(static type => type.DeclaredAccessibility == Accessibility.Public) is { } found) return found;
        foreach (INamespaceSymbol inner in space.GetNamespaceMembers())
        {
            if (Find(inner, name) is { } nested) return nested;
        }

        return null;
    }

    /// <summary>Binds a text of a contract of <paramref name="carrier"/>; a failure is kept as a problem of the carrier.</summary>
    internal T? Bind<T>(ISymbol carrier, AttributeModel attribute, Func<ContractBinder, T?> bind, string? text = null, ImmutableArray<IParameterSymbol>? parameters = null, ITypeSymbol? result = null, ITypeSymbol? value = null, bool stable = true)
        where T : class
    {
        INamedTypeSymbol? scope = carrier.ContainingType;
        var binder = new ContractBinder(this, scope, parameters ?? ImmutableArray<IParameterSymbol>.Empty, result, value, carrier.IsStatic);
        T? bound = bind(binder);
        text ??= attribute.Text;
        if (bound is null) Report(carrier, new ContractProblem(Rule.DoesNotBind, attribute.LocationOf(text, binder.Place), text, binder.Error) { Properties = binder.Nearly });
        else if (stable && binder.Unstable is { } unstable) Report(carrier, new ContractProblem(Rule.UnstableName, attribute.LocationOf(text, binder.Place), text, unstable.Name, unstable.Remedy));
        return bound;
    }

    /// <summary>The expression that a getter returns, where it does nothing else.</summary>
    internal static ExpressionSyntax? GetterBody(IPropertySymbol property) => GetterSyntax(property) switch
    {
        ArrowExpressionClauseSyntax arrow => arrow.Expression,
        AccessorDeclarationSyntax { ExpressionBody: { } arrow } => arrow.Expression,
        AccessorDeclarationSyntax { Body.Statements: { Count: 1 } statements } when statements[0] is ReturnStatementSyntax { Expression: { } value } => value,
        _ => null,
    };

    private static SyntaxNode? GetterSyntax(IPropertySymbol property)
    {
        if (property.GetMethod?.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is not { } syntax) return null;
        return syntax is PropertyDeclarationSyntax { ExpressionBody: { } arrow } ? arrow : syntax;
    }
}
