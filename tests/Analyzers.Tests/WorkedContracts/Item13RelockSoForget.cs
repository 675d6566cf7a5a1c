using System.Threading.Tasks;

namespace AnalyzerTests.WorkedContracts;

/// <summary>What was looked up under a lock is forgotten with the lock.</summary>
public sealed class Item13RelockSoForget : WorkedContractTests
{
    [Fact]
    public Task UsingTheVmaFoundBeforeThePause_Flags() => Flags("""
        [MustHold("mm.Users"), MustNotHold("mm.MmapLock"), MaySleep] static ulong EndAfterPause(MmStruct mm, ulong address)
        {
          mm.MmapLock.ReadLock();
          var vma = FindVma(mm, address);
          mm.MmapLock.ReadUnlock();
          mm.MmapLock.ReadLock();
          ulong end = vma != null ? vma.End : 0; // MML2007
          mm.MmapLock.ReadUnlock();
          return end;
        }
        """);

    [Fact]
    public Task LookingUpAgainAfterThePause_IsSilent() => Silent("""
        [MustHold("mm.Users"), MustNotHold("mm.MmapLock"), MaySleep] static ulong EndAfterPause(MmStruct mm, ulong address)
        {
          mm.MmapLock.ReadLock();
          var vma = FindVma(mm, address);
          mm.MmapLock.ReadUnlock();
          mm.MmapLock.ReadLock();
          vma = FindVma(mm, address);
          ulong end = vma != null ? vma.End : 0;
          mm.MmapLock.ReadUnlock();
          return end;
        }
        """);

    [Fact]
    public Task ComparingTheVmaFoundBeforeThePause_IsSilent() => Silent("""
        [MustHold("mm.Users"), MustNotHold("mm.MmapLock"), MaySleep] static bool SameAfterPause(MmStruct mm, ulong address)
        {
          mm.MmapLock.ReadLock();
          var before = FindVma(mm, address);
          mm.MmapLock.ReadUnlock();
          mm.MmapLock.ReadLock();
          bool same = FindVma(mm, address) == before;
          mm.MmapLock.ReadUnlock();
          return same;
        }
        """);
}
