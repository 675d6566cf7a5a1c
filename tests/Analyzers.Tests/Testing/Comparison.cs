using System.Collections.Generic;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;

namespace MmLint.Testing;

/// <summary>Holds what was reported against what was expected, and says it so that the source can be mended by copying.</summary>
internal static class Comparison
{
    /// <summary>What is missing and what is too much, or null if nothing is.</summary>
    public static string? Difference(IReadOnlyList<ExpectedDiagnostic> expected, IReadOnlyList<Diagnostic> reported)
    {
        var extra = reported.ToList();
        var missing = new List<ExpectedDiagnostic>();

        // Exact spans choose first: a line would take any diagnostic on it.
        foreach (var one in expected.OrderBy(e => e.Span is null))
        {
            int match = extra.FindIndex(d => Matches(one, d));
            if (match >= 0)
                extra.RemoveAt(match);
            else
                missing.Add(one);
        }

        if (missing.Count == 0 && extra.Count == 0)
            return null;

        var text = new StringBuilder();
        foreach (var one in missing)
            text.AppendLine($"missing  {one.Path}({one.Line + 1}): {one.Id}{(one.Span is { } span ? $" at {span}" : "")}");
        foreach (var one in extra)
            text.AppendLine($"extra    {one}{(one.Location.IsInSource ? $" at {one.Location.SourceSpan}" : "")}");
        return text.ToString();
    }

    /// <summary>The files with marks around everything that was reported in them.</summary>
    public static string Render(IEnumerable<Markup> files, IReadOnlyList<Diagnostic> reported)
    {
        var text = new StringBuilder();
        foreach (var file in files)
        {
            text.AppendLine($"--- {file.Path} as reported").AppendLine(Render(file, reported));
        }

        return text.ToString();
    }

    private static string Render(Markup file, IReadOnlyList<Diagnostic> reported)
    {
        var spans = reported.Where(d => d.Location.GetLineSpan().Path == file.Path).Select(d => (d.Id, Span: d.Location.SourceSpan));
        var text = new StringBuilder(file.Text);

        // From the back, so that positions stay good; the inner of two nested marks opens last and closes first.
        var inserts = spans.SelectMany(s => new[]
        {
            (Position: s.Span.End, Closes: true, s.Span.Length, Mark: "|}"),
            (Position: s.Span.Start, Closes: false, s.Span.Length, Mark: "{|" + s.Id + ":"),
        });
        foreach (var (position, _, _, mark) in inserts.OrderByDescending(i => i.Position)
            .ThenBy(i => i.Length == 0 ? 1 : i.Closes ? 2 : 0).ThenBy(i => i.Closes ? -i.Length : i.Length).ThenBy(i => !i.Closes))
            text.Insert(position, mark);
        return text.ToString();
    }

    private static bool Matches(ExpectedDiagnostic expected, Diagnostic diagnostic)
    {
        var place = diagnostic.Location.GetLineSpan();
        return diagnostic.Id == expected.Id && place.Path == expected.Path
            && (expected.Span is { } span ? diagnostic.Location.SourceSpan == span : place.StartLinePosition.Line == expected.Line);
    }
}
