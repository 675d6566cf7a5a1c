using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace MmLint.Analyzers;

/// <summary>Whether a method keeps a delegate although it says that it invokes it before it returns.</summary>
internal static class KeptDelegates
{
    /// <summary>What a use of a parameter does beyond invoking it.</summary>
    internal static IEnumerable<ContractProblem> Of(ContractCatalog catalog, IParameterReferenceOperation reference)
    {
        IParameterSymbol parameter = reference.Parameter;
        if (catalog.InvocationOf(parameter) is null or Invocation.WhileEnumerated || DelegateUse.IsInvokedOrTested(reference, catalog)) yield break;
        yield return new ContractProblem(Rule.KeptDelegate, reference.Syntax.GetLocation(), "'" + parameter.Name + "' is [InvokedNow]: invoke it, test it, or pass it on to a parameter that is [InvokedNow] too; here it may be kept");
    }
}
