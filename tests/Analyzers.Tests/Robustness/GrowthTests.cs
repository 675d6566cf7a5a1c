using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using MmLint.Analyzers;

namespace AnalyzerTests.Robustness;

/// <summary>
/// What following one body takes grows with the body and little faster, in whichever shape it grows. Counted in bytes that following allocates, without those of the compiler: they are
/// the same on a busy machine.
/// </summary>
public sealed class GrowthTests
{
    private const int Base = 300;

    /// <summary>Linear would be 4, quadratic 16. A path tells 256 cases apart, and up to there each step copies what is known, so that the first ones are cheaper.</summary>
    private const double MostForFourTimesTheSize = 8;

    [Theory]
    [InlineData("branches", "", "if (x == #) Value = #; ", "")]
    [InlineData("cases", "switch (x) {", "case #: Value = #; break; ", "}")]
    [InlineData("cases that leave", "switch (x) {", "case #: Value = #; G.Exit(); return; ", "}")]
    [InlineData("cases that call", "switch (x) {", "case #: Value = Ask(#); break; ", "}")]
    [InlineData("cases with a condition", "switch (x) {", "case # when flag: Value = #; break; ", "}")]
    [InlineData("cases of a string", "switch (s) {", "case \"#\": Value = #; break; ", "}")]
    [InlineData("cases of an enum", "switch (e) {", "case (DayOfWeek)#: Value = #; break; ", "}")]
    [InlineData("patterns", "switch (x) {", "case > # and < 10#: Value = #; break; ", "}")]
    [InlineData("arms", "Value = x switch {", "# => Ask(#), ", "_ => 0 };")]
    [InlineData("tries", "G.Exit(); ", "if (G.TryEnter()) { Value = #; G.Exit(); } ", "G.Enter();")]
    public void FourTimesTheSize_TakesLittleMoreThanFourTimesAsMuch(string shape, string open, string part, string close) => AssertGrowth(shape, open, part, close, Base);

    /// <summary>What leads back to the head of a loop does not have the rest of the loop followed anew for each place that does.</summary>
    [Theory]
    [InlineData("continues", "while (Ask(0) > 0) { ", "if (Ask(#) > 1) continue; ", "}", 50)]
    [InlineData("continues with different facts", "while (Ask(0) > 0) { ", "if (x == #) { Value = #; continue; } ", "}", 50)]
    [InlineData("breaks", "while (Ask(0) > 0) { ", "if (Ask(#) > 1) break; ", "}", 50)]
    [InlineData("branches in a loop", "while (Ask(0) > 0) { ", "if (Ask(#) > 1) Value = #; ", "}", 50)]
    [InlineData("locals that change in a loop", "int a = 0; while (Ask(0) > 0) { ", "if (Ask(#) > 1) a = #; ", "}", 50)]
    [InlineData("loops in a row", "", "while (Ask(#) > 0) Value = #; ", "", 50)]
    [InlineData("returns from a loop", "while (Ask(0) > 0) { ", "if (Ask(#) > 1) { G.Exit(); return; } ", "}", 50)]
    [InlineData("tries in a loop", "G.Exit(); while (Ask(0) > 0) { ", "if (G.TryEnter()) { Value = #; G.Exit(); } ", "} G.Enter();", 50)]
    [InlineData("retries", "again: ", "if (Ask(#) > 1) { G.Exit(); G.Enter(); goto again; } ", "", 50)]
    [InlineData("cases in a loop", "while (true) { switch (x) { ", "case #: x = Ask(#); continue; ", "} break; }", 50)]
    [InlineData("loops in loops", "", "while (Ask(#) > 0) { ", "Value = 1; ", 4)]
    [InlineData("loops in loops with a continue", "", "while (Ask(#) > 0) { if (Ask(#) > 1) continue; ", "Value = 1; ", 4)]
    public void ALoopFourTimesTheSize_TakesLittleMoreThanFourTimesAsMuch(string shape, string open, string part, string close, int size) => AssertGrowth(shape, open, part, close, size);

    private static void AssertGrowth(string shape, string open, string part, string close, int size)
    {
        Follow(open, part, close, 1);
        double small = Follow(open, part, close, size);
        double large = Follow(open, part, close, 4 * size);
        Assert.True(large / small <= MostForFourTimesTheSize, $"{shape}: {size} take {small / 1024:F0} KB, {4 * size} take {large / 1024:F0} KB, {large / small:F1} times as much");
    }

    /// <summary>The bytes that are allocated where a body is followed that has the part so many times.</summary>
    private static long Follow(string open, string part, string close, int count)
    {
        // Blocks that the parts opened are closed.
        int opened = part.Count(static letter => letter == '{') - part.Count(static letter => letter == '}');
        close += new string('}', opened * count);
        string body = open + string.Concat(Enumerable.Range(0, count).Select(number => part.Replace("#", number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal))) + close;
        SyntaxTree tree = TestCompilation.Parse("/Test.cs", $$"""
            using System; using MmLint;
            [Lock(LockKind.Mutex)] public sealed class Gate
            {
                [Acquires("this")] public extern void Enter();
                [Acquires("this", When = "result", Try = true)] public extern bool TryEnter();
                [Releases("this")] public extern void Exit();
            }

            public sealed class Subject
            {
                public readonly Gate G = new();
                [GuardedBy(nameof(G))] public int Value;
                static int Ask(int number) => number;
                public void Run(int x, bool flag, string s, DayOfWeek e) { G.Enter(); {{body}} G.Exit(); }
            }
            """, []);
        Compilation compilation = TestCompilation.Create("Growth", [tree], []);
        SemanticModel model = compilation.GetSemanticModel(tree);
        MethodDeclarationSyntax method = tree.GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>().Single(static method => method.Identifier.ValueText == "Run");
        var root = (IMethodBodyOperation)model.GetOperation(method)!;
        ControlFlowGraph graph = ControlFlowGraph.Create(root);
        Engine engine = Engine.Of(compilation, new AnalyzerOptions([]), CancellationToken.None);
        long before = GC.GetAllocatedBytesForCurrentThread();
        IEnumerable<Diagnostic> found = engine.Check(root, model.GetDeclaredSymbol(method)!, () => graph, CancellationToken.None).Found;
        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.DoesNotContain(found, static diagnostic => diagnostic.Id == "MML0015");
        return bytes;
    }
}
