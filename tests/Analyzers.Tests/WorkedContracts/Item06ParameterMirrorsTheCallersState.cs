using System.Threading.Tasks;

namespace AnalyzerTests.WorkedContracts;

/// <summary>A parameter tells the callee whether its caller holds the folio lock.</summary>
public sealed class Item06ParameterMirrorsTheCallersState : WorkedContractTests
{
    [Fact]
    public Task UnlockingWhatTheCallerLocked_Flags() => Flags("""
        [MustHold("folio", When = "isLocked"), MustHold("folio.Ref", When = "!isLocked"), TakesRmap]
        static int FolioReferenced(Folio folio, bool isLocked, RmapOne one)
        {
          bool weLocked = false;
          if (!isLocked && !(weLocked = folio.TryLock())) return 1;
          RmapWalk(folio, one);
          folio.Unlock();
          return 0; // MML1006
        }
        """);

    [Fact]
    public Task UnlockingWhatWeLocked_IsSilent() => Silent("""
        [MustHold("folio", When = "isLocked"), MustHold("folio.Ref", When = "!isLocked"), TakesRmap]
        static int FolioReferenced(Folio folio, bool isLocked, RmapOne one)
        {
          bool weLocked = false;
          if (!isLocked && !(weLocked = folio.TryLock())) return 1;
          RmapWalk(folio, one);
          if (weLocked) folio.Unlock();
          return 0;
        }
        """);

    [Fact]
    public Task ClaimingALockThatIsNotHeld_Flags() => Flags("""
        [MustHold("folio", When = "isLocked"), MustHold("folio.Ref", When = "!isLocked"), TakesRmap]
        static extern int FolioReferenced(Folio folio, bool isLocked, RmapOne one);
        [MustHold("folio.Ref"), TakesRmap] static int Age(Folio folio, RmapOne one) => FolioReferenced(folio, true, one); // MML2002
        """);

    [Fact]
    public Task TellingTheTruth_IsSilent() => Silent("""
        [MustHold("folio", When = "isLocked"), MustHold("folio.Ref", When = "!isLocked"), TakesRmap]
        static extern int FolioReferenced(Folio folio, bool isLocked, RmapOne one);
        [MustHold("folio.Ref"), TakesRmap] static int Age(Folio folio, RmapOne one)
        {
          bool locked = folio.TryLock();
          int references = FolioReferenced(folio, locked, one);
          if (locked) folio.Unlock();
          return references;
        }
        """);
}
