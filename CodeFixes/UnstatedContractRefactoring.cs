using System.Composition;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeRefactorings;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace MmLint.CodeFixes;

/// <summary>Offers on the name of a method what <see cref="UnstatedContractFixer"/> mends, also where its rules are off, as they are by default.</summary>
[ExportCodeRefactoringProvider(LanguageNames.CSharp, Name = nameof(UnstatedContractRefactoring)), Shared]
public sealed class UnstatedContractRefactoring : CodeRefactoringProvider
{
    private static readonly UnstatedContractFixer Fixer = new();

    /// <inheritdoc/>
    public override async Task ComputeRefactoringsAsync(CodeRefactoringContext context)
    {
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        if (root?.FindNode(context.Span).FirstAncestorOrSelf<MethodDeclarationSyntax>() is not { } method || !method.Identifier.Span.IntersectsWith(context.Span)) return;
        foreach (Diagnostic hint in await Reanalysis.FindingsAsync(context.Document, method.FullSpan, context.CancellationToken, hints: true).ConfigureAwait(false))
        {
            if (!Fixer.FixableDiagnosticIds.Contains(hint.Id)) continue;
            foreach (Offer offer in await Fixer.OffersAsync(context.Document, hint, context.CancellationToken).ConfigureAwait(false))
                context.RegisterRefactoring(CodeAction.Create(offer.Title, _ => Task.FromResult(offer.Document), offer.Key));
        }
    }
}
