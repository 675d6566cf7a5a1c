using System.Threading.Tasks;

namespace AnalyzerTests.WorkedContracts;

/// <summary>A reference to the struct is not a reference to its users.</summary>
public sealed class Item25ReferenceAgainstLock : WorkedContractTests
{
    [Fact]
    public Task LookingUpUnderACountOnly_Flags() => Flags("""
        [MaySleep] public static bool IsCovered(UffdContext context, ulong address)
        {
          context.Mm.MmapLock.ReadLock();
          bool mapped = FindVma(context.Mm, address) != null; // MML1001
          context.Mm.MmapLock.ReadUnlock();
          return mapped;
        }
        """);

    [Fact]
    public Task TakingAUserReferenceFirst_IsSilent() => Silent("""
        [MaySleep] public static bool IsCovered(UffdContext context, ulong address)
        {
          if (!MmgetNotZero(context.Mm)) return false;
          context.Mm.MmapLock.ReadLock();
          bool mapped = FindVma(context.Mm, address) != null;
          context.Mm.MmapLock.ReadUnlock();
          Mmput(context.Mm);
          return mapped;
        }
        """);

    [Fact]
    public Task KeepingTheUserReference_Flags() => Flags("""
        [MaySleep] public static bool IsCovered(UffdContext context, ulong address)
        {
          if (!MmgetNotZero(context.Mm)) return false;
          context.Mm.MmapLock.ReadLock();
          bool mapped = FindVma(context.Mm, address) != null;
          context.Mm.MmapLock.ReadUnlock();
          return mapped; // MML2011
        }
        """);

    [Fact]
    public Task PuttingTheReferenceUnderMmapLock_Flags() => Flags("""
        [MaySleep] public static void Look(UffdContext context)
        {
          if (!MmgetNotZero(context.Mm)) return;
          context.Mm.MmapLock.ReadLock();
          Mmput(context.Mm); // MML1007
          context.Mm.MmapLock.ReadUnlock();
        }
        """);

    [Fact]
    public Task LookingUpWhileTheMmIsKnownAlive_IsSilent() => Silent("""
        [MaySleep] public static bool IsCovered(UffdContext context, ulong address)
        {
          context.Mm.MmapLock.ReadLock();
          bool mapped = !context.Mm.IsExiting && FindVma(context.Mm, address) != null;
          context.Mm.MmapLock.ReadUnlock();
          return mapped;
        }
        """);
}
