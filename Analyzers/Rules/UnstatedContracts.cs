using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace MmLint.Analyzers;

/// <summary>
/// Contracts that are there although nobody wrote them: a name such as <c>FooLocked</c> or an assertion says what has to be held, or the body of a private
/// helper does. Both rules are off by default; fixes and refactorings write the attribute.
/// </summary>
internal static class UnstatedContracts
{
    /// <summary>The option that names the suffixes, separated by commas.</summary>
    internal const string SuffixOption = "mmlint.lock_suffixes";

    private const string DefaultSuffixes = "Locked, NeedsLock, UnderLock";

    /// <summary>What a fix is told: the attributes to write, alternatives separated by line feeds.</summary>
    internal const string Property = "Contract";

    internal static IEnumerable<Diagnostic> Of(ContractCatalog catalog, IMethodSymbol method, IOperation body, MemberContract effective, AnalyzerConfigOptionsProvider options)
    {
        if (method.MethodKind != MethodKind.Ordinary || method.Locations.FirstOrDefault(static location => location.IsInSource) is not { SourceTree: { } tree } location) yield break;
        if (catalog.StatesContract(method) || ContractCatalog.BasesOf(method).Any()) yield break;
        if (effective.IsInferred && Written(catalog, effective) is { } inferred)
        {
            yield return Report(Rule.ContractIsInferred, location, [inferred], "'" + method.Name + "' has a contract that nobody wrote: [" + inferred + "]");
            yield break;
        }

        ImmutableArray<string> asserted = Asserted(catalog, body).Distinct().ToImmutableArray();
        if (!asserted.IsEmpty)
        {
            string needed = string.Join(", ", asserted.Select(MustHold));
            yield return Report(Rule.SaidOtherwise, location, [needed], "'" + method.Name + "' asserts what it needs: [" + needed + "]");
        }
        else if (SuffixOf(method, options.GetOptions(tree)) is { } suffix)
        {
            ImmutableArray<string> locks = Locks(catalog, method).Select(MustHold).ToImmutableArray();
            if (!locks.IsEmpty) yield return Report(Rule.SaidOtherwise, location, locks, "'" + method.Name + "' says by its name, which ends in '" + suffix + "', that it needs a lock: [" + string.Join("] or [", locks) + "]");
        }
    }

    private static Diagnostic Report(DiagnosticDescriptor rule, Location location, IEnumerable<string> contracts, string message) =>
        Diagnostic.Create(rule, location, ImmutableDictionary<string, string?>.Empty.Add(Property, string.Join("\n", contracts)), message);

    private static string MustHold(string locks) => "MustHold(\"" + locks + "\")";

    private static string? SuffixOf(IMethodSymbol method, AnalyzerConfigOptions options)
    {
        string list = options.TryGetValue(SuffixOption, out string? configured) ? configured : DefaultSuffixes;

        // IsLocked asks; it does not need.
        if (method.Name.StartsWith("Is", StringComparison.Ordinal) && method.ReturnType.SpecialType == SpecialType.System_Boolean) return null;
        return list.Split(',').Select(static suffix => suffix.Trim()).FirstOrDefault(suffix => suffix.Length > 0 && method.Name.Length > suffix.Length && method.Name.EndsWith(suffix, StringComparison.Ordinal));
    }

    /// <summary>The members of the type that are used as locks: by their kind, by what they guard, or by a lock statement.</summary>
    private static IEnumerable<string> Locks(ContractCatalog catalog, IMethodSymbol method)
    {
        INamedTypeSymbol type = method.ContainingType;
        var named = new HashSet<string>(StringComparer.Ordinal);
        foreach (SyntaxNode node in type.DeclaringSyntaxReferences.SelectMany(static reference => reference.GetSyntax().DescendantNodes()))
        {
            if (node is LockStatementSyntax { Expression: var locked } && NameOf(locked) is { } name) named.Add(name);
        }

        foreach (ISymbol member in type.GetMembers().Where(member => member is IFieldSymbol or IPropertySymbol && member.CanBeReferencedByName && (member.IsStatic || !method.IsStatic)))
        {
            if (catalog.DataOf(member).Read is LockFormula.Lock { Term: MemberOf { Member: var guard, Target: null or Root { Kind: RootKind.This } } }) named.Add(guard.Name);
            if (catalog.LockOf(member) is not null || (ContractCatalog.TypeOf(member) is { } own && catalog.LockOf(own) is not null)) named.Add(member.Name);
        }

        return type.GetMembers().Where(member => member is IFieldSymbol or IPropertySymbol && named.Contains(member.Name) && (member.IsStatic || !method.IsStatic)).Select(static member => member.Name);
    }

