using System.Collections.Generic;
using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using Microsoft.CodeAnalysis.Operations;
using MmLint.Analyzers;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace MmLint.CodeFixes;

/// <summary>
/// Puts a helper in the place of a try, a call and a release: <c>if (!folio.TryLock()) return; Walk(folio); folio.Unlock();</c> becomes
/// <c>if (!TryWalk(folio)) return;</c>, the test only where there is something left to skip.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(HelperFixer)), Shared]
public sealed class HelperFixer : ContractFixer
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create("MML2010");

    private protected override IEnumerable<Proposal> Propose(FixSite site)
    {
        if (site.Node is not InvocationExpressionSyntax { Parent: ExpressionStatementSyntax called } syntax || site.Model.GetOperation(syntax, site.Cancellation) is not IInvocationOperation call) yield break;
        StatementSyntax inner = called.Parent is BlockSyntax { Parent: TryStatementSyntax guarded } ? guarded : called;
        if (inner.Parent is not BlockSyntax block) yield break;
        foreach (Alternative alternative in site.Catalog.ContractOf(call.TargetMethod).Alternatives)
        {
            foreach (IMethodSymbol method in AlternativeCall.MethodsNamed(alternative.Member, call.TargetMethod, site))
            {
                if (AlternativeCall.Write(call, method, site) is not { } written) continue;
                if (block.Parent is IfStatementSyntax { Else: null } branch && block.Statements.Count == 2)
                    yield return Proposed(method, site.Root.ReplaceNode(branch, Alone(written).WithTriviaFrom(branch)));
                else if (Sequence(block, inner, written, method, site) is { } changed)
                    yield return Proposed(method, site.Root.ReplaceNode(block, changed));
            }
        }
    }

    private static Proposal Proposed(IMethodSymbol method, SyntaxNode root) => new("Call " + method.Name + " instead", nameof(HelperFixer), root);

    private static ExpressionStatementSyntax Alone(InvocationExpressionSyntax written) => ExpressionStatement(written).WithAdditionalAnnotations(Formatter.Annotation);

    /// <summary>The block with the test, the call and the release as one statement.</summary>
    private static BlockSyntax? Sequence(BlockSyntax block, StatementSyntax inner, InvocationExpressionSyntax written, IMethodSymbol method, FixSite site)
    {
        SyntaxList<StatementSyntax> list = block.Statements;
        int at = list.IndexOf(inner);
        int last = inner is TryStatementSyntax ? at : at + 1;
        if (at < 1 || last >= list.Count || list[at - 1] is not IfStatementSyntax test) return null;

        // Whether the helper was successful matters only where more follows, or the way out returns something.
        StatementSyntax leave = test.Statement is BlockSyntax { Statements: { Count: 1 } only } ? only[0] : test.Statement;
        bool isLast = last == list.Count - 1 && block.Parent is (BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax) && leave is ReturnStatementSyntax { Expression: null };
        StatementSyntax replaced;
        if (isLast) replaced = Alone(written);
        else if (Success.Of(method, site) is { } success) replaced = test.WithCondition(success.Test(written, ofFailure: true)).WithAdditionalAnnotations(Formatter.Annotation);
        else return null;
        return block.WithStatements(List(list.Take(at - 1).Append(replaced.WithLeadingTrivia(test.GetLeadingTrivia()).WithTrailingTrivia(list[last].GetTrailingTrivia())).Concat(list.Skip(last + 1))));
    }
}
