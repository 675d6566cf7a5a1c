using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

namespace AnalyzerTests.Documentation;

/// <summary>A fenced block.</summary>
/// <param name="Page">The page, relative to the root.</param>
/// <param name="Line">The line of the fence, from 1.</param>
/// <param name="Language">The first word on the fence.</param>
/// <param name="Info">What follows it.</param>
/// <param name="Section">The heading above it.</param>
/// <param name="Code">The code.</param>
internal sealed record CodeBlock(string Page, int Line, string Language, string Info, string Section, string Code);

/// <summary>What tests need to know of a Markdown page.</summary>
internal sealed partial class MarkdownPage
{
    private MarkdownPage(string path)
    {
        Path = path;
        Lines = File.ReadAllLines(System.IO.Path.Combine(Repository.Root, path));
    }

    /// <summary>The pages outside of docs/ and everything in it.</summary>
    public static IEnumerable<MarkdownPage> All { get; } =
    [
        new("README.md"),
        new("samples/README.md"),
        .. Directory.EnumerateFiles(System.IO.Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Select(f => new MarkdownPage(System.IO.Path.GetRelativePath(Repository.Root, f).Replace('\\', '/')))
            .OrderBy(p => p.Path, StringComparer.Ordinal),
    ];

    /// <summary>The path from the root, with slashes.</summary>
    public string Path { get; }

    /// <summary>The lines.</summary>
    public IReadOnlyList<string> Lines { get; }

    /// <summary>The headings with their marks, those in code left out.</summary>
    public IEnumerable<string> Headings => Prose().Where(l => l.Text.StartsWith('#')).Select(l => l.Text);

    /// <summary>The targets of all links.</summary>
    public IEnumerable<string> Links => Prose().SelectMany(l => Link().Matches(l.Text)).Select(m => m.Groups["target"].Value);

    /// <summary>The anchors that links may name, in any case.</summary>
    public IEnumerable<string> Anchors =>
        Headings.Select(h => NoAnchor().Replace(h.TrimStart('#').Trim(), "").Replace(' ', '-'));

    /// <summary>The page with this path.</summary>
    public static MarkdownPage At(string path) => All.SingleOrDefault(p => p.Path == path) ?? throw new FileNotFoundException($"{path} is missing");

    /// <summary>The fenced blocks.</summary>
    public IEnumerable<CodeBlock> Examples()
    {
        string section = "";
        for (int i = 0; i < Lines.Count; i++)
        {
            if (Lines[i].StartsWith('#'))
                section = Lines[i].TrimStart('#').Trim();
            if (!Lines[i].StartsWith("```", StringComparison.Ordinal))
                continue;
            int start = i++;
            while (Lines[i] != "```")
                i++;
            string[] info = Lines[start][3..].Split(' ', 2);
            string code = string.Join('\n', Lines.Skip(start + 1).Take(i - start - 1));
            yield return new CodeBlock(Path, start + 1, info[0], info.ElementAtOrDefault(1) ?? "", section, code);
        }
    }

    private IEnumerable<(int Line, string Text)> Prose()
    {
        bool code = false;
        for (int i = 0; i < Lines.Count; i++)
        {
            if (Lines[i].StartsWith("```", StringComparison.Ordinal))
                code = !code;
            else if (!code)
                yield return (i + 1, Lines[i]);
        }
    }

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)", RegexOptions.ExplicitCapture)]
    private static partial Regex Link();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NoAnchor();
}