    private static string? NameOf(ExpressionSyntax expression) => expression switch
    {
        IdentifierNameSyntax name => name.Identifier.ValueText,
        MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax, Name.Identifier.ValueText: var name } => name,
        _ => null,
    };

    /// <summary>What the statements of the body, not those inside of others, assert to be held.</summary>
    private static IEnumerable<string> Asserted(ContractCatalog catalog, IOperation body)
    {
        IBlockOperation? block = body as IBlockOperation ?? (body as IMethodBodyOperation)?.BlockBody;
        foreach (IOperation statement in block?.Operations ?? ImmutableArray<IOperation>.Empty)
        {
            IOperation? claim = statement switch
            {
                IExpressionStatementOperation { Operation: IInvocationOperation call } when catalog.ContractOf(call.TargetMethod).Asserts.Any(static clause => clause.When is null) => call,
                IExpressionStatementOperation { Operation: IInvocationOperation assertion } => assertion.Arguments.FirstOrDefault(static argument => EndsWhereFalse(argument.Parameter))?.Value,
                IConditionalOperation { WhenFalse: null, Condition: IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } denied, WhenTrue: var otherwise } when Throws(otherwise) => denied.Operand,
                _ => null,
            };
            ISymbol? asked = claim switch { IInvocationOperation call => call.TargetMethod, IPropertyReferenceOperation { Property.GetMethod: { } getter } => getter, _ => null };
            if (asked is null) continue;
            MemberContract contract = catalog.ContractOf(asked);
            foreach (LockClause clause in contract.Asserts)
            {
                if (CallPath.Of(clause, claim!, contract) is not { } path) continue;
                Mode mode = ((LockFormula.Lock)clause.Locks).Mode;
                yield return mode == Mode.None ? path : (mode == Mode.Shared ? "shared(" : mode == Mode.Upgradeable ? "upgradeable(" : "exclusive(") + path + ")";
            }
        }
    }

    /// <summary>Whether a call does not return where the argument is false, as that of <c>Debug.Assert</c>.</summary>
    private static bool EndsWhereFalse(IParameterSymbol? parameter) => parameter is not null && parameter.GetAttributes().Any(static attribute =>
        NullContract.NameOf(attribute) == "DoesNotReturnIfAttribute" && attribute.ConstructorArguments.Length == 1 && attribute.ConstructorArguments[0].Value is false);

    private static bool Throws(IOperation operation) => operation switch
    {
        IThrowOperation or IExpressionStatementOperation { Operation: IThrowOperation } => true,
        IBlockOperation { Operations: { Length: 1 } operations } => Throws(operations[0]),
        _ => false,
    };

    /// <summary>The attributes that say what was inferred; null where nothing was, or the language cannot say it.</summary>
    private static string? Written(ContractCatalog catalog, MemberContract contract)
    {
        var attributes = new List<string>();
        bool isSayable = true;
        void Write(string name, IEnumerable<LockClause> clauses)
        {
            foreach (LockClause clause in clauses)
            {
                // A lock that has one mode only needs none in words.
                bool isPlain = clause.Locks.Locks.All(item => !catalog.InfoOf(item.Term).Has(Mode.Shared));
                string locks = (isPlain ? clause.Locks.WithMode(Mode.None, force: true) : clause.Locks).ToString();
                string? when = clause.When?.ToString();
                isSayable &= IsExpression(locks) && (when is null || IsExpression(when));
                attributes.Add(name + "(" + SymbolDisplay.FormatLiteral(locks, quote: true) + (when is null ? "" : ", When = " + SymbolDisplay.FormatLiteral(when, quote: true)) + ")");
            }
        }

        Write("MustHold", contract.Needs.Where((need, index) => !contract.Needs.Where((other, at) => at != index && (at < index || !Covers(need, other)) && Covers(other, need)).Any()));
        Write("MustNotHold", contract.Excludes);
        Write("Releases", contract.Releases);
        Write("Acquires", contract.Acquires);
        if (contract.MaySleep) attributes.Add("MaySleep");
        return isSayable && attributes.Count > 0 ? string.Join(", ", attributes) : null;
        static bool Covers(LockClause all, LockClause part) => Implication.Covers(all.When, part.When) && Implication.Implies(all.Locks, part.Locks);
    }

    private static bool IsExpression(string text) => SyntaxFactory.ParseExpression(text) is var syntax && !syntax.ContainsDiagnostics && syntax.FullSpan.Length == text.Length;
}
