using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace MmLint.Analyzers;

/// <summary>The one lock that a clause of a callee is about, as the caller could write it: <c>this</c> and parameters replaced by what was given.</summary>
internal static class CallPath
{
    /// <summary>The path; null where the clause is about more than one lock, or what was given is no path.</summary>
    internal static string? Of(LockClause clause, IOperation call, MemberContract contract) => clause.Locks is LockFormula.Lock { Term: var term } ? Of(term, call, contract) : null;

    private static string? Of(Term term, IOperation call, MemberContract contract)
    {
        switch (term)
        {
            case MemberOf { Target: { } target, Member: var member }:
                return Of(target, call, contract) is { } prefix ? Joined(prefix, member) : null;
            case Root { Kind: RootKind.This }:
                return Of(call switch { IInvocationOperation invocation => invocation.Instance, IMemberReferenceOperation reference => reference.Instance, _ => null });
            case Root { Kind: RootKind.Parameter, Symbol: IParameterSymbol parameter } when call is IInvocationOperation { Arguments: var arguments } && contract.Parameters.Contains(parameter):
                return Of(arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == parameter.Ordinal)?.Value);
            default:
                return null;
        }
    }

    private static string? Of(IOperation? operation) => operation switch
    {
        IParameterReferenceOperation parameter => parameter.Parameter.Name,
        ILocalReferenceOperation local => local.Local.Name,
        IInstanceReferenceOperation => "this",
        IMemberReferenceOperation { Instance: { } target, Member: var member } => Of(target) is { } prefix ? Joined(prefix, member) : null,
        IMemberReferenceOperation { Instance: null, Member: { IsStatic: true } member } => member.Name,
        IConversionOperation { OperatorMethod: null } conversion => Of(conversion.Operand),
        _ => null,
    };

    private static string Joined(string prefix, ISymbol member) => prefix == "this" ? member.Name : prefix + "." + member.Name;
}
