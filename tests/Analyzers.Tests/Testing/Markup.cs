using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using Xunit.Sdk;

namespace MmLint.Testing;

/// <summary>One diagnostic that a source asks for.</summary>
/// <param name="Path">The file.</param>
/// <param name="Id">The rule.</param>
/// <param name="Line">The line, from 0.</param>
/// <param name="Span">The exact span, or null if anywhere on the line will do.</param>
internal sealed record ExpectedDiagnostic(string Path, string Id, int Line, TextSpan? Span);

/// <summary>A text with its marks taken out: <c>{|ID:…|}</c>, <c>[|…|]</c> and <c>{|#name:…|}</c>, nested as needed.</summary>
internal sealed partial class Markup
{
    private Markup(string path, string text, List<ExpectedDiagnostic> marked, Dictionary<string, TextSpan> named)
    {
        Path = path;
        Text = text;
        Marked = marked;
        Named = named;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The text without marks.</summary>
    public string Text { get; }

    /// <summary>The expected diagnostics.</summary>
    public IReadOnlyList<ExpectedDiagnostic> Marked { get; }

    /// <summary>The named spans.</summary>
    public IReadOnlyDictionary<string, TextSpan> Named { get; }

    /// <summary>Takes the marks out.</summary>
    /// <param name="path">The file.</param>
    /// <param name="marked">The text with marks.</param>
    /// <param name="rule">The id that <c>[|…|]</c> stands for, if the test names one.</param>
    public static Markup Parse(string path, string marked, string? rule)
    {
        var text = new StringBuilder(marked.Length);
        var open = new Stack<(string Name, int Start)>();
        var spans = new List<(string Name, TextSpan Span)>();
        int copied = 0;
        foreach (Match mark in Mark().Matches(marked))
        {
            text.Append(marked, copied, mark.Index - copied);
            copied = mark.Index + mark.Length;
            if (mark.Value == "[|")
                open.Push((rule ?? throw new XunitException("[|…|] needs a test that names its rule: Verify.Flags(\"MMLxxxx\", source)"), text.Length));
            else if (mark.Groups["name"] is { Success: true } name)
                open.Push((name.Value, text.Length));
            else if (open.TryPop(out var opened))
                spans.Add((opened.Name, TextSpan.FromBounds(opened.Start, text.Length)));
            else
                throw new XunitException($"{path}: '{mark.Value}' closes nothing");
        }

        if (open.Count > 0)
            throw new XunitException($"{path}: the mark '{open.Peek().Name}' is not closed");
        text.Append(marked, copied, marked.Length - copied);

        string plain = text.ToString();
        var lines = SourceText.From(plain).Lines;
        return new Markup(
            path,
            plain,
            [.. spans.Where(s => s.Name[0] != '#').Select(s => new ExpectedDiagnostic(path, s.Name, lines.GetLinePosition(s.Span.Start).Line, s.Span))],
            spans.Where(s => s.Name[0] == '#').ToDictionary(s => s.Name[1..], s => s.Span));
    }

    [GeneratedRegex(@"\{\|(?<name>#?\w+):|\|\}|\[\||\|\]", RegexOptions.ExplicitCapture)]
    private static partial Regex Mark();
}

/// <summary>
/// Expectations written as prose behind the code: a comment after code that starts with an id expects that id on its line, one that starts with
/// several, separated by commas, each of them. Comments in code that is not compiled do not count.
/// </summary>
internal static partial class TrailingComments
{
    public static IEnumerable<ExpectedDiagnostic> Read(SyntaxTree tree)
    {
        var text = tree.GetText();
        foreach (var comment in tree.GetRoot().DescendantTrivia().Where(t => t.IsKind(SyntaxKind.SingleLineCommentTrivia)))
        {
            var line = text.Lines.GetLineFromPosition(comment.SpanStart);
            if (string.IsNullOrWhiteSpace(text.ToString(TextSpan.FromBounds(line.Start, comment.SpanStart))))
                continue;
            foreach (Capture id in Ids().Match(comment.ToString()).Groups["id"].Captures)
                yield return new ExpectedDiagnostic(tree.FilePath, id.Value, line.LineNumber, Span: null);
        }
    }

    [GeneratedRegex(@"^//\s*(?<id>MML\d{4})(\s*,\s*(?<id>MML\d{4}))*\b", RegexOptions.ExplicitCapture)]
    private static partial Regex Ids();
}
