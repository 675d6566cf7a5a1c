using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace MmLint.CodeFixes;

/// <summary>
/// States the guard of a field that nobody wrote down. Other than the fixes of broken contracts it is offered although findings follow: that the
/// odd place is found from now on is what it is for.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(GuardedByFixer)), Shared]
public sealed class GuardedByFixer : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create("MML1021");

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            if (!diagnostic.Properties.TryGetValue("Guard", out string? guard) || guard is null || diagnostic.AdditionalLocations.Count == 0 || diagnostic.AdditionalLocations[0] is not { SourceTree: { } tree } field) continue;
            if (context.Document.Project.Solution.GetDocument(tree) is not { } declaring) continue;
            string title = "State [GuardedBy(" + guard + ")]";
            context.RegisterCodeFix(CodeAction.Create(title, cancellation => StateAsync(declaring, field, guard, cancellation), nameof(GuardedByFixer)), diagnostic);
        }

        return Task.CompletedTask;
    }

    private static async Task<Solution> StateAsync(Document document, Location field, string guard, CancellationToken cancellation)
    {
        if (await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false) is not { } root || await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false) is not { } model
            || root.FindNode(field.SourceSpan).FirstAncestorOrSelf<FieldDeclarationSyntax>() is not { } declaration) return document.Project.Solution;
        bool isImported = model.LookupNamespacesAndTypes(declaration.SpanStart, name: "GuardedByAttribute").Any();
        AttributeListSyntax list = AttributeList(SingletonSeparatedList(Attribute(ParseName(isImported ? "GuardedBy" : "MmLint.GuardedBy"), ParseAttributeArgumentList("(" + guard + ")")!)))
            .WithTrailingTrivia(Space);
        FieldDeclarationSyntax stated = declaration.AttributeLists.Count == 0
            ? declaration.WithLeadingTrivia().AddAttributeLists(list).WithLeadingTrivia(declaration.GetLeadingTrivia())
            : declaration.AddAttributeLists(list);
        return document.Project.Solution.WithDocumentSyntaxRoot(document.Id, root.ReplaceNode(declaration, stated));
    }
}
