using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace MmLint.CodeFixes;

/// <summary>The ways to leave a place where a lock could not be had.</summary>
internal static class Leaving
{
    /// <summary>
    /// Statements that leave: to the next round where the lock belongs to one round of a loop, else out of the method, with the value of the other
    /// tries in the method or the one that says that nothing was done: <c>false</c>, zero, null. Which member of an enum says so, nobody can know.
    /// </summary>
    internal static IEnumerable<StatementSyntax> From(SyntaxNode place, ExpressionSyntax locked, FixSite site)
    {
        if (IsOfOneRound(place, locked, site)) yield return ContinueStatement();
        if (site.Function is null || site.FunctionSymbol is not { } method || IsIterator(site.Function)) yield break;
        if (site.ReturnType is not { } type)
        {
            if (method.ReturnsVoid || method.IsAsync) yield return ReturnStatement();
            yield break;
        }

        foreach (StatementSyntax known in OtherTries(site)) yield return known.WithoutTrivia();
        if (Nothing(type) is { } nothing) yield return ReturnStatement(nothing).NormalizeWhitespace();
    }

    /// <summary>A test with the statement that leaves on a line of its own.</summary>
    internal static IfStatementSyntax If(ExpressionSyntax condition, StatementSyntax leave, FixSite site) =>
        IfStatement(condition, leave.WithLeadingTrivia(ElasticMarker)).WithCloseParenToken(Token(SyntaxKind.CloseParenToken).WithTrailingTrivia(site.EndOfLine)).WithTrailingTrivia(site.EndOfLine);

    private static bool IsOfOneRound(SyntaxNode place, ExpressionSyntax locked, FixSite site)
    {
        StatementSyntax? loop = place.Ancestors().TakeWhile(ancestor => ancestor != site.Function).OfType<StatementSyntax>().FirstOrDefault(static statement => statement is CommonForEachStatementSyntax or ForStatementSyntax or WhileStatementSyntax or DoStatementSyntax);
        if (loop is null) return false;
        ExpressionSyntax root = locked;
        while (root is MemberAccessExpressionSyntax access) root = access.Expression;
        return root is IdentifierNameSyntax name && site.Model.LookupSymbols(place.SpanStart, name: name.Identifier.ValueText).OfType<ILocalSymbol>().FirstOrDefault() is { } local
            && local.DeclaringSyntaxReferences.Any(reference => loop.Span.Contains(reference.Span));
    }

    private static bool IsIterator(SyntaxNode function) => function.DescendantNodes(static node => node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)).Any(static node => node is YieldStatementSyntax);

    /// <summary>What the method returns where another try fails.</summary>
    private static IEnumerable<StatementSyntax> OtherTries(FixSite site)
    {
        foreach (IfStatementSyntax branch in site.Function!.DescendantNodes().OfType<IfStatementSyntax>())
        {
            if (branch.Condition is not PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression, Operand: InvocationExpressionSyntax call }) continue;
            if (site.Model.GetSymbolInfo(call, site.Cancellation).Symbol is not IMethodSymbol method || !LockMembers.IsAcquire(method, site)) continue;
            if (branch.Statement is ReturnStatementSyntax { Expression: LiteralExpressionSyntax or MemberAccessExpressionSyntax } known) yield return known;
            else if (branch.Statement is BlockSyntax { Statements: { Count: 1 } only } && only[0] is ReturnStatementSyntax { Expression: LiteralExpressionSyntax or MemberAccessExpressionSyntax } inner) yield return inner;
        }
    }

    private static ExpressionSyntax? Nothing(ITypeSymbol type)
    {
        if (type.SpecialType == SpecialType.System_Boolean) return LiteralExpression(SyntaxKind.FalseLiteralExpression);
        if (type.SpecialType is >= SpecialType.System_SByte and <= SpecialType.System_UInt64) return LiteralExpression(SyntaxKind.NumericLiteralExpression, Literal(0));
        bool mayBeNull = type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T || (type.IsReferenceType && type.NullableAnnotation != NullableAnnotation.NotAnnotated);
        return mayBeNull ? LiteralExpression(SyntaxKind.NullLiteralExpression) : null;
    }
}
