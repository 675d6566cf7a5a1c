using System.Collections.Generic;
using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using MmLint.Analyzers;

namespace MmLint.CodeFixes;

/// <summary>Calls what <c>[UseInstead]</c> names in the place of an assertion that crashes: <c>VmBugOn(x);</c> becomes <c>VmWarnOnOnce(x);</c>.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ReportInsteadFixer)), Shared]
public sealed class ReportInsteadFixer : ContractFixer
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create("MML2008");

    private protected override IEnumerable<Proposal> Propose(FixSite site)
    {
        if (site.Node is not InvocationExpressionSyntax syntax || site.Model.GetOperation(syntax, site.Cancellation) is not IInvocationOperation call) yield break;
        foreach (Alternative alternative in site.Catalog.ContractOf(call.TargetMethod).Alternatives)
        {
            foreach (IMethodSymbol method in AlternativeCall.MethodsNamed(alternative.Member, call.TargetMethod, site))
            {
                // What a kept result means is not known to be the same.
                if (syntax.Parent is not (ExpressionStatementSyntax or ArrowExpressionClauseSyntax) || AlternativeCall.Write(call, method, site) is not { } written) continue;
                yield return new Proposal("Call " + method.Name + " instead", nameof(ReportInsteadFixer), site.Root.ReplaceNode(syntax, written.WithTriviaFrom(syntax)));
            }
        }
    }
}
