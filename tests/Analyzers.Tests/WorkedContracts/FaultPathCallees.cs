using System.Threading.Tasks;

namespace AnalyzerTests.WorkedContracts;

/// <summary>Callees of the fault path that take or release more than one thing.</summary>
public sealed class FaultPathCallees : WorkedContractTests
{
    [Fact]
    public Task FolioLockedForTheFault_IsSilent() => Silent("""
        [FaultHandler, MustHold("folio.Ref")] static VmFault SwapIn(Folio folio, FaultContext vmf)
        {
          var ret = FolioLockOrRetry(folio, vmf);
          if (ret != VmFault.None) return ret;
          folio.Unlock();
          return VmFault.None;
        }
        """);

    [Fact]
    public Task FolioLeftLocked_Flags() => Flags("""
        [FaultHandler, MustHold("folio.Ref")] static VmFault SwapIn(Folio folio, FaultContext vmf)
        {
          return FolioLockOrRetry(folio, vmf); // MML1006
        }
        """);

    [Fact]
    public Task CopyOnWriteReleasesTheEntry_IsSilent() => Silent("""
        [FaultHandler, MustHold("vmf.Pte && vmf.Pte.Ptl"), Releases("vmf.Pte && vmf.Pte.Ptl"), Assigns("vmf.Pte")]
        static VmFault HandlePteFault(FaultContext vmf) => DoWpPage(vmf);
        """);

    [Fact]
    public Task UnmappingTheEntryAgain_Flags() => Flags("""
        [FaultHandler, MustHold("vmf.Pte && vmf.Pte.Ptl"), Releases("vmf.Pte && vmf.Pte.Ptl"), Assigns("vmf.Pte")]
        static VmFault HandlePteFault(FaultContext vmf)
        {
          var pte = vmf.Pte!;
          var ret = DoWpPage(vmf);
          PteUnmapUnlock(pte); // MML1005
          return ret;
        }
        """);

    [Fact]
    public Task EntryTestedUnderItsLock_IsSilent() => Silent("""
        [MustHold("vmf.Pte && vmf.Pte.Ptl")] static void Install(FaultContext vmf, Folio folio)
        {
          if (vmf.IsOrigPteCurrent) SetPteRange(vmf, folio);
        }
        """);

    [Fact]
    public Task EntryNotTested_Flags() => Flags("""
        [MustHold("vmf.Pte && vmf.Pte.Ptl")] static void Install(FaultContext vmf, Folio folio)
        {
          SetPteRange(vmf, folio); // MML1015
        }
        """);

    [Fact]
    public Task WalkToItsEnd_IsSilent() => Silent("""
        [MustHold("walk.Vma.Stable"), Requires("walk.Pte == null"), Assigns("walk.Pte")] static int Entries(MappedWalk walk)
        {
          int entries = 0;
          while (PageVmaMappedWalk(walk)) entries++;
          return entries;
        }
        """);

    [Fact]
    public Task WalkAbandoned_Flags() => Flags("""
        [MustHold("walk.Vma.Stable"), Requires("walk.Pte == null"), Assigns("walk.Pte")] static int Entries(MappedWalk walk)
        {
          int entries = 0;
          while (PageVmaMappedWalk(walk)) if (++entries > 1) break;
          return entries; // MML1006
        }
        """);

    [Fact]
    public Task WalkAbandonedAfterUnmapping_IsSilent() => Silent("""
        [MustHold("walk.Vma.Stable"), Requires("walk.Pte == null"), Assigns("walk.Pte")] static bool Any(MappedWalk walk)
        {
          while (PageVmaMappedWalk(walk))
          {
            PteUnmapUnlock(walk.Pte!);
            walk.Pte = null;
            return true;
          }
          return false;
        }
        """);
}
