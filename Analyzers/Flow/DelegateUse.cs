using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace MmLint.Analyzers;

/// <summary>
/// Tells which lambdas are part of the body around them: those that are certainly invoked there, and by nobody else. A lambda may go through
/// one local on its way, and through sequences that LINQ makes of it, as long as every use of them ends in the same body.
/// </summary>
internal static class DelegateUse
{
    /// <summary>Locals that a delegate, or a sequence made with it, may go through one after the other.</summary>
    private const int MaxLocals = 4;

    /// <summary>Whether every invocation of the delegate happens in the body that makes it.</summary>
    /// <param name="operation">The delegate creation, or what the semantic model gives for its syntax: a lambda, a method reference, a clause of a query.</param>
    /// <param name="catalog">What parameters say.</param>
    internal static bool IsPartOfCaller(IOperation? operation, ContractCatalog catalog)
    {
        for (IOperation? at = operation; at is not null && at.Syntax == operation!.Syntax; at = at.Parent)
        {
            if (at is IDelegateCreationOperation creation) return EndsHere(creation, catalog, MaxLocals);
        }

        return false;
    }

    /// <summary>Whether a use of a parameter invokes it, enumerates it, or only looks at it.</summary>
    internal static bool IsInvokedOrTested(IParameterReferenceOperation reference, ContractCatalog catalog)
    {
        for (IOperation? at = BodyOf(reference); at is IAnonymousFunctionOperation; at = at.Parent is { } outer ? BodyOf(outer) : null)
        {
            if (!IsPartOfCaller(at, catalog)) return false;
        }

        IOperation use = reference;
        while (use.Parent is IConversionOperation { OperatorMethod: null } or IParenthesizedOperation or ICoalesceOperation or IConditionalOperation) use = use.Parent;
        return use.Parent switch
        {
            null or IBinaryOperation or IIsPatternOperation or IIsTypeOperation or INameOfOperation or IExpressionStatementOperation or IConditionalAccessOperation or IUnaryOperation => true,
            IInvocationOperation call when call.Instance == use => true,
            IAssignmentOperation assignment => assignment.Target == use || assignment.Target is IDiscardOperation,
            IArgumentOperation { Parameter: { } given } when catalog.AttributesOf(given).Any(static attribute => attribute.Name == "Borrowed") => true,
            _ => EndsHere(use, catalog, MaxLocals),
        };
    }

    /// <summary>Whether a private helper does nothing with its parameter but invoke it and test it for null.</summary>
    internal static bool OnlyInvokes(IMethodSymbol method, string parameter)
    {
        if (method is not ({ MethodKind: MethodKind.LocalFunction } or { MethodKind: MethodKind.Ordinary, DeclaredAccessibility: Accessibility.Private }) || method.IsAsync || method.DeclaringSyntaxReferences.Length != 1) return false;
        SyntaxNode body = method.DeclaringSyntaxReferences[0].GetSyntax();
        if (body.DescendantNodes().Any(static node => node is YieldStatementSyntax)) return false;
        bool invoked = false;
        foreach (IdentifierNameSyntax name in body.DescendantNodes().OfType<IdentifierNameSyntax>().Where(name => name.Identifier.ValueText == parameter))
        {
            if (name.Ancestors().TakeWhile(node => node != body).Any(static node => node is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)) return false;
            bool invokes = name.Parent is InvocationExpressionSyntax call && call.Expression == name
                || name.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Invoke", Parent: InvocationExpressionSyntax }
                || name.Parent is ConditionalAccessExpressionSyntax { WhenNotNull: InvocationExpressionSyntax { Expression: MemberBindingExpressionSyntax { Name.Identifier.ValueText: "Invoke" } } };
            invoked |= invokes;
            if (!invokes && name.Parent is not (NameColonSyntax or IsPatternExpressionSyntax or BinaryExpressionSyntax { RawKind: (int)SyntaxKind.EqualsExpression or (int)SyntaxKind.NotEqualsExpression })) return false;
        }

        return invoked;
    }

    /// <summary>Whether a call consumes what is passed for the parameter: invokes the delegate, or enumerates the sequence, before it returns.</summary>
    internal static bool Consumes(IParameterSymbol parameter, ContractCatalog catalog)
    {
        if (catalog.InvocationOf(parameter) is { } stated) return stated != Invocation.WhileEnumerated;
        return parameter.Type.TypeKind != TypeKind.Delegate && IsSequence(parameter.Type) && parameter.ContainingSymbol is IMethodSymbol { DeclaringSyntaxReferences.IsEmpty: true } method && !ReturnsSequence(method);
    }

    /// <summary>Whether the result of the call carries on what is passed for the parameter.</summary>
    internal static bool Carries(IParameterSymbol parameter, ContractCatalog catalog) => catalog.InvocationOf(parameter) == Invocation.WhileEnumerated
        || (IsSequence(parameter.Type) && parameter.ContainingSymbol is IMethodSymbol { ContainingType: { Name: "Enumerable", ContainingNamespace: { Name: "Linq", ContainingNamespace.Name: "System" } } } method && ReturnsSequence(method));

    private static bool EndsHere(IOperation value, ContractCatalog catalog, int locals)
    {
        IOperation use = value;
        while (use.Parent is IConversionOperation { OperatorMethod: null } or IParenthesizedOperation or ITranslatedQueryOperation) use = use.Parent;
        switch (use.Parent)
        {
            case IArgumentOperation { Parameter: { } parameter } argument:
                if (Consumes(parameter, catalog)) return !(catalog.ContractOfValue(parameter) ?? catalog.ContractOf(parameter.Type)).HasOutcome;
                return Carries(parameter, catalog) && argument.Parent is IInvocationOperation call && EndsHere(call, catalog, locals);
            case IInvocationOperation { TargetMethod.MethodKind: MethodKind.DelegateInvoke } invocation:
                return invocation.Instance == use && catalog.ContractOf(invocation.TargetMethod.ContainingType).IsEmpty;
            case IForEachLoopOperation loop:
                return loop.Collection == use && !loop.IsAsynchronous;
            case IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: { RefKind: RefKind.None } local } } initializer:
            {
                if (locals == 0 || BodyOf(initializer) is not { } body) return false;
                List<ILocalReferenceOperation> references = body.Descendants().OfType<ILocalReferenceOperation>().Where(reference => SymbolEqualityComparer.Default.Equals(reference.Local, local)).ToList();
                return references.Count > 0 && references.All(reference => BodyOf(reference) == body && EndsHere(reference, catalog, locals - 1));
            }

            default:
                return use.Parent?.Kind == Spread;
        }
    }

    /// <summary><c>OperationKind.Spread</c>, which the compiler API that this assembly is built against does not name yet.</summary>
    private const OperationKind Spread = (OperationKind)128;

    private static IOperation? BodyOf(IOperation operation)
    {
        IOperation at = operation;
        while (at.Parent is { } parent && at is not (IAnonymousFunctionOperation or ILocalFunctionOperation)) at = parent;
        return at;
    }

    private static bool IsSequence(ITypeSymbol type) => type is INamedTypeSymbol { TypeKind: TypeKind.Interface, Name: "IEnumerable" or "IOrderedEnumerable" };

    private static bool ReturnsSequence(IMethodSymbol method) => IsSequence(method.ReturnType);
}
