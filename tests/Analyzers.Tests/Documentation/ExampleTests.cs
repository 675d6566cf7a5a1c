using System;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AnalyzerTests.Documentation;

/// <summary>Every block of C# or of a contract file in the documentation gives exactly the findings that the page announces.</summary>
public sealed class ExampleTests
{
    private static readonly string s_setting =
        "global using System.Collections.Generic; global using System.Linq; namespace Setting { " + MarkdownPage.At("docs/contracts.md").Examples().Single(e => e.Info == "setting").Code + "\n}";

    public static TheoryData<string, int> CodeExamples => Examples("csharp");

    public static TheoryData<string, int> ContractFileExamples => Examples("lockcontracts");

    public static TheoryData<string> RulePages =>
        [.. MarkdownPage.All.Select(p => p.Path).Where(p => p.StartsWith("docs/rules/MML", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(CodeExamples))]
    public async Task Example_gives_what_its_comments_say(string page, int line)
    {
        var block = MarkdownPage.At(page).Examples().Single(e => e.Line == line);
        var verification = Verify.Diagnostics(block.Info == "setting" ? s_setting : InSetting(block.Code));
        if (block.Info != "setting")
            verification = verification.WithSource("Setting.cs", s_setting);
        if (OffByDefault(page) is { } id)
            verification = verification.WithConfig($"[*.cs]\ndotnet_diagnostic.{id}.severity = warning");
        await verification;
    }

    [Theory]
    [MemberData(nameof(ContractFileExamples))]
    public async Task Contract_file_is_wrong_in_every_line_or_in_none(string page, int line)
    {
        var block = MarkdownPage.At(page).Examples().Single(e => e.Line == line);
        string file = block.Section == "Wrong"
            ? string.Join('\n', block.Code.Split('\n').Select(l => "{|MML0008:" + l + "|}"))
            : block.Code;
        await Verify.Diagnostics("").WithFile("Example.lockcontracts", file)
            .Referencing("namespace ThirdParty; public class PoolLock { public void Enter() { } public void Exit() { } public void Run(System.Action action) { } }", "ThirdParty");
    }

    // What it takes to get it is thousands of lines, so its page only describes them.
    private const string TooLargeToShow = "MML0015";

    [Theory]
    [MemberData(nameof(RulePages))]
    public void Page_of_a_rule_shows_it_in_the_wrong_code_only(string path)
    {
        string id = path["docs/rules/".Length..^".md".Length];
        var page = MarkdownPage.At(path);
        Assert.Contains(page.Examples(), e => e.Section == "Wrong" && (e.Language == "lockcontracts" || (e.Language == "text" && id == TooLargeToShow) || e.Code.Contains("// " + id, StringComparison.Ordinal)));
        Assert.Contains(page.Examples(), e => e.Section == "Right" && !e.Code.Contains("// MML", StringComparison.Ordinal));
    }

    // The page of a rule that is off by default shows it switched on.
    private static string? OffByDefault(string page) => MmLint.Analyzers.AllAnalyzers.Rules
        .Where(rule => !rule.IsEnabledByDefault && page == $"docs/rules/{rule.Id}.md").Select(rule => rule.Id).SingleOrDefault();

    private static TheoryData<string, int> Examples(string language)
    {
        var data = new TheoryData<string, int>();
        foreach (var block in MarkdownPage.All.SelectMany(p => p.Examples()).Where(e => e.Language == language))
            data.Add(block.Page, block.Line);
        return data;
    }

    // Examples may declare what the setting has too, so they live one namespace further in. Members stand for members of some class.
    private static string InSetting(string code)
    {
        var unit = CSharpSyntaxTree.ParseText(code, TestCompilation.ParseOptions).GetCompilationUnitRoot();
        if (unit.AttributeLists.Count > 0)
            return "using Setting; " + code;
        bool members = unit.Members.Any(
            m => m is GlobalStatementSyntax or BaseMethodDeclarationSyntax or BaseFieldDeclarationSyntax or BasePropertyDeclarationSyntax);
        return members ? "namespace Setting.Example { partial class Members { " + code + "\n} }" : "namespace Setting.Example { " + code + "\n}";
    }
}
