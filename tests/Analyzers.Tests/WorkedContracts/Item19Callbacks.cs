using System.Threading.Tasks;

namespace AnalyzerTests.WorkedContracts;

/// <summary>A lambda starts with what its delegate type promises.</summary>
public sealed class Item19Callbacks : WorkedContractTests
{
    [Fact]
    public Task CallbackNeedsMoreThanTheWalkHolds_Flags() => Flags("""
        [MustHold("folio"), TakesRmap] static void Probe(Folio folio) => RmapWalk(folio, (_, vma, address) =>
        {
          if (!PteAlloc(vma, address)) return false; // MML1001
          var pte = PteOffsetMapLock(vma, address);
          if (pte != null) PteUnmapUnlock(pte);
          return true;
        });
        """);

    [Fact]
    public Task CallbackReadsEntries_IsSilent() => Silent("""
        [MustHold("folio"), TakesRmap] static void Probe(Folio folio) => RmapWalk(folio, (_, vma, address) =>
        {
          var pte = PteOffsetMapLock(vma, address);
          if (pte != null) PteUnmapUnlock(pte);
          return true;
        });
        """);

    [Fact]
    public Task MethodGroupNeedsMore_Flags() => Flags("""
        [MustHold("vma.Anchored"), MaySleep] static bool Populate(Folio folio, VmArea vma, ulong address) => PteAlloc(vma, address);
        [MustHold("folio"), TakesRmap] static void Probe(Folio folio) => RmapWalk(folio, Populate); // MML0004
        """);

    [Fact]
    public Task MethodGroupNeedsLess_IsSilent() => Silent("""
        [MustHold("vma.Stable")] static bool HasEntry(Folio folio, VmArea vma, ulong address)
        {
          var pte = PteOffsetMapLock(vma, address);
          if (pte == null) return false;
          PteUnmapUnlock(pte);
          return true;
        }
        [MustHold("folio"), TakesRmap] static void Probe(Folio folio) => RmapWalk(folio, HasEntry);
        """);
}
