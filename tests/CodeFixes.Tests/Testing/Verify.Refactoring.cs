using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeRefactorings;
using Xunit.Sdk;

namespace MmLint.Testing;

/// <summary>The part of the harness that applies refactorings.</summary>
internal static partial class Verify
{
    /// <summary>A refactoring that is offered at the place marked <c>{|#here:…|}</c> turns one text into the other, which compiles.</summary>
    /// <param name="refactoring">The provider.</param>
    /// <param name="before">The source before, with the mark.</param>
    /// <param name="after">The source after.</param>
    /// <param name="title">Which of several; without it the first.</param>
    /// <param name="others">Sources beside it.</param>
    public static async Task Refactors(
        CodeRefactoringProvider refactoring, [StringSyntax("C#")] string before, [StringSyntax("C#")] string after, string? title = null, params (string Name, string Text)[] others)
    {
        var (document, offers) = await OfferedAsync(refactoring, before, others);
        var action = offers.FirstOrDefault(o => title is null || o.Title == title)
            ?? throw new XunitException("No such refactoring is offered. Offered: " + string.Join("; ", offers.Select(o => o.Title)));
        var changed = (await FixWorkspace.ApplyAsync(document.Project.Solution, action)).GetDocument(document.Id)!;
        string text = (await changed.GetTextAsync()).ToString().ReplaceLineEndings("\n");
        Assert.Equal(after.ReplaceLineEndings("\n"), text);
        var compilation = await changed.Project.GetCompilationAsync();
        Assert.Empty(compilation!.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
    }

    /// <summary>Exactly these refactorings are offered at the place marked <c>{|#here:…|}</c>.</summary>
    public static async Task OffersRefactorings(CodeRefactoringProvider refactoring, [StringSyntax("C#")] string source, (string Name, string Text)[] others, params string[] titles) =>
        Assert.Equal(titles, (await OfferedAsync(refactoring, source, others)).Offers.Select(o => o.Title));

    private static async Task<(Document Document, List<CodeAction> Offers)> OfferedAsync(CodeRefactoringProvider refactoring, string source, (string Name, string Text)[] others)
    {
        var markup = Markup.Parse("Test.cs", source, rule: null);
        var solution = FixWorkspace.Open(others.Prepend((Name: "Test.cs", markup.Text)).Select(f => ("Test", f.Name, f.Text)));
        var document = solution.Projects.Single().Documents.Single(d => d.Name == "Test.cs");
        var offers = new List<CodeAction>();
        await refactoring.ComputeRefactoringsAsync(new CodeRefactoringContext(document, markup.Named["here"], offers.Add, CancellationToken.None));
        return (document, offers);
    }
}
