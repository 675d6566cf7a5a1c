using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using MmLint.Analyzers;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace MmLint.CodeFixes;

/// <summary>A lock that an operation needs, as code at its place would name it.</summary>
internal sealed class NeededLock(ExpressionSyntax expression, ITypeSymbol type, Mode mode)
{
    internal ExpressionSyntax Expression { get; } = expression;

    internal ITypeSymbol Type { get; } = type;

    /// <summary><see cref="Mode.None"/> where any mode will do.</summary>
    internal Mode Mode { get; } = mode;

    /// <summary>
    /// The single locks that the contract of the called or accessed member asks for, each of the alternatives of an either-or among them. Locks
    /// that no path at this place names are left out.
    /// </summary>
    internal static IEnumerable<NeededLock> At(FixSite site) => At(site.Node, site);

    /// <summary>Whether something in a statement needs this lock too.</summary>
    internal bool IsNeededIn(SyntaxNode statement, FixSite site) => statement.DescendantNodes().Where(static node => node is InvocationExpressionSyntax or MemberAccessExpressionSyntax or IdentifierNameSyntax)
        .Any(node => At(node, site).Any(other => IsNamedBy(other.Expression)));

    /// <summary>A call of a member of the lock.</summary>
    internal InvocationExpressionSyntax Call(IMethodSymbol method) =>
        InvocationExpression(Expression is ThisExpressionSyntax ? IdentifierName(method.Name) : MemberAccessExpression(SyntaxKind.SimpleMemberAccessExpression, Expression, IdentifierName(method.Name)));

    private static IEnumerable<NeededLock> At(SyntaxNode node, FixSite site)
    {
        IOperation? operation = site.Model.GetOperation(node, site.Cancellation);
        IEnumerable<LockFormula> needs = operation switch
        {
            IInvocationOperation call => site.Catalog.ContractOf(call.TargetMethod).Needs.Select(static need => need.Locks),
            IMemberReferenceOperation { Member: var member } => DataNeeds(site.Catalog.DataOf(member), site).Concat(member is IPropertySymbol { GetMethod: { } getter } ? site.Catalog.ContractOf(getter).Needs.Select(static need => need.Locks) : []),
            _ => [],
        };
        foreach (LockFormula formula in needs)
        {
            foreach (LockFormula.Lock item in formula is LockFormula.Some ? formula.Locks : formula is LockFormula.Lock single ? [single] : [])
            {
                if (item.Term.Type is { } type && Written(item.Term, operation!, site) is { } expression) yield return new NeededLock(expression, type, item.Mode);
            }
        }
    }

    /// <summary>Whether code names this lock, in the same words or through locals that stand for the same path.</summary>
    internal bool IsNamedBy(ExpressionSyntax? other) => other is not null && AreEquivalent(Expression, other);

    private static IEnumerable<LockFormula> DataNeeds(DataContract data, FixSite site) =>
        site.Diagnostic.Id is "MML1009" or "MML1002" ? data.Write.Select(static clause => clause.Locks.WithMode(Mode.Exclusive)) : data.Read is null ? [] : [data.Read];

    private static ExpressionSyntax? Written(Term term, IOperation operation, FixSite site)
    {
        switch (term)
        {
            case Root { Kind: RootKind.Parameter, Symbol: IParameterSymbol parameter }:
            {
                ExpressionSyntax? value = (operation as IInvocationOperation)?.Arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == parameter.Ordinal)?.Value.Syntax as ExpressionSyntax;
                return value is not null && AccessPath.Of(value, site) is not null ? value.WithoutTrivia() : null;
            }

            case Root { Kind: RootKind.This }:
            {
                IOperation? instance = operation is IInvocationOperation call ? call.Instance : (operation as IMemberReferenceOperation)?.Instance;
                if (instance is { IsImplicit: true } or IInstanceReferenceOperation) return ThisExpression();
                return instance?.Syntax is ExpressionSyntax value && AccessPath.Of(value, site) is not null ? value.WithoutTrivia() : null;
            }

            case MemberOf { Target: null, Member: var member }:
                return ParseExpression(member.ContainingType.ToMinimalDisplayString(site.Model, site.Node.SpanStart) + "." + member.Name);
            case MemberOf { Target: { } target, Member: var member }:
                return Written(target, operation, site) switch
                {
                    null => null,
                    ThisExpressionSyntax => IdentifierName(member.Name),
                    var written => MemberAccessExpression(SyntaxKind.SimpleMemberAccessExpression, written, IdentifierName(member.Name)),
                };
            default:
                return null;
        }
    }
}
