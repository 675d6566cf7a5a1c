using System.Threading.Tasks;

namespace CodeFixTests;

/// <summary>A fact that a callee requires is tested before the call.</summary>
public sealed class FactFirstFixerTests
{
    private const string Key = "FactFirstFixer";

    [Fact]
    public Task Of_what_a_lookup_returned() => Fixes(
        """
            static void Fill(MmStruct mm, ulong address)
            {
                var vma = mm.LockVma(address);
                if (vma == null)
                    return;
                // Copies the page.
                {|MML2003:Pages.Install(vma)|};
                vma.Lock.ReadUnlock();
            }
        """,
        """
            static void Fill(MmStruct mm, ulong address)
            {
                var vma = mm.LockVma(address);
                if (vma == null)
                    return;
                // Copies the page.
                if (vma.AnonVma != null)
                    Pages.Install(vma);
                vma.Lock.ReadUnlock();
            }
        """);

    [Fact]
    public Task Of_a_parameter() => Fixes(
        """
            [MustHold("vma.Lock")] static void Fill(VmArea vma, bool twice)
            {
                if (twice)
                    {|MML1015:Pages.Install(vma)|};
            }
        """,
        """
            [MustHold("vma.Lock")] static void Fill(VmArea vma, bool twice)
            {
                if (twice)
                    if (vma.AnonVma != null)
                        Pages.Install(vma);
            }
        """);

    [Fact]
    public Task Of_the_object_that_is_called() => Fixes(
        """
            public sealed class Node
            {
                public required bool IsLeaf { get; init; }
                [Requires("!IsLeaf")] public extern void Descend();
            }
            static void Visit(Node node)
            {
                {|MML1015:node.Descend()|};
            }
        """,
        """
            public sealed class Node
            {
                public required bool IsLeaf { get; init; }
                [Requires("!IsLeaf")] public extern void Descend();
            }
            static void Visit(Node node)
            {
                if (!node.IsLeaf)
                    node.Descend();
            }
        """);

    [Fact]
    public Task Result_that_is_used_offers_nothing() => OffersNothing("""
            [Requires("vmf.Flags == FaultFlags.None")] static extern int Plain(FaultContext vmf);
            static int Fault(FaultContext vmf) => Plain(vmf); // MML1015
        """);

    [Fact]
    public Task Fact_that_does_not_last_offers_nothing() => OffersNothing("""
            static void Fill(VmArea vma)
            {
                vma.Lock.ReadLock();
                Pages.Install(Next(vma)); // MML1015, MML1001
                vma.Lock.ReadUnlock();
            }
            static extern VmArea Next(VmArea vma);
        """);

    private static async Task Fixes(string before, string after) =>
        await Verify.Fix(FaultPath.Subject(before), FaultPath.Subject(after), Key).WithSource("Mm.cs", FaultPath.Source, FaultPath.Source);

    private static async Task OffersNothing(string members) => await Verify.OffersNo(Key, FaultPath.Subject(members)).WithSource("Mm.cs", FaultPath.Source, FaultPath.Source);
}
