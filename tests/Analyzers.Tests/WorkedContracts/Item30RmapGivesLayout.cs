using System.Threading.Tasks;

namespace AnalyzerTests.WorkedContracts;

/// <summary>Under a reverse-map lock alone a policy flag is a snapshot: nothing that must last can be decided by it.</summary>
public sealed class Item30RmapGivesLayout : WorkedContractTests
{
    [Fact]
    public Task FlagTestedUnderTheRmapLockDecides_Flags() => Flags("""
        [MustHold("vma.Stable"), Requires("(vma.Flags & VmFlags.Write) != 0")] static extern void MapWritable(VmArea vma);
        [MustHold("vma.AnyRmap")] static void Visit(VmArea vma)
        {
          if ((vma.Flags & VmFlags.Write) != 0) MapWritable(vma); // MML1015
        }
        """);

    [Fact]
    public Task FlagTestedUnderTheVmaLockDecides_IsSilent() => Silent("""
        [MustHold("vma.Stable"), Requires("(vma.Flags & VmFlags.Write) != 0")] static extern void MapWritable(VmArea vma);
        [MustHold("vma.Lock")] static void Visit(VmArea vma)
        {
          if ((vma.Flags & VmFlags.Write) != 0) MapWritable(vma);
        }
        """);

    [Fact]
    public Task LayoutReadUnderTheRmapLock_IsSilent() => Silent("""
        [MustHold("vma.AnyRmap")] static ulong Length(VmArea vma) => vma.End - vma.Start;
        """);
}
