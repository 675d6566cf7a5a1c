using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LockMutants.Operators;

/// <summary>Null, flag and result checks, one by one: the operands of <c>&amp;&amp;</c> and <c>||</c> in the conditions of statements.</summary>
internal static class Tests
{
    /// <summary>Every operand of every condition, with the statement whose condition it is part of.</summary>
    public static IEnumerable<(StatementSyntax Statement, ExpressionSyntax Test)> Of(SourceFile file)
    {
        foreach (var statement in file.All<StatementSyntax>())
        {
            var condition = statement switch
            {
                IfStatementSyntax choice => choice.Condition,
                WhileStatementSyntax loop => loop.Condition,
                _ => null,
            };
            foreach (var test in condition is null ? [] : Operands(condition))
                yield return (statement, test);
        }
    }

    /// <summary>Whether control never comes out at the end of a statement.</summary>
    public static bool Jumps(StatementSyntax statement) => statement switch
    {
        BlockSyntax block => block.Statements.Count > 0 && Jumps(block.Statements[^1]),
        ReturnStatementSyntax or ContinueStatementSyntax or BreakStatementSyntax or GotoStatementSyntax or ThrowStatementSyntax => true,
        _ => false,
    };

    /// <summary>Whether the operand alone decides: the whole condition, or one of several of which any suffices.</summary>
    public static bool IsAlternative(ExpressionSyntax test) => test.Parent is not BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression };

    /// <summary>Whether the value says if a lock was acquired: it tests what such a call returned, at once or by way of a variable.</summary>
    public static bool TellsOfAcquire(SourceFile file, ExpressionSyntax test) => test switch
    {
        ParenthesizedExpressionSyntax inner => TellsOfAcquire(file, inner.Expression),
        PrefixUnaryExpressionSyntax not => TellsOfAcquire(file, not.Operand),
        BinaryExpressionSyntax comparison => TellsOfAcquire(file, comparison.Left),
        IsPatternExpressionSyntax pattern => TellsOfAcquire(file, pattern.Expression),
        AssignmentExpressionSyntax assignment => TellsOfAcquire(file, assignment.Right),
        InvocationExpressionSyntax call => AcquiresPerhaps(file, call),
        IdentifierNameSyntax name => file.Model.GetSymbolInfo(name).Symbol is ILocalSymbol local && SourceFile.BodyOf(name) is { } body && Assigned(file, body, local).Any(call => AcquiresPerhaps(file, call)),
        _ => false,
    };

    /// <summary>Whether the value tests for null, true or a flag what some contract asks about.</summary>
    public static bool TestsContractFact(SourceFile file, ExpressionSyntax test)
    {
        switch (test)
        {
            case ParenthesizedExpressionSyntax inner: return TestsContractFact(file, inner.Expression);
            case PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression } not: return TestsContractFact(file, not.Operand);
            case IsPatternExpressionSyntax { Pattern: ConstantPatternSyntax or UnaryPatternSyntax } pattern: return Subjects(file, pattern.Expression).Any(file.Facts.AskNull);
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.EqualsExpression or (int)SyntaxKind.NotEqualsExpression } comparison:
                if (comparison.Right.IsKind(SyntaxKind.NullLiteralExpression))
                    return Subjects(file, comparison.Left).Any(file.Facts.AskNull);
                return comparison.Left is ParenthesizedExpressionSyntax { Expression: BinaryExpressionSyntax { RawKind: (int)SyntaxKind.BitwiseAndExpression } mask }
                    && file.Model.GetConstantValue(mask.Right).Value is { } flags && Subjects(file, mask.Left).Any(subject => file.Facts.AskBits(subject, flags is ulong bits ? unchecked((long)bits) : System.Convert.ToInt64(flags, null)));
            default: return Subjects(file, test).Any(file.Facts.AskTrue);
        }
    }

    /// <summary>The member or parameter that a value is read from; for a local that calls set, the methods called.</summary>
    private static IEnumerable<ISymbol> Subjects(SourceFile file, ExpressionSyntax value)
    {
        var symbol = file.Model.GetSymbolInfo(value).Symbol;
        if (symbol is not ILocalSymbol local)
            return symbol is null ? [] : [symbol];
        return SourceFile.BodyOf(value) is { } body ? Assigned(file, body, local).Select(call => file.Model.GetSymbolInfo(call).Symbol).OfType<ISymbol>() : [];
    }

    private static IEnumerable<ExpressionSyntax> Operands(ExpressionSyntax condition) =>
        condition is BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression or (int)SyntaxKind.LogicalOrExpression } both
            ? Operands(both.Left).Concat(Operands(both.Right))
            : [condition];

    private static bool AcquiresPerhaps(SourceFile file, InvocationExpressionSyntax call) => file.ContractOf(call) is { } contract && SourceFile.AcquiresPerhaps(contract);

    private static IEnumerable<InvocationExpressionSyntax> Assigned(SourceFile file, SyntaxNode body, ILocalSymbol local)
    {
        foreach (var node in body.DescendantNodes())
        {
            if (node is VariableDeclaratorSyntax { Initializer.Value: InvocationExpressionSyntax value } declarator && SymbolEqualityComparer.Default.Equals(file.Model.GetDeclaredSymbol(declarator), local))
                yield return value;
            if (node is AssignmentExpressionSyntax { Left: IdentifierNameSyntax target, Right: InvocationExpressionSyntax assigned } && SymbolEqualityComparer.Default.Equals(file.Model.GetSymbolInfo(target).Symbol, local))
                yield return assigned;
        }
    }
}
