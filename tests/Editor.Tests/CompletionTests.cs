using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Completion;
using Microsoft.CodeAnalysis.Text;
using MmLint.Completion;

namespace EditorTests;

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

    [Theory]
    [InlineData("class C { [System.Obsolete(\"|\")] void Run(Vma vma) { } }")]
    [InlineData("class C { [NoLockAnalysis(\"|\")] void Run(Vma vma) { } }")]
    [InlineData("class C { string Run(Vma vma) => \"vma.|\"; }")]
    [InlineData("class C { [MustHold(\"vma\"|)] void Run(Vma vma) { } }")]
    [InlineData("class C { [MustHold(\"nothing.|\")] void Run(Vma vma) { } }")]
    public async Task Elsewhere_nothing_is_offered(string source) => Assert.Empty(await OffersAsync(source));

    [Theory]
    [InlineData("[MustHold(\"|", '"', true)]
    [InlineData("[MustHold(\"vma.|", '.', true)]
    [InlineData("[MustHold(\"v|", 'v', true)]
    [InlineData("[MustHold(\"v;|", ';', false)]
    [InlineData("string s = \"v|", 'v', false)]
    [InlineData("[MustHold(v|", 'v', false)]
    public void Typing_inside_the_string_of_an_attribute_asks_for_it(string line, char typed, bool asks)
    {
        int caret = line.LastIndexOf('|');
        var text = SourceText.From(line.Remove(caret, 1));
        Assert.Equal(asks, new ContractCompletionProvider().ShouldTriggerCompletion(text, caret, CompletionTrigger.CreateInsertionTrigger(typed), null!));
    }

    [Fact]
    public async Task Description_is_the_declaration()
    {
        var (document, items) = await ItemsAsync("class C { [MustHold(\"vma.|\")] void Run(Vma vma) { } }");
        var description = await new ContractCompletionProvider().GetDescriptionAsync(document, items.Single(item => item.DisplayText == "Start"), CancellationToken.None);
        Assert.Equal("ulong Vma.Start", description!.Text);
    }

    private static async Task<IEnumerable<string>> OffersAsync(string source) =>
        (await ItemsAsync(source)).Items.OrderBy(item => item.SortText, System.StringComparer.Ordinal).Select(item => item.DisplayText);

    private static async Task<(Document Document, IReadOnlyList<CompletionItem> Items)> ItemsAsync(string source)
    {
        int caret = source.LastIndexOf('|');
        var document = FixWorkspace.Open([("Test", "Test.cs", source.Remove(caret, 1)), ("Test", "Types.cs", Types)]).Projects.Single().Documents.Single(d => d.Name == "Test.cs");
        var provider = new ContractCompletionProvider();
        var context = new CompletionContext(provider, document, caret, new TextSpan(caret, 0), CompletionTrigger.Invoke, document.Project.Solution.Options, CancellationToken.None);
        await provider.ProvideCompletionsAsync(context);
        // Only the service reads it, and the service comes with assemblies that do not restore.
        var items = typeof(CompletionContext).GetProperty("Items", BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public)!.GetValue(context)!;
        return (document, (IReadOnlyList<CompletionItem>)items);
    }
}
