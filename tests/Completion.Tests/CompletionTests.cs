using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Completion;
using Microsoft.CodeAnalysis.Diagnostics;

namespace CompletionTests;

/// <summary>Inside the string of a contract an editor offers what the contract can name, locks first.</summary>
public sealed class CompletionTests
{
    private const string Types = """
        [Lock(LockKind.ReaderWriter)] public sealed class RwSemaphore;
        public sealed class Mm
        {
            public readonly RwSemaphore MmapLock = new();
            public int Users;
            private readonly object _hidden = new();
            public object Hidden => _hidden;
        }
        public class Vma
        {
            public readonly Mm Mm = new();
            [LockAlias("Mm.MmapLock")] public object Anchor => Mm;
            public ulong Start { get; set; }
            public ulong this[int index] => Start;
        }
        public sealed class Special : Vma { public int Kind; }
        """;

    [Fact]
    public async Task Names_at_the_start_are_parameters_members_the_result_and_modes() => Assert.Equal(
        ["_gate", "gate", "_count", "vma", "exclusive", "old", "result", "shared", "this", "upgradeable"],
        await OffersAsync("class C { readonly RwSemaphore _gate = new(); int _count; [MustHold(\"|\")] int Run(Vma vma, RwSemaphore gate) => 0; }"));

    [Fact]
    public async Task After_a_dot_come_the_members_of_what_the_path_leads_to() => Assert.Equal(
        ["Anchor", "Mm", "Start"], await OffersAsync("class C { [MustHold(\"exclusive(vma.|)\")] void Run(Vma vma) { } }"));

    [Fact]
    public async Task Members_that_cannot_be_accessed_are_not_offered() => Assert.Equal(
        ["MmapLock", "Hidden", "Users"], await OffersAsync("class C { [MustHold(\"vma.Mm.|\")] void Run(Vma vma) { } }"));

    [Fact]
    public async Task Inherited_members_are_offered() => Assert.Equal(
        ["Anchor", "Kind", "Mm", "Start"], await OffersAsync("class C { [Acquires(\"shared(result.|)\", When = \"result != null\")] Special Run() => new(); }"));

    [Fact]
    public async Task A_condition_is_a_contract_too() => Assert.Equal(
        ["Anchor", "Mm", "Start"], await OffersAsync("class C { [MustHold(\"vma.Mm.MmapLock\", When = \"vma.|\")] void Run(Vma vma) { } }"));

    [Fact]
    public async Task A_field_names_the_members_of_its_type() => Assert.Equal(
        ["_gate", "_data", "exclusive", "old", "shared", "this", "upgradeable"], await OffersAsync("class C { readonly RwSemaphore _gate = new(); [GuardedBy(\"|\")] int _data; }"));

    [Fact]
    public async Task Of_interpolated_strings_the_text_is_completed() => Assert.Equal(
        ["MmapLock", "Hidden", "Users"], await OffersAsync("class C { [MustHold($\"{nameof(vma)} || vma.Mm.|\")] void Run(Vma vma) { } }"));

    [Fact]
    public async Task A_call_relies_on_what_tells_something() => Assert.Equal(
        ["Count", "TryPeek", "_items", "others", "this"],
        await OffersAsync("class C { int[] _items = []; int Count => 0; bool TryPeek(out int item) { item = 0; return false; } [ReliesOn(\"|\")] int Take(int[] others) => 0; }"));

    [Fact]
    public async Task Nothing_relies_on_what_tells_nothing_about_the_object() => Assert.Equal(
        ["Count", "this"],
        await OffersAsync("class C { int Count => 0; void Clear() { } static int Sum(int all) => all; public override string ToString() => \"\"; int this[int index] => 0; [ReliesOn(\"|\")] int Take() => 0; }"));

    [Fact]
    public async Task Of_an_interface_what_it_inherits_tells_as_well() => Assert.Equal(
        ["Has", "Size"], await OffersAsync("interface ISized { int Size { get; } } interface IShelf : ISized { bool Has(int item); void Clear(); } class C { [ReliesOn(\"shelf.|\")] void Take(IShelf shelf) { } }"));

