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
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using MmLint.Analyzers;

namespace EditorTests;

/// <summary>
/// Does to a workspace what an editor does while somebody types: changes the text of one open document, asks for the diagnostics of that document after
/// each key, applies a fix, and takes changes back.
/// </summary>
internal sealed class Editor
{
    private static readonly ImmutableArray<CodeFixProvider> s_fixes =
    [
        .. Assembly.Load("MmLint.CodeFixes").GetTypes().Where(t => t.GetCustomAttribute<ExportCodeFixProviderAttribute>() is not null)
            .OrderBy(t => t.Name, StringComparer.Ordinal).Select(t => (CodeFixProvider)Activator.CreateInstance(t)!),
    ];

    private readonly Stack<Solution> _past = new();
    private readonly List<string> _exceptions = [];
    private readonly DocumentId _open;
    private Solution _solution;

    /// <summary>Opens the first of some files.</summary>
    public Editor(params (string Name, string Text)[] files)
    {
        _solution = FixWorkspace.Open(files.Select(f => ("Test", f.Name, f.Text)));
        _open = _solution.Projects.Single().Documents.Single(d => d.Name == files[0].Name).Id;
        Caret = files[0].Text.Length;
    }

    /// <summary>Where the next character goes.</summary>
    public int Caret { get; private set; }

    /// <summary>What the analyzer threw so far.</summary>
    public IReadOnlyList<string> Exceptions => _exceptions;

    /// <summary>The text of the open document.</summary>
    public string Text => Document.GetTextAsync().GetAwaiter().GetResult().ToString();

    private Document Document => _solution.GetDocument(_open)!;

    /// <summary>Puts the caret behind the first occurrence of a text.</summary>
    public void GoBehind(string text) => Caret = Text.IndexOf(text, StringComparison.Ordinal) + text.Length;

    /// <summary>Puts the caret somewhere.</summary>
    public void GoTo(int position) => Caret = position;

    /// <summary>Types a text in one go, as pasting does.</summary>
    public async Task InsertAsync(string text) => await ChangeAsync(new TextChange(new TextSpan(Caret, 0), text));

    /// <summary>Deletes what stands before the caret.</summary>
    public async Task DeleteAsync(int characters) => await ChangeAsync(new TextChange(new TextSpan(Caret - characters, characters), ""));

    /// <summary>Takes the last change back.</summary>
    public void Undo() => _solution = _past.Pop();

    /// <summary>What is underlined: the rule and the text under it, in the order of the text. An editor asks for one document, and after a key often for one member.</summary>
    public async Task<IReadOnlyList<string>> SquigglesAsync() => [.. (await DiagnosticsAsync()).Select(d => d.Id + " " + d.Location.SourceTree!.GetText().ToString(d.Location.SourceSpan))];

    /// <summary>The diagnostics of the open document, or of a part of it.</summary>
    public async Task<ImmutableArray<Diagnostic>> DiagnosticsAsync(TextSpan? span = null)
    {
        var model = (await Document.GetSemanticModelAsync())!;
        return await DiagnosticsAsync(model, span, AllAnalyzers.Instances);
    }

    /// <summary>The analyzers' part alone: the compiler's own work has been done.</summary>
    public async Task<ImmutableArray<Diagnostic>> DiagnosticsAsync(SemanticModel model, TextSpan? span, ImmutableArray<DiagnosticAnalyzer> analyzers)
    {
        var options = new CompilationWithAnalyzersOptions(
            Document.Project.AnalyzerOptions, (exception, _, _) => _exceptions.Add(exception.ToString()), concurrentAnalysis: true, logAnalyzerExecutionTime: false);
        var found = await model.Compilation.WithAnalyzers(analyzers, options).GetAnalyzerSemanticDiagnosticsAsync(model, span, CancellationToken.None);
        return [.. found.Where(d => !d.Id.StartsWith("AD", StringComparison.Ordinal)).OrderBy(d => d.Location.SourceSpan.Start).ThenBy(d => d.Id, StringComparer.Ordinal)];
    }

    /// <summary>The compiler's view of the open document, with everything bound that the compiler binds for it.</summary>
    public async Task<SemanticModel> BoundAsync()
    {
        var model = (await Document.GetSemanticModelAsync())!;
        _ = model.GetDiagnostics();
        return model;
    }

    /// <summary>The titles of the fixes for a diagnostic.</summary>
    public async Task<IReadOnlyList<string>> FixesAsync(Diagnostic diagnostic) => [.. (await ActionsAsync(diagnostic)).Select(a => a.Title)];

    /// <summary>Applies the fix with this title.</summary>
    public async Task ApplyAsync(Diagnostic diagnostic, string title)
    {
        var action = (await ActionsAsync(diagnostic)).Single(a => a.Title == title);
        _past.Push(_solution);
        _solution = await FixWorkspace.ApplyAsync(_solution, action);
    }

    private async Task<List<CodeAction>> ActionsAsync(Diagnostic diagnostic)
    {
        var actions = new List<CodeAction>();
        foreach (var fix in s_fixes.Where(f => f.FixableDiagnosticIds.Contains(diagnostic.Id)))
            await fix.RegisterCodeFixesAsync(new CodeFixContext(Document, diagnostic, (action, _) => actions.Add(action), CancellationToken.None));
        return actions;
    }

    private async Task ChangeAsync(TextChange change)
    {
        _past.Push(_solution);
        var text = await Document.GetTextAsync();
        _solution = _solution.WithDocumentText(_open, text.WithChanges(change));
        Caret = change.Span.Start + change.NewText!.Length;
    }
}
