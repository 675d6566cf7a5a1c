using System;
using System.Linq;
using System.Reflection;
using AnalyzerTests.WorkedContracts;

namespace AnalyzerTests.Documentation;

/// <summary>The table of rules that must be expressible and the tests that express them are in step.</summary>
public sealed class AcceptanceTests
{
    private static readonly string[] s_listed =
    [
        .. MarkdownPage.At("docs/acceptance.md").Lines.Where(line => line.StartsWith("| ", StringComparison.Ordinal) && line.EndsWith("` |", StringComparison.Ordinal)).Select(line => line.Split('`')[1]),
    ];

    public static TheoryData<string> Listed => [.. s_listed];

    [Theory]
    [MemberData(nameof(Listed))]
    public void Rule_has_code_that_is_flagged_and_code_that_is_not(string name)
    {
        var tests = Assert.Single(typeof(WorkedContractTests).Assembly.GetTypes(), type => type.Name == name).GetMethods().Where(method => method.GetCustomAttribute<FactAttribute>() is not null).ToList();
        Assert.Contains(tests, test => test.Name.EndsWith("_Flags", StringComparison.Ordinal));
        Assert.Contains(tests, test => test.Name.EndsWith("_IsSilent", StringComparison.Ordinal));
    }

    [Fact]
    public void Table_lists_every_class() => Assert.Equal(
        typeof(WorkedContractTests).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(WorkedContractTests))).Select(type => type.Name).Order(StringComparer.Ordinal),
        s_listed.Order(StringComparer.Ordinal));
}
