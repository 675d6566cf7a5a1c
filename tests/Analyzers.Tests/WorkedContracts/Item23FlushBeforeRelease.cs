using System.Threading.Tasks;

namespace AnalyzerTests.WorkedContracts;

/// <summary>Clearing an entry leaves a duty that ends before the page-table lock.</summary>
public sealed class Item23FlushBeforeRelease : WorkedContractTests
{
    [Fact]
    public Task UnlockingWithTheFlushPending_Flags() => Flags("""
        [MustHold("vma.Stable")] static void ZapPage(VmArea vma, ulong address)
        {
          var pte = PteOffsetMapLock(vma, address);
          if (pte == null) return;
          PtepGetAndClear(pte);
          PteUnmapUnlock(pte); // MML1007
        }
        """);

    [Fact]
    public Task FlushingFirst_IsSilent() => Silent("""
        [MustHold("vma.Stable")] static void ZapPage(VmArea vma, ulong address)
        {
          var pte = PteOffsetMapLock(vma, address);
          if (pte == null) return;
          PtepGetAndClear(pte);
          FlushTlbPage(pte);
          PteUnmapUnlock(pte);
        }
        """);

    [Fact]
    public Task FlushingWithNothingPending_IsSilent() => Silent("""
        [MustHold("vma.Stable")] static void ZapPage(VmArea vma, ulong address)
        {
          var pte = PteOffsetMapLock(vma, address);
          if (pte == null) return;
          FlushTlbPage(pte);
          PteUnmapUnlock(pte);
        }
        """);
}
