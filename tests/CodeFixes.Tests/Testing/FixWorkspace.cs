using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Reflection;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Formatting;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Host.Mef;
using Microsoft.CodeAnalysis.Text;
using MmLint.Analyzers;

namespace MmLint.Testing;

/// <summary>A fix that is offered for a diagnostic.</summary>
internal sealed record Offer(Document Document, Diagnostic Diagnostic, CodeAction Action, CodeFixProvider Provider);

/// <summary>Does to an in-memory solution what an editor does: asks for diagnostics and for fixes, and applies them.</summary>
internal sealed class FixWorkspace(ImmutableArray<DiagnosticAnalyzer> analyzers, ImmutableArray<CodeFixProvider> fixes)
{
    // The default host would also look for editor features beside the tests, and for all that they depend on.
    private static readonly MefHostServices s_host = MefHostServices.Create([typeof(Workspace).Assembly, typeof(CSharpFormattingOptions).Assembly]);

    public const string PreambleFile = "Preamble.cs";

    /// <summary>The analyzers and every fix that the project exports.</summary>
    public static FixWorkspace LockContracts { get; } = new(
        AllAnalyzers.Instances,
        [
            .. Assembly.Load("MmLint.CodeFixes").GetTypes().Where(t => t.GetCustomAttribute<ExportCodeFixProviderAttribute>() is not null)
                .OrderBy(t => t.FullName, StringComparer.Ordinal).Select(t => (CodeFixProvider)Activator.CreateInstance(t)!),
        ]);

    public ImmutableArray<DiagnosticAnalyzer> Analyzers => analyzers;

    /// <summary>A solution whose projects have the references and options of every test.</summary>
    /// <param name="files">The sources.</param>
    /// <param name="config">A config file that each project gets.</param>
    public static Solution Open(IEnumerable<(string Project, string Name, string Text)> files, string? config = null)
    {
        // The workspace holds nothing but memory, and the solution outlives it.
        using var workspace = new AdhocWorkspace(s_host);
        var solution = workspace.CurrentSolution;
        foreach (var project in files.GroupBy(f => f.Project))
        {
            var id = ProjectId.CreateNewId(project.Key);
            solution = solution.AddProject(ProjectInfo.Create(
                id, VersionStamp.Default, project.Key, project.Key, LanguageNames.CSharp,
                compilationOptions: TestCompilation.Options, parseOptions: TestCompilation.ParseOptions, metadataReferences: TestCompilation.References));
            foreach (var (_, name, text) in project.Prepend((project.Key, PreambleFile, Verification.Preamble)))
                solution = solution.AddDocument(DocumentId.CreateNewId(id), name, text, filePath: $"/{project.Key}/{name}");
            if (config is not null)
                solution = solution.AddAnalyzerConfigDocument(DocumentId.CreateNewId(id), ".editorconfig", SourceText.From(config), filePath: $"/{project.Key}/.editorconfig");
        }

        return solution;
    }

    /// <summary>Every fix for every diagnostic, in the order of the sources.</summary>
    /// <param name="solution">The solution.</param>
    /// <param name="only">The only provider to ask, if it is known which.</param>
    public async Task<List<Offer>> OffersAsync(Solution solution, CodeFixProvider? only = null)
    {
        var offers = new List<Offer>();
        foreach (var project in solution.Projects)
        {
            foreach (var diagnostic in await DiagnosticsAsync(project))
            {
                if (solution.GetDocument(diagnostic.Location.SourceTree) is not { } document)
                    continue;
                foreach (var fix in fixes.Where(f => (only is null || f == only) && f.FixableDiagnosticIds.Contains(diagnostic.Id)))
                {
                    var context = new CodeFixContext(
                        document, diagnostic, (action, _) => offers.Add(new Offer(document, diagnostic, action, fix)), CancellationToken.None);
                    await fix.RegisterCodeFixesAsync(context);
                }
            }
        }

        return offers;
    }

    public static async Task<Solution> ApplyAsync(Solution solution, CodeAction action)
    {
        var operations = await action.GetOperationsAsync(solution, new Progress<CodeAnalysisProgress>(), CancellationToken.None);
        return operations.OfType<ApplyChangesOperation>().Single().ChangedSolution;
    }

    public async Task<Solution> FixAllAsync(Solution solution, Offer first, FixAllProvider provider, FixAllScope scope)
    {
        var ids = first.Provider.FixableDiagnosticIds.Where(id => analyzers.Any(each => each.SupportedDiagnostics.Any(d => d.Id == id)));
        var context = new FixAllContext(
            first.Document, first.Provider, scope, first.Action.EquivalenceKey, ids, new Diagnostics(this), CancellationToken.None);
        return await provider.GetFixAsync(context) is { } action ? await ApplyAsync(solution, action) : solution;
    }

    private async Task<ImmutableArray<Diagnostic>> DiagnosticsAsync(Project project)
    {
        var compilation = await project.GetCompilationAsync();
        var all = await compilation!.WithAnalyzers(analyzers, project.AnalyzerOptions).GetAnalyzerDiagnosticsAsync();
        return
        [
            .. all.OrderBy(d => d.Location.SourceTree?.FilePath, StringComparer.Ordinal)
                .ThenBy(d => d.Location.SourceSpan.Start)
                .ThenBy(d => d.Id, StringComparer.Ordinal),
        ];
    }

    private sealed class Diagnostics(FixWorkspace workspace) : FixAllContext.DiagnosticProvider
    {
        public override async Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            await workspace.DiagnosticsAsync(project);

        public override async Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken)
        {
            var tree = await document.GetSyntaxTreeAsync(cancellationToken);
            return (await workspace.DiagnosticsAsync(document.Project)).Where(d => d.Location.SourceTree == tree);
        }

        public override async Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            (await workspace.DiagnosticsAsync(project)).Where(d => !d.Location.IsInSource);
    }
}
