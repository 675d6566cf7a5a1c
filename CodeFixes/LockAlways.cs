using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;
using Microsoft.CodeAnalysis.Formatting;

namespace MmLint.CodeFixes;

/// <summary>
/// Takes a lock always that is taken only under a condition: <c>if (needLock &amp;&amp; !folio.TryLock()) return; … if (needLock) folio.Unlock();</c> loses
/// its condition, and the variable goes when nothing else asks for it.
/// </summary>
internal static class LockAlways
{
    /// <summary>The document with one conditional acquire of the lock, and its releases, freed from the condition.</summary>
    internal static IEnumerable<SyntaxNode> Of(NeededLock needed, FixSite site)
    {
        if (site.Function is null) yield break;
        foreach (InvocationExpressionSyntax acquire in Calls(needed, site, LockMembers.IsAcquire).Where(call => call.SpanStart < site.Node.SpanStart))
        {
            if (Conditional(acquire) is { } conditional) yield return Freed(conditional.Branch, conditional.Condition, conditional.Always, needed, site);
        }
    }

    private static IEnumerable<InvocationExpressionSyntax> Calls(NeededLock needed, FixSite site, System.Func<IMethodSymbol, FixSite, bool> isWanted) => site.Function!.DescendantNodes().OfType<InvocationExpressionSyntax>()
        .Where(call => call.Expression is MemberAccessExpressionSyntax access && needed.IsNamedBy(access.Expression) && site.Model.GetSymbolInfo(call, site.Cancellation).Symbol is IMethodSymbol method && isWanted(method, site));

    /// <summary>The branch that takes or releases a lock only under a condition, and what is left of it without.</summary>
    private static (IfStatementSyntax Branch, ExpressionSyntax Condition, StatementSyntax Always)? Conditional(InvocationExpressionSyntax call)
    {
        ExpressionSyntax test = ResultTest.Outside(call);
        if (test.Parent is PrefixUnaryExpressionSyntax not) test = ResultTest.Outside(not);
        if (test.Parent is BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression } both && both.Right == test && ResultTest.Outside(both).Parent is IfStatementSyntax { Else: null } branch)
            return (branch, both.Left, branch.WithCondition(both.Right.WithTriviaFrom(ResultTest.Outside(both))));
        StatementSyntax? statement = test.Parent as IfStatementSyntax ?? test.Parent as StatementSyntax;
        if (statement is ExpressionStatementSyntax or IfStatementSyntax { Else: null } && Embedding(statement) is { Else: null } outer)
            return (outer, outer.Condition, statement.WithTriviaFrom(outer));
        return null;
    }

    private static IfStatementSyntax? Embedding(StatementSyntax statement) => statement.Parent switch
    {
        IfStatementSyntax outer => outer,
        BlockSyntax { Statements.Count: 1, Parent: IfStatementSyntax outer } => outer,
        _ => null,
    };

    private static SyntaxNode Freed(IfStatementSyntax branch, ExpressionSyntax condition, StatementSyntax rest, NeededLock needed, FixSite site)
    {
        SyntaxEditor editor = site.Editor();
        editor.ReplaceNode(branch, rest.WithAdditionalAnnotations(Formatter.Annotation));
        List<SyntaxNode> changed = [branch];
        foreach (InvocationExpressionSyntax release in Calls(needed, site, LockMembers.IsRelease))
        {
            if (Conditional(release) is not { } conditional || changed.Contains(conditional.Branch) || !SyntaxFactory.AreEquivalent(Bare(conditional.Condition), Bare(condition))) continue;
            editor.ReplaceNode(conditional.Branch, conditional.Always.WithAdditionalAnnotations(Formatter.Annotation));
            changed.Add(conditional.Branch);
        }

        if (Bare(condition) is IdentifierNameSyntax name && site.Model.GetSymbolInfo(name, site.Cancellation).Symbol is ILocalSymbol local && OnlyDeclaration(local, changed, site) is { } declaration)
            editor.RemoveNode(declaration, SyntaxRemoveOptions.KeepNoTrivia);
        return editor.GetChangedRoot();
    }

    private static ExpressionSyntax Bare(ExpressionSyntax expression) => expression is ParenthesizedExpressionSyntax inner ? Bare(inner.Expression) : expression;

    /// <summary>The declaration of a local that nothing but the changed statements mentions and whose computation does nothing.</summary>
    private static LocalDeclarationStatementSyntax? OnlyDeclaration(ILocalSymbol local, List<SyntaxNode> changed, FixSite site)
    {
        if (local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(site.Cancellation) is not VariableDeclaratorSyntax { Parent.Parent: LocalDeclarationStatementSyntax { Declaration.Variables.Count: 1 } declaration } declarator) return null;
        bool isUsed = site.Function!.DescendantNodes().OfType<IdentifierNameSyntax>().Any(name => name.Identifier.ValueText == local.Name && !changed.Any(node => node.Span.Contains(name.Span))
            && SymbolEqualityComparer.Default.Equals(site.Model.GetSymbolInfo(name, site.Cancellation).Symbol, local));
        return isUsed || (declarator.Initializer is { Value: var value } && !IsPure(value, site, depth: 0)) ? null : declaration;
    }

    /// <summary>Whether evaluating the expression changes nothing: it reads, compares, and calls only what does no more.</summary>
    private static bool IsPure(ExpressionSyntax expression, FixSite site, int depth) => expression.DescendantNodesAndSelf().All(node => node switch
    {
        AssignmentExpressionSyntax or AwaitExpressionSyntax or BaseObjectCreationExpressionSyntax or AnonymousFunctionExpressionSyntax => false,
        PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PreIncrementExpression or (int)SyntaxKind.PreDecrementExpression } => false,
        PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PostIncrementExpression or (int)SyntaxKind.PostDecrementExpression } => false,
        InvocationExpressionSyntax call => depth == 0 && call.SyntaxTree == site.Model.SyntaxTree && Body(call, site) is { } body && body.SyntaxTree == site.Model.SyntaxTree && IsPure(body, site, depth + 1),
        _ => true,
    });

    private static ExpressionSyntax? Body(InvocationExpressionSyntax call, FixSite site) =>
        (site.Model.GetSymbolInfo(call, site.Cancellation).Symbol as IMethodSymbol)?.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(site.Cancellation) is MethodDeclarationSyntax { ExpressionBody.Expression: var expression } ? expression : null;
}
