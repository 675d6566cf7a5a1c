using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace MmLint.Analyzers;

/// <summary>
/// Whether a body can have to do with a contract or a lock at all, itself or through a private helper. Most bodies cannot, and are not followed. That takes one look
/// at the operations as they were written, without a flow graph.
/// </summary>
internal sealed class Concern(Engine engine)
{
    private readonly ConcurrentDictionary<ISymbol, Look> _helpers = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<ISymbol, bool> _disposables = new(SymbolEqualityComparer.Default);

    /// <summary>Whether the body is to be followed.</summary>
    internal bool Of(IOperation root, ISymbol owner) => engine.IsBound(owner, engine.ContractOf(owner)) || IsConcerned(LookAt(root), root.SemanticModel);

    private bool IsConcerned(Look first, SemanticModel? model)
    {
        if (first.IsConcerned) return true;
        if (model is null) return false;
        var met = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        var pending = new Stack<IMethodSymbol>(first.Helpers);
        while (pending.Count > 0)
        {
            IMethodSymbol helper = pending.Pop();
            if (!met.Add(helper)) continue;
            Look look = _helpers.GetOrAdd(helper, key => LookAt((IMethodSymbol)key, model));
            if (look.IsConcerned) return true;
            foreach (IMethodSymbol next in look.Helpers) pending.Push(next);
        }

        return false;
    }

    private Look LookAt(IMethodSymbol helper, SemanticModel model)
    {
        foreach (SyntaxReference reference in helper.DeclaringSyntaxReferences)
        {
            if (engine.ModelOf(reference.SyntaxTree, model).GetOperation(reference.GetSyntax()) is { } body) return LookAt(body);
        }

        return Look.Nothing;
    }

    private Look LookAt(IOperation root)
    {
        List<IMethodSymbol>? helpers = null;
        foreach (IOperation operation in root.DescendantsAndSelf())
        {
            switch (operation.Kind)
            {
                case OperationKind.Lock:
                case OperationKind.Using when operation is IUsingOperation { Resources: { } resources } && IsConcerned(resources):
                case OperationKind.UsingDeclaration when operation is IUsingDeclarationOperation { DeclarationGroup: { } group } && IsConcerned(group):
                case OperationKind.AnonymousFunction when operation is IAnonymousFunctionOperation lambda && !engine.ContractOfLambda(lambda.Symbol, lambda.Parent).IsEmpty:
                case OperationKind.LocalFunction when operation is ILocalFunctionOperation { Symbol: var local } && engine.IsBound(local, engine.ContractOf(local)):
                    return Look.Concerned;
                case OperationKind.Invocation when operation is IInvocationOperation { TargetMethod: var called } && IsHelper(called):
                    (helpers ??= []).Add(called.OriginalDefinition);
                    break;
                case OperationKind.Invocation when operation is IInvocationOperation call && root.SemanticModel is { } model && engine.ActsUnderLock(call, model):
                    return Look.Concerned;
                case OperationKind.MethodReference when operation is IMethodReferenceOperation { Method: var given } && IsHelper(given):
                    (helpers ??= []).Add(given.OriginalDefinition);
                    break;
            }

            if (engine.Touches(operation)) return Look.Concerned;
        }

        return helpers is null ? Look.Nothing : new Look(false, helpers.ToImmutableArray());
    }

    /// <summary>Whether what the method needs is told by its body. Local functions are part of the body around them.</summary>
    private static bool IsHelper(IMethodSymbol method) => method is { DeclaredAccessibility: Accessibility.Private, MethodKind: MethodKind.Ordinary };

    /// <summary>Whether disposing of a resource has to do with a lock.</summary>
    private bool IsConcerned(IOperation resources)
    {
        IEnumerable<ITypeSymbol?> types = resources is IVariableDeclarationGroupOperation group
            ? group.Declarations.SelectMany(static declaration => declaration.Declarators).Select(static declarator => (ITypeSymbol?)declarator.Symbol.Type)
            : [resources.Type];
        return types.Any(type => type is not null && _disposables.GetOrAdd(type, key => engine.Catalog.IsScopedLock((ITypeSymbol)key) || Disposal.MethodsOf((ITypeSymbol)key).Any(method => !engine.ContractOf(method).IsEmpty)));
    }

    /// <summary>What one body shows.</summary>
    private sealed class Look(bool isConcerned, ImmutableArray<IMethodSymbol> helpers)
    {
        internal static readonly Look Nothing = new(false, ImmutableArray<IMethodSymbol>.Empty);
        internal static readonly Look Concerned = new(true, ImmutableArray<IMethodSymbol>.Empty);

        internal bool IsConcerned { get; } = isConcerned;

        /// <summary>The private methods on which it depends where it is not concerned itself.</summary>
        internal ImmutableArray<IMethodSymbol> Helpers { get; } = helpers;
    }
}
