using System;
using System.Linq;
using System.Threading.Tasks;
using Xunit.Sdk;

namespace AnalyzerTests.Robustness;

/// <summary>
/// Random bodies, judged by running every path: right ones are silent, and of wrong ones the first wrong of every path is reported. The seeds
/// are the same in every run; MMLINT_SEED=n starts elsewhere.
/// </summary>
public sealed class RandomProgramsTests
{
    private const int Programs = 150;

    [Fact]
    public Task EveryPathCounts() => JudgeAll(Programs, isWide: false);

    [Fact]
    public Task EveryPathCountsWithManyConditions() => JudgeAll(Programs / 2, isWide: true);

    private static async Task JudgeAll(int programs, bool isWide)
    {
        int first = int.TryParse(Environment.GetEnvironmentVariable("MMLINT_SEED"), out int chosen) ? chosen : 1;
        int right = 0;
        int wrong = 0;
        for (int seed = first; seed < first + programs; seed++)
        {
            int wrongs = await Judge(seed, isWide);
            right += wrongs == 0 ? 1 : 0;
            wrong += wrongs > 0 ? 1 : 0;
        }

        Assert.InRange(right, programs / 8, programs);
        Assert.InRange(wrong, programs / 8, programs);
    }

    /// <returns>How many wrongs there are; -1 if the program was not judged.</returns>
    private static async Task<int> Judge(int seed, bool isWide)
    {
        var program = new RandomProgram(seed, isWide);
        if (program.FirstWrongs() is not { } wrongs)
            return -1;
        // Orders are random too, and no path through one function shows a circle.
        var reported = (await Verify.Diagnostics(program.Source).ReportAsync()).Where(d => d.Id != "MML1020")
            .Select(d => (d.Location.GetLineSpan().StartLinePosition.Line + 1, d.Id)).ToHashSet();

        // One leak is reported per acquire, so of the leaks only that there is one.
        // What depends on more conditions than are kept apart is said with less certainty, and nothing more is said of that lock.
        bool isUncertain = isWide && reported.Any(r => r.Id == "MML1003");
        var missed = wrongs.Where(w => w.Id != "MML1006" && !isUncertain && !reported.Contains(w)).ToList();
        if (wrongs.Any(w => w.Id == "MML1006") && !isUncertain && !reported.Any(r => r.Id == "MML1006"))
            missed.AddRange(wrongs.Where(w => w.Id == "MML1006"));
        var invented = wrongs.Count == 0 ? reported.ToList() : [];
        if (missed.Count > 0 || invented.Count > 0)
            throw new XunitException($"seed {seed}{(isWide ? " wide" : "")}: missed {string.Join(", ", missed)}; invented {string.Join(", ", invented)}{Environment.NewLine}{Numbered(program.Source)}");
        return wrongs.Count;
    }

    private static string Numbered(string source) => string.Join('\n', source.Split('\n').Select((line, index) => $"{index + 1,3} {line}").SkipWhile(line => !line.Contains("class Subject", StringComparison.Ordinal)));
}
