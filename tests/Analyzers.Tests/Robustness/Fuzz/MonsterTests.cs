using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading.Tasks;
using Xunit.Sdk;

namespace AnalyzerTests.Robustness.Fuzz;

/// <summary>Bodies and contracts of a size that nobody writes and generators do: the analyzer comes to an end, and without an exception.</summary>
public sealed class MonsterTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    /// <summary>For giants most time is the compiler's own, and a machine may do forty things at once: this is to find what never ends.</summary>
    private static readonly TimeSpan s_patienceWithGiants = TimeSpan.FromHours(1);

    private const string Opening = """
        [Lock(LockKind.Mutex)] public sealed class Gate { [Acquires("this")] public extern void Enter(); [Acquires("this", When = "result", Try = true)] public extern bool TryEnter(); [Releases("this")] public extern void Exit(); }
        public class Subject
        {
            public readonly Gate G = new(), H = new();
            public readonly Subject? Next;
            [GuardedBy(nameof(G))] public int Value;
            public static bool Coin() => System.Environment.TickCount64 == 0;

        """;

    /// <summary>The monsters by name.</summary>
    public static TheoryData<string> Names => [.. All().Keys, .. Giants().Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task IsSurvived(string name)
    {
        try
        {
            string body = All().TryGetValue(name, out string? monster) ? monster : Giants()[name];
            await Task.Run(() => Verify.Survives(Opening + body + "}")).WaitAsync(monster is null ? s_patienceWithGiants : s_patience);
        }
        catch (TimeoutException)
        {
            throw new XunitException($"The analyzer hangs on {name}");
        }
    }

    private static Dictionary<string, string> All() => new()
    {
        ["deep ifs"] = "void M() { " + Nest(100, "if (Coin()) { G.Enter(); ", " G.Exit(); }") + " }",
        ["deep loops"] = "void M() { " + Nest(40, "while (Coin()) { if (!G.TryEnter()) continue; Value++; G.Exit(); ", "}") + " }",
        ["deep tries"] = "void M() { " + Nest(40, "try { G.Enter(); Value++; } finally { G.Exit(); ", "}") + " }",
        ["deep locks"] = "void M() { " + Nest(200, "lock (new object()) { ", "}") + " }",
        ["deep lambdas"] = "void M() { " + Nest(60, "System.Action a# = () => { G.Enter(); Value++; G.Exit(); ", "};") + " }",
        ["deep local functions"] = "void M() { " + Nest(60, "L#(); void L#() { G.Enter(); Value++; G.Exit(); ", "}") + " }",
        ["deep parentheses"] = "int M() { G.Enter(); int x = " + Nest(300, "(Value + ", ")").Replace("+ )", "+ 1)", StringComparison.Ordinal) + "; G.Exit(); return x; }",
        ["deep conditionals"] = "int M(int x) => " + Nest(200, "Coin() ? x : ", "") + "x;",
        ["long conjunction"] = "void M(bool[] c) { if (" + string.Join(" && ", Enumerable.Range(0, 200).Select(i => $"c[{i}]")) + " && G.TryEnter()) G.Exit(); }",
        ["long disjunction of tries"] = "void M() { if (" + string.Join(" || ", Enumerable.Repeat("G.TryEnter()", 60)) + ") G.Exit(); }",
        ["long member chain"] = "int M(Subject s) => s" + string.Concat(Enumerable.Repeat(".Next", 400)) + ".Value;",
        ["giant switch"] = "int M(int x) { G.Enter(); switch (x) { " + Repeat(300, "case #: Value = #; break; ") + "} G.Exit(); return x; }",
        ["giant switch with exits"] = "int M(int x) { G.Enter(); switch (x) { " + Repeat(200, "case #: Value = #; G.Exit(); return #; ") + "} G.Exit(); return x; }",
        ["giant switch expression"] = "int M(int x) { G.Enter(); int y = x switch { " + Repeat(200, "# => Value + #, ") + "_ => 0 }; G.Exit(); return y; }",
        ["many goto states"] = "void M(int x) { next: switch (x) { " + Repeat(200, "case #: if (Coin()) goto next; x = # + 1; goto next; ") + "} }",
        ["many statements"] = "void M() { " + Repeat(1000, "G.Enter(); Value = #; G.Exit(); ") + "}",
        ["many branches"] = "void M() { G.Enter(); " + Repeat(400, "if (Coin()) Value = #; ") + "G.Exit(); }",
        ["many conditions that correlate"] = "void M(" + string.Join(", ", Enumerable.Range(0, 24).Select(i => $"bool c{i}")) + ") { " + Repeat(24, "if (c#) G.Enter(); if (c#) G.Exit(); ") + Repeat(24, "if (c#) H.Enter(); ") + "}",
        ["many locals"] = "void M() { " + Repeat(150, "bool b# = G.TryEnter(); if (b#) G.Exit(); ") + "}",
        ["many contracts"] = Repeat(500, "[MustHold(\"G\")] ") + "void M() { Value = 1; }",
        ["contract of many locks"] = "[MustHold(\"" + string.Join(" || ", Enumerable.Repeat("G && H", 100)) + "\")] void M() { Value = 1; } void N() { M(); }",
        ["contract of many choices"] = "[MustHold(\"" + Nest(60, "(c ? G : ", ")").Replace(": )", ": H)", StringComparison.Ordinal) + "\")] void M(bool c) { Value = 1; } void N() { M(true); M(false); }",
        ["aliases in a circle"] = "[LockAlias(\"B\")] public LockName A => default; [LockAlias(\"C\")] public LockName B => default; [LockAlias(\"A\")] public LockName C => default; [MustHold(\"A\")] void M() { N(); } [MustHold(\"B && C\")] void N() => M();",
        ["aliases through another object"] = "[LockAlias(\"Next.A || G\")] public LockName A => default; [MustHold(\"A\")] void M() { Next?.M(); }",
        ["aliases that double"] = "[LockAlias(\"G && H\")] public LockName A0 => default; " + Repeat(40, "[LockAlias(\"A# && A# || A# && G\")] public LockName B# => default; ").Replace("A39", "A0", StringComparison.Ordinal)
            + string.Concat(Enumerable.Range(1, 30).Select(i => $"[LockAlias(\"A{i - 1} && A{i - 1}\")] public LockName A{i} => default; ")) + "[MustHold(\"A30\")] void M() { Value = 1; } void N() { M(); }",
        ["properties that read each other"] = "Gate P => Q; Gate Q => P; void M() { P.Enter(); Q.Exit(); }",
        ["helpers in a circle"] = Repeat(60, "private void M#() { if (Coin()) G.Enter(); N#(); } private void N#() { M#(); G.Exit(); } "),
        ["helpers in a long chain"] = string.Concat(Enumerable.Range(0, 200).Select(i => $"private void M{i}() {{ {(i == 0 ? "G.Enter();" : $"M{i - 1}();")} }} ")) + "public void Run() { M199(); G.Exit(); }",
        ["helpers that call the next"] = string.Concat(Enumerable.Range(0, 60).Select(i => $"private void M{i}() {{ M{i + 1}(); Value++; }} ")) + "private void M60() => G.Enter(); public void Run() { M0(); G.Exit(); }",
        ["facts in a chain"] = string.Concat(Enumerable.Range(0, 80).Select(i => $"[Ensures(\"result == x\")] static bool E{i}(bool x) => x; ")) + "void M(bool b) { " + Repeat(80, "bool b# = E#(b); ") + "if (b79) G.Enter(); if (b0) G.Exit(); }",
        ["generics that grow"] = "class Box<T> { public readonly Gate G = new(); public void M<U>() { G.Enter(); new Box<Box<U>>().M<Box<T>>(); G.Exit(); } }",
    };

    /// <summary>What takes long, so that only a long run tries it.</summary>
    private static Dictionary<string, string> Giants() => Environment.GetEnvironmentVariable("MMLINT_FUZZ_SECONDS") is null ? [] : new()
    {
        ["ten thousand branches"] = "void M(int x) { G.Enter(); " + Repeat(10_000, "if (x == #) Value = #; ") + "G.Exit(); }",
        ["ten thousand cases"] = "int M(int x) { G.Enter(); switch (x) { " + Repeat(10_000, "case #: Value = #; break; ") + "} G.Exit(); return x; }",
        ["ten thousand tries"] = "void M() { " + Repeat(10_000, "if (G.TryEnter()) { Value = #; G.Exit(); } ") + "}",
    };

    private static string Repeat(int count, string text) => string.Concat(Enumerable.Range(0, count).Select(i => text.Replace("#", i.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)));

    private static string Nest(int depth, string open, string close) => Repeat(depth, open) + string.Concat(Enumerable.Repeat(close, depth));
}
