using System.Threading.Tasks;

namespace AnalyzerTests.WorkedContracts;

/// <summary>A callee that consumes a lock owes its release on every path, and its caller owes nothing any more.</summary>
public sealed class Item33HandOverOfAHeldLock : WorkedContractTests
{
    [Fact]
    public Task ReleasedAgainByTheCaller_Flags() => Flags("""
        [MustHold("pte && pte.Ptl"), Releases("pte && pte.Ptl")] static extern int Consume(MappedPte pte);
        [MustHold("vma.Stable")] static void Touch(VmArea vma)
        {
          var pte = PteOffsetMapLock(vma, 0);
          if (pte == null) return;
          Consume(pte);
          PteUnmapUnlock(pte); // MML1005
        }
        """);

    [Fact]
    public Task ConsumedByTheCallee_IsSilent() => Silent("""
        [MustHold("pte && pte.Ptl"), Releases("pte && pte.Ptl")] static extern int Consume(MappedPte pte);
        [MustHold("vma.Stable")] static int Touch(VmArea vma)
        {
          var pte = PteOffsetMapLock(vma, 0);
          return pte == null ? 0 : Consume(pte);
        }
        """);

    [Fact]
    public Task KeptOnOnePathOfTheCallee_Flags() => Flags("""
        [MustHold("folio"), Releases("folio")] static int Consume(Folio folio, bool isDone)
        {
          if (isDone) return 0; // MML1006
          folio.Unlock();
          return 1;
        }
        """);

    [Fact]
    public Task GivenBackOnEveryPathOfTheCallee_IsSilent() => Silent("""
        [MustHold("pte && pte.Ptl"), Releases("pte && pte.Ptl")] static int Consume(MappedPte pte)
        {
          int found = pte.Value == 0 ? 0 : 1;
          PteUnmapUnlock(pte);
          return found;
        }
        """);
}
