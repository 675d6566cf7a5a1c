using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;
using Microsoft.CodeAnalysis.Formatting;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace MmLint.CodeFixes;

/// <summary>The neighbouring statements that have to run under one lock.</summary>
internal sealed class Region
{
    private Region(IReadOnlyList<StatementSyntax> statements) => Statements = statements;

    internal IReadOnlyList<StatementSyntax> Statements { get; }

    /// <summary>
    /// From the statement of the finding to the last one of the same list that something of the same kind is reported in, and on as far as locals
    /// declared in between are used.
    /// </summary>
    internal static Region? Around(FixSite site)
    {
        StatementSyntax? first = site.Node.AncestorsAndSelf().TakeWhile(ancestor => ancestor != site.Function).OfType<StatementSyntax>().FirstOrDefault(static statement => statement is not BlockSyntax);
        if (first is null or LocalFunctionStatementSyntax) return null;
        if (first.Parent is not BlockSyntax block) return first.Parent is StatementSyntax and not LabeledStatementSyntax or ElseClauseSyntax ? new Region([first]) : null;
        int start = block.Statements.IndexOf(first);
        int end = start;
        for (int index = start + 1; index < block.Statements.Count; index++)
        {
            StatementSyntax statement = block.Statements[index];
            bool isReported = site.Findings.Any(finding => finding.Id == site.Diagnostic.Id && statement.Span.Contains(finding.Location.SourceSpan) && IsOfSameLock(finding, site.Diagnostic));
            if (isReported || UsesDeclared(block, start, end, statement, site)) end = index;
        }

        if (block.Statements.Skip(start).Take(end - start + 1).Any(static statement => statement is LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 })) end = block.Statements.Count - 1;
        return new Region(block.Statements.Skip(start).Take(end - start + 1).ToList());
    }

    /// <summary>The document with other statements in the region's place.</summary>
    internal SyntaxNode Replace(IReadOnlyList<StatementSyntax> statements, FixSite site)
    {
        StatementSyntax first = Statements[0];
        List<StatementSyntax> formatted = statements.Select((statement, index) => (index == 0 ? statement.WithLeadingTrivia(first.GetLeadingTrivia()) : statement).WithAdditionalAnnotations(Formatter.Annotation)).ToList();
        if (first.Parent is not BlockSyntax block)
            return site.Root.ReplaceNode(first, Block(formatted).WithAdditionalAnnotations(Formatter.Annotation).WithTrailingTrivia(first.GetTrailingTrivia()));
        SyntaxList<StatementSyntax> list = block.Statements;
        int start = list.IndexOf(first);
        return site.Root.ReplaceNode(block, block.WithStatements(List(list.Take(start).Concat(formatted).Concat(list.Skip(start + Statements.Count)))));
    }

    /// <summary>The region in a block, its first comment left to whatever is put in front.</summary>
    internal BlockSyntax ToBlock()
    {
        IEnumerable<StatementSyntax> statements = Statements.Select(static (statement, index) => (index == 0 ? statement.WithLeadingTrivia(ElasticMarker) : statement).WithAdditionalAnnotations(Formatter.Annotation));
        return Block(statements);
    }

    private static bool IsOfSameLock(Diagnostic left, Diagnostic right) =>
        left.Properties.TryGetValue("Lock", out string? first) && right.Properties.TryGetValue("Lock", out string? second) && first == second;

    private static bool UsesDeclared(BlockSyntax block, int start, int end, StatementSyntax statement, FixSite site)
    {
        var declared = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        if (site.Model.AnalyzeDataFlow(block.Statements[start], block.Statements[end]) is not { Succeeded: true } flow) return true;
        declared.UnionWith(flow.VariablesDeclared);
        return declared.Count > 0 && statement.DescendantNodes().OfType<IdentifierNameSyntax>().Any(name => site.Model.GetSymbolInfo(name, site.Cancellation).Symbol is { } symbol && declared.Contains(symbol));
    }
}
