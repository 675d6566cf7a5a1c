using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace MmLint.CodeFixes;

/// <summary>
/// Repeats a fix over all documents of the scope until a round finds nothing more to do: a contract stated on one method makes findings at its
/// callers, wherever they are.
/// </summary>
internal sealed class OutwardFixAllProvider : FixAllProvider
{
    /// <summary>More callers above one another than this are left to the next time.</summary>
    private const int MostRounds = 100;

    internal static readonly OutwardFixAllProvider Instance = new();

    /// <inheritdoc/>
    public override IEnumerable<FixAllScope> GetSupportedFixAllScopes() => [FixAllScope.Document, FixAllScope.Project, FixAllScope.Solution];

    /// <inheritdoc/>
    public override Task<CodeAction?> GetFixAsync(FixAllContext fixAllContext)
    {
        if (fixAllContext.CodeFixProvider is not ContractFixer fixer) return Task.FromResult<CodeAction?>(null);
        ImmutableArray<DocumentId> documents = (fixAllContext.Scope switch
        {
            FixAllScope.Document => fixAllContext.Document is { } document ? [document] : [],
            FixAllScope.Project => fixAllContext.Project.Documents,
            FixAllScope.Solution => fixAllContext.Solution.Projects.Where(static project => project.Language == LanguageNames.CSharp).SelectMany(static project => project.Documents),
            _ => [],
        }).Select(static document => document.Id).ToImmutableArray();
        return Task.FromResult<CodeAction?>(CodeAction.Create(
            "State the contracts", cancellation => FixAsync(fixer, fixAllContext.CodeActionEquivalenceKey, fixAllContext.Solution, documents, cancellation), fixAllContext.CodeActionEquivalenceKey));
    }

    private static async Task<Solution> FixAsync(ContractFixer fixer, string? key, Solution solution, ImmutableArray<DocumentId> documents, CancellationToken cancellation)
    {
        for (int round = 0; round < MostRounds; round++)
        {
            Solution before = solution;
            foreach (DocumentId id in documents)
            {
                while (solution.GetDocument(id) is { } document && await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false) is { } root
                    && await fixer.FirstAsync(document, root.FullSpan, key, cancellation).ConfigureAwait(false) is { } next)
                {
                    solution = next.Project.Solution;
                }
            }

            if (solution == before) break;
        }

        return solution;
    }
}
