using System.Threading.Tasks;

namespace CodeFixTests;

/// <summary>A result that says whether a lock was taken is tested.</summary>
public sealed class IgnoredResultFixerTests
{
    private const string Key = "IgnoredResultFixer";

    [Fact]
    public Task Try_is_tested() => Fixes(
        """
            static void Clear(Folio folio)
            {
                {|MML1013:folio.TryLock()|};
                folio.Unlock();
            }
        """,
        """
            static void Clear(Folio folio)
            {
                if (!folio.TryLock())
                    return;
                folio.Unlock();
            }
        """);

    [Fact]
    public Task Error_is_returned() => Fixes(
        """
            static int Change(MmStruct mm)
            {
                mm.MmapLock.WriteLockKillable(); // may be killed
                mm.MmapLock.WriteUnlock();
                return 0;
            }
        """,
        """
            static int Change(MmStruct mm)
            {
                var ret = mm.MmapLock.WriteLockKillable();
                if (ret != 0)
                    return ret; // may be killed
                mm.MmapLock.WriteUnlock();
                return 0;
            }
        """);

    [Fact]
    public Task Error_that_cannot_be_returned_is_tested() => Fixes(
        """
            static bool Change(MmStruct mm)
            {
                mm.MmapLock.WriteLockKillable();
                mm.MmapLock.WriteUnlock();
                return true;
            }
        """,
        """
            static bool Change(MmStruct mm)
            {
                if (mm.MmapLock.WriteLockKillable() != 0)
                    return false;
                mm.MmapLock.WriteUnlock();
                return true;
            }
        """);

    [Fact]
    public async Task No_value_to_leave_with_offers_nothing() => await Verify.OffersNo(Key, FaultPath.Subject("""
            static string Clear(Folio folio)
            {
                folio.TryLock(); // MML1013
                folio.Unlock();
                return "";
            }
        """)).WithSource("Mm.cs", FaultPath.Source, FaultPath.Source);

    private static async Task Fixes(string before, string after) =>
        await Verify.Fix(FaultPath.Subject(before), FaultPath.Subject(after), Key).WithSource("Mm.cs", FaultPath.Source, FaultPath.Source);
}
