using System.Collections.Generic;
using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using MmLint.Analyzers;

namespace MmLint.CodeFixes;

/// <summary>Writes the contract that a name, an assertion or the body of a private helper says already.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(UnstatedContractFixer)), Shared]
public sealed class UnstatedContractFixer : ContractFixer
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create("MML0011", "MML0012");

    private protected override IEnumerable<Proposal> Propose(FixSite site)
    {
        if (site.Node is not MethodDeclarationSyntax method || !site.Diagnostic.Properties.TryGetValue(UnstatedContracts.Property, out string? contracts) || contracts is null) yield break;
        string[] alternatives = contracts.Split('\n');
        foreach (string contract in alternatives)
        {
            // Which of several locks is meant has to be the same one for all that a fix-all writes.
            string key = nameof(UnstatedContractFixer) + (alternatives.Length == 1 ? "" : ":" + contract);
            yield return new Proposal("State [" + contract + "]", key, site.Root.ReplaceNode(method, method.Annotated(Annotating.Parsed(contract), site)));
        }
    }
}
