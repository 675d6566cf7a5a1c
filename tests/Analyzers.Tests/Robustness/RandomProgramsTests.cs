using System;
using System.Linq;
using System.Threading.Tasks;
using Xunit.Sdk;

namespace AnalyzerTests.Robustness;

/// <summary>Random bodies, judged by running every path: right ones are silent, and of wrong ones the first wrong of every path is reported.</summary>
public sealed class RandomProgramsTests
{
    private const int Programs = 150;

    [Fact]
    public async Task EveryPathCounts()
    {
        int first = Random.Shared.Next(1_000_000) * 1000;
        int right = 0;
        int wrong = 0;
        for (int seed = first; seed < first + Programs; seed++)
        {
            int wrongs = await Judge(seed);
            right += wrongs == 0 ? 1 : 0;
            wrong += wrongs > 0 ? 1 : 0;
        }

        Assert.InRange(right, Programs / 8, Programs);
        Assert.InRange(wrong, Programs / 8, Programs);
    }

    /// <returns>How many wrongs there are; -1 if the program was not judged.</returns>
    private static async Task<int> Judge(int seed)
    {
        var program = new RandomProgram(seed);
        if (program.FirstWrongs() is not { } wrongs)
            return -1;
        // Orders are random too, and no path through one function shows a circle.
        var reported = (await Verify.Diagnostics(program.Source).ReportAsync()).Where(d => d.Id != "MML1020")
            .Select(d => (d.Location.GetLineSpan().StartLinePosition.Line + 1, d.Id)).ToHashSet();

        // One leak is reported per acquire, so of the leaks only that there is one.
        var missed = wrongs.Where(w => w.Id != "MML1006" && !reported.Contains(w)).ToList();
        if (wrongs.Any(w => w.Id == "MML1006") && !reported.Any(r => r.Id == "MML1006"))
            missed.AddRange(wrongs.Where(w => w.Id == "MML1006"));
        var invented = wrongs.Count == 0 ? reported.ToList() : [];
        if (missed.Count > 0 || invented.Count > 0)
            throw new XunitException($"seed {seed}: missed {string.Join(", ", missed)}; invented {string.Join(", ", invented)}{Environment.NewLine}{Numbered(program.Source)}");
        return wrongs.Count;
    }

    private static string Numbered(string source) => string.Join('\n', source.Split('\n').Select((line, index) => $"{index + 1,3} {line}").SkipWhile(line => !line.Contains("class Subject", StringComparison.Ordinal)));
}
