using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace MmLint.CodeFixes;

/// <summary>
/// Makes the statement that leaves a method on failure return another value. What it does before it returns stays; a <c>goto</c> to the method's
/// end is followed, and its label goes when nothing else leads there.
/// </summary>
internal sealed class BailOut(FixSite site)
{
    private const int LongestEnding = 6;

    private readonly List<(GotoStatementSyntax Goto, LabeledStatementSyntax Label, IReadOnlyList<StatementSyntax> Ending)> _followed = [];

    /// <summary>The statement, returning <paramref name="value"/>; null where it does something else than leave.</summary>
    internal StatementSyntax? Returning(StatementSyntax statement, ExpressionSyntax value)
    {
        switch (statement)
        {
            case ReturnStatementSyntax { Expression: { } expression } leave:
                return leave.ReplaceNode(expression, value.WithTriviaFrom(expression));
            case BlockSyntax { Statements: { Count: > 0 } statements } block:
                return Returning(statements.Last(), value) is { } last ? Merged(block, last) : null;
            case GotoStatementSyntax { RawKind: (int)SyntaxKind.GotoStatement, Expression: IdentifierNameSyntax target } jump:
                return Followed(jump, target, value);
            default:
                return null;
        }
    }

    /// <summary>Endings that only the followed jumps led to.</summary>
    internal IEnumerable<StatementSyntax> Unreachable() => Left().Where(item => !IsReached(item.Label)).SelectMany(static item => item.Ending).Distinct();

    /// <summary>Labels that no jump names any more, at endings that are still reached from above.</summary>
    internal IEnumerable<LabeledStatementSyntax> Unused() => Left().Where(item => IsReached(item.Label)).Select(static item => item.Label).Distinct();

    private IEnumerable<(GotoStatementSyntax Goto, LabeledStatementSyntax Label, IReadOnlyList<StatementSyntax> Ending)> Left() => _followed.Where(item =>
        (site.Function ?? site.Root).DescendantNodes().OfType<GotoStatementSyntax>().Count(jump => jump.Expression is IdentifierNameSyntax name && name.Identifier.ValueText == item.Label.Identifier.ValueText) == 1);

    private bool IsReached(LabeledStatementSyntax label)
    {
        if (label.Parent is not BlockSyntax block) return true;
        int index = block.Statements.IndexOf(label);
        return index == 0 || site.Model.AnalyzeControlFlow(block.Statements[index - 1]) is not { Succeeded: true, EndPointIsReachable: false };
    }

    private StatementSyntax? Followed(GotoStatementSyntax jump, IdentifierNameSyntax target, ExpressionSyntax value)
    {
        LabeledStatementSyntax? label = (site.Function ?? site.Root).DescendantNodes().OfType<LabeledStatementSyntax>().FirstOrDefault(candidate => candidate.Identifier.ValueText == target.Identifier.ValueText);
        if (label?.Parent is not BlockSyntax block) return null;
        var ending = new List<StatementSyntax>();
        foreach (StatementSyntax statement in block.Statements.Skip(block.Statements.IndexOf(label)))
        {
            ending.Add(statement);
            if (ending.Count > LongestEnding) return null;
            if (Inner(statement) is ReturnStatementSyntax) break;
        }

        if (Inner(ending.Last()) is not ReturnStatementSyntax { Expression: not null } leave) return null;
        _followed.Add((jump, label, ending));
        ReturnStatementSyntax returned = ReturnStatement(value).NormalizeWhitespace();
        if (ending.Count == 1) return returned.WithTriviaFrom(jump);
        IEnumerable<StatementSyntax> before = ending.Take(ending.Count - 1).Select(static statement => Inner(statement).WithAdditionalAnnotations(Formatter.Annotation));
        return Block(before.Append(returned.WithTriviaFrom(leave).WithAdditionalAnnotations(Formatter.Annotation))).WithTriviaFrom(jump).WithAdditionalAnnotations(Formatter.Annotation);
    }

    private static StatementSyntax Inner(StatementSyntax statement) => statement is LabeledStatementSyntax label ? Inner(label.Statement) : statement;

    /// <summary>A block that ends in what it jumped to: one block, not one in the other.</summary>
    private static BlockSyntax Merged(BlockSyntax block, StatementSyntax last)
    {
        StatementSyntax old = block.Statements.Last();
        return last is BlockSyntax inner && old is not BlockSyntax ? block.WithStatements(block.Statements.Remove(old).AddRange(inner.Statements)) : block.ReplaceNode(old, last);
    }
}
