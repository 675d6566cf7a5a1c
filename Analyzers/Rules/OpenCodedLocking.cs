using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace MmLint.Analyzers;

/// <summary>
/// Recognises a try acquire, a call and a release that serve nothing but each other, in each of the shapes people write:
/// <c>if (!x.TryLock()) return; Walk(x); x.Unlock();</c>, the same with <c>try … finally</c>, and <c>if (x.TryLock()) { Walk(x); x.Unlock(); }</c>.
/// </summary>
internal static class OpenCodedLocking
{
    /// <summary>Where the lock that the call needs is taken and released, if around this call only, and the alternative does without it.</summary>
    internal static Location[]? Around(Engine engine, IInvocationOperation call, MemberContract contract, Alternative alternative)
    {
        if (contract.Needs.Where(static need => need.When is null).Select(need => (Need: need, Path: CallPath.Of(need, call, contract))).FirstOrDefault(static pair => pair.Path is not null) is not { Path: { } path, Need: var need }) return null;
        if (!Spares(engine, call.TargetMethod, alternative, need)) return null;
        IOperation statement = call;
        while (statement.Parent is { } parent and not IBlockOperation) statement = parent;
        if (statement is not (IExpressionStatementOperation or IVariableDeclarationGroupOperation) || statement.Parent is not IBlockOperation block) return null;

        if (block is { Operations.Length: 1, Parent: ITryOperation { Catches.IsEmpty: true, Finally.Operations: { Length: 1 } cleanup } guarded })
            return Before(engine, guarded, path) is { } acquire && Released(engine, cleanup[0], path) is { } release ? [acquire, release] : null;
        if (Released(engine, Neighbour(block, statement, 1), path) is not { } released) return null;
        if (Before(engine, statement, path) is { } taken) return [taken, released];
        return block is { Operations.Length: 2, Parent: IConditionalOperation { WhenFalse: null } condition } && condition.WhenTrue == block && Tried(engine, condition.Condition, path) is { } tried
            ? [tried, released] : null;
    }

    private static bool Spares(Engine engine, IMethodSymbol callee, Alternative alternative, LockClause need) => callee.ContainingType.GetMembers(alternative.Member).OfType<IMethodSymbol>()
        .Any(method => !engine.ContractOf(method).Needs.Any(own => own.Locks.Locks.Any(item => need.Locks.Locks.Any(other => SymbolEqualityComparer.Default.Equals(item.Term.Type, other.Term.Type)))));

    /// <summary>The acquire in the test before a statement that leaves where the lock was not had.</summary>
    private static Location? Before(Engine engine, IOperation statement, string path) =>
        statement.Parent is IBlockOperation block
            && Neighbour(block, statement, -1) is IConditionalOperation { WhenFalse: null, Condition: IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } failed, WhenTrue: var leave } && Leaves(leave)
            ? Tried(engine, failed.Operand, path) : null;

    private static bool Leaves(IOperation operation) => operation switch
    {
        IReturnOperation or IBranchOperation => true,
        IBlockOperation { Operations: { Length: > 0 } operations } => Leaves(operations.Last()),
        _ => false,
    };

    private static Location? Tried(Engine engine, IOperation condition, string path) =>
        condition is IInvocationOperation acquire && engine.ContractOf(acquire.TargetMethod) is var contract
            && contract.Acquires.Any(clause => clause.Try && clause.When is not null && CallPath.Of(clause, acquire, contract) == path) ? acquire.Syntax.GetLocation() : null;

    private static Location? Released(Engine engine, IOperation? statement, string path) =>
        statement is IExpressionStatementOperation { Operation: IInvocationOperation release } && engine.ContractOf(release.TargetMethod) is var contract
            && contract.Releases.Any(clause => clause.When is null && CallPath.Of(clause, release, contract) == path) ? release.Syntax.GetLocation() : null;

    private static IOperation? Neighbour(IBlockOperation block, IOperation statement, int distance)
    {
        int at = block.Operations.IndexOf(statement) + distance;
        return at >= 0 && at < block.Operations.Length ? block.Operations[at] : null;
    }
}
