using System.Collections.Generic;
using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace MmLint.CodeFixes;

/// <summary>
/// States a missing need on the method around it, so that its callers see to it. They are then found in turn: fix-all follows the need outward
/// until it meets those that take the lock.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(StateContractFixer)), Shared]
public sealed class StateContractFixer : ContractFixer
{
    /// <summary>Needs with longer paths are not stated: methods that call each other along a list would make them longer for ever.</summary>
    private const int MostSteps = 12;

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create("MML1001", "MML1002", "MML1008", "MML1009", "MML2001", "MML2002", "MML2004", "MML2005");

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => OutwardFixAllProvider.Instance;

    private protected override IEnumerable<Proposal> Propose(FixSite site)
    {
        if (site.Function is not (MethodDeclarationSyntax or ConstructorDeclarationSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax) || site.FunctionSymbol is not { } method) yield break;
        foreach ((string locks, string? when) in ContractAtCall.Needs(site, method))
        {
            if (locks.Count(static character => character == '.') > MostSteps) continue;
            SyntaxNode stated = Strengthened(site.Function, locks, when, site) ?? Added(site.Function, locks, when, site);
            yield return new Proposal("State [MustHold(\"" + locks + "\")]", nameof(StateContractFixer), site.Root.ReplaceNode(site.Function, stated));
        }
    }

    /// <summary>The function with a contract that says the same in a weaker mode made to say it in this one.</summary>
    private static SyntaxNode? Strengthened(SyntaxNode function, string locks, string? when, FixSite site)
    {
        if (when is not null || !locks.StartsWith("exclusive(", System.StringComparison.Ordinal)) return null;
        string bare = locks.Substring("exclusive(".Length).TrimEnd(')');
        foreach (AttributeSyntax attribute in Annotating.ListsOf(function).SelectMany(static list => list.Attributes))
        {
            if (attribute.ArgumentList is not { Arguments: { Count: 1 } arguments } || !IsMustHold(attribute, site) || arguments[0].Expression is not LiteralExpressionSyntax literal) continue;
            if (literal.Token.ValueText == bare || literal.Token.ValueText == "shared(" + bare + ")") return function.ReplaceNode(literal, Text(locks));
        }

        return null;
    }

    private static bool IsMustHold(AttributeSyntax attribute, FixSite site) =>
        site.Model.GetTypeInfo(attribute, site.Cancellation).Type is { Name: "MustHoldAttribute", ContainingNamespace: { Name: "MmLint", ContainingNamespace.IsGlobalNamespace: true } };

    private static SyntaxNode Added(SyntaxNode function, string locks, string? when, FixSite site)
    {
        var arguments = new List<AttributeArgumentSyntax> { AttributeArgument(Text(locks)) };
        if (when is not null) arguments.Add(AttributeArgument(NameEquals(IdentifierName("When")), null, Text(when)));
        return function.Annotated([Attribute(IdentifierName("MustHold"), AttributeArgumentList(SeparatedList(arguments)))], site);
    }

    private static LiteralExpressionSyntax Text(string text) => LiteralExpression(SyntaxKind.StringLiteralExpression, Literal(text));
}
