using System;
using System.Collections.Immutable;
using System.IO;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Xunit.Sdk;

namespace AnalyzerTests;

/// <summary>The harness fails when it must, shown with an analyzer that reports MML1001 for every call of <c>Bad</c>.</summary>
public sealed class HarnessTests
{
    private const string Source = """
        class C
        {
            void Bad() { }
            void Good() { }
            void M()
            {
                Good();
                Bad();
            }
        }
        """;

    [Fact]
    public async Task Preamble_brings_the_annotations() => await Verify.Silent(
        """
        [Lock(ReaderWriter)] sealed class Gate
        {
            [Acquires("shared(this)"), MaySleep] public extern void Enter();
        }
        """);

    [Fact]
    public async Task Program_with_top_level_statements_compiles() => await Verify.Silent("Console.WriteLine(1);");

    [Fact]
    public async Task Marked_span_passes() => await Flags(Marked("Bad()", "{|MML1001:Bad()|}"));

    [Fact]
    public async Task Short_mark_stands_for_the_named_rule() =>
        await Verify.Flags("MML1001", Marked("Bad()", "[|Bad()|]")).By(new CallsOfBad());

    [Fact]
    public async Task Trailing_comment_passes() => await Flags(Marked("Bad();", "Bad(); // MML1001 and why"));

    [Fact]
    public async Task Comment_beside_a_mark_is_prose() => await Flags(Marked("Bad();", "{|MML1001:Bad()|}; // MML1001 and why"));

    [Fact]
    public async Task Comment_names_each_diagnostic_of_its_line() => await Flags(Marked("Bad();", "Bad(); Bad(); // MML1001, MML1001 twice"));

    [Fact]
    public async Task Comment_on_its_own_line_is_prose() =>
        await Verify.Silent("// MML1001 is what this shows\nclass C;").By(new CallsOfBad());

    [Fact]
    public async Task Comment_in_code_that_is_not_compiled_does_not_count() => await Flags(
        """
        class C
        {
            void Bad() { }
            void M()
            {
        #if WRONG
                Bad(); // MML1001 when WRONG
        #else
                M(); // MML1002 otherwise
        #endif
            }
        }
        """).Defining("WRONG");

