using System.Threading.Tasks;

namespace CodeFixTests;

/// <summary>An override that says something else than its base takes over what the base says.</summary>
public sealed class BaseContractFixerTests
{
    [Fact]
    public async Task Own_contract_goes_and_other_attributes_stay() => await Verify.Fix(
        Shapes("""
            /// <summary>Ends the use.</summary>
            [Obsolete("slow"), MustHold("folio && other"), Releases("folio")]
            [MaySleep]
            public override void {|MML0003:End|}(Folio folio, Folio other) => folio.Unlock();
        """),
        Shapes("""
            /// <summary>Ends the use.</summary>
            [Obsolete("slow")]
            public override void End(Folio folio, Folio other) => folio.Unlock();
        """)).WithSource("Mm.cs", FaultPath.Source, FaultPath.Source);

    [Fact]
    public async Task Body_that_does_not_keep_the_base_contract_offers_nothing() => await Verify.OffersNoFix(
        Shapes("""
            [MustHold("folio")] public override void {|MML0003:End|}(Folio folio, Folio other) { }
        """)).WithSource("Mm.cs", FaultPath.Source, FaultPath.Source);

    private static string Shapes(string member) => $$"""
        namespace Mm;

        public abstract class Use
        {
            [Obsolete("slow"), MustHold("folio"), Releases("folio")] public abstract void End(Folio folio, Folio other);
        }

        public sealed class Reading : Use
        {
        {{member}}
        }
        """;
}
