using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using MmLint.Analyzers;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace MmLint.CodeFixes;

/// <summary>
/// How the result of a method tells success: by the condition under which its contract ensures something or acquires something; where the contract
/// is silent, zero, true and not null are success.
/// </summary>
internal sealed class Success
{
    private Success(object? value, bool isNot, ExpressionSyntax? written)
    {
        Value = value;
        IsNot = isNot;
        Written = written;
    }

    /// <summary>The value that means success, or with <see cref="IsNot"/> the one that means failure.</summary>
    internal object? Value { get; }

    internal bool IsNot { get; }

    /// <summary>The value as code; null for booleans, which need no comparison.</summary>
    internal ExpressionSyntax? Written { get; }

    /// <summary>Reads the contract of a method; null where its result tells nothing.</summary>
    internal static Success? Of(IMethodSymbol method, FixSite site)
    {
        if (method.ReturnsVoid) return null;
        ITypeSymbol type = method.ReturnType;
        MemberContract contract = site.Catalog.ContractOf(method);
        foreach (string? when in contract.Ensures.Select(static clause => clause.Source.When).Concat(contract.Acquires.Select(static clause => clause.Source.When)))
        {
            if (when is not null && FromCondition(ParseExpression(when), type, site) is { } stated) return stated;
        }

        if (type.SpecialType == SpecialType.System_Boolean) return new Success(true, isNot: false, written: null);
        if (type.SpecialType == SpecialType.System_Int32) return new Success(0, isNot: false, Literal(0));
        if (type.TypeKind == TypeKind.Enum) return Zero((INamedTypeSymbol)type, site);
        return type.IsReferenceType ? new Success(null, isNot: true, Null) : null;
    }

    /// <summary>The test that a value tells failure, or success.</summary>
    internal ExpressionSyntax Test(ExpressionSyntax value, bool ofFailure)
    {
        if (Written is null) return ofFailure == ((bool)Value! != IsNot) ? PrefixUnaryExpression(SyntaxKind.LogicalNotExpression, value) : value;
        return BinaryExpression(ofFailure == IsNot ? SyntaxKind.EqualsExpression : SyntaxKind.NotEqualsExpression, value, Written);
    }

    /// <summary>What a comparison with a constant says: true for failure, false for success, null where it says neither.</summary>
    internal bool? IsFailure(SyntaxKind comparison, object? constant) => comparison switch
    {
        _ when !Equals(constant, Value) => null,
        SyntaxKind.EqualsExpression => IsNot,
        SyntaxKind.NotEqualsExpression => !IsNot,
        SyntaxKind.LessThanExpression or SyntaxKind.GreaterThanExpression when !IsNot => true,
        _ => null,
    };

    /// <summary>Whether the expression is the one value that means success.</summary>
    internal bool IsSuccess(ExpressionSyntax expression, SemanticModel model) =>
        !IsNot && model.GetConstantValue(expression) is { HasValue: true, Value: var value } && Equals(value, Value);

    private static LiteralExpressionSyntax Null => LiteralExpression(SyntaxKind.NullLiteralExpression);

    private static LiteralExpressionSyntax Literal(int value) => LiteralExpression(SyntaxKind.NumericLiteralExpression, SyntaxFactory.Literal(value));

    private static Success? FromCondition(ExpressionSyntax condition, ITypeSymbol type, FixSite site)
    {
        switch (condition)
        {
            case IdentifierNameSyntax { Identifier.ValueText: "result" } when type.SpecialType == SpecialType.System_Boolean:
                return new Success(true, isNot: false, written: null);
            case PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression, Operand: IdentifierNameSyntax { Identifier.ValueText: "result" } } when type.SpecialType == SpecialType.System_Boolean:
                return new Success(false, isNot: false, written: null);
            case BinaryExpressionSyntax { Left: IdentifierNameSyntax { Identifier.ValueText: "result" }, RawKind: (int)SyntaxKind.EqualsExpression or (int)SyntaxKind.NotEqualsExpression } comparison:
            {
                bool isNot = comparison.IsKind(SyntaxKind.NotEqualsExpression);
                switch (comparison.Right)
                {
                    case LiteralExpressionSyntax { Token.Value: null }:
                        return new Success(null, isNot, Null);
                    case LiteralExpressionSyntax { Token.Value: int number }:
                        return new Success(number, isNot, Literal(number));
                    case MemberAccessExpressionSyntax { Name.Identifier.ValueText: var name } when type is INamedTypeSymbol { TypeKind: TypeKind.Enum } set:
                        return set.GetMembers(name).OfType<IFieldSymbol>().FirstOrDefault() is { HasConstantValue: true } field ? new Success(field.ConstantValue, isNot, Member(field, site)) : null;
                }

                return null;
            }

            default:
                return null;
        }
    }

    private static Success? Zero(INamedTypeSymbol type, FixSite site) =>
        type.GetMembers().OfType<IFieldSymbol>().FirstOrDefault(static field => field.HasConstantValue && System.Convert.ToDecimal(field.ConstantValue, System.Globalization.CultureInfo.InvariantCulture) == 0) is { } field
            ? new Success(field.ConstantValue, isNot: false, Member(field, site)) : null;

    private static ExpressionSyntax Member(IFieldSymbol field, FixSite site) => ParseExpression(field.ContainingType.ToMinimalDisplayString(site.Model, site.Node.SpanStart) + "." + field.Name);
}
