using System.Collections.Generic;
using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using MmLint.Analyzers;

namespace MmLint.CodeFixes;

/// <summary>
/// Calls what <c>[UseInstead]</c> of the callee names, where the callee's own need fails, and returns its result unless it tells success:
/// <c>if (Prepare(vmf.Vma) != 0) return Fault.Oom;</c> becomes <c>var ret = PrepareFault(vmf); if (ret != Fault.None) return ret;</c>.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(UseInsteadFixer)), Shared]
public sealed class UseInsteadFixer : ContractFixer
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create("MML2001", "MML1003");

    private protected override IEnumerable<Proposal> Propose(FixSite site)
    {
        if (site.Node is not InvocationExpressionSyntax syntax || site.Model.GetOperation(syntax, site.Cancellation) is not IInvocationOperation call) yield break;
        foreach (Alternative alternative in site.Catalog.ContractOf(call.TargetMethod).Alternatives)
        {
            foreach (IMethodSymbol method in AlternativeCall.MethodsNamed(alternative.Member, call.TargetMethod, site))
            {
                if (AlternativeCall.Write(call, method, site) is not { } written) continue;
                foreach (SyntaxNode root in CheckedCall.Replace(syntax, call.TargetMethod, written, method, site))
                    yield return new Proposal("Call " + method.Name + " instead", nameof(UseInsteadFixer), root);
            }
        }
    }
}
