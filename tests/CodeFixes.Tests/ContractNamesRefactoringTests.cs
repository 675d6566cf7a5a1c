using System.Threading.Tasks;
using MmLint.CodeFixes;

namespace CodeFixTests;

/// <summary>The names in a contract become <c>nameof</c>, and a contract made of pieces becomes one string.</summary>
public sealed class ContractNamesRefactoringTests
{
    [Fact]
    public Task Member() => Both("""[MustHold("_gate")]""", "[MustHold(nameof(_gate))]");

    [Fact]
    public Task Path_of_a_parameter() => Both("""[MustHold("vma.Mm.MmapLock")]""", """[MustHold($"{nameof(vma)}.{nameof(VmArea.Mm)}.{nameof(MmStruct.MmapLock)}")]""");

    [Fact]
    public Task Formula() => Both(
        """[MustHold("exclusive(vma.Lock) && _gate")]""", """[MustHold($"exclusive({nameof(vma)}.{nameof(VmArea.Lock)}) && {nameof(_gate)}")]""");

    [Fact]
    public Task Condition() => Both(
        """[MustHold("_gate", When = "vma.AnonVma == null")]""", """[MustHold("_gate", When = $"{nameof(vma)}.{nameof(VmArea.AnonVma)} == null")]""", place: "vma.AnonVma");

    [Fact]
    public Task Text_that_is_no_expression_offers_nothing() => OffersNothing("""[MustHold("vma.{|#here:|} &&")]""");

    [Fact]
    public Task Name_that_does_not_exist_offers_nothing() => OffersNothing("""[MustHold("{|#here:|}gaet")]""");

    [Fact]
    public Task String_that_is_no_contract_offers_nothing() => OffersNothing("""[Obsolete("{|#here:|}_gate")]""");

    private static async Task Both(string text, string names, string place = "\"")
    {
        await Verify.Refactors(new ContractNamesRefactoring(), Subject(Marked(text, text.LastIndexOf(place, System.StringComparison.Ordinal))), Subject(names), null, ("Mm.cs", FaultPath.Source));
        await Verify.Refactors(new ContractNamesRefactoring(), Subject(Marked(names, names.LastIndexOf("nameof", System.StringComparison.Ordinal))), Subject(text), null, ("Mm.cs", FaultPath.Source));
    }

    private static Task OffersNothing(string attribute) => Verify.OffersRefactorings(new ContractNamesRefactoring(), Subject(attribute), [("Mm.cs", FaultPath.Source)]);

    private static string Marked(string text, int position) => text[..position] + "{|#here:|}" + text[position..];

    private static string Subject(string attribute) => $$"""
        namespace Mm;

        public sealed class Subject
        {
            public readonly object _gate = new();

            {{attribute}} public extern void Run(VmArea vma);
        }
        """;
}
