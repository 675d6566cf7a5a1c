using System;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Threading.Tasks;

namespace AnalyzerTests.Robustness;

/// <summary>Locks that are each taken under a condition of their own: as exact with many conditions as with few.</summary>
public sealed class ManyConditionsTests
{
    private static readonly string[] TakeTouchGive = ["if (c{0}) G{0}.Enter();", "if (c{0}) V{0}++;", "if (c{0}) G{0}.Exit();"];

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(24)]
    public async Task AnyNumberOfConditions_IsSilent(int conditions) => await Verify.Silent(Source(conditions, TakeTouchGive));

    [Fact]
    public async Task GivenBackInTheOtherOrder_IsSilent() => await Verify.Silent(Source(24, ["if (c{0}) G{0}.Enter();", "if (c{0}) V{0}++;"], last: "if (c{0}) G{0}.Exit();"));

    [Fact]
    public async Task LocalsThatRememberWhatWasTaken_IsSilent() => await Verify.Silent(Source(
        24, ["bool l{0} = false;", "if (Coin()) { G{0}.Enter(); l{0} = true; }", "if (l{0}) V{0}++;", "if (l{0}) G{0}.Exit();"]));

    [Fact]
    public async Task ResultsOfTries_IsSilent() => await Verify.Silent(Source(24, ["bool l{0} = G{0}.TryEnter();", "if (l{0}) V{0}++;", "if (l{0}) G{0}.Exit();"]));

    [Fact]
    public async Task TriedWhereAskedAndLeftWhereItFails_IsSilent() => await Verify.Silent(Source(
        10, ["if (c{0} && !G{0}.TryEnter()) c{0} = false;", "if (c{0}) V{0}++;", "if (c{0}) G{0}.Exit();"]));

    [Fact]
    public async Task BitsOfOneValue_IsSilent() => await Verify.Silent(Source(
        24, ["if ((flags & 1 << {0}) != 0) G{0}.Enter();", "if ((flags & 1 << {0}) != 0) V{0}++;", "if ((flags & 1 << {0}) != 0) G{0}.Exit();"]));

    [Fact]
    public async Task TwoConditionsEach_IsSilent() => await Verify.Silent(Source(
        16, ["if (c{0} && d{0}) G{0}.Enter();", "if (d{0} && c{0}) V{0}++;", "if (c{0} && d{0}) G{0}.Exit();"]));

    [Fact]
    public async Task OneOfTwoConditions_IsSilent() => await Verify.Silent(Source(
        16, ["if (c{0} || d{0}) G{0}.Enter();", "if (c{0}) V{0}++;", "if (d{0} || c{0}) G{0}.Exit();"]));

    [Fact]
    public async Task ReadOrWrittenAsTheConditionSays_IsSilent() => await Verify.Silent(Source(
        16, ["if (c{0}) R{0}.EnterWrite(); else R{0}.EnterRead();", "_ = W{0};", "if (c{0}) W{0}++;", "if (c{0}) R{0}.ExitWrite(); else R{0}.ExitRead();"]));

    [Fact]
    public async Task InsideALoop_IsSilent() => await Verify.Silent(Source(12, TakeTouchGive, before: "while (Coin()) {", after: "}"));

    [Fact]
    public async Task AroundALoop_IsSilent() => await Verify.Silent(Source(12, ["if (c{0}) G{0}.Enter();", "while (Coin()) if (c{0}) V{0}++;", "if (c{0}) G{0}.Exit();"]));

    [Fact]
    public async Task GivenBackInFinally_IsSilent() => await Verify.Silent(Source(
        12, ["if (c{0}) G{0}.Enter();"], middle: "try { if (c0) V0++; if (c11) V11++; } finally {", end: "if (c{0}) G{0}.Exit();", after: "}"));

    [Fact]
    public async Task HeldAtEntryAsConditionsSay_IsSilent() => await Verify.Silent(Source(20, ["if (c{0}) V{0}++;"], contract: """[MustHold("G{0}", When = "c{0}")]"""));

    [Fact]
    public async Task TakenAtEntryUnlessHeld_IsSilent()
    {
        var reported = await Verify.Diagnostics(Source(20, ["if (!c{0}) G{0}.Enter();", "V{0}++;", "if (!c{0}) G{0}.Exit();"], contract: """[MustHold("G{0}", When = "c{0}")]""")).ReportAsync();

        // Any of the gates may be held while any other is taken, and that is a circle.
        Assert.All(reported, diagnostic => Assert.Equal("MML1020", diagnostic.Id));
    }

    [Fact]
    public async Task AcquiredAsConditionsSay_IsSilent() => await Verify.Silent(Source(20, ["if (c{0}) G{0}.Enter();"], contract: """[Acquires("G{0}", When = "c{0}")]"""));

    [Fact]
    public async Task ReleasedAsConditionsSay_IsSilent() => await Verify.Silent(Source(20, ["if (c{0}) G{0}.Exit();"], contract: """[Releases("G{0}", When = "c{0}")]"""));

    [Theory]
    [InlineData("if (c7) G7.Exit();", "", "MML1003")]
    [InlineData("if (c7) G7.Exit();", "if (c8) G7.Exit();", "MML1003")]
    [InlineData("if (c23) G23.Exit();", "if (!c23) G23.Exit();", "MML1005")]
    [InlineData("if (c12) V12++;", "V12++;", "MML1003")]
    [InlineData("if (c12) V12++;", "if (!c12) V12++;", "MML1009")]
    [InlineData("if (c12) V12++;", "if (c13) V12++;", "MML1003")]
    [InlineData("if (c3) G3.Enter();", "", "MML1009")]
    [InlineData("if (c3) V3++;", "c3 = Coin(); if (c3) V3++;", "MML1009")]
    public async Task OneMistakeAmongMany_Flags(string right, string wrong, string id)
    {
        string source = Source(24, TakeTouchGive);
        Assert.Contains(right, source, StringComparison.Ordinal);
        var reported = await Verify.Diagnostics(source.Replace(right, wrong, StringComparison.Ordinal)).ReportAsync();
        Assert.Contains(reported, diagnostic => diagnostic.Id == id);
    }

    [Theory]
    [InlineData("if (c7) G7.Exit();", "")]
    [InlineData("if (c8) G8.Exit();", "G8.Exit();")]
    [InlineData("if (c19) G19.Exit();", "if (c18) G19.Exit();")]
    public async Task AContractOfManyConditionsBroken_Flags(string right, string wrong)
    {
        string source = Source(20, ["if (c{0}) G{0}.Exit();"], contract: """[Releases("G{0}", When = "c{0}")]""");
        Assert.NotEmpty(await Verify.Diagnostics(source.Replace(right, wrong, StringComparison.Ordinal)).ReportAsync());
    }

    [Fact]
    public async Task FactsThatNobodyCanAskForAgain_IsSilent() => await Verify.Silent(Source(
        1, ["bool taken = Coin();", "if (taken) G{0}.Enter();", string.Concat(Enumerable.Repeat("if (Coin()) W{0}.ToString();\n", 300)).Replace("W{0}", "0", StringComparison.Ordinal), "if (taken) V{0}++;", "if (taken) G{0}.Exit();"]));

    [Fact]
    public async Task ExceptionsInManyPlaces_IsSilent() => await Verify.Silent(Source(
        1, ["if (c{0}) G{0}.Enter();"], middle: "try {" + string.Concat(Enumerable.Repeat("if (Coin()) throw new Exception();\n", 300)) + "} finally {", end: "if (c{0}) G{0}.Exit();", after: "}"));

    [Fact]
    public async Task MoreFactsThanAreKept_FlagsThatAlone()
    {
        string facts = string.Concat(Enumerable.Range(0, 300).Select(i => $"bool b{i} = Coin(); if (!b{i}) throw new Exception();\n"));
        var reported = await Verify.Diagnostics(Source(1, ["bool taken = Coin();", "if (taken) G{0}.Enter();", "try {", facts, "} finally {", "if (taken) G{0}.Exit();", "}"])).ReportAsync();
        Assert.Equal("MML0015", Assert.Single(reported).Id);
    }

    /// <summary>Runs each step for all gates before the next step; {0} is the number of the gate.</summary>
    private static string Source(int gates, string[] steps, string before = "", string middle = "", string end = "", string last = "", string after = "", string contract = "")
    {
        string All(string step, bool backwards = false) =>
            string.Concat((backwards ? Enumerable.Range(0, gates).Reverse() : Enumerable.Range(0, gates)).Select(i => step.Replace("{0}", i.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal) + "\n"));
        var source = new StringBuilder("""
            [Lock(LockKind.ReaderWriter)] public sealed class Either
            {
                [Acquires("shared(this)")] public extern void EnterRead();
                [Releases("shared(this)")] public extern void ExitRead();
                [Acquires("exclusive(this)")] public extern void EnterWrite();
                [Releases("exclusive(this)")] public extern void ExitWrite();
            }

            """);
        source.Append(All("""
            [Lock(LockKind.Mutex)] public sealed class Gate{0}
            {
                [Acquires("this")] public extern void Enter();
                [Acquires("this", When = "result", Try = true)] public extern bool TryEnter();
                [Releases("this")] public extern void Exit();
            }
            """));
        source.AppendLine("public sealed class Subject").AppendLine("{").AppendLine("static extern bool Coin();");
        source.Append(All("public readonly Gate{0} G{0} = new(); [GuardedBy(nameof(G{0}))] public int V{0};"));
        source.Append(All("public readonly Either R{0} = new(); [GuardedBy(nameof(R{0}))] public int W{0};"));
        source.Append(All(contract));
        source.AppendLine($"public void Run(int flags, {string.Join(", ", Enumerable.Range(0, gates).Select(i => $"bool c{i}, bool d{i}"))})").AppendLine("{").AppendLine(before);
        foreach (string step in steps) source.Append(All(step));
        return source.AppendLine(middle).Append(All(end)).Append(All(last, backwards: true)).AppendLine(after).AppendLine("}").AppendLine("}").ToString();
    }
}
