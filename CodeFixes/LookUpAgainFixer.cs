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

/// <summary>Repeats a lookup before its result is used under a lock that has been dropped and taken again, and leaves where it finds nothing any more.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(LookUpAgainFixer)), Shared]
public sealed class LookUpAgainFixer : ContractFixer
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create("MML2007");

    private protected override IEnumerable<Proposal> Propose(FixSite site)
    {
        if (site.Function is null || site.Node.FirstAncestorOrSelf<StatementSyntax>() is not { Parent: BlockSyntax block } statement) yield break;
        foreach (IdentifierNameSyntax name in site.Node.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>())
        {
            if (site.Model.GetSymbolInfo(name, site.Cancellation).Symbol is not ILocalSymbol { IsRef: false } local || Lookup(local, name, site) is not { } lookup) continue;
            string title = "Look " + local.Name + " up again";
            ExpressionStatementSyntax again = ExpressionStatement(AssignmentExpression(SyntaxKind.SimpleAssignmentExpression, IdentifierName(local.Name), lookup.WithoutTrivia()))
                .NormalizeWhitespace().WithLeadingTrivia(statement.GetLeadingTrivia()).WithTrailingTrivia(site.EndOfLine).WithAdditionalAnnotations(Formatter.Annotation);
            StatementSyntax use = statement.WithLeadingTrivia(statement.GetLeadingTrivia().Reverse().TakeWhile(static trivia => trivia.IsKind(SyntaxKind.WhitespaceTrivia)));
            yield return new Proposal(title, nameof(LookUpAgainFixer), Replaced(site, block, statement, [again, use]));
            ExpressionSyntax isGone = IsPatternExpression(IdentifierName(local.Name), ConstantPattern(LiteralExpression(SyntaxKind.NullLiteralExpression))).NormalizeWhitespace();
            foreach (StatementSyntax leave in Leaving.From(statement, name, site))
                yield return new Proposal(title, nameof(LookUpAgainFixer), Replaced(site, block, statement, [again, Leaving.If(isGone, leave, site).WithAdditionalAnnotations(Formatter.Annotation), use]));
        }
    }

    private static SyntaxNode Replaced(FixSite site, BlockSyntax block, StatementSyntax statement, IEnumerable<StatementSyntax> statements) =>
        site.Root.ReplaceNode(block, block.WithStatements(block.Statements.ReplaceRange(statement, statements)));

    /// <summary>The call whose result the local was given last; null where it may have been given another one.</summary>
    private static InvocationExpressionSyntax? Lookup(ILocalSymbol local, IdentifierNameSyntax use, FixSite site)
    {
        var given = new List<ExpressionSyntax>();
        if (local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(site.Cancellation) is VariableDeclaratorSyntax { Initializer.Value: { } initial }) given.Add(initial);
        given.AddRange(site.Function!.DescendantNodes().OfType<AssignmentExpressionSyntax>()
            .Where(assignment => assignment.SpanStart < use.SpanStart && SymbolEqualityComparer.Default.Equals(site.Model.GetSymbolInfo(assignment.Left, site.Cancellation).Symbol, local)).Select(static assignment => assignment.Right));
        return given.Count > 0 && given.Last() is InvocationExpressionSyntax call && given.All(other => AreEquivalent(other, call)) ? call : null;
    }
}
