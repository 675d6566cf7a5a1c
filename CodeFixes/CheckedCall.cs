using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;
using Microsoft.CodeAnalysis.Formatting;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace MmLint.CodeFixes;

/// <summary>
/// Puts one call in the place of another and hands on its result. Where both return the same type that is all; else the new result is kept,
/// tested and returned, in the form in which the old one was tested.
/// </summary>
internal sealed class CheckedCall
{
    private readonly InvocationExpressionSyntax _call;
    private readonly InvocationExpressionSyntax _written;
    private readonly Success _old;
    private readonly Success _now;
    private readonly FixSite _site;
    private readonly string _name;

    private CheckedCall(InvocationExpressionSyntax call, Success old, InvocationExpressionSyntax written, Success now, FixSite site)
    {
        _call = call;
        _written = written;
        _old = old;
        _now = now;
        _site = site;
        _name = site.Unused("ret");
    }

    /// <summary>The document with the call replaced, in each way that may be right.</summary>
    internal static IEnumerable<SyntaxNode> Replace(InvocationExpressionSyntax call, IMethodSymbol callee, InvocationExpressionSyntax written, IMethodSymbol alternative, FixSite site)
    {
        bool isIgnored = call.Parent is ExpressionStatementSyntax or AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.ValueText: "_" } };
        Success? old = Success.Of(callee, site);
        Success? now = Success.Of(alternative, site);
        if (SymbolEqualityComparer.Default.Equals(callee.ReturnType, alternative.ReturnType) && (alternative.ReturnsVoid || !isIgnored) && Equals(old?.Value, now?.Value) && old?.IsNot == now?.IsNot)
            yield return site.Root.ReplaceNode(call, written.WithTriviaFrom(call).WithAdditionalAnnotations(Formatter.Annotation));

        if (now is null) yield break;
        bool isReturned = site.Converts(alternative.ReturnType, site.ReturnType);
        if (old is null)
        {
            if (isReturned && isIgnored) yield return new CheckedCall(call, now, written, now, site).Ignored(call.FirstAncestorOrSelf<ExpressionStatementSyntax>()!);
            yield break;
        }

        var checkedCall = new CheckedCall(call, old, written, now, site);
        SyntaxNode? root = isReturned ? checkedCall.Returned(isIgnored) : checkedCall.Tested();
        if (root is not null) yield return root;
    }

    /// <summary>The result is tested as before, and what follows stays: for a method that returns something else.</summary>
    private SyntaxNode? Tested()
    {
        ResultTest test = ResultTest.Of(_call, _old, _site);
        return test is { IsFailure: { } fails, Kept: null, Expression.Parent: IfStatementSyntax }
            ? _site.Root.ReplaceNode(test.Expression, _now.Test(_written, fails).WithTriviaFrom(test.Expression).WithAdditionalAnnotations(Formatter.Annotation)) : null;
    }

    private SyntaxNode? Returned(bool isIgnored)
    {
        ResultTest test = ResultTest.Of(_call, _old, _site);
        if (isIgnored) return Ignored(_call.FirstAncestorOrSelf<ExpressionStatementSyntax>()!);
        switch (test.Expression.Parent)
        {
            case IfStatementSyntax branch when test.IsFailure is { } fails:
                return Dropped(test.Kept, null, branch, branch) is { } dropped ? Branch(branch, fails, branch, dropped) : null;
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression or (int)SyntaxKind.LogicalOrExpression } pair when test is { IsFailure: true, Kept: null }:
                return ResultTest.Outside(pair).Parent is IfStatementSyntax { Else: null } both ? Split(both, pair, isFirst: pair.Left == test.Expression) : null;
            case ConditionalExpressionSyntax choice when test is { IsFailure: { } fails, Kept: null } && choice.Condition == test.Expression:
                return Chosen(choice, fails ? choice.WhenFalse : choice.WhenTrue);
            case EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Parent.Parent: LocalDeclarationStatementSyntax { Declaration.Variables.Count: 1 } declaration } declarator } when _site.Model.GetDeclaredSymbol(declarator, _site.Cancellation) is ILocalSymbol local:
                return Kept(local, declaration, test);
            case AssignmentExpressionSyntax { Parent: ExpressionStatementSyntax assignment } kept when kept.Right == test.Expression && _site.Model.GetSymbolInfo(kept.Left, _site.Cancellation).Symbol is ILocalSymbol local:
                return Kept(local, assignment, test);
            default:
                return null;
        }
    }

    /// <summary><c>F();</c></summary>
    private SyntaxNode Ignored(ExpressionStatementSyntax statement)
    {
        SyntaxEditor editor = _site.Editor();
        Put(editor, statement, statement, [Declaration(statement), Guard(ReturnStatement(Name)).WithTrailingTrivia(statement.GetTrailingTrivia())]);
        return editor.GetChangedRoot();
    }

    /// <summary><c>var error = F(); if (error != 0) …</c></summary>
    private SyntaxNode? Kept(ILocalSymbol local, StatementSyntax statement, ResultTest test)
    {
        if (Next(statement) is not IfStatementSyntax branch) return null;
        IdentifierNameSyntax? use = branch.Condition.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().FirstOrDefault(name => SymbolEqualityComparer.Default.Equals(_site.Model.GetSymbolInfo(name, _site.Cancellation).Symbol, local));
        if (use is null) return null;
        bool? fails;
        ExpressionSyntax condition;
        if (test.IsFailure is { } kept && local.Type.SpecialType == SpecialType.System_Boolean)
        {
            condition = ResultTest.Outside(use);
            fails = kept;
            while (condition.Parent is PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression } not)
            {
                condition = ResultTest.Outside(not);
                fails = !fails;
            }
        }
        else
        {
            ResultTest later = ResultTest.Of(use, _old, _site);
            condition = later.Expression;
            fails = later.IsFailure;
        }

        return condition.Parent == branch && fails is { } isFailure && Dropped(local, statement, statement, branch) is { } dropped ? Branch(branch, isFailure, statement, dropped) : null;
    }

    /// <summary><c>if (F() != 0) return …;</c></summary>
    /// <param name="branch">The statement that tests the result.</param>
    /// <param name="fails">Whether its condition is true for failure.</param>
    /// <param name="first">Where the call stands: the branch or the statement before it.</param>
    /// <param name="dropped">The declaration that nothing needs any more, if any.</param>
    private SyntaxNode? Branch(IfStatementSyntax branch, bool fails, StatementSyntax first, IReadOnlyList<StatementSyntax> dropped)
    {
        var bail = new BailOut(_site);
        IfStatementSyntax guard = branch.WithCondition(_now.Test(Name, fails));
        if (first == branch) guard = guard.WithLeadingTrivia(ElasticMarker);
        SyntaxEditor editor = _site.Editor();
        StatementSyntax? next = null;
        if (fails)
        {
            if (bail.Returning(branch.Statement, Name) is not { } left) return null;
            guard = guard.WithStatement(left);
        }
        else if (branch.Else is { Statement: var other } and var otherwise)
        {
            if (bail.Returning(other, Name) is not { } left) return null;
            guard = guard.WithElse(otherwise.WithStatement(left));
        }
        else
        {
            next = Next(branch);
            if (next is null || _site.Model.AnalyzeControlFlow(branch.Statement) is not { Succeeded: true, EndPointIsReachable: false } || bail.Returning(next, Name) is not { } left) return null;
            editor.ReplaceNode(next, left);
        }

        Put(editor, first, branch, [Declaration(first), guard]);
        foreach (StatementSyntax declaration in dropped.Where(statement => statement != first)) editor.RemoveNode(declaration, SyntaxRemoveOptions.KeepNoTrivia);
        foreach (StatementSyntax unreachable in bail.Unreachable()) editor.RemoveNode(unreachable, SyntaxRemoveOptions.KeepNoTrivia);
        foreach (LabeledStatementSyntax label in bail.Unused()) editor.ReplaceNode(label, label.Statement.WithLeadingTrivia(label.GetLeadingTrivia()));
        return editor.GetChangedRoot();
    }

    /// <summary><c>if (a &amp;&amp; F() != 0) return …;</c> and the like with <c>||</c></summary>
    private SyntaxNode? Split(IfStatementSyntax branch, BinaryExpressionSyntax pair, bool isFirst)
    {
        var bail = new BailOut(_site);
        if (bail.Returning(branch.Statement, Name) is not { } left) return null;
        if (bail.Unreachable().Any() || bail.Unused().Any()) return null;
        IfStatementSyntax other = branch.WithCondition((isFirst ? pair.Right : pair.Left).WithoutTrivia()).WithAdditionalAnnotations(Formatter.Annotation);
        IfStatementSyntax guard = branch.WithCondition(_now.Test(Name, ofFailure: true)).WithStatement(left).WithLeadingTrivia(ElasticMarker).WithAdditionalAnnotations(Formatter.Annotation);
        SyntaxEditor editor = _site.Editor();
        if (pair.IsKind(SyntaxKind.LogicalAndExpression))
        {
            if (isFirst) return null;
            editor.ReplaceNode(branch, other.WithStatement(Block(Declaration(null), guard.WithTrailingTrivia(ElasticMarker)).WithTrailingTrivia(branch.GetTrailingTrivia())));
        }
        else if (isFirst)
        {
            Put(editor, branch, branch, [Declaration(branch), guard, other.WithLeadingTrivia(ElasticMarker)]);
        }
        else
        {
            Put(editor, branch, branch, [other, Declaration(null), guard]);
        }

        return editor.GetChangedRoot();
    }

    /// <summary><c>F() != 0 ? … : …</c></summary>
    private SyntaxNode? Chosen(ConditionalExpressionSyntax choice, ExpressionSyntax success)
    {
        ExpressionSyntax whole = ResultTest.Outside(choice);
        if (_now.IsSuccess(success, _site.Model)) return _site.Root.ReplaceNode(whole, _written.WithTriviaFrom(whole).WithAdditionalAnnotations(Formatter.Annotation));
        StatementSyntax[] statements = [Declaration(whole.Parent as StatementSyntax), Guard(ReturnStatement(Name)), ReturnStatement(success.WithoutTrivia()).WithTrailingTrivia(whole.Parent!.GetTrailingTrivia())];
        SyntaxEditor editor = _site.Editor();
        switch (whole.Parent)
        {
            case ReturnStatementSyntax statement:
                Put(editor, statement, statement, statements);
                return editor.GetChangedRoot();
            case ArrowExpressionClauseSyntax { Parent: MethodDeclarationSyntax method }:
                return _site.Root.ReplaceNode(method, method.WithExpressionBody(null).WithSemicolonToken(default).WithParameterList(method.ParameterList.WithTrailingTrivia(_site.EndOfLine)).WithBody(Block(statements).WithAdditionalAnnotations(Formatter.Annotation))
                    .WithTrailingTrivia(method.GetTrailingTrivia()));
            case ArrowExpressionClauseSyntax { Parent: LocalFunctionStatementSyntax method }:
                return _site.Root.ReplaceNode(method, method.WithExpressionBody(null).WithSemicolonToken(default).WithParameterList(method.ParameterList.WithTrailingTrivia(_site.EndOfLine)).WithBody(Block(statements).WithAdditionalAnnotations(Formatter.Annotation))
                    .WithTrailingTrivia(method.GetTrailingTrivia()));
            default:
                return null;
        }
    }

    /// <summary>
    /// What goes with a local that kept the old result: its declaration, where nothing else mentions it. Null where something still reads the result.
    /// </summary>
    private List<StatementSyntax>? Dropped(ILocalSymbol? local, StatementSyntax? declaration, StatementSyntax first, IfStatementSyntax branch)
    {
        if (local is null) return [];
        SyntaxNode scope = _site.Function ?? _site.Root;
        List<IdentifierNameSyntax> others = scope.DescendantNodes().OfType<IdentifierNameSyntax>().Where(name => name.Identifier.ValueText == local.Name
            && !first.Span.Contains(name.Span) && !branch.Span.Contains(name.Span) && SymbolEqualityComparer.Default.Equals(_site.Model.GetSymbolInfo(name, _site.Cancellation).Symbol, local)).ToList();
        if (local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(_site.Cancellation) is not VariableDeclaratorSyntax { Parent.Parent: LocalDeclarationStatementSyntax statement } declarator) return null;
        if (others.Count > 0)
        {
            if (statement == declaration || statement.Parent != branch.Parent || branch.Parent is not BlockSyntax block) return null;
            StatementSyntax? next = Next(branch);
            return next is null || _site.Model.AnalyzeDataFlow(next, block.Statements.Last()) is { Succeeded: true } flow && !flow.DataFlowsIn.Contains(local, SymbolEqualityComparer.Default) ? [] : null;
        }

        bool isPlain = declarator.Initializer is null || _site.Model.GetConstantValue(declarator.Initializer.Value, _site.Cancellation).HasValue;
        return statement == declaration || (isPlain && statement.Declaration.Variables.Count == 1) ? [statement] : null;
    }

    private IdentifierNameSyntax Name => IdentifierName(_name);

    private LocalDeclarationStatementSyntax Declaration(StatementSyntax? instead) =>
        LocalDeclarationStatement(VariableDeclaration(IdentifierName("var"), SingletonSeparatedList(VariableDeclarator(Identifier(_name), null, EqualsValueClause(_written)))))
            .NormalizeWhitespace().WithLeadingTrivia(instead?.GetLeadingTrivia() ?? TriviaList(ElasticMarker)).WithTrailingTrivia(_site.EndOfLine);

    private IfStatementSyntax Guard(StatementSyntax statement) =>
        IfStatement(_now.Test(Name, ofFailure: true), statement.WithLeadingTrivia(ElasticMarker)).WithCloseParenToken(Token(SyntaxKind.CloseParenToken).WithTrailingTrivia(_site.EndOfLine)).WithTrailingTrivia(_site.EndOfLine);

    private static StatementSyntax? Next(StatementSyntax statement)
    {
        SyntaxList<StatementSyntax> list = statement.Parent switch
        {
            BlockSyntax block => block.Statements,
            SwitchSectionSyntax section => section.Statements,
            _ => default,
        };
        int index = list.IndexOf(statement);
        return index >= 0 && index + 1 < list.Count ? list[index + 1] : null;
    }

    /// <summary>Replaces one statement or two neighbours by others, in a block of their own where there is no list to put them in.</summary>
    private static void Put(SyntaxEditor editor, StatementSyntax first, StatementSyntax last, IReadOnlyList<StatementSyntax> statements)
    {
        IEnumerable<StatementSyntax> formatted = statements.Select(static statement => statement.WithAdditionalAnnotations(Formatter.Annotation));
        if (last.Parent is BlockSyntax or SwitchSectionSyntax)
        {
            editor.InsertBefore(first, formatted.Take(statements.Count - 1));
            editor.ReplaceNode(last, formatted.Last());
            if (first != last) editor.RemoveNode(first, SyntaxRemoveOptions.KeepNoTrivia);
        }
        else
        {
            editor.ReplaceNode(last, Block(formatted.Select((statement, index) => index == 0 ? statement.WithLeadingTrivia(ElasticMarker) : statement)).WithAdditionalAnnotations(Formatter.Annotation).WithTrailingTrivia(last.GetTrailingTrivia()));
        }
    }
}
