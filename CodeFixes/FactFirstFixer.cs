using System.Collections.Generic;
using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using Microsoft.CodeAnalysis.Operations;
using MmLint.Analyzers;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace MmLint.CodeFixes;

/// <summary>Calls something only where the fact is true that it requires: <c>Install(vma);</c> becomes <c>if (vma.IsShared) Install(vma);</c>.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(FactFirstFixer)), Shared]
public sealed class FactFirstFixer : ContractFixer
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create("MML1015", "MML2003", "MML2009");

    private protected override IEnumerable<Proposal> Propose(FixSite site)
    {
        if (site.Node is not InvocationExpressionSyntax { Parent: ExpressionStatementSyntax statement } syntax || site.Model.GetOperation(syntax, site.Cancellation) is not IInvocationOperation call) yield break;
        foreach (FactClause required in site.Catalog.ContractOf(call.TargetMethod).Requires)
        {
            if (Written(required, call, site) is not { } fact) continue;
            StatementSyntax inner = statement.WithoutTrivia().WithLeadingTrivia(ElasticMarker);
            IfStatementSyntax test = IfStatement(fact, inner).WithCloseParenToken(Token(SyntaxKind.CloseParenToken).WithTrailingTrivia(site.EndOfLine))
                .WithTriviaFrom(statement).WithAdditionalAnnotations(Formatter.Annotation);
            yield return new Proposal("Test " + fact + " first", nameof(FactFirstFixer), site.Root.ReplaceNode(statement, test));
        }
    }

    /// <summary>The fact in the words of the caller, whether it applies always or under a condition.</summary>
    private static ExpressionSyntax? Written(FactClause required, IInvocationOperation call, FixSite site)
    {
        if (InCaller(required.Source.Text, call, site) is not { } fact) return null;
        if (required.Source.When is not { } condition) return fact;
        return InCaller(condition, call, site) is { } when
            ? BinaryExpression(SyntaxKind.LogicalOrExpression, PrefixUnaryExpression(SyntaxKind.LogicalNotExpression, ParenthesizedExpression(when)), fact) : null;
    }

    private static ExpressionSyntax? InCaller(string text, IInvocationOperation call, FixSite site)
    {
        ExpressionSyntax contract = ParseExpression(text);
        var replaced = new Dictionary<SyntaxNode, ExpressionSyntax>();
        foreach (ExpressionSyntax root in contract.DescendantNodesAndSelf().OfType<ExpressionSyntax>().Where(IsRoot))
        {
            ExpressionSyntax? receiver = call.Instance is { IsImplicit: false, Syntax: ExpressionSyntax instance } ? instance.WithoutTrivia() : null;
            if (root is ThisExpressionSyntax)
            {
                if (receiver is not null) replaced[root] = receiver;
            }
            else if (root is IdentifierNameSyntax name)
            {
                if (call.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == name.Identifier.ValueText)?.Value.Syntax is ExpressionSyntax value)
                {
                    if (AccessPath.Of(value, site) is null && !site.Model.GetConstantValue(value, site.Cancellation).HasValue) return null;
                    replaced[root] = value.WithoutTrivia();
                }
                else if (receiver is not null && call.TargetMethod.ContainingType.GetMembers(name.Identifier.ValueText).Any(static member => !member.IsStatic))
                {
                    replaced[root] = MemberAccessExpression(SyntaxKind.SimpleMemberAccessExpression, receiver, name);
                }
            }
        }

        return contract.ReplaceNodes(replaced.Keys, (original, _) => replaced[original].WithTriviaFrom(original));
    }

    /// <summary>Whether a name starts a path rather than going on with one.</summary>
    private static bool IsRoot(ExpressionSyntax expression) =>
        expression is ThisExpressionSyntax or IdentifierNameSyntax && !(expression.Parent is MemberAccessExpressionSyntax access && access.Name == expression);
}
