using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MmLint.Analyzers;

/// <summary>
/// Members that hand a lock over to each other without saying so: one takes it and comes back with it, another one gives it back. Where both are seen in one type,
/// neither has forgotten anything.
/// </summary>
internal static class Handover
{
    /// <summary>Whether some other member of the type does the opposite to the lock.</summary>
    /// <remarks>The half to find takes the lock, or else gives it back.</remarks>
    internal static bool HasOtherHalf(ISymbol lockMember, ISymbol owner, bool takes, Engine engine, SemanticModel model, CancellationToken cancellation) =>
        owner.ContainingType is { } type && type.DeclaringSyntaxReferences.Any(part => HasOtherHalf(part.GetSyntax(cancellation), lockMember, owner, takes, engine, engine.ModelOf(part.SyntaxTree, model), cancellation));

    private static bool HasOtherHalf(SyntaxNode part, ISymbol lockMember, ISymbol owner, bool takes, Engine engine, SemanticModel model, CancellationToken cancellation) =>
        part.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(call => Names(call, lockMember, model, cancellation) && IsElsewhere(call, owner)
            && model.GetSymbolInfo(call, cancellation).Symbol is IMethodSymbol callee && (takes ? engine.ContractOf(callee).Acquires : engine.ContractOf(callee).Releases).Count > 0);

    /// <summary>Whether the lock is what the call is made on, or its first argument.</summary>
    private static bool Names(InvocationExpressionSyntax call, ISymbol lockMember, SemanticModel model, CancellationToken cancellation) =>
        IsMember((call.Expression as MemberAccessExpressionSyntax)?.Expression, lockMember, model, cancellation)
        || IsMember((call.Expression as MemberBindingExpressionSyntax)?.FirstAncestorOrSelf<ConditionalAccessExpressionSyntax>()?.Expression, lockMember, model, cancellation)
        || IsMember(call.ArgumentList.Arguments.FirstOrDefault()?.Expression, lockMember, model, cancellation);

    private static bool IsMember(ExpressionSyntax? expression, ISymbol lockMember, SemanticModel model, CancellationToken cancellation) => expression switch
    {
        ParenthesizedExpressionSyntax inner => IsMember(inner.Expression, lockMember, model, cancellation),
        PostfixUnaryExpressionSyntax sure => IsMember(sure.Operand, lockMember, model, cancellation),
        SimpleNameSyntax or MemberAccessExpressionSyntax => expression.GetLastToken().ValueText == lockMember.Name
            && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(expression, cancellation).Symbol?.OriginalDefinition, lockMember.OriginalDefinition),
        _ => false,
    };

    private static bool IsElsewhere(SyntaxNode node, ISymbol owner) =>
        !owner.DeclaringSyntaxReferences.Any(part => part.SyntaxTree == node.SyntaxTree && part.Span.Contains(node.Span));
}
