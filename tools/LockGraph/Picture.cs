using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using MmLint.Analyzers;
using MmLint.Tools;

namespace MmLint.LockGraphs;

/// <summary>
/// A lock graph as text that others draw. An arrow leads from the outer lock to the inner one: solid where code takes them so, dashed where only a
/// list says so, red where a circle runs through it. An order that follows from others is left out unless all are asked for.
/// </summary>
internal sealed class Picture
{
    private readonly List<Arrow> _arrows;
    private readonly List<string> _locks;
    private readonly int _circles;

    private Picture(List<Arrow> arrows, int circles)
    {
        _arrows = arrows;
        _circles = circles;
        _locks = [.. arrows.SelectMany(static arrow => new[] { arrow.Outer, arrow.Inner }).Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>Whether locks are taken in a circle.</summary>
    public bool HasCircle => _circles > 0;

    /// <summary>"15 locks, 40 orders seen in code, 9 only declared, no circle".</summary>
    public string Summary => string.Create(
        CultureInfo.InvariantCulture,
        $"{_locks.Count} locks, {_arrows.Count(static arrow => arrow.Where is not null)} orders seen in code, {_arrows.Count(static arrow => arrow.Where is null)} only declared, {(_circles == 0 ? "no circle" : _circles == 1 ? "1 circle" : _circles + " circles")}");

    /// <summary>Reads a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="all">Whether orders are drawn that follow from others.</param>
    public static Picture Of(LockGraph graph, bool all)
    {
        IReadOnlyList<LockEdge>[] circles = [.. LockCycles.In(graph)];
        var red = circles.SelectMany(static circle => circle).Select(static edge => (edge.Outer.Key, edge.Inner.Key)).ToHashSet();
        List<Arrow> arrows = [.. graph.Edges.Select(edge => new Arrow(Name(edge.Outer), Name(edge.Inner), Where(edge), red.Contains((edge.Outer.Key, edge.Inner.Key))))];
        if (!all) arrows = [.. arrows.Where(arrow => arrow.InCircle || !Follows(arrow, arrows))];
        return new Picture(arrows, circles.Length);
    }

    /// <summary>Whether other arrows, none of them in a circle, lead from one end to the other; what code does follows only from what code does.</summary>
    private static bool Follows(Arrow arrow, List<Arrow> arrows)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal) { arrow.Outer };
        var pending = new Queue<string>(reached);
        while (pending.Count > 0)
        {
            string at = pending.Dequeue();
            foreach (Arrow next in arrows.Where(next => next.Outer == at && next != arrow && !next.InCircle && (arrow.Where is null || next.Where is not null)))
            {
                if (next.Inner == arrow.Inner) return true;
                if (reached.Add(next.Inner)) pending.Enqueue(next.Inner);
            }
        }

        return false;
    }

    /// <summary>Writes the picture in the format that the file's extension asks for.</summary>
    /// <exception cref="InvalidDataException">The extension is unknown, or Graphviz is not there.</exception>
    public void Save(string path)
    {
        string text = Path.GetExtension(path) switch
        {
            ".mmd" => ToMermaid(),
            ".dot" => ToDot(),
            ".svg" => ToSvg(),
            var other => throw new InvalidDataException($"'{other}' is no format of a lock graph: name a file that ends in .mmd, .dot or .svg"),
        };
        File.WriteAllText(path, text);
    }

    /// <summary>The graph for Mermaid, which Markdown viewers draw.</summary>
    public string ToMermaid()
    {
        var text = new StringBuilder("flowchart TD\n");
        for (int index = 0; index < _locks.Count; index++) text.Append(CultureInfo.InvariantCulture, $"    n{index}[\"{_locks[index]}\"]\n");
        foreach (Arrow arrow in _arrows) text.Append(CultureInfo.InvariantCulture, $"    n{_locks.IndexOf(arrow.Outer)} {(arrow.Where is null ? "-.->" : "-->")} n{_locks.IndexOf(arrow.Inner)}\n");
        string red = string.Join(',', _arrows.Select(static (arrow, index) => (arrow, index)).Where(static each => each.arrow.InCircle).Select(static each => each.index));
        if (red.Length > 0) text.Append(CultureInfo.InvariantCulture, $"    linkStyle {red} stroke:#cc0000,stroke-width:3px\n");
        return text.ToString();
    }

    /// <summary>The graph for Graphviz; the tooltip of an arrow says which code takes the locks so.</summary>
    public string ToDot()
    {
        var text = new StringBuilder("digraph locks {\n    graph [rankdir=TB, ranksep=0.35, nodesep=0.3]\n    node [shape=box, style=rounded, fontname=\"sans-serif\", fontsize=11]\n    edge [color=\"#444455\", arrowsize=0.7]\n");
        foreach (string name in _locks) text.Append(CultureInfo.InvariantCulture, $"    \"{name}\"\n");
        foreach (Arrow arrow in _arrows)
        {
            string style = arrow.InCircle ? "color=\"#cc0000\", penwidth=2.5, " : arrow.Where is null ? "style=dashed, color=\"#9999aa\", " : "";
            text.Append(CultureInfo.InvariantCulture, $"    \"{arrow.Outer}\" -> \"{arrow.Inner}\" [{style}tooltip=\"{arrow.Where ?? "declared"}\"]\n");
        }

        return text.Append("}\n").ToString();
    }

    private string ToSvg() => DrawingProgram.Draw(
        "dot", ["-Tsvg"], ToDot(), "an SVG needs Graphviz, whose program 'dot' is not on the path; install it, or write .mmd or .dot instead");

    private static string Name(LockNode node) => node.Key.Replace("global::", "", StringComparison.Ordinal);

    private static string? Where(LockEdge edge)
    {
        if (edge.Owner is null) return null;
        string through = edge.Through is { } callee ? " through " + LockCycles.NameOf(callee) : "";
        return LockCycles.NameOf(edge.Owner) + through;
    }

    private sealed record Arrow(string Outer, string Inner, string? Where, bool InCircle);
}
