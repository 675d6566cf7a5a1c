using System.Threading.Tasks;

namespace CodeFixTests;

/// <summary>A try, a call and a release become the one call that does all three.</summary>
public sealed class HelperFixerTests
{
    private const string Key = "HelperFixer";

    [Fact]
    public Task Nothing_follows() => Fixes(
        """
            static void Age(Folio folio)
            {
                // Ages.
                if (!folio.TryLock())
                    return;
                {|MML2010:Pages.Clean(folio)|};
                folio.Unlock();
            }
        """,
        """
            static void Age(Folio folio)
            {
                // Ages.
                Pages.TryClean(folio);
            }
        """);

    [Fact]
    public Task Way_out_stays_where_more_follows() => Fixes(
        """
            static bool Age(Folio folio)
            {
                if (!folio.TryLock())
                    return false;
                try
                {
                    {|MML2010:Pages.Clean(folio)|};
                }
                finally
                {
                    folio.Unlock();
                }

                return true;
            }
        """,
        """
            static bool Age(Folio folio)
            {
                if (!Pages.TryClean(folio))
                    return false;

                return true;
            }
        """);

    [Fact]
    public Task Branch() => Fixes(
        """
            static void Age(Folio folio)
            {
                if (folio.TryLock())
                {
                    {|MML2010:Pages.Clean(folio)|};
                    folio.Unlock();
                }
            }
        """,
        """
            static void Age(Folio folio)
            {
                Pages.TryClean(folio);
            }
        """);

    [Fact]
    public Task Result_that_is_used_offers_nothing() => OffersNothing("""
            static int Age(Folio folio)
            {
                if (!folio.TryLock()) return 0;
                int cleaned = Pages.Clean(folio); // MML2010
                folio.Unlock();
                return cleaned;
            }
        """);

    private static async Task Fixes(string before, string after) =>
        await Verify.Fix(FaultPath.Subject(before), FaultPath.Subject(after), Key).WithSource("Mm.cs", FaultPath.Source, FaultPath.Source);

    private static async Task OffersNothing(string members) => await Verify.OffersNo(Key, FaultPath.Subject(members)).WithSource("Mm.cs", FaultPath.Source, FaultPath.Source);
}
