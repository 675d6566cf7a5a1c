using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LockMutants.Operators;

/// <summary>
/// A null or flag check is missing: where it left, control goes on; what it made conditional always happens. Only checks of what some contract
/// asks about: no lock depends on the others.
/// </summary>
internal static class Checks
{
    /// <summary>Cuts one check out of a condition, or the whole condition if it is all of it.</summary>
    public static IEnumerable<Edit> Dropped(SourceFile file)
    {
        foreach (var (statement, test) in Tests.Of(file))
        {
            if (!Tests.TestsContractFact(file, test) || (Tests.TellsOfAcquire(file, test) && Tests.IsAlternative(test) && statement is IfStatementSyntax { Else: null } guard && Tests.Jumps(guard.Statement)))
                continue;
            string what = $"({Edit.OneLine(Condition(statement))}) without {Edit.OneLine(test)}";
            if (test.Parent is BinaryExpressionSyntax whole && whole.Span != test.Span)
            {
                yield return Edit.Replace(whole, (whole.Left == test ? whole.Right : whole.Left).ToString(), what);
            }
            else if (statement is IfStatementSyntax choice)
            {
                string kept = test.DescendantNodesAndSelf().Any(static node => node is InvocationExpressionSyntax or AssignmentExpressionSyntax or DeclarationExpressionSyntax) ? $"_ = {test};" : "";
                yield return choice.Else is null && Tests.Jumps(choice.Statement)
                    ? Edit.Replace(choice, kept.Length > 0 ? kept : ";", what)
                    : Edit.Replace(choice, "{ " + kept + choice.Statement + " }", what);
            }
        }
    }

    private static ExpressionSyntax Condition(StatementSyntax statement) =>
        statement is IfStatementSyntax choice ? choice.Condition : ((WhileStatementSyntax)statement).Condition;
}
