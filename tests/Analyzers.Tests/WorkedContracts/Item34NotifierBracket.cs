using System.Threading.Tasks;

namespace AnalyzerTests.WorkedContracts;

/// <summary>Listeners are told before the first table lock and after the last one, on every way out.</summary>
public sealed class Item34NotifierBracket : WorkedContractTests
{
    private const string Listeners = """
        public static class Listeners
        {
          [Lock(Section)] public static LockName Bracket => default;
          [Acquires("Bracket"), MaySleep] public static extern void Start();
          [Releases("Bracket"), MustNotHold("PageTableLock")] public static extern void End();
        }

        """;

    [Fact]
    public Task LeftWithoutTheEnd_Flags() => Flags(Listeners + """
        [MustHold("vma.Lock"), MaySleep] static void Zap(VmArea vma)
        {
          Listeners.Start();
          var pte = PteOffsetMapLock(vma, 0);
          if (pte == null) return; // MML1006
          PteUnmapUnlock(pte);
          Listeners.End();
        }
        """);

    [Fact]
    public Task StartedUnderATableLock_Flags() => Flags(Listeners + """
        [MustHold("vma.Lock"), MaySleep] static void Zap(VmArea vma)
        {
          var pte = PteOffsetMapLock(vma, 0);
          if (pte == null) return;
          Listeners.Start(); // MML1012
          PteUnmapUnlock(pte);
          Listeners.End();
        }
        """);

    [Fact]
    public Task EndedUnderATableLock_Flags() => Flags(Listeners + """
        [MustHold("vma.Lock"), MaySleep] static void Zap(VmArea vma)
        {
          Listeners.Start();
          var pte = PteOffsetMapLock(vma, 0);
          Listeners.End(); // MML1007
          if (pte != null) PteUnmapUnlock(pte);
        }
        """);

    [Fact]
    public Task AroundTheTableLock_IsSilent() => Silent(Listeners + """
        [MustHold("vma.Lock"), MaySleep] static void Zap(VmArea vma)
        {
          Listeners.Start();
          var pte = PteOffsetMapLock(vma, 0);
          if (pte != null) PteUnmapUnlock(pte);
          Listeners.End();
        }
        """);
}
