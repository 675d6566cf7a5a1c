using System;
using System.Collections.Immutable;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Xunit.Sdk;

namespace CodeFixTests;

/// <summary>The fix harness fails when it must, shown with a fix that turns calls of <c>Bad</c> into calls of <c>Good</c> or of <c>Worse</c>.</summary>
public sealed class FixHarnessTests
{
    [Fact]
    public async Task Every_diagnostic_is_fixed() => await Fix(
        "class C { void Bad() { } void Good() { } void M() { {|MML1001:Bad()|}; {|MML1001:Bad()|}; } }",
        "class C { void Bad() { } void Good() { } void M() { Good(); Good(); } }");

    [Fact]
    public async Task Wrong_result_fails() => await Fails("fixed one by one", Fix(
        "class C { void Bad() { } void Good() { } void M() { {|MML1001:Bad()|}; } }",
        "class C { void Bad() { } void Good() { } void M() { } }"));

    [Fact]
    public async Task Wrong_markup_before_fails() => await Fails("extra    /Test.cs(1,53): warning MML1001", Fix(
        "class C { void Bad() { } void Good() { } void M() { Bad(); {|MML1001:Bad()|}; } }",
        "class C { void Bad() { } void Good() { } void M() { Good(); Good(); } }"));

    [Fact]
    public async Task Result_that_does_not_compile_fails() => await Fails("CS0103", Fix(
        "class C { void Bad() { } void M() { Bad(); } }",
        "class C { void Bad() { } void M() { Good(); } }"));

    [Fact]
    public async Task What_is_left_is_marked() => await Fix(
        "class C { void Bad() { } void Good() { } void M() { {|MML1001:Bad()|}; {|MML1002:Ugly|}(); } void Ugly() { } }",
        "class C { void Bad() { } void Good() { } void M() { Good(); {|MML1002:Ugly|}(); } void Ugly() { } }");

    [Fact]
    public async Task Fix_is_chosen_by_key() => await Verify.Fix(
        "class C { void Bad() { } void Worse() { } void M() { Bad(); } }",
        "class C { void Bad() { } void Worse() { } void M() { Worse(); } }",
        "Worse").By([new CallsOfBad()], new CallGood());

    [Fact]
    public async Task Fix_that_never_ends_fails() => await Fails("is still offered", Verify.Fix(
        "class C { void Bad() { } void M() { Bad(); } }", "class C { void Bad() { } void M() { Bad(); } }", "Bad").By([new CallsOfBad()], new CallGood()));

    [Fact]
    public async Task Missing_fix_fails() => await Fails("No such fix is offered. Offered: Call Good (Good)", Verify.Fix(
        "class C { void Bad() { } void M() { Bad(); } }", "", "Best").By([new CallsOfBad()], new CallGood()));

    [Fact]
    public async Task Titles_are_compared()
    {
        const string Source = "class C { void Bad() { } void M() { {|MML1001:Bad()|}; } }";
        await Verify.OffersFixes(Source, "Call Good", "Call Worse", "Call Bad").By([new CallsOfBad()], new CallGood());
        await Fails("offered:  Call Good; Call Worse; Call Bad", Verify.OffersNoFix(Source).By([new CallsOfBad()], new CallGood()));
    }

    [Fact]
    public async Task Fix_all_in_document_leaves_other_documents() => await Fix(
        "partial class C { void M() { Bad(); } }", "partial class C { void M() { Good(); } }")
        .WithSource("Other.cs", "partial class C { void Bad() { } void Good() { } }", "partial class C { void Bad() { } void Good() { } }");

    [Fact]
    public async Task Fix_all_in_project_leaves_other_projects() => await Fix(
        "partial class C { void M() { Bad(); } }", "partial class C { void M() { Good(); } }")
        .WithSource("Other.cs", "partial class C { void Bad() { } void Good() { } void N() { Bad(); } }", "partial class C { void Bad() { } void Good() { } void N() { Good(); } }")
        .WithProject("Second")
        .WithSource("More.cs", "class D { void Bad() { } void N() { {|MML1001:Bad()|}; } }", "class D { void Bad() { } void N() { {|MML1001:Bad()|}; } }")
        .InScope(FixAllScope.Project);

    [Fact]
    public async Task Fix_all_in_solution_fixes_every_project() => await Fix(
        "class C { void Bad() { } void Good() { } void M() { Bad(); } }", "class C { void Bad() { } void Good() { } void M() { Good(); } }")
        .WithProject("Second")
        .WithSource("More.cs", "class D { void Bad() { } void Good() { } void N() { Bad(); } }", "class D { void Bad() { } void Good() { } void N() { Good(); } }")
        .InScope(FixAllScope.Solution);

    private static FixVerification Fix(string before, string after) => Verify.Fix(before, after).By([new CallsOfBad()], new CallGood());

    private static async Task Fails(string message, FixVerification verification)
    {
        var failure = await Assert.ThrowsAsync<XunitException>(async () => await verification);
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    private sealed class CallsOfBad : DiagnosticAnalyzer
    {
        private static readonly DiagnosticDescriptor s_bad = new("MML1001", "Bad", "{0} is called", "Test", DiagnosticSeverity.Warning, isEnabledByDefault: true);
        private static readonly DiagnosticDescriptor s_ugly = new("MML1002", "Ugly", "{0} is called", "Test", DiagnosticSeverity.Warning, isEnabledByDefault: true);

        public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [s_bad, s_ugly];

        public override void Initialize(AnalysisContext context)
        {
            context.EnableConcurrentExecution();
            context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
            context.RegisterSyntaxNodeAction(Check, SyntaxKind.InvocationExpression);
        }

        private static void Check(SyntaxNodeAnalysisContext context)
        {
            var call = (InvocationExpressionSyntax)context.Node;
            if (call.Expression.ToString() == "Bad")
                context.ReportDiagnostic(Diagnostic.Create(s_bad, call.GetLocation(), "Bad"));
            else if (call.Expression.ToString() == "Ugly")
                context.ReportDiagnostic(Diagnostic.Create(s_ugly, call.Expression.GetLocation(), "Ugly"));
        }
    }

    private sealed class CallGood : CodeFixProvider
    {
        public override ImmutableArray<string> FixableDiagnosticIds => ["MML1001"];

        public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

        public override Task RegisterCodeFixesAsync(CodeFixContext context)
        {
            foreach (string name in new[] { "Good", "Worse", "Bad" })
                context.RegisterCodeFix(CodeAction.Create("Call " + name, _ => CallAsync(context, name), name), context.Diagnostics);
            return Task.CompletedTask;
        }

        private static async Task<Document> CallAsync(CodeFixContext context, string name)
        {
            var root = await context.Document.GetSyntaxRootAsync();
            var call = (InvocationExpressionSyntax)root!.FindNode(context.Span, getInnermostNodeForTie: true);
            return context.Document.WithSyntaxRoot(root.ReplaceNode(call.Expression, SyntaxFactory.IdentifierName(name)));
        }
    }
}
