using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;

namespace MmLint.Check;

/// <summary>Writes findings for people.</summary>
internal static class Report
{
    /// <summary>File, line, rule and message of each finding, and the code that it is about.</summary>
    public static void Write(TextWriter writer, IReadOnlyList<Finding> findings)
    {
        foreach (var finding in findings)
        {
            writer.WriteLine($"  {Line(finding)}");
            if (finding.Place is { } place)
                WriteCode(writer, place);
            foreach (var related in finding.Related)
            {
                writer.WriteLine($"          see {Position(related)}");
                WriteCode(writer, related);
            }
        }
    }

    /// <summary>The findings as text that is the same on every machine.</summary>
    public static string Snapshot(IReadOnlyList<Finding> findings)
    {
        var text = new StringBuilder();
        foreach (var finding in findings)
            text.Append(Line(finding)).Append('\n');
        return text.ToString();
    }

    private static string Line(Finding finding) =>
        $"{(finding.Place is { } place ? Position(place) + ": " : "")}{finding.Level} {finding.Rule}: {finding.Message}";

    private static string Position(Place place) => $"{Path.GetFileName(place.File)}({place.Line},{place.Column})";

    private static void WriteCode(TextWriter writer, Place place)
    {
        if (!File.Exists(place.File))
            return;
        string code = File.ReadLines(place.File).ElementAt(place.Line - 1);
        int end = place.EndLine == place.Line ? place.EndColumn : code.Length + 1;
        string indent = string.Concat(code.Take(place.Column - 1).Select(c => c == '\t' ? '\t' : ' '));
        writer.WriteLine($"    {place.Line,5} | {code}");
        writer.WriteLine($"          | {indent}{new string('^', Math.Max(1, end - place.Column))}");
    }
}
