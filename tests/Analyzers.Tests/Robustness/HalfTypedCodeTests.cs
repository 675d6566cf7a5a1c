using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace AnalyzerTests.Robustness;

/// <summary>Code as it looks while it is typed: whatever is missing, the analyzer neither throws nor hangs.</summary>
public sealed class HalfTypedCodeTests(ITestOutputHelper output)
{
    private const int PrefixStep = 7;
    private const int RandomEdits = 150;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>What an edit may make by chance and the harness would read as an expectation.</summary>
    private static readonly string[] s_marks = ["{|", "|}", "[|", "|]"];

    /// <summary>The names of the sources that are cut up.</summary>
    public static TheoryData<string> Names => [.. RobustnessSources.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task WholeSourceCompiles(string name) => await Verify.Diagnostics(RobustnessSources.All[name]);

    [Theory]
    [MemberData(nameof(Names))]
    public Task EveryPrefix(string name)
    {
        string source = RobustnessSources.All[name];
        return SurvivesAll(Enumerable.Range(0, (source.Length / PrefixStep) + 1).Select(i => source[..(i * PrefixStep)]));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public Task EveryLineMissing(string name)
    {
        string[] lines = RobustnessSources.All[name].Split('\n');
        return SurvivesAll(lines.Select((_, gone) => string.Join('\n', lines.Where((_, i) => i != gone))));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public Task RandomCharactersExchanged(string name)
    {
        int seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        return SurvivesAll(Edits(RobustnessSources.All[name], new Random(seed)).Where(edited => !s_marks.Any(edited.Contains)));
    }

    private static IEnumerable<string> Edits(string source, Random random)
    {
        const string Typed = "(){}[]<>;:.,\"'=!&|?*+-/@#$ aZ0_";
        for (int i = 0; i < RandomEdits; i++)
        {
            int start = random.Next(source.Length);
            int length = random.Next(Math.Min(6, source.Length - start));
            yield return string.Concat(source.AsSpan(0, start), Typed.AsSpan(random.Next(Typed.Length), 1), source.AsSpan(start + length));
        }
    }

    private static async Task SurvivesAll(IEnumerable<string> sources)
    {
        foreach (string source in sources)
        {
            try
            {
                await Task.Run(() => Verify.Survives(source)).WaitAsync(s_patience);
            }
            catch (TimeoutException)
            {
                throw new XunitException($"The analyzer hangs on:{Environment.NewLine}{source}");
            }
        }
    }
}
