using System.Threading.Tasks;

namespace CodeFixTests;

/// <summary>An assertion that crashes becomes one that reports.</summary>
public sealed class ReportInsteadFixerTests
{
    private const string Key = "ReportInsteadFixer";

    [Fact]
    public Task Statement() => Fixes(
        """
            static void Check(VmArea vma, int order)
            {
                // Never so large.
                {|MML2008:Pages.BugOn(order > 10)|}; // see above
                {|MML2008:Pages.BugOn(vma.Mm == null)|};
            }
        """,
        """
            static void Check(VmArea vma, int order)
            {
                // Never so large.
                Pages.WarnOnOnce(order > 10); // see above
                Pages.WarnOnOnce(vma.Mm == null);
            }
        """);

    [Fact]
    public Task Body_of_one_expression() => Fixes(
        """
            static void Check(int order) => {|MML2008:Pages.BugOn(order > 10)|};
        """,
        """
            static void Check(int order) => Pages.WarnOnOnce(order > 10);
        """);

    private static async Task Fixes(string before, string after) =>
        await Verify.Fix(FaultPath.Subject(before), FaultPath.Subject(after), Key).WithSource("Mm.cs", FaultPath.Source, FaultPath.Source);

    private static async Task OffersNothing(string members) => await Verify.OffersNo(Key, FaultPath.Subject(members)).WithSource("Mm.cs", FaultPath.Source, FaultPath.Source);
}
