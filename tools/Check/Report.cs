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
    /// <param name="writer">Where to.</param>
    /// <param name="findings">What.</param>
    /// <param name="root">The folder from which files are named.</param>
    public static void Write(TextWriter writer, IReadOnlyList<Finding> findings, string root)
    {
        foreach (var finding in findings)
        {
            writer.WriteLine($"  {Line(finding, file => Path.GetRelativePath(root, file))}");
            if (finding.Place is { } place)
                WriteCode(writer, place);
            foreach (var related in finding.Related)
            {
                writer.WriteLine($"          see {Position(related, file => Path.GetRelativePath(root, file))}");
                WriteCode(writer, related);
            }
        }
    }

    /// <summary>The findings as text that is the same on every machine.</summary>
    public static string Snapshot(IReadOnlyList<Finding> findings)
    {
        var text = new StringBuilder();
        foreach (var finding in findings)
            text.Append(Line(finding, file => Path.GetFileName(file))).Append('\n');
        return text.ToString();
    }

    private static string Line(Finding finding, Func<string, string> name) =>
        $"{(finding.Place is { } place ? Position(place, name) + ": " : "")}{finding.Level} {finding.Rule}: {finding.Message}";

    private static string Position(Place place, Func<string, string> name) => $"{name(place.File)}({place.Line},{place.Column})";

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
