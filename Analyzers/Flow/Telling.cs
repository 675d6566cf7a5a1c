using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace MmLint.Analyzers;

/// <summary>A method or getter whose body is one expression, perhaps under a lock that it takes for that: what it returns, or what it does.</summary>
/// <param name="told">The expression.</param>
/// <param name="locked">The lock; null where it takes none.</param>
internal sealed class Telling(IOperation told, IOperation? locked)
{
    internal IOperation Told { get; } = told;

    internal IOperation? Locked { get; } = locked;

    /// <summary>The one expression of a member's body; null where there is more, or where a call may lead to another body.</summary>
    internal static Telling? Of(IMethodSymbol member, System.Func<SyntaxTree, SemanticModel> modelOf)
    {
        if (member is not { MethodKind: MethodKind.Ordinary or MethodKind.PropertyGet, IsAsync: false } || member.MayBeOverridden()) return null;
        if (member.DeclaringSyntaxReferences.Length != 1 || Tasks.IsTask(member.ReturnType)) return null;
        SyntaxNode declaration = member.DeclaringSyntaxReferences[0].GetSyntax();
        if (!IsShort(declaration)) return null;
        IOperation? body = modelOf(declaration.SyntaxTree).GetOperation(declaration);
        IOperation? statement = Only(body is IMethodBodyOperation method ? method.BlockBody ?? method.ExpressionBody : body);
        IOperation? locked = (statement as ILockOperation)?.LockedValue;
        if (statement is ILockOperation { Body: var inner }) statement = Only(inner);
        return statement switch
        {
            IReturnOperation { Kind: OperationKind.Return, ReturnedValue: { } told } => new Telling(told, locked),
            IExpressionStatementOperation { Operation: var done } => new Telling(done, locked),
            _ => null,
        };
    }

    /// <summary>Whether the body can be what is asked for, as far as that shows without binding it.</summary>
    private static bool IsShort(SyntaxNode declaration) => declaration switch
    {
        ArrowExpressionClauseSyntax => true,
        BaseMethodDeclarationSyntax { Body: var body, ExpressionBody: var arrow } => arrow is not null || (body is { Statements: { Count: 1 } one } && one[0] is ReturnStatementSyntax or LockStatementSyntax or ExpressionStatementSyntax),
        AccessorDeclarationSyntax { Body: var body, ExpressionBody: var arrow } => arrow is not null || (body is { Statements: { Count: 1 } one } && one[0] is ReturnStatementSyntax or LockStatementSyntax),
        _ => false,
    };

    /// <summary>The one statement of a block.</summary>
    private static IOperation? Only(IOperation? body) => body is not IBlockOperation block ? body : block.Operations.Length == 1 ? block.Operations[0] : null;
}
