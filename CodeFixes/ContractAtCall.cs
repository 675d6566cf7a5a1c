using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using MmLint.Analyzers;

namespace MmLint.CodeFixes;

/// <summary>Rewrites a contract of a called or accessed member so that the method around it can state it: over its own parameters.</summary>
internal sealed class ContractAtCall : CSharpSyntaxRewriter
{
    private readonly Dictionary<string, string?> _names = [];
    private readonly ISymbol _member;
    private readonly string? _receiver;
    private bool _failed;

    private ContractAtCall(IOperation operation, ISymbol member, IMethodSymbol method, FixSite site)
    {
        _member = member;
        if (operation is IInvocationOperation call)
        {
            foreach (IArgumentOperation argument in call.Arguments)
            {
                if (argument.Parameter is not { } parameter) continue;
                string? path = argument.Value.Syntax is ExpressionSyntax value ? AccessPath.Of(value, site)?.InContract(method) : null;
                _names[parameter.Name] = path ?? (argument.Value.ConstantValue is { HasValue: true, Value: bool constant } ? constant ? "true" : "false" : null);
            }
        }

        IOperation? instance = operation is IInvocationOperation { Instance: { } given } ? given : (operation as IMemberReferenceOperation)?.Instance;
        _receiver = instance switch
        {
            null => null,
            IInstanceReferenceOperation => "this",
            { Syntax: ExpressionSyntax value } => AccessPath.Of(value, site)?.InContract(method),
            _ => null,
        };
    }

    /// <summary>The needs of the member at the site, each as the arguments of <c>[MustHold]</c>.</summary>
    internal static IEnumerable<(string Locks, string? When)> Needs(FixSite site, IMethodSymbol method)
    {
        IOperation? operation = site.Model.GetOperation(site.Node, site.Cancellation);
        switch (operation)
        {
            case IInvocationOperation call:
                foreach (LockClause need in site.Catalog.ContractOf(call.TargetMethod).Needs)
                {
                    var rewriter = new ContractAtCall(operation, call.TargetMethod, method, site);
                    string? when = need.Source.When is { } condition ? rewriter.Rewrite(condition) : null;
                    if (when is "false" or "!true") continue;
                    if (when is "true" or "!false") when = null;
                    if (rewriter.Rewrite(need.Source.Text) is { } locks && !rewriter._failed) yield return (locks, when);
                }

                break;
            case IMemberReferenceOperation { Member: var member }:
                DataContract data = site.Catalog.DataOf(member);
                bool writes = site.Diagnostic.Id == "MML1009" || (site.Diagnostic.Id == "MML1002" && data.Write.Count > 0);
                IEnumerable<LockFormula> formulas = writes ? data.Write.Where(static clause => clause.When is null).Select(static clause => clause.Locks.WithMode(Mode.Exclusive)) : data.Read is null ? [] : [data.Read];
                foreach (LockFormula formula in formulas)
                {
                    var rewriter = new ContractAtCall(operation, member, method, site);
                    if (Written(formula, site) is { } text && rewriter.Rewrite(text) is { } locks && !rewriter._failed) yield return (locks, null);
                }

                break;
        }
    }

    /// <inheritdoc/>
    public override SyntaxNode? VisitThisExpression(ThisExpressionSyntax node) => Named(_receiver, node);

    /// <inheritdoc/>
    public override SyntaxNode? VisitInvocationExpression(InvocationExpressionSyntax node) => node.WithArgumentList((ArgumentListSyntax)Visit(node.ArgumentList));

    /// <inheritdoc/>
    public override SyntaxNode? VisitMemberAccessExpression(MemberAccessExpressionSyntax node) =>
        Visit(node.Expression) is ExpressionSyntax target ? target is ThisExpressionSyntax ? node.Name.WithTriviaFrom(node) : node.WithExpression(target) : node;

    /// <inheritdoc/>
    public override SyntaxNode? VisitIdentifierName(IdentifierNameSyntax node)
    {
        string name = node.Identifier.ValueText;
        if (_names.TryGetValue(name, out string? given)) return Named(given, node);
        foreach (ITypeSymbol type in _member.ContainingType.WithBases())
        {
            if (type.GetMembers(name).FirstOrDefault(static member => member is IFieldSymbol or IPropertySymbol) is not { } member) continue;
            if (member.IsStatic) return Named(type.Name + "." + name, node);
            return _receiver == "this" ? node : Named(_receiver is null ? null : _receiver + "." + name, node);
        }

        return node;
    }

    private string? Rewrite(string text)
    {
        ExpressionSyntax expression = SyntaxFactory.ParseExpression(text);
        SyntaxNode? rewritten = expression.ContainsDiagnostics ? null : Visit(expression);
        return _failed || rewritten is null ? null : rewritten.ToString();
    }

    private ExpressionSyntax Named(string? path, ExpressionSyntax node)
    {
        if (path is not null) return SyntaxFactory.ParseExpression(path).WithTriviaFrom(node);
        _failed = true;
        return node;
    }

    /// <summary>A formula over <c>this</c> in the words of the contract language; null for what a person had better write.</summary>
    private static string? Written(LockFormula formula, FixSite site) => formula switch
    {
        LockFormula.Lock item => Moded(item, site),
        LockFormula.Some some => Joined(some.Parts.Select(part => Written(part, site)), " || "),
        LockFormula.All { Parts.IsEmpty: false } all => Joined(all.Parts.Select(part => Written(part, site)), " && "),
        _ => null,
    };

    private static string? Moded(LockFormula.Lock item, FixSite site)
    {
        if (item.Term.Any(static part => part is not (MemberOf or Root { Kind: RootKind.This }))) return null;
        string term = item.Term.ToString();
        bool hasModes = site.Catalog.InfoOf(item.Term).Kind == Kind.ReaderWriter;
        return item.Mode == Mode.None || !hasModes ? term : item.Mode == Mode.Shared ? "shared(" + term + ")" : "exclusive(" + term + ")";
    }

    private static string? Joined(IEnumerable<string?> parts, string separator) => parts.All(static part => part is not null) ? string.Join(separator, parts) : null;
}
