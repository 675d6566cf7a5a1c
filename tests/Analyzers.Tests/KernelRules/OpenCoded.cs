using System.Threading.Tasks;

namespace AnalyzerTests.KernelRules;

/// <summary>MML2010: a lock is tried and released for the sake of one call, and a helper does all three.</summary>
public sealed class OpenCoded : KernelRuleTests
{
    [Fact]
    public Task TriedCalledReleased_Flags() => Flags("""
        [MustHold("folio.Ref")] static void Clean(Folio folio)
        {
            if (!folio.TryLockFolio()) return;
            FolioMkclean(folio); // MML2010
            folio.UnlockFolio();
        }
        """);

    [Fact]
    public Task ReleasedInFinally_Flags() => Flags("""
        [MustHold("folio.Ref")] static int Clean(Folio folio)
        {
            int cleaned = 0;
            if (!folio.TryLockFolio()) { return 0; }
            try { FolioMkclean(folio); } // MML2010
            finally { folio.UnlockFolio(); }
            return cleaned;
        }
        """);

    [Fact]
    public Task CalledWhereTheTrySucceeds_Flags() => Flags("""
        [MustHold("folio.Ref")] static void Clean(Folio folio)
        {
            if (folio.TryLockFolio())
            {
                FolioMkclean(folio); // MML2010
                folio.UnlockFolio();
            }
        }
        """);

    [Fact]
    public Task ResultKept_Flags() => Flags("""
        [MustHold("folio.Ref")] static int Clean(Folio folio)
        {
            if (!folio.TryLockFolio()) return 0;
            int cleaned = FolioMkclean(folio); // MML2010
            folio.UnlockFolio();
            return cleaned;
        }
        """);

    [Fact]
    public Task Helper_IsSilent() => Silent("""
        [MustHold("folio.Ref")] static void Clean(Folio folio) => TryFolioMkclean(folio);
        """);

    [Fact]
    public Task MoreIsDoneUnderTheLock_IsSilent() => Silent("""
        [MustHold("folio.Ref")] static void Clean(Folio folio)
        {
            if (!folio.TryLockFolio()) return;
            RmapWalk(folio);
            FolioMkclean(folio);
            folio.UnlockFolio();
        }
        """);

    [Fact]
    public Task LockOfTheCaller_IsSilent() => Silent("""
        [MustHold("folio")] static void Clean(Folio folio) => FolioMkclean(folio);
        """);

    [Fact]
    public Task WaitedForTheLock_IsSilent() => Silent("""
        [MustHold("folio.Ref")] static void Clean(Folio folio)
        {
            folio.LockFolio();
            FolioMkclean(folio);
            folio.UnlockFolio();
        }
        """);

    [Fact]
    public Task CalleeWithoutHelper_IsSilent() => Silent("""
        [MustHold("folio.Ref")] static void Walk(Folio folio)
        {
            if (!folio.TryLockFolio()) return;
            RmapWalk(folio);
            folio.UnlockFolio();
        }
        """);
}
