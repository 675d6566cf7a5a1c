using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace MmLint.Analyzers;

/// <summary>
/// Members that hand a lock over to each other without saying so: one takes it and comes back with it, another one gives it back. Where both are seen in one type,
/// neither has forgotten anything.
/// </summary>
/// <param name="engine">Knows what callees do.</param>
/// <param name="owner">The member that is looked at.</param>
/// <param name="model">The model of its file.</param>
/// <param name="cancellation">Ends the search.</param>
internal sealed class Handover(Engine engine, ISymbol owner, SemanticModel model, CancellationToken cancellation)
{
    /// <summary>Whether some other member of the type does the opposite to the lock.</summary>
    /// <param name="named">A field or property of the type that is the lock; the type for the object itself; or a parameter, of which others go by other names.</param>
    /// <param name="takes">Whether the half to find takes the lock; else it gives it back.</param>
    /// <param name="asked">Where the half does so only if this member says so, it speaks of that.</param>
    internal bool HasOtherHalf(ISymbol named, bool takes, ISymbol? asked = null) =>
        owner.ContainingType is { } type && Acts(type, named, takes, call => (IsElsewhere(call) || IsReplaced(call, named)) && (asked is null || SpeaksOf(MemberOf(call), asked)));

    /// <summary>Whether a member of the same type gives the lock back in its own body.</summary>
    internal bool GivesBack(IMethodSymbol callee, ISymbol named) =>
        SymbolEqualityComparer.Default.Equals(callee.ContainingType?.OriginalDefinition, owner.ContainingType?.OriginalDefinition) && Acts(callee, named, takes: false, static _ => true);

    /// <summary>Whether a call in a declaration takes the lock, or gives it back.</summary>
    private bool Acts(ISymbol declared, ISymbol named, bool takes, Func<InvocationExpressionSyntax, bool> isMeant) => declared.DeclaringSyntaxReferences.Any(part =>
    {
        SemanticModel near = engine.ModelOf(part.SyntaxTree, model);
        return part.GetSyntax(cancellation).DescendantNodes().OfType<InvocationExpressionSyntax>()
            .Any(call => Names(call, named, near) && isMeant(call) && near.GetSymbolInfo(call, cancellation).Symbol is IMethodSymbol callee && Does(callee, takes, near));
    });

    /// <summary>The fields in which the member that is looked at keeps a parameter.</summary>
    internal IEnumerable<ISymbol> KeptIn(IParameterSymbol parameter) => owner.DeclaringSyntaxReferences.SelectMany(part => Assignments(part.GetSyntax(cancellation), parameter.Name))
        .Where(assignment => assignment.SyntaxTree == model.SyntaxTree).Select(assignment => model.GetSymbolInfo(assignment.Left, cancellation).Symbol).OfType<IFieldSymbol>();

    private static IEnumerable<AssignmentExpressionSyntax> Assignments(SyntaxNode declaration, string of) =>
        declaration.DescendantNodes().OfType<AssignmentExpressionSyntax>().Where(assignment => assignment.Right is IdentifierNameSyntax given && given.Identifier.ValueText == of);

    /// <summary>Whether the method takes a lock, or gives it back: by contract, or because it does nothing but call one that does.</summary>
    private bool Does(IMethodSymbol callee, bool takes, SemanticModel near)
    {
        MemberContract contract = engine.ContractOf(callee);
        return (takes ? contract.Acquires : contract.Releases).Count > 0
            || (contract.IsEmpty && engine.TellingOf(callee, near) is { Told: IInvocationOperation { TargetMethod: var inner } } && (takes ? engine.ContractOf(inner).Acquires : engine.ContractOf(inner).Releases).Count > 0);
    }

    /// <summary>Whether the lock is what the call is made on, or its first argument.</summary>
    private bool Names(InvocationExpressionSyntax call, ISymbol named, SemanticModel near) =>
        Is((call.Expression as MemberAccessExpressionSyntax)?.Expression, named, near)
        || Is((call.Expression as MemberBindingExpressionSyntax)?.FirstAncestorOrSelf<ConditionalAccessExpressionSyntax>()?.Expression, named, near)
        || Is(call.ArgumentList.Arguments.FirstOrDefault()?.Expression, named, near);

    private bool Is(ExpressionSyntax? expression, ISymbol named, SemanticModel near) => expression switch
    {
        ParenthesizedExpressionSyntax inner => Is(inner.Expression, named, near),
        PostfixUnaryExpressionSyntax sure => Is(sure.Operand, named, near),
        AssignmentExpressionSyntax assignment => Is(assignment.Left, named, near),
        ThisExpressionSyntax => named is INamedTypeSymbol,
        IdentifierNameSyntax name when named is IParameterSymbol parameter => near.GetSymbolInfo(name, cancellation).Symbol is IParameterSymbol other && SymbolEqualityComparer.Default.Equals(other.Type, parameter.Type),
        SimpleNameSyntax or MemberAccessExpressionSyntax when named is not INamedTypeSymbol => IsMember(expression, named, near) || (expression is IdentifierNameSyntax name && named is IFieldSymbol && IsKept(name, named, near)),
        _ => false,
    };

    private bool IsMember(ExpressionSyntax expression, ISymbol named, SemanticModel near) => expression.GetLastToken().ValueText == named.Name
        && SymbolEqualityComparer.Default.Equals(near.GetSymbolInfo(expression, cancellation).Symbol?.OriginalDefinition, named.OriginalDefinition);

    /// <summary>Whether the name is a parameter that is kept in the field.</summary>
    private bool IsKept(IdentifierNameSyntax name, ISymbol field, SemanticModel near) => MemberOf(name) is { } member
        && Assignments(member, name.Identifier.ValueText).Any(assignment => IsMember(assignment.Left, field, near)) && near.GetSymbolInfo(name, cancellation).Symbol is IParameterSymbol;

    private bool IsElsewhere(SyntaxNode node) => !owner.DeclaringSyntaxReferences.Any(part => part.SyntaxTree == node.SyntaxTree && part.Span.Contains(node.Span));

    /// <summary>Whether the call brings the lock into the variable that is asked about, which held another one before.</summary>
    private static bool IsReplaced(InvocationExpressionSyntax call, ISymbol named) => named is IFieldSymbol { IsReadOnly: false } && call.ArgumentList.Arguments.FirstOrDefault()?.Expression is AssignmentExpressionSyntax;

    private static SyntaxNode? MemberOf(SyntaxNode node) => node.FirstAncestorOrSelf<MemberDeclarationSyntax>();

    private static bool SpeaksOf(SyntaxNode? declaration, ISymbol member) => declaration?.DescendantTokens().Any(token => token.ValueText == member.Name) == true;
}
