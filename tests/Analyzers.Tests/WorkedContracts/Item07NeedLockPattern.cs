using System.Threading.Tasks;

namespace AnalyzerTests.WorkedContracts;

/// <summary>Locking only some kinds of folio leaves the walk unlocked for the others.</summary>
public sealed class Item07NeedLockPattern : WorkedContractTests
{
    [Fact]
    public Task LockingOnlyFileFolios_Flags() => Flags("""
        [MustHold("folio.Ref"), TakesRmap] static void PageIdleClearPteRefs(Folio folio, RmapOne one)
        {
          bool needLock = !folio.IsAnonymous;
          if (needLock && !folio.TryLock()) return;
          RmapWalk(folio, one); // MML2002
          if (needLock) folio.Unlock();
        }
        """);

    [Fact]
    public Task LockingEveryFolio_IsSilent() => Silent("""
        [MustHold("folio.Ref"), TakesRmap] static void PageIdleClearPteRefs(Folio folio, RmapOne one)
        {
          if (!folio.TryLock()) return;
          RmapWalk(folio, one);
          folio.Unlock();
        }
        """);

    [Fact]
    public Task WalkingOnlyWhatWasLocked_IsSilent() => Silent("""
        [MustHold("folio.Ref"), TakesRmap] static void PageIdleClearPteRefs(Folio folio, RmapOne one)
        {
          bool needLock = !folio.IsAnonymous;
          if (needLock && !folio.TryLock()) return;
          if (needLock) { RmapWalk(folio, one); folio.Unlock(); }
        }
        """);
}
