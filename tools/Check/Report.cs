using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;

namespace MmLint.Check;

/// <summary>Writes findings for people.</summary>
internal static class Report
{
    /// <summary>File, line, rule and message of each finding, and the line of code that it is about.</summary>
    public static void Write(TextWriter writer, IReadOnlyList<Finding> findings)
    {
        foreach (var finding in findings)
        {
            writer.WriteLine($"  {Line(finding)}");
            if (finding.Line > 0 && File.Exists(finding.File))
                WriteCode(writer, finding);
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
        $"{Path.GetFileName(finding.File)}({finding.Line},{finding.Column}): {finding.Level} {finding.Rule}: {finding.Message}";

    private static void WriteCode(TextWriter writer, Finding finding)
    {
        string code = File.ReadLines(finding.File).ElementAt(finding.Line - 1);
        int end = finding.EndLine == finding.Line ? finding.EndColumn : code.Length + 1;
        string indent = string.Concat(code.Take(finding.Column - 1).Select(c => c == '\t' ? '\t' : ' '));
        writer.WriteLine($"    {finding.Line,5} | {code}");
        writer.WriteLine($"          | {indent}{new string('^', Math.Max(1, end - finding.Column))}");
    }
}
