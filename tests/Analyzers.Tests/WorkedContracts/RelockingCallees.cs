using System.Threading.Tasks;

namespace AnalyzerTests.WorkedContracts;

/// <summary>Callees that drop and retake, or drop depending on an out parameter.</summary>
public sealed class RelockingCallees : WorkedContractTests
{
    [Fact]
    public Task StackExpansionReturnsTheLockWithAVma_IsSilent() => Silent("""
        [MustHold("mm.MmapLock && mm.Users"), Releases("mm.MmapLock"), MaySleep] static VmFault Grow(MmStruct mm, ulong address)
        {
          var vma = ExpandStack(mm, address);
          if (vma == null) return VmFault.Oom;
          mm.MmapLock.ReadUnlock();
          return VmFault.None;
        }
        """);

    [Fact]
    public Task UnlockingAfterAFailedExpansion_Flags() => Flags("""
        [MustHold("mm.MmapLock && mm.Users"), Releases("mm.MmapLock"), MaySleep] static bool Grow(MmStruct mm, ulong address)
        {
          var vma = ExpandStack(mm, address);
          mm.MmapLock.ReadUnlock(); // MML1005
          return vma != null;
        }
        """);

    [Fact]
    public Task OlderLookupAfterTheExpansion_Flags() => Flags("""
        [MustHold("mm.MmapLock && mm.Users"), Releases("mm.MmapLock"), MaySleep] static ulong Grow(MmStruct mm, ulong address)
        {
          var below = FindVma(mm, 0);
          if (ExpandStack(mm, address) == null || below == null) return 0; // MML1006
          ulong end = below.End; // MML2007
          mm.MmapLock.ReadUnlock();
          return end;
        }
        """);

    [Fact]
    public Task UnlockingIfStillLocked_IsSilent() => Silent("""
        [MustHold("mm.Users"), MaySleep] static long Pin(MmStruct mm, ulong start)
        {
          mm.MmapLock.ReadLock();
          long pinned = GetUserPages(mm, start, 1, out bool locked);
          if (locked) mm.MmapLock.ReadUnlock();
          return pinned;
        }
        """);

    [Fact]
    public Task UnlockingWhetherLockedOrNot_Flags() => Flags("""
        [MustHold("mm.Users"), MaySleep] static long Pin(MmStruct mm, ulong start)
        {
          mm.MmapLock.ReadLock();
          long pinned = GetUserPages(mm, start, 1, out bool locked);
          mm.MmapLock.ReadUnlock(); // MML1005
          return locked ? pinned : 0;
        }
        """);

    [Fact]
    public Task RelockingInALoop_IsSilent() => Silent("""
        [MustHold("mm.Users"), MaySleep] static void PinAll(MmStruct mm, ulong start)
        {
          bool locked = false;
          for (int page = 0; page < 8; page++)
          {
            if (!locked) mm.MmapLock.ReadLock();
            GetUserPages(mm, start, page, out locked);
          }
          if (locked) mm.MmapLock.ReadUnlock();
        }
        """);

    [Fact]
    public Task LookingUpAgainIfDropped_IsSilent() => Silent("""
        [MustHold("mm.MmapLock && mm.Users"), Releases("mm.MmapLock"), Acquires("shared(mm.MmapLock)"), MaySleep]
        static ulong ReadAhead(MmStruct mm, ulong address)
        {
          var vma = FindVma(mm, address);
          if (vma == null) return 0;
          MadviseWillneed(vma, out bool dropped);
          if (dropped) vma = FindVma(mm, address);
          return vma != null ? vma.End : 0;
        }
        """);

    [Fact]
    public Task UsingTheVmaAlthoughDropped_Flags() => Flags("""
        [MustHold("mm.MmapLock && mm.Users"), Releases("mm.MmapLock"), Acquires("shared(mm.MmapLock)"), MaySleep]
        static ulong ReadAhead(MmStruct mm, ulong address)
        {
          var vma = FindVma(mm, address);
          if (vma == null) return 0;
          MadviseWillneed(vma, out bool dropped);
          return dropped ? vma.End : 0; // MML2007
        }
        """);
}
