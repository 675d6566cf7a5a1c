using System;
using System.Globalization;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;

namespace AnalyzerTests.Robustness;

/// <summary>
/// Bodies as only generators write them. What can be followed to its end is judged as any other code; what cannot is said to be too large,
/// and either way the analysis ends.
/// </summary>
public sealed class MonstersTests
{
    [Fact]
    public async Task Thousands_of_branches_that_leave_nothing_behind_are_followed() =>
        Assert.Equal(["MML1009"], await Findings(Method(Repeat(800, i => $"if (_count > {i}) _count--;"), "lock (_gate)", after: "_count++;")));

    [Fact]
    public async Task Hundreds_of_conditions_that_stay_known_are_followed() =>
        Assert.Empty(await Findings(Method(Repeat(800, i => $"if (Ask({i}) == {i}) return;"), "lock (_gate)")));

    [Fact]
    public async Task Thousands_of_conditions_under_conditional_locks_are_followed()
    {
        string locks = string.Concat(Enumerable.Range(0, 4).Select(i => $"if (c{i}) Monitor.Enter(G{i});"));
        string questions = Repeat(2000, i => $"if (Ask({i}) == {i}) return;");
        Assert.Equal(["MML1006"], await Findings($$"""
            public sealed class Monster
            {
                private readonly object G0 = new(), G1 = new(), G2 = new(), G3 = new();
                private static int Ask(int question) => question;
                public void Run(bool c0, bool c1, bool c2, bool c3) { {{locks}}
            {{questions}} }
            }
            """));
    }

    [Fact]
    public async Task Giant_switch_is_followed() =>
        Assert.Equal(["MML1009"], await Findings(Method("switch (n) {" + Repeat(400, i => $"case {i}: _count = {i}; break;") + "}", "lock (_gate)", after: "_count++;")));

    [Fact]
    public async Task Giant_switch_expression_is_followed() =>
        Assert.Empty(await Findings(Method("_count = n switch {" + Repeat(300, i => $"{i} => {i * 7},") + " _ => 0 };", "lock (_gate)")));

    [Fact]
    public async Task Deep_nesting_is_followed() =>
        Assert.Empty(await Findings(Method(Repeat(60, i => $"if (n > {i}) {{ _count++;") + new string('}', 60), "lock (_gate)")));

    [Fact]
    public async Task Expression_too_deep_for_the_stack_is_said_to_be()
    {
        // How deep it may be depends on the stack of the thread; where the compiler gives up first, it says so itself.
        string[] found = await Findings(Method("_count = " + string.Concat(Enumerable.Repeat("1 + Ask(", 1500)) + "n" + new string(')', 1500) + ";", "lock (_gate)"));
        Assert.All(found, id => Assert.Equal("MML0015", id));
    }

    [Fact]
    public async Task Nested_loops_end() =>
        Assert.Empty(await Findings(Method(Repeat(6, i => $"for (int i{i} = 0; i{i} < n; i{i}++) {{ if (Ask(i{i}) > 0) continue; _count += i{i};") + new string('}', 6), "lock (_gate)")));

    [Fact]
    public async Task Nested_try_and_finally_end() =>
        Assert.Empty(await Findings(Method(Repeat(12, i => $"try {{ _count++;") + Repeat(12, i => $"}} finally {{ Ask({i}); }}"), "lock (_gate)")));

    [Fact]
    public async Task Web_of_gotos_ends() =>
        Assert.Empty(await Findings(Method(Repeat(120, i => $"L{i}: _count++; if (Ask({i}) > {i}) goto L{(i * 37) % 120};"), "lock (_gate)")));

    private static string Repeat(int times, Func<int, FormattableString> part) =>
        string.Concat(Enumerable.Range(0, times).Select(i => part(i).ToString(CultureInfo.InvariantCulture) + "\n"));

    private static string Method(string body, string around, string after = "") => $$"""
        public sealed class Monster
        {
            private readonly object _gate = new();
            [GuardedBy(nameof(_gate))] private int _count;
            private static int Ask(int question) => question;
            public void Run(int n)
            {
                {{around}}
                {
        {{body}}
                }
                {{after}}
            }
        }
        """;

    /// <summary>The IDs that are reported, each once.</summary>
    private static async Task<string[]> Findings(string source)
    {
        var reported = await Verify.Diagnostics(source).AllowingCompileErrors().ReportAsync();
        return [.. reported.Select(d => d.Id).Distinct().Order(StringComparer.Ordinal)];
    }
}
