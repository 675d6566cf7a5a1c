using System.Threading.Tasks;

namespace AnalyzerTests.WorkedContracts;

/// <summary>A reader that wants to write lets go first.</summary>
public sealed class Item16NoUpgrade : WorkedContractTests
{
    [Fact]
    public Task UpgradingInPlace_Flags() => Flags("""
        [MustHold("mm.MmapLock && mm.Users"), Releases("mm.MmapLock"), MaySleep] static void MakeWritable(MmStruct mm, ulong address)
        {
          mm.MmapLock.WriteLock(); // MML1004
          var vma = FindVma(mm, address);
          if (vma != null) { VmaStartWrite(vma); vma.Flags |= VmFlags.Write; }
          mm.MmapLock.WriteUnlock();
        }
        """);

    [Fact]
    public Task LettingGoFirst_IsSilent() => Silent("""
        [MustHold("mm.MmapLock && mm.Users"), Releases("mm.MmapLock"), MaySleep] static void MakeWritable(MmStruct mm, ulong address)
        {
          mm.MmapLock.ReadUnlock();
          mm.MmapLock.WriteLock();
          var vma = FindVma(mm, address);
          if (vma != null) { VmaStartWrite(vma); vma.Flags |= VmFlags.Write; }
          mm.MmapLock.WriteUnlock();
        }
        """);
}
