using System;
using System.IO;
using System.Linq;
using System.Reflection;
using Microsoft.CodeAnalysis.CodeFixes;
using MmLint.Analyzers;

namespace CodeFixTests;

/// <summary>The page of a rule says whether there is a code fix.</summary>
public sealed class RulePageTests
{
    private static readonly string[] s_fixable =
    [
        .. Assembly.Load("MmLint.CodeFixes").GetTypes().Where(t => t.GetCustomAttribute<ExportCodeFixProviderAttribute>() is not null)
            .SelectMany(t => ((CodeFixProvider)Activator.CreateInstance(t)!).FixableDiagnosticIds).Distinct(),
    ];

    public static TheoryData<string> Rules => [.. AllAnalyzers.Rules.Select(rule => rule.Id)];

    [Theory]
    [MemberData(nameof(Rules))]
    public void Page_names_the_fix_or_says_that_there_is_none(string id)
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "rules", id + ".md"));
        string howTo = page[page.IndexOf("## How to fix", StringComparison.Ordinal)..page.IndexOf("## When to suppress", StringComparison.Ordinal)];
        if (s_fixable.Contains(id))
            Assert.Matches(@"(?i)code fix(es)?\s+\*", howTo);
        else
            Assert.Contains("there is no code fix", howTo, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Fixes_are_for_rules_that_exist() => Assert.Subset(AllAnalyzers.Rules.Select(rule => rule.Id).ToHashSet(), s_fixable.ToHashSet());
}
