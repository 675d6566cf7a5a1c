using System.Collections.Immutable;
using System.IO;
using System.Linq;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using MmLint.Analyzers;
using MmLint.LockGraphs;

namespace LockGraphTests;

public class PictureTests
{
    private const string Gates = """

        [Lock(LockKind.Mutex)] public sealed class Gate { [Acquires("this")] public extern void Enter(); [Releases("this")] public extern void Exit(); }
        public static class Shop
        {
            public static readonly Gate Door = new(), Till = new(), Safe = new();

        """;

    private const string Locks = "using MmLint;" + Gates;

    private const string DoorThenTill = """
            public static void Sell() { Door.Enter(); Till.Enter(); Till.Exit(); Door.Exit(); }

        """;

    private const string TillThenSafe = """
            public static void Close() { Till.Enter(); Safe.Enter(); Safe.Exit(); Till.Exit(); }

        """;

    [Fact]
    public void WhatCodeDoesIsASolidArrowFromOuterToInner() => Assert.Equal(
        """
        flowchart TD
            n0["Shop.Door"]
            n1["Shop.Till"]
            n0 --> n1

        """,
        Draw(Locks + DoorThenTill + "}").ToMermaid(),
        ignoreLineEndingDifferences: true);

    [Fact]
    public void WhatOnlyAListSaysIsDashed() => Assert.Equal(
        """
        flowchart TD
            n0["Shop.Door"]
            n1["Shop.Safe"]
            n2["Shop.Till"]
            n0 --> n2
            n2 -.-> n1

        """,
        Draw("using MmLint; [assembly: LockOrder(\"Shop.Door\", \"Shop.Till\", \"Shop.Safe\")]" + Gates + DoorThenTill + "}").ToMermaid(),
        ignoreLineEndingDifferences: true);

    [Fact]
    public void ACircleIsRed()
    {
        var picture = Draw(Locks + DoorThenTill + """
                public static void Count() { Till.Enter(); Door.Enter(); Door.Exit(); Till.Exit(); }
            }
            """);

        Assert.True(picture.HasCircle);
        Assert.Equal("2 locks, 2 orders seen in code, 0 only declared, 1 circle", picture.Summary);
        Assert.Contains("linkStyle 0,1 stroke:#cc0000", picture.ToMermaid(), System.StringComparison.Ordinal);
        Assert.Equal(2, picture.ToDot().Split("color=\"#cc0000\"").Length - 1);
    }

    [Fact]
    public void WhatFollowsIsLeftOutUnlessAsked()
    {
        const string Both = Locks + DoorThenTill + TillThenSafe + """
                public static void Rob() { Door.Enter(); Safe.Enter(); Safe.Exit(); Door.Exit(); }
            }
            """;

        Assert.Equal("3 locks, 2 orders seen in code, 0 only declared, no circle", Draw(Both).Summary);
        Assert.Equal("3 locks, 3 orders seen in code, 0 only declared, no circle", Draw(Both, all: true).Summary);
    }

    [Fact]
    public void GraphvizIsToldWhoTakesTheLocks() =>
        Assert.Contains("\"Shop.Door\" -> \"Shop.Till\" [tooltip=\"Sell through Ring\"]", Draw(Locks + """
                public static void Sell() { Door.Enter(); Ring(); Door.Exit(); }
                public static void Ring() { Till.Enter(); Till.Exit(); }
            }
            """).ToDot(), System.StringComparison.Ordinal);

    [Fact]
    public void AnUnknownFormatIsRefused()
    {
        var problem = Assert.Throws<InvalidDataException>(() => Draw(Locks + DoorThenTill + "}").Save("locks.png"));

        Assert.Equal("'.png' is no format of a lock graph: name a file that ends in .mmd, .dot or .svg", problem.Message);
    }

    private static Picture Draw(string source, bool all = false)
    {
        LockGraph? graph = null;
        CSharpCompilation compilation = TestCompilation.Create("shop", [TestCompilation.Parse("Shop.cs", source, [])], []);
        Assert.Empty(compilation.GetDiagnostics().Where(static each => each.Severity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error));
        _ = compilation.WithAnalyzers([new LockContracts(seen => graph = seen)], new AnalyzerOptions(ImmutableArray<Microsoft.CodeAnalysis.AdditionalText>.Empty)).GetAnalyzerDiagnosticsAsync().GetAwaiter().GetResult();
        return Picture.Of(graph!, all);
    }
}
