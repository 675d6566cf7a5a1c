using System.Linq;
using System.Text;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;

namespace AnalyzerTests.Robustness;

/// <summary>Independent conditional holds: exact while few, undecided and never wrong where many.</summary>
public sealed class ManyConditionsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task FewAreToldApart(int conditions) => await Verify.Silent(Source(conditions));

    [Theory]
    [InlineData(8)]
    [InlineData(20)]
    public async Task ManyAreUndecidedAtWorst(int conditions)
    {
        var reported = await Verify.Diagnostics(Source(conditions)).ReportAsync();
        Assert.All(reported, diagnostic => Assert.Equal("MML1003", diagnostic.Id));
    }

    /// <summary>Takes gate i if condition i holds, touches what each guards, and gives all back under the same conditions.</summary>
    private static string Source(int conditions)
    {
        var source = new StringBuilder();
        for (int i = 0; i < conditions; i++)
        {
            source.AppendLine($$"""
                [Lock(LockKind.Mutex)] public sealed class Gate{{i}} { [Acquires("this")] public extern void Enter(); [Releases("this")] public extern void Exit(); }
                """);
        }

        source.AppendLine("public sealed class Subject").AppendLine("{");
        for (int i = 0; i < conditions; i++)
            source.AppendLine($"public readonly Gate{i} G{i} = new(); [GuardedBy(nameof(G{i}))] public int V{i};");
        source.AppendLine($"public void Run({string.Join(", ", Enumerable.Range(0, conditions).Select(i => $"bool c{i}"))})").AppendLine("{");
        foreach (string step in new[] { "G{0}.Enter();", "V{0}++;", "G{0}.Exit();" })
        {
            for (int i = 0; i < conditions; i++)
                source.AppendLine($"if (c{i}) {step.Replace("{0}", $"{i}", System.StringComparison.Ordinal)}");
        }

        return source.AppendLine("}").AppendLine("}").ToString();
    }
}
