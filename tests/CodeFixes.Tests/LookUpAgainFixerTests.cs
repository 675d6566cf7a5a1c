using System.Threading.Tasks;

namespace CodeFixTests;

/// <summary>A lookup is repeated before its result is used under a lock that was dropped and taken again.</summary>
public sealed class LookUpAgainFixerTests
{
    private const string Key = "LookUpAgainFixer";

    [Fact]
    public Task Before_the_use() => Fixes(
        """
            static bool IsPopulated(MmStruct mm, ulong address)
            {
                mm.MmapLock.ReadLock();
                var vma = mm.FindVma(address);
                mm.MmapLock.ReadUnlock();
                mm.MmapLock.ReadLock();
                // Whatever is there now.
                bool populated = {|MML2007:vma|}?.AnonVma != null;
                mm.MmapLock.ReadUnlock();
                return populated;
            }
        """,
        """
            static bool IsPopulated(MmStruct mm, ulong address)
            {
                mm.MmapLock.ReadLock();
                var vma = mm.FindVma(address);
                mm.MmapLock.ReadUnlock();
                mm.MmapLock.ReadLock();
                // Whatever is there now.
                vma = mm.FindVma(address);
                bool populated = vma?.AnonVma != null;
                mm.MmapLock.ReadUnlock();
                return populated;
            }
        """);

    [Fact]
    public Task Where_it_may_be_gone_the_method_leaves() => Fixes(
        """
            [MustHold("mm.MmapLock"), Releases("mm.MmapLock"), Acquires("shared(mm.MmapLock)")]
            static bool IsPopulated(MmStruct mm, ulong address)
            {
                var vma = mm.FindVma(address);
                if (vma == null)
                    return false;
                mm.MmapLock.ReadUnlock();
                mm.MmapLock.ReadLock();
                return {|MML2007:vma|}.AnonVma != null;
            }
        """,
        """
            [MustHold("mm.MmapLock"), Releases("mm.MmapLock"), Acquires("shared(mm.MmapLock)")]
            static bool IsPopulated(MmStruct mm, ulong address)
            {
                var vma = mm.FindVma(address);
                if (vma == null)
                    return false;
                mm.MmapLock.ReadUnlock();
                mm.MmapLock.ReadLock();
                vma = mm.FindVma(address);
                if (vma is null)
                    return false;
                return vma.AnonVma != null;
            }
        """);

    [Fact]
    public Task Value_that_was_given_is_not_looked_up() => OffersNothing("""
            [MustHold("mm.MmapLock")] [return: ValidWhileHeld("mm.MmapLock")] static extern VmArea First(MmStruct mm);
            [MustHold("mm.MmapLock"), Releases("mm.MmapLock"), Acquires("shared(mm.MmapLock)")]
            static bool IsPopulated(MmStruct mm, bool other, VmArea own)
            {
                var vma = First(mm);
                if (other) vma = own;
                mm.MmapLock.ReadUnlock();
                mm.MmapLock.ReadLock();
                return vma.Mm == mm; // MML2007
            }
        """);

    private static async Task Fixes(string before, string after) =>
        await Verify.Fix(FaultPath.Subject(before), FaultPath.Subject(after), Key).WithSource("Mm.cs", FaultPath.Source, FaultPath.Source);

    private static async Task OffersNothing(string members) => await Verify.OffersNo(Key, FaultPath.Subject(members)).WithSource("Mm.cs", FaultPath.Source, FaultPath.Source);
}
