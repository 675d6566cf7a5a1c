using System.Collections.Generic;
using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using MmLint.Analyzers;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace MmLint.CodeFixes;

/// <summary>
/// Moves a check that reads guarded data under the lock that is taken right after it: <c>if (_slot == null) lock (_gate) { … }</c> becomes
/// <c>lock (_gate) { if (_slot == null) … }</c>. What the check saw outside may have changed before the lock was had.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(CheckInsideFixer)), Shared]
public sealed class CheckInsideFixer : ContractFixer
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create("MML1008");

    private protected override IEnumerable<Proposal> Propose(FixSite site)
    {
        IfStatementSyntax? check = site.Node.AncestorsAndSelf().OfType<IfStatementSyntax>().FirstOrDefault(branch => branch.Condition.Span.Contains(site.Node.Span));
        if (check is not { Else: null }) yield break;
        if (Scope(Single(check.Statement)) is { } inner)
        {
            StatementSyntax body = Body(inner);
            IfStatementSyntax moved = check.WithStatement(body is BlockSyntax ? body : body.WithLeadingTrivia(ElasticMarker)).WithoutTrivia();
            yield return Proposed(site.Root.ReplaceNode(check, WithBody(inner, moved).WithTriviaFrom(check).WithAdditionalAnnotations(Formatter.Annotation)));
        }

        if (check.Parent is not BlockSyntax block) yield break;
        int at = block.Statements.IndexOf(check);
        if (Leaves(check.Statement) && at + 1 < block.Statements.Count && Scope(block.Statements[at + 1]) is { } next)
        {
            StatementSyntax body = Body(next);
            List<StatementSyntax> statements = [check.WithLeadingTrivia(ElasticMarker), .. body is BlockSyntax inside ? inside.Statements : [body]];
            StatementSyntax around = WithBody(next, statements.ToArray()).WithLeadingTrivia(check.GetLeadingTrivia()).WithTrailingTrivia(next.GetTrailingTrivia()).WithAdditionalAnnotations(Formatter.Annotation);
            yield return Proposed(site.Root.ReplaceNode(block, block.WithStatements(List(block.Statements.Take(at).Append(around).Concat(block.Statements.Skip(at + 2))))));
        }

        if (check.Statement is BlockSyntax { Statements: { Count: > 2 } held } && Clauses(held[0], site, static contract => contract.Acquires) && Clauses(held.Last(), site, static contract => contract.Releases))
        {
            BlockSyntax rest = Block(held.Skip(1).Take(held.Count - 2)).WithAdditionalAnnotations(Formatter.Annotation);
            StatementSyntax[] statements =
            [
                held[0].WithLeadingTrivia(check.GetLeadingTrivia()).WithAdditionalAnnotations(Formatter.Annotation),
                check.WithStatement(rest).WithLeadingTrivia(ElasticMarker).WithTrailingTrivia(site.EndOfLine).WithAdditionalAnnotations(Formatter.Annotation),
                held.Last().WithLeadingTrivia(ElasticMarker).WithTrailingTrivia(check.GetTrailingTrivia()).WithAdditionalAnnotations(Formatter.Annotation),
            ];
            yield return Proposed(site.Root.ReplaceNode(block, block.WithStatements(block.Statements.ReplaceRange(check, statements))));
        }
    }

    private static Proposal Proposed(SyntaxNode root) => new("Move the check under the lock", nameof(CheckInsideFixer), root);

    private static StatementSyntax Single(StatementSyntax statement) => statement is BlockSyntax { Statements: { Count: 1 } only } ? only[0] : statement;

    /// <summary>A statement that may take a lock for as long as its body runs; whether it does, the analysis of the result tells.</summary>
    private static StatementSyntax? Scope(StatementSyntax statement) => statement is LockStatementSyntax or UsingStatementSyntax { Declaration: null } ? statement : null;

    private static StatementSyntax Body(StatementSyntax scope) => scope is LockStatementSyntax locked ? locked.Statement : ((UsingStatementSyntax)scope).Statement;

    private static StatementSyntax WithBody(StatementSyntax scope, params StatementSyntax[] statements)
    {
        BlockSyntax body = Block(statements.Select(static statement => statement.WithAdditionalAnnotations(Formatter.Annotation)));
        return scope is LockStatementSyntax locked ? locked.WithStatement(body) : ((UsingStatementSyntax)scope).WithStatement(body);
    }

    private static bool Leaves(StatementSyntax statement) => Single(statement) is ReturnStatementSyntax or ContinueStatementSyntax or BreakStatementSyntax or GotoStatementSyntax or ThrowStatementSyntax;

    /// <summary>Whether the statement is a call that takes, or gives up, a lock in any case.</summary>
    private static bool Clauses(StatementSyntax statement, FixSite site, System.Func<MemberContract, List<LockClause>> kind) =>
        statement is ExpressionStatementSyntax { Expression: InvocationExpressionSyntax call } && site.Model.GetSymbolInfo(call, site.Cancellation).Symbol is IMethodSymbol method
        && kind(site.Catalog.ContractOf(method)).Any(static clause => clause.When is null);
}