    [Theory]
    [InlineData("class C { [System.Obsolete(\"|\")] void Run(Vma vma) { } }")]
    [InlineData("class C { [NoLockAnalysis(\"|\")] void Run(Vma vma) { } }")]
    [InlineData("class C { string Run(Vma vma) => \"vma.|\"; }")]
    [InlineData("class C { [MustHold(\"vma\"|)] void Run(Vma vma) { } }")]
    [InlineData("class C { [MustHold(\"nothing.|\")] void Run(Vma vma) { } }")]
    public async Task Elsewhere_nothing_is_offered(string source) => Assert.Empty(await OffersAsync(source));

    [Theory]
    [InlineData("class C { [MustHold(\"|\")] void Run(Vma vma) { } }", '"', true)]
    [InlineData("class C { [MustHold(\"vma.|\")] void Run(Vma vma) { } }", '.', true)]
    [InlineData("class C { [MustHold(\"v|\")] void Run(Vma vma) { } }", 'v', true)]
    [InlineData("class C { [MustHold(\"v;|\")] void Run(Vma vma) { } }", ';', false)]
    public async Task Typing_inside_the_string_of_an_attribute_opens_the_list(string source, char typed, bool opens)
    {
        var (document, caret) = Open(source);
        var service = CompletionService.GetService(document)!;
        var text = await document.GetTextAsync();
        Assert.Equal(opens, service.ShouldTriggerCompletion(text, caret, CompletionTrigger.CreateInsertionTrigger(typed)));
    }

    [Fact]
    public async Task Description_is_the_declaration()
    {
        var (document, items) = await ItemsAsync("class C { [MustHold(\"vma.|\")] void Run(Vma vma) { } }");
        var description = await CompletionService.GetService(document)!.GetDescriptionAsync(document, items.Single(item => item.DisplayText == "Start"));
        Assert.Equal("ulong Vma.Start", description!.Text);
    }

    [Fact]
    public async Task What_is_chosen_takes_the_place_of_what_was_typed_of_it()
    {
        var (document, items) = await ItemsAsync("class C { [MustHold(\"exclusive(vma.Mm.Mm|)\")] void Run(Vma vma) { } }");
        var change = await CompletionService.GetService(document)!.GetChangeAsync(document, items.Single(item => item.DisplayText == "MmapLock"));
        var text = (await document.GetTextAsync()).WithChanges(change.TextChange);
        Assert.Equal("class C { [MustHold(\"exclusive(vma.Mm.MmapLock)\")] void Run(Vma vma) { } }", text.ToString());
    }

    private static async Task<IEnumerable<string>> OffersAsync(string source) =>
        (await ItemsAsync(source)).Items.OrderBy(item => item.SortText, StringComparer.Ordinal).Select(item => item.DisplayText);

    private static async Task<(Document Document, IReadOnlyList<CompletionItem> Items)> ItemsAsync(string source)
    {
        var (document, caret) = Open(source);
        var list = await CompletionService.GetService(document)!.GetCompletionsAsync(document, caret);
        return (document, list.ItemsList);
    }

    /// <summary>A document in a project that has the package among its analyzers, which is how an editor comes by the provider.</summary>
    private static (Document Document, int Caret) Open(string source)
    {
        int caret = source.LastIndexOf('|');
        using var workspace = new AdhocWorkspace();
        var project = workspace.AddProject(ProjectInfo.Create(
            ProjectId.CreateNewId(), VersionStamp.Default, "Test", "Test", LanguageNames.CSharp,
            compilationOptions: TestCompilation.Options, parseOptions: TestCompilation.ParseOptions, metadataReferences: TestCompilation.References,
            analyzerReferences: [new AnalyzerFileReference(Path.Combine(AppContext.BaseDirectory, "MmLint.Completion.dll"), new Loader())]));
        project = project.AddDocument("Preamble.cs", Verification.Preamble).Project.AddDocument("Types.cs", Types).Project;
        return (project.AddDocument("Test.cs", source.Remove(caret, 1)), caret);
    }

    private sealed class Loader : IAnalyzerAssemblyLoader
    {
        public void AddDependencyLocation(string fullPath)
        {
        }

        public Assembly LoadFromPath(string fullPath) => Assembly.LoadFrom(fullPath);
    }
}
