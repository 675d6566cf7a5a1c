using System.Threading.Tasks;

namespace AnalyzerTests.WorkedContracts;

/// <summary>That an entry was seen empty without its lock says nothing under the lock.</summary>
public sealed class Item37SpeculativeReaders : WorkedContractTests
{
    [Fact]
    public Task EmptinessSeenBeforeTheLock_Flags() => Flags("""
        [MustHold("pte && pte.Ptl"), Requires("pte.Value == 0")] static extern void Install(MappedPte pte, ulong value);
        [MustHold("pte")] static void Fill(MappedPte pte, ulong value)
        {
          if (pte.Value != 0) return;
          pte.Ptl.Lock();
          Install(pte, value); // MML1015
          pte.Ptl.Unlock();
        }
        """);

    [Fact]
    public Task EmptinessSeenAgainUnderTheLock_IsSilent() => Silent("""
        [MustHold("pte && pte.Ptl"), Requires("pte.Value == 0")] static extern void Install(MappedPte pte, ulong value);
        [MustHold("pte")] static void Fill(MappedPte pte, ulong value)
        {
          if (pte.Value != 0) return;
          pte.Ptl.Lock();
          if (pte.Value == 0) Install(pte, value);
          pte.Ptl.Unlock();
        }
        """);

    [Fact]
    public Task OnlyReportedWithoutTheLock_IsSilent() => Silent("""
        [MustHold("pte")] static bool LooksEmpty(MappedPte pte) => pte.Value == 0;
        """);
}