    [Fact]
    public async Task Wrong_and_right_form_are_both_compared()
    {
        const string Valid = """
            class C
            {
            #if WRONG
                C() => missing(); // MML1001
            #endif
            }
            """;
        var failure = await Assert.ThrowsAsync<XunitException>(() => Verify.WrongAndRight(Valid));
        Assert.Contains("missing  /Test.cs(4): MML1001", failure.Message, StringComparison.Ordinal);
        Assert.Contains("CS0103", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_diagnostic_fails() => await Fails(
        "missing  /Test.cs(7): MML1001 at [76..82)",
        Flags(Marked("Good();", "{|MML1001:Good()|};").Replace("        Bad();\n", "", StringComparison.Ordinal)));

    [Fact]
    public async Task Extra_diagnostic_fails() => await Fails("extra    /Test.cs(8,9): warning MML1001: Bad is called", Silent(Source));

    [Fact]
    public async Task Misplaced_diagnostic_fails() => await Fails("missing  /Test.cs(8): MML1001 at", Flags(Marked("Bad()", "Bad{|MML1001:()|}")));

    [Fact]
    public async Task Diagnostic_on_another_line_than_its_comment_fails() =>
        await Fails("missing  /Test.cs(7): MML1001", Flags(Marked("Good();", "Good(); // MML1001 here?")));

    [Fact]
    public async Task Wrong_id_fails() => await Fails("missing  /Test.cs(8): MML1002", Flags(Marked("Bad()", "{|MML1002:Bad()|}")));

    [Fact]
    public async Task Failure_shows_the_source_as_reported() => await Fails("{|MML1001:Bad()|};", Silent(Source));

    [Fact]
    public async Task Source_that_does_not_compile_fails() => await Fails("error CS0103", Silent("class C { int M() => missing; }"));

    [Fact]
    public async Task Compiler_error_may_be_expected() => await Flags("class C { int M() => {|CS0103:missing|}; }");

    [Fact]
    public async Task Compiler_errors_may_be_allowed() =>
        await Verify.Silent("class C { int M( => missing; ").AllowingCompileErrors();

    [Fact]
    public async Task Exception_in_the_analyzer_fails() => await Fails("AD0001", Verify.Silent("class C;").By(new Throws()));

    [Fact]
    public async Task Silent_refuses_markup() => await Fails("use Verify.Flags", Silent(Marked("Bad()", "{|MML1001:Bad()|}")));

    [Fact]
    public async Task Flags_refuses_a_source_without_expectations() => await Fails("use Verify.Silent", Flags("class C;"));

    [Theory]
    [InlineData("class C; {|MML1001:", "is not closed")]
    [InlineData("class C; |}", "closes nothing")]
    [InlineData("class C; [|x|]", "needs a test that names its rule")]
    public async Task Broken_markup_fails(string source, string message) => await Fails(message, Flags(source));

    [Fact]
    public async Task Message_is_compared()
    {
        string marked = Marked("Bad()", "{|MML1001:Bad()|}");
        await Flags(marked).WithMessage("Bad is called");
        await Fails("reported: Bad is called", Flags(marked).WithMessage("Good is called"));
        await Fails("Diagnostic 1 of 1 does not exist", Flags(marked).WithMessage(1, "Bad is called"));
    }

    [Fact]
    public async Task Additional_locations_are_compared()
    {
        string marked = Marked("void Bad() { }", "{|#declared:void Bad() { }|}").Replace("Bad();", "{|MML1001:Bad()|};", StringComparison.Ordinal);
        await Flags(marked).WithAdditionalLocations(0, "declared");
        await Fails("Additional locations of 0", Flags(marked).WithAdditionalLocations(0));
        await Fails("No span is named 'elsewhere'", Flags(marked).WithAdditionalLocations(0, "elsewhere"));
    }

    [Fact]
    public async Task Severity_comes_from_config() =>
        await Silent(Source).WithConfig("[*.cs]\ndotnet_diagnostic.MML1001.severity = none");

    [Fact]
    public async Task Second_source_is_compared_too() =>
        await Flags(Marked("Bad()", "{|MML1001:Bad()|}")).WithSource("More.cs", "class D { void Bad() => {|MML1001:Bad()|}; }");

    [Fact]
    public async Task Referenced_source_is_seen_as_metadata() =>
        await Verify.Silent("class C { Library.Gate gate = new(); }").Referencing("namespace Library; [Lock(Spin)] public sealed class Gate;");

    [Fact]
    public void Snapshot_is_accepted_when_equal() => Snapshot.Match("What was accepted.\r\nIn two lines.");

    [Fact]
    public void Snapshot_fails_and_keeps_what_was_received_when_not_equal()
    {
        string received = Path.Combine(
            Repository.Root, "tests", "Analyzers.Tests", "HarnessTests.Snapshot_fails_and_keeps_what_was_received_when_not_equal.received.txt");
        Assert.Contains("differs from what was accepted", Assert.Throws<XunitException>(() => Snapshot.Match("new")).Message, StringComparison.Ordinal);
        Assert.Equal("new\n", File.ReadAllText(received));
        File.Delete(received);
    }

    private static string Marked(string code, string marked)
    {
        int at = Source.LastIndexOf(code, StringComparison.Ordinal);
        return string.Concat(Source.AsSpan(0, at), marked, Source.AsSpan(at + code.Length));
    }

    private static Verification Silent(string source) => Verify.Silent(source).By(new CallsOfBad());

    private static Verification Flags(string source) => Verify.Flags(source).By(new CallsOfBad());

    private static async Task Fails(string message, Verification verification)
    {
        var failure = await Assert.ThrowsAsync<XunitException>(async () => await verification);
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    private sealed class CallsOfBad : DiagnosticAnalyzer
    {
        private static readonly DiagnosticDescriptor s_rule = new("MML1001", "Bad", "{0} is called", "Test", DiagnosticSeverity.Warning, isEnabledByDefault: true);

        public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [s_rule];

        public override void Initialize(AnalysisContext context)
        {
            context.EnableConcurrentExecution();
            context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
            context.RegisterSyntaxNodeAction(Check, SyntaxKind.InvocationExpression);
        }

        private static void Check(SyntaxNodeAnalysisContext context)
        {
            if (context.SemanticModel.GetSymbolInfo(context.Node).Symbol is { Name: "Bad" } bad)
                context.ReportDiagnostic(Diagnostic.Create(s_rule, context.Node.GetLocation(), [bad.DeclaringSyntaxReferences[0].GetSyntax().GetLocation()], bad.Name));
        }
    }

    private sealed class Throws : DiagnosticAnalyzer
    {
        public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
            [new("MML1001", "Bad", "{0} is called", "Test", DiagnosticSeverity.Warning, isEnabledByDefault: true)];

        public override void Initialize(AnalysisContext context)
        {
            context.EnableConcurrentExecution();
            context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
            context.RegisterSymbolAction(_ => throw new InvalidOperationException("thrown on purpose"), SymbolKind.NamedType);
        }
    }
}
