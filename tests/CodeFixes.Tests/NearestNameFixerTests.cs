using System.Threading.Tasks;

namespace CodeFixTests;

/// <summary>A name that does not bind is corrected where one is near.</summary>
public sealed class NearestNameFixerTests
{
    [Fact]
    public Task Member_of_a_path() => Fixes(
        """[MustHold("vma.Mm.{|MML0001:MmapLok|}")] public static extern void F(VmArea vma);""",
        """[MustHold("vma.Mm.MmapLock")] public static extern void F(VmArea vma);""");

    [Fact]
    public Task Parameter_inside_a_formula() => Fixes(
        """[MustHold("exclusive(vm.Mm.MmapLock) && vm.Lock")] public static extern void F(VmArea vma);""",
        """[MustHold("exclusive(vma.Mm.MmapLock) && vma.Lock")] public static extern void F(VmArea vma);""");

    [Fact]
    public Task Condition() => Fixes(
        """[Acquires("folio", When = "resul.IsKsm")] public static extern Folio F(Folio folio, Folio result2);""",
        """[Acquires("folio", When = "result2.IsKsm")] public static extern Folio F(Folio folio, Folio result2);""");

    [Fact]
    public async Task Nothing_near_offers_nothing() => await Verify.OffersNoFix(FaultPath.Subject(
        """    [MustHold("vma.Mm.{|MML0001:Semaphore|}")] public static extern void F(VmArea vma);""")).WithSource("Mm.cs", FaultPath.Source, FaultPath.Source);

    private static async Task Fixes(string before, string after) =>
        await Verify.Fix(FaultPath.Subject("    " + before), FaultPath.Subject("    " + after)).WithSource("Mm.cs", FaultPath.Source, FaultPath.Source);
}
