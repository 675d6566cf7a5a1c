using System.Collections.Generic;
using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace MmLint.CodeFixes;

/// <summary>Tests the result that says whether a lock was taken, and leaves where it was not.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(IgnoredResultFixer)), Shared]
public sealed class IgnoredResultFixer : ContractFixer
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create("MML1013");

    private protected override IEnumerable<Proposal> Propose(FixSite site)
    {
        if (site.Node is not InvocationExpressionSyntax { Parent: ExpressionStatementSyntax statement } call
            || site.Model.GetSymbolInfo(call, site.Cancellation).Symbol is not IMethodSymbol method || Success.Of(method, site) is not { } success) yield break;
        string title = "Leave where " + method.Name + " fails";
        if (site.Converts(method.ReturnType, site.ReturnType) && success.Written is not null && statement.Parent is BlockSyntax block)
        {
            string name = site.Unused("ret");
            StatementSyntax kept = ParseStatement("var " + name + " = " + call.WithoutTrivia() + ";").WithLeadingTrivia(statement.GetLeadingTrivia()).WithTrailingTrivia(site.EndOfLine).WithAdditionalAnnotations(Formatter.Annotation);
            StatementSyntax test = Leaving.If(success.Test(IdentifierName(name), ofFailure: true), ReturnStatement(IdentifierName(name)).NormalizeWhitespace(), site).WithTrailingTrivia(statement.GetTrailingTrivia()).WithAdditionalAnnotations(Formatter.Annotation);
            yield return new Proposal(title, nameof(IgnoredResultFixer), site.Root.ReplaceNode(block, block.WithStatements(block.Statements.ReplaceRange(statement, [kept, test]))));
        }

        ExpressionSyntax locked = call.Expression is MemberAccessExpressionSyntax access ? access.Expression : call.Expression;
        foreach (StatementSyntax leave in Leaving.From(statement, locked, site))
        {
            StatementSyntax test = Leaving.If(success.Test(call.WithoutTrivia(), ofFailure: true), leave, site).WithTriviaFrom(statement).WithAdditionalAnnotations(Formatter.Annotation);
            yield return new Proposal(title, nameof(IgnoredResultFixer), site.Root.ReplaceNode(statement, test));
        }
    }
}
