using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace MmLint.Analyzers;

/// <summary>What is said of a call whatever is held: that a better member exists, named by <c>[UseInstead]</c>.</summary>
internal static class CallAdvice
{
    internal static IEnumerable<Diagnostic> Of(Engine engine, IInvocationOperation call, ISymbol caller)
    {
        MemberContract contract = engine.ContractOf(call.TargetMethod);
        if (contract.Alternatives.FirstOrDefault(static alternative => alternative.When is null) is not { } alternative) yield break;
        if (contract.Crashes && caller.Name != alternative.Member && !engine.ContractOf(caller).Crashes)
            yield return Diagnostic.Create(Rule.CrashingAssertion, call.Syntax.GetLocation(), "'" + call.TargetMethod.Name + "' ends the process where its assertion fails; call " + alternative.Member + " instead");
        if (OpenCodedLocking.Around(engine, call, contract, alternative) is { } locks)
            yield return Diagnostic.Create(Rule.OpenCoded, call.Syntax.GetLocation(), locks, "'" + alternative.Member + "' tries the lock, calls '" + call.TargetMethod.Name + "' and releases the lock again");
    }
}
