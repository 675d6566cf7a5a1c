using System.Threading.Tasks;

namespace AnalyzerTests.WorkedContracts;

/// <summary>A downgrade keeps the lock and gives up writing.</summary>
public sealed class Item15Downgrade : WorkedContractTests
{
    [Fact]
    public Task WritingAfterTheDowngrade_Flags() => Flags("""
        [MustHold("exclusive(mm.MmapLock)"), Downgrades("mm.MmapLock")] static void DropOne(MmStruct mm)
        {
          mm.MmapLock.DowngradeWrite();
          mm.MapCount--; // MML1002
        }
        """);

    [Fact]
    public Task WritingBeforeTheDowngrade_IsSilent() => Silent("""
        [MustHold("exclusive(mm.MmapLock)"), Downgrades("mm.MmapLock")] static void DropOne(MmStruct mm)
        {
          mm.MapCount--;
          mm.MmapLock.DowngradeWrite();
        }
        """);

    [Fact]
    public Task ReadingAfterTheDowngrade_IsSilent() => Silent("""
        [MustHold("exclusive(mm.MmapLock)"), Downgrades("mm.MmapLock")] static int DropOne(MmStruct mm)
        {
          mm.MmapLock.DowngradeWrite();
          return mm.MapCount;
        }
        """);

    [Fact]
    public Task DowngradingUnsaid_Flags() => Flags("""
        [MustHold("exclusive(mm.MmapLock)")] static int DropOne(MmStruct mm)
        {
          mm.MmapLock.DowngradeWrite();
          return mm.MapCount; // MML1006
        }
        """);
}
