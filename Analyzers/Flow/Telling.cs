using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace MmLint.Analyzers;

/// <summary>A method or getter that does nothing but tell: it returns an expression, perhaps under a lock that it takes for that.</summary>
/// <param name="told">The expression.</param>
/// <param name="locked">The lock; null where it takes none.</param>
internal sealed class Telling(IOperation told, IOperation? locked)
{
    internal IOperation Told { get; } = told;

    internal IOperation? Locked { get; } = locked;

    /// <summary>What the body of a member tells; null where it does more, or where a call may lead to another body.</summary>
    internal static Telling? Of(IMethodSymbol member, System.Func<SyntaxTree, SemanticModel> modelOf)
    {
        if (member is not { MethodKind: MethodKind.Ordinary or MethodKind.PropertyGet, IsAsync: false, ReturnsVoid: false, IsAbstract: false } || (member.IsVirtual || member.IsOverride) && !member.ContainingType.IsSealed) return null;
        if (member.DeclaringSyntaxReferences.Length != 1 || Tasks.IsTask(member.ReturnType)) return null;
        SyntaxReference declaration = member.DeclaringSyntaxReferences[0];
        IOperation? body = modelOf(declaration.SyntaxTree).GetOperation(declaration.GetSyntax());
        IOperation? statement = Only(body is IMethodBodyOperation method ? method.BlockBody ?? method.ExpressionBody : body);
        IOperation? locked = (statement as ILockOperation)?.LockedValue;
        if (statement is ILockOperation { Body: var inner }) statement = Only(inner);
        return statement is IReturnOperation { Kind: OperationKind.Return, ReturnedValue: { } told } ? new Telling(told, locked) : null;
    }

    /// <summary>The one statement of a block.</summary>
    private static IOperation? Only(IOperation? body) => body is not IBlockOperation block ? body : block.Operations.Length == 1 ? block.Operations[0] : null;
}
