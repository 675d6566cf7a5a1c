using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using MmLint.Analyzers;

namespace LockMutants.Operators;

/// <summary>Something about a lock is no longer done.</summary>
internal static class Deletions
{
    /// <summary>An acquire is missing; not that of an object that the call itself makes, for nobody else can reach it.</summary>
    public static IEnumerable<Edit> Acquires(SourceFile file) =>
        Delete(file.Calls(SourceFile.Acquires).Where(place => file.LockOwner(place.Call) is not BaseObjectCreationExpressionSyntax));

    /// <summary>A release is missing.</summary>
    public static IEnumerable<Edit> Releases(SourceFile file) => Delete(file.Calls(SourceFile.Releases));

    /// <summary>A downgrade is missing.</summary>
    public static IEnumerable<Edit> Downgrades(SourceFile file) => Delete(file.Calls(static contract => contract.Downgrades.Count > 0));

    /// <summary>An assertion is missing.</summary>
    public static IEnumerable<Edit> Assertions(SourceFile file) => Delete(file.Calls(static contract => contract.Asserts.Count > 0));

    /// <summary>A scope is missing: a lock statement loses its lock, a scoped lock is not made.</summary>
    public static IEnumerable<Edit> Scopes(SourceFile file)
    {
        foreach (var statement in file.All<LockStatementSyntax>())
            yield return Edit.Replace(statement, statement.Statement.ToString(), $"lock ({statement.Expression}) removed");
        foreach (var statement in file.All<UsingStatementSyntax>().Where(statement => IsScope(file, statement.Declaration?.Variables[0].Initializer?.Value ?? statement.Expression)))
            yield return Edit.Replace(statement, statement.Statement.ToString(), $"using ({(SyntaxNode?)statement.Declaration ?? statement.Expression}) removed");
        foreach (var statement in file.All<LocalDeclarationStatementSyntax>().Where(statement => !statement.UsingKeyword.IsKind(SyntaxKind.None)))
        {
            if (IsScope(file, statement.Declaration.Variables[0].Initializer?.Value))
                yield return Edit.Replace(statement, ";", Edit.OneLine(statement) + " removed");
        }
    }

    /// <summary>A release happens on some paths only.</summary>
    public static IEnumerable<Edit> ReleasesOnOnePath(SourceFile file) =>
        file.Calls(SourceFile.Releases).Select(static place => Edit.Replace(place.Statement, $"if (Mutated.Coin()) {place.Statement}", Edit.OneLine(place.Statement)));

    /// <summary>
    /// Whether a lock was taken is not looked at: <c>if (!x.TryLock()) return;</c> goes on either way. One alternative of several is cut out
    /// and its value thrown away.
    /// </summary>
    public static IEnumerable<Edit> FailureHandling(SourceFile file)
    {
        foreach (var (statement, test) in Tests.Of(file).Where(place => place.Statement is IfStatementSyntax { Else: null } && Tests.Jumps(((IfStatementSyntax)place.Statement).Statement)))
        {
            if (!Tests.TellsOfAcquire(file, test) || !Tests.IsAlternative(test))
                continue;
            string what = $"if ({Edit.OneLine(((IfStatementSyntax)statement).Condition)}) without {Edit.OneLine(test)}";
            string looked = $"_ = {test};";
            yield return test.Parent is BinaryExpressionSyntax whole
                ? new Edit(test, what, [new TextChange(whole.Span, (whole.Left == test ? whole.Right : whole.Left).ToString()), new TextChange(new TextSpan(statement.Span.End, 0), " " + looked)])
                : Edit.Replace(statement, looked, what);
        }
    }

    private static IEnumerable<Edit> Delete(IEnumerable<(StatementSyntax Statement, InvocationExpressionSyntax Call)> places) =>
        places.Select(static place => Edit.Replace(place.Statement, ";", Edit.OneLine(place.Statement)));

    private static bool IsScope(SourceFile file, ExpressionSyntax? made) => made is not null && file.IsScopedLock(made);
}
