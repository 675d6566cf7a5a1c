using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Text.RegularExpressions;
using MmLint.LockGraphs;

namespace LockGraphTests;

/// <summary>The pictures of the kernel's locks under docs/ show what the kernel does now.</summary>
public partial class KernelGraphTests
{
    private static readonly string Docs = Path.Combine(Repository.Root, "docs");

    [Fact]
    public void TheKernelsPictureIsCurrentAndHasNoCircle()
    {
        var picture = Picture.Of(CompiledProject.ReadGraph(Path.Combine(Repository.Root, "MmKernel", "MmKernel.csproj")), all: false);

        Assert.False(picture.HasCircle);
        Assert.True(
            File.ReadAllText(Path.Combine(Docs, "lock-graph.mmd")) == picture.ToMermaid(),
            "docs/lock-graph.mmd is not what MmKernel does now; draw it anew as the README says, both as .mmd and as .svg");
    }

    [Fact]
    public void BothPicturesShowTheSameArrows()
    {
        string mermaid = File.ReadAllText(Path.Combine(Docs, "lock-graph.mmd"));
        var names = MermaidNode().Matches(mermaid).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);
        var drawn = MermaidArrow().Matches(mermaid).Select(match => names[match.Groups[1].Value] + "->" + names[match.Groups[2].Value]);
        var painted = SvgArrow().Matches(File.ReadAllText(Path.Combine(Docs, "lock-graph.svg"))).Select(match => WebUtility.HtmlDecode(match.Groups[1].Value));

        Assert.Equal(drawn.Order(StringComparer.Ordinal), painted.Order(StringComparer.Ordinal));
    }

    [GeneratedRegex("""^ +(n\d+)\["(.+)"\]$""", RegexOptions.Multiline)]
    private static partial Regex MermaidNode();

    [GeneratedRegex("""^ +(n\d+) (?:-->|-\.->) (n\d+)$""", RegexOptions.Multiline)]
    private static partial Regex MermaidArrow();

    [GeneratedRegex("""<title>([^<]*(?:-|&#45;)&gt;[^<]*)</title>""")]
    private static partial Regex SvgArrow();
}
