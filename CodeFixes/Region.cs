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
    /// The regions that may be meant: from the statement of the finding to the last one of the same list that needs the lock too, then that statement
    /// alone; both go on as far as locals declared in between are used.
    /// </summary>
    internal static IEnumerable<Region> Around(NeededLock needed, FixSite site)
    {
        StatementSyntax? first = site.Node.AncestorsAndSelf().TakeWhile(ancestor => ancestor != site.Function).OfType<StatementSyntax>().FirstOrDefault(static statement => statement is not BlockSyntax);
        if (first is null or LocalFunctionStatementSyntax) yield break;
        if (first.Parent is not BlockSyntax block)
        {
            if (first.Parent is StatementSyntax and not LabeledStatementSyntax or ElseClauseSyntax) yield return new Region([first]);
            yield break;
        }

        int start = block.Statements.IndexOf(first);
        int last = start;
        for (int index = start + 1; index < block.Statements.Count; index++)
        {
            if (needed.IsNeededIn(block.Statements[index], site)) last = index;
        }

        Region whole = Closed(block, start, last, site);
        yield return whole;
        Region single = Closed(block, start, start, site);
        if (single.Statements.Count < whole.Statements.Count) yield return single;
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

    /// <summary>The region in a try statement that ends with a release.</summary>
    internal TryStatementSyntax Releasing(InvocationExpressionSyntax release) => TryStatement(ToBlock(), List<CatchClauseSyntax>(), FinallyClause(Block(ExpressionStatement(release))));

    /// <summary>The region in a block, its first comment left to whatever is put in front.</summary>
    internal BlockSyntax ToBlock() =>
        Block(Statements.Select(static (statement, index) => (index == 0 ? statement.WithLeadingTrivia(ElasticMarker) : statement).WithAdditionalAnnotations(Formatter.Annotation)));

    /// <summary>The last statement of a block that uses locals which the statements from one to another declare.</summary>
    internal static int LastUse(BlockSyntax block, int start, int end, FixSite site)
    {
        for (int index = end + 1; index < block.Statements.Count; index++)
        {
            if (UsesDeclared(block, start, end, block.Statements[index], site)) end = index;
        }

        return end;
    }

    /// <summary>The statements from one to another and those after them that use locals declared there.</summary>
    private static Region Closed(BlockSyntax block, int start, int end, FixSite site)
    {
        end = LastUse(block, start, end, site);
        List<StatementSyntax> statements = block.Statements.Skip(start).Take(end - start + 1).ToList();
        bool disposes = statements.Any(static statement => statement is LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 });
        return new Region(disposes ? block.Statements.Skip(start).ToList() : statements);
    }

    private static bool UsesDeclared(BlockSyntax block, int start, int end, StatementSyntax statement, FixSite site)
    {
        var declared = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        if (site.Model.AnalyzeDataFlow(block.Statements[start], block.Statements[end]) is not { Succeeded: true } flow) return true;
        declared.UnionWith(flow.VariablesDeclared);
        return declared.Count > 0 && statement.DescendantNodes().OfType<IdentifierNameSyntax>().Any(name => site.Model.GetSymbolInfo(name, site.Cancellation).Symbol is { } symbol && declared.Contains(symbol));
    }
}
