using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MmLint.CodeFixes;

/// <summary>The largest expression around a call, or around a variable that keeps its result, which says no more than that it failed or succeeded.</summary>
internal sealed class ResultTest
{
    private ResultTest(ExpressionSyntax expression, bool? isFailure, ILocalSymbol? kept)
    {
        Expression = expression;
        IsFailure = isFailure;
        Kept = kept;
    }

    /// <summary>The test; the value itself where nothing tests it.</summary>
    internal ExpressionSyntax Expression { get; }

    /// <summary>Whether the test is true for failure; null where there is none.</summary>
    internal bool? IsFailure { get; }

    /// <summary>The local to which the value is assigned on the way: <c>if ((error = F()) != 0)</c>.</summary>
    internal ILocalSymbol? Kept { get; }

    /// <summary>Climbs from a value whose success is known.</summary>
    internal static ResultTest Of(ExpressionSyntax value, Success success, FixSite site)
    {
        ExpressionSyntax at = Outside(value);
        ILocalSymbol? kept = null;
        if (at.Parent is AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression } assignment && assignment.Right == at && assignment.Parent is not ExpressionStatementSyntax)
        {
            if (site.Model.GetSymbolInfo(assignment.Left, site.Cancellation).Symbol is not ILocalSymbol local) return new ResultTest(at, null, null);
            kept = local;
            at = Outside(assignment);
        }

        bool? fails = success.Written is null ? !(bool)success.Value! : null;
        switch (at.Parent)
        {
            case BinaryExpressionSyntax comparison when fails is null:
                ExpressionSyntax other = comparison.Left == at ? comparison.Right : comparison.Left;
                if (site.Model.GetConstantValue(other, site.Cancellation) is not { HasValue: true, Value: var constant } || success.IsFailure(comparison.Kind(), constant) is not { } failure) break;
                fails = failure;
                at = Outside(comparison);
                break;
            case IsPatternExpressionSyntax pattern when fails is null && Compared(pattern.Pattern) is ({ } compared, var kind):
                if (site.Model.GetConstantValue(compared, site.Cancellation) is not { HasValue: true, Value: var matched } || success.IsFailure(kind, matched) is not { } mismatch) break;
                fails = mismatch;
                at = Outside(pattern);
                break;
        }

        while (fails is not null)
        {
            if (at.Parent is PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression } not)
            {
                fails = !fails;
                at = Outside(not);
            }
            else if (at.Parent is ArgumentSyntax { Parent: ArgumentListSyntax { Arguments.Count: 1, Parent: InvocationExpressionSyntax hint } } && ReturnsItsArgument(hint, site))
            {
                at = Outside(hint);
            }
            else
            {
                break;
            }
        }

        return new ResultTest(at, fails, kept);
    }

    /// <summary>The expression with the parentheses around it.</summary>
    internal static ExpressionSyntax Outside(ExpressionSyntax expression) => expression.Parent is ParenthesizedExpressionSyntax outer ? Outside(outer) : expression;

    private static (ExpressionSyntax? Constant, SyntaxKind Kind) Compared(PatternSyntax pattern) => pattern switch
    {
        ConstantPatternSyntax constant => (constant.Expression, SyntaxKind.EqualsExpression),
        UnaryPatternSyntax { Pattern: ConstantPatternSyntax constant } => (constant.Expression, SyntaxKind.NotEqualsExpression),
        RelationalPatternSyntax { OperatorToken.RawKind: (int)SyntaxKind.LessThanToken } relational => (relational.Expression, SyntaxKind.LessThanExpression),
        _ => (null, SyntaxKind.None),
    };

    /// <summary>Whether the call is a hint like <c>unlikely(x)</c>, whose body returns what it is given.</summary>
    private static bool ReturnsItsArgument(InvocationExpressionSyntax call, FixSite site)
    {
        if (site.Model.GetSymbolInfo(call, site.Cancellation).Symbol is not IMethodSymbol { Parameters: { Length: 1 } parameters } method) return false;
        ExpressionSyntax? returned = method.OriginalDefinition.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(site.Cancellation) switch
        {
            MethodDeclarationSyntax { ExpressionBody.Expression: var expression } => expression,
            MethodDeclarationSyntax { Body.Statements: { Count: 1 } statements } => (statements[0] as ReturnStatementSyntax)?.Expression,
            _ => null,
        };
        return returned is IdentifierNameSyntax name && name.Identifier.ValueText == parameters[0].Name;
    }
}
