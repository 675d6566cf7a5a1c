using System.Threading.Tasks;

namespace AnalyzerTests.WorkedContracts;

/// <summary>A fact that a protocol keeps lasts as long as the lock it was tested under.</summary>
public sealed class Item29ProtocolFacts : WorkedContractTests
{
    [Fact]
    public Task SettingAnEntryUntested_Flags() => Flags("""
        [MustHold("vma.Anchored")] static void Install(VmArea vma, ulong address, ulong value)
        {
          var pte = PteOffsetMapLock(vma, address);
          if (pte == null) return;
          SetPte(vma, pte, value); // MML1015
          PteUnmapUnlock(pte);
        }
        """);

    [Fact]
    public Task SettingAnEntryTested_IsSilent() => Silent("""
        [MustHold("vma.Anchored")] static void Install(VmArea vma, ulong address, ulong value)
        {
          var pte = PteOffsetMapLock(vma, address);
          if (pte == null) return;
          if (CheckStableAddressSpace(vma.Mm, pte) == 0) SetPte(vma, pte, value);
          PteUnmapUnlock(pte);
        }
        """);

    [Fact]
    public Task TestingUnderAnEarlierLock_Flags() => Flags("""
        [MustHold("vma.Anchored")] static void Install(VmArea vma, ulong address, ulong value)
        {
          var pte = PteOffsetMapLock(vma, address);
          if (pte == null) return;
          bool stable = CheckStableAddressSpace(vma.Mm, pte) == 0;
          PteUnmapUnlock(pte);
          pte = PteOffsetMapLock(vma, address);
          if (pte == null) return;
          if (stable) SetPte(vma, pte, value); // MML1015
          PteUnmapUnlock(pte);
        }
        """);
}
