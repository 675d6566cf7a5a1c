using System.Collections.Generic;
using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using MmLint.Analyzers;

namespace MmLint.CodeFixes;

/// <summary>
/// Gives an override or implementation the contract of its base by taking away its own: without one the base's is in force. Offered where the body
/// keeps that contract.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(BaseContractFixer)), Shared]
public sealed class BaseContractFixer : ContractFixer
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create("MML0003");

    private protected override IEnumerable<Proposal> Propose(FixSite site)
    {
        if (site.Node.FirstAncestorOrSelf<MethodDeclarationSyntax>() is not { } method) yield break;
        List<AttributeSyntax> own = method.AttributeLists.Where(static list => list.Target is null).SelectMany(static list => list.Attributes).Where(attribute => IsContract(attribute, site)).ToList();
        if (own.Count == 0) yield break;
        List<AttributeListSyntax> emptied = method.AttributeLists.Where(list => list.Attributes.All(own.Contains)).ToList();
        MethodDeclarationSyntax changed = method.RemoveNodes(own.Where(attribute => !emptied.Contains(attribute.Parent)).Concat<SyntaxNode>(emptied), SyntaxRemoveOptions.KeepNoTrivia)!;
        yield return new Proposal("Take over the contract of the base", nameof(BaseContractFixer), site.Root.ReplaceNode(method, changed.WithLeadingTrivia(method.GetLeadingTrivia())));
    }

    private static bool IsContract(AttributeSyntax attribute, FixSite site) => site.Model.GetTypeInfo(attribute, site.Cancellation).Type is INamedTypeSymbol type
        && (AttributeModel.IsGroup(type) || type is { ContainingNamespace: { Name: "MmLint", ContainingNamespace.IsGlobalNamespace: true } });
}
