using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MmLint.Analyzers;

/// <summary>
/// Finds the statement by which control leaves a body. The graph keeps no operation for a plain <c>return;</c>, so it is found in the syntax:
/// what comes after the last thing that ran.
/// </summary>
internal static class ExitPlace
{
    /// <summary>The <c>return;</c> that follows <paramref name="anchor"/>, or null where control falls off the end of the body.</summary>
    /// <param name="anchor">The last expression or statement that ran.</param>
    /// <param name="whenTrue">If the anchor is a condition: the outcome that leads out.</param>
    internal static StatementSyntax? After(SyntaxNode anchor, bool? whenTrue)
    {
        StatementSyntax? statement = anchor.FirstAncestorOrSelf<StatementSyntax>();
        if (statement is null) return null;
        StatementSyntax? next = statement switch
        {
            IfStatementSyntax choice when choice.Condition.Contains(anchor) => Taken(choice, anchor, whenTrue ?? true),
            ReturnStatementSyntax => statement,
            _ => Following(statement),
        };
        return Leads(next);
    }

    private static StatementSyntax? Taken(IfStatementSyntax choice, SyntaxNode anchor, bool whenTrue)
    {
        int denials = anchor.Ancestors().TakeWhile(node => node != choice).Count(static node => node.IsKind(SyntaxKind.LogicalNotExpression));
        if (anchor.IsKind(SyntaxKind.LogicalNotExpression)) denials = 0;
        if (denials % 2 == 1) whenTrue = !whenTrue;
        if (whenTrue) return First(choice.Statement) ?? Following(choice);
        return choice.Else is { } other ? First(other.Statement) ?? Following(choice) : Following(choice);
    }

    private static StatementSyntax? Leads(StatementSyntax? statement)
    {
        for (int step = 0; step < 32 && statement is not null; step++)
        {
            switch (statement)
            {
                case ReturnStatementSyntax or YieldStatementSyntax { RawKind: (int)SyntaxKind.YieldBreakStatement }:
                    return statement;
                case BreakStatementSyntax:
                    statement = statement.Ancestors().OfType<StatementSyntax>().FirstOrDefault(static node => node is SwitchStatementSyntax or WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax) is { } left ? Following(left) : null;
                    break;
                case LabeledStatementSyntax labeled:
                    statement = First(labeled.Statement);
                    break;
                case EmptyStatementSyntax or LocalFunctionStatementSyntax:
                    statement = Following(statement);
                    break;
                default:
                    return null;
            }
        }

        return null;
    }

    private static StatementSyntax? First(StatementSyntax statement) => statement is BlockSyntax block ? block.Statements.Count > 0 ? First(block.Statements[0]) : null : statement;

    private static StatementSyntax? Following(StatementSyntax statement)
    {
        for (SyntaxNode? at = statement; at is StatementSyntax or ElseClauseSyntax or SwitchSectionSyntax or CatchClauseSyntax or FinallyClauseSyntax; at = at.Parent)
        {
            if (at.Parent is not BlockSyntax block || at is not StatementSyntax inner) continue;
            int index = block.Statements.IndexOf(inner);
            for (int next = index + 1; next < block.Statements.Count; next++)
            {
                if (First(block.Statements[next]) is { } found) return found;
            }

            if (block.Parent is not (StatementSyntax or ElseClauseSyntax or CatchClauseSyntax or FinallyClauseSyntax)) return null;
        }

        return null;
    }
}
