using System.Collections.Generic;
using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MmLint.CodeFixes;

/// <summary>Writes the name that was probably meant into a contract that does not bind.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(NearestNameFixer)), Shared]
public sealed class NearestNameFixer : ContractFixer
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create("MML0001");

    private protected override IEnumerable<Proposal> Propose(FixSite site)
    {
        if (!site.Diagnostic.Properties.TryGetValue("Wrong", out string? wrong) || !site.Diagnostic.Properties.TryGetValue("Near", out string? near) || near is null) yield break;
        foreach (LiteralExpressionSyntax literal in site.Node.DescendantNodesAndSelf().OfType<LiteralExpressionSyntax>().Where(static literal => literal.IsKind(SyntaxKind.StringLiteralExpression)))
        {
            ExpressionSyntax contract = SyntaxFactory.ParseExpression(literal.Token.ValueText);
            List<IdentifierNameSyntax> names = contract.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Where(name => name.Identifier.ValueText == wrong).ToList();
            if (names.Count == 0) continue;
            string text = contract.ReplaceNodes(names, (name, _) => SyntaxFactory.IdentifierName(near).WithTriviaFrom(name)).ToFullString();
            yield return new Proposal("Change '" + wrong + "' to '" + near + "'", nameof(NearestNameFixer),
                site.Root.ReplaceToken(literal.Token, SyntaxFactory.Literal(text).WithTriviaFrom(literal.Token)));
        }
    }
}
