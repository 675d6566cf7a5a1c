using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using Microsoft.CodeAnalysis;
using MmLint.Analyzers;

namespace AnalyzerTests.Documentation;

/// <summary>The documentation is complete and agrees with the code.</summary>
public sealed class PageTests
{
    private static readonly DiagnosticDescriptor[] s_rules =
    [
        .. typeof(Rule).GetFields(BindingFlags.Static | BindingFlags.NonPublic).Where(f => f.FieldType == typeof(DiagnosticDescriptor))
            .Select(f => (DiagnosticDescriptor)f.GetValue(null)!),
    ];

    public static TheoryData<string> Rules => [.. RuleIds];

    internal static IEnumerable<string> RuleIds => s_rules.Select(r => r.Id);

    public static TheoryData<string> Attributes =>
    [
        .. typeof(MmLint.MustHoldAttribute).Assembly.GetExportedTypes().Where(t => t.IsSubclassOf(typeof(Attribute)))
            .Where(t => !t.IsAbstract || t == typeof(MmLint.ContractGroupAttribute)).Select(t => t.Name[..^"Attribute".Length]),
    ];

    public static TheoryData<string> Pages => [.. MarkdownPage.All.Select(p => p.Path)];

    [Theory]
    [MemberData(nameof(Rules))]
    public void Rule_has_a_page(string id)
    {
        var rule = s_rules.Single(r => r.Id == id);
        var page = MarkdownPage.At($"docs/rules/{id}.md");
        Assert.Equal(
            [$"# {id}: {rule.Title}", "## Cause", "## Why it matters", "## Wrong", "## Right", "## How to fix", "## When to suppress"],
            page.Headings);
        Assert.Equal($"{rule.Category}, {Name(rule.DefaultSeverity)}", page.Lines[2]);
        Assert.EndsWith("/" + page.Path, rule.HelpLinkUri, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_page_of_a_rule_belongs_to_one() => Assert.Equal(
        s_rules.Select(r => $"docs/rules/{r.Id}.md").Order(StringComparer.Ordinal),
        MarkdownPage.All.Select(p => p.Path).Where(p => p.StartsWith("docs/rules/MML", StringComparison.Ordinal)));

    [Theory]
    [InlineData("docs/rules/README.md", "")]
    [InlineData("README.md", "docs/rules/")]
    public void Table_of_rules_is_complete(string page, string folder) => Assert.Equal(
        s_rules.OrderBy(r => r.Id, StringComparer.Ordinal).Select(r => $"| [{r.Id}]({folder}{r.Id}.md) | {r.Title} | {Name(r.DefaultSeverity)} |"),
        MarkdownPage.At(page).Lines.Where(l => l.StartsWith("| [MML", StringComparison.Ordinal)));

    [Theory]
    [MemberData(nameof(Attributes))]
    public void Attribute_has_a_section_with_an_example(string name)
    {
        var page = MarkdownPage.At("docs/contracts.md");
        Assert.Contains("### " + name, page.Headings);
        Assert.Contains(page.Examples(), e => e.Section == name);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Links_lead_somewhere(string path)
    {
        var page = MarkdownPage.At(path);
        foreach (string link in page.Links.Where(l => !l.Contains("://", StringComparison.Ordinal)))
        {
            string[] parts = link.Split('#', 2);
            string target = parts[0].Length == 0 ? path : Path.GetRelativePath(
                Repository.Root, Path.GetFullPath(Path.Combine(Repository.Root, Path.GetDirectoryName(path)!, parts[0]))).Replace('\\', '/');
            Assert.True(Path.Exists(Path.Combine(Repository.Root, target)), $"{path} links to {link}, which does not exist");
            if (parts.Length > 1)
                Assert.Contains(parts[1], MarkdownPage.At(target).Anchors, StringComparer.OrdinalIgnoreCase);
        }
    }

    [Theory]
    [InlineData("audit", "warning")]
    [InlineData("strict", "error")]
    public void Preset_of_the_package_names_every_rule_that_is_on(string preset, string severity)
    {
        IEnumerable<string> lines = File.ReadLines(Path.Combine(Repository.Root, "Package", "build", $"MmLint.{preset}.globalconfig"));
        Assert.Equal(
            s_rules.Where(r => r.IsEnabledByDefault).Select(r => $"dotnet_diagnostic.{r.Id}.severity = {severity}").Order(StringComparer.Ordinal),
            lines.Where(l => l.StartsWith("dotnet_diagnostic", StringComparison.Ordinal)));
    }

    private static string Name(DiagnosticSeverity severity) => severity switch
    {
        DiagnosticSeverity.Error => "error",
        DiagnosticSeverity.Warning => "warning",
        DiagnosticSeverity.Info => "hint",
        _ => "hidden",
    };
}
