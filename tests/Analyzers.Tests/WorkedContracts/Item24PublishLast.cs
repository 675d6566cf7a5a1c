using System.Threading.Tasks;

namespace AnalyzerTests.WorkedContracts;

/// <summary>A fresh VMA needs no lock until it enters the tree.</summary>
public sealed class Item24PublishLast : WorkedContractTests
{
    [Fact]
    public Task PublishingUnlocked_Flags() => Flags("""
        [MustHold("exclusive(mm.MmapLock)"), MaySleep] static void MapNew(MmStruct mm, ulong start)
        {
          var vma = VmAreaAlloc(mm);
          vma.Start = start;
          VmaIterStore(mm, vma);
          vma.Flags = VmFlags.Read; // MML1009
        }
        """);

    [Fact]
    public Task LockingBeforePublishing_IsSilent() => Silent("""
        [MustHold("exclusive(mm.MmapLock)"), MaySleep] static void MapNew(MmStruct mm, ulong start)
        {
          var vma = VmAreaAlloc(mm);
          vma.Start = start;
          VmaStartWrite(vma);
          VmaIterStore(mm, vma);
          vma.Flags = VmFlags.Read;
        }
        """);

    [Fact]
    public Task FinishingBeforePublishing_IsSilent() => Silent("""
        [MustHold("exclusive(mm.MmapLock)"), MaySleep] static void MapNew(MmStruct mm, ulong start)
        {
          var vma = VmAreaAlloc(mm);
          vma.Start = start;
          vma.Flags = VmFlags.Read;
          VmaIterStore(mm, vma);
        }
        """);
}
