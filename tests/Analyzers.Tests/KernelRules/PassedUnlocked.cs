using System.Threading.Tasks;

namespace AnalyzerTests.KernelRules;

/// <summary>MML2002: an object that is its own lock, and that anybody may unlock, is handed to something that needs it locked.</summary>
public sealed class PassedUnlocked : KernelRuleTests
{
    [Fact]
    public Task LockedOnlyUnderACondition_Flags() => Flags("""
        [MustHold("folio.Ref")] static void Clear(Folio folio, bool isFile)
        {
            bool needLock = isFile || folio.IsKsm;
            if (needLock && !folio.TryLockFolio()) return;
            RmapWalk(folio); // MML2002
            if (needLock) folio.UnlockFolio();
        }
        """);

    [Fact]
    public Task NotLockedAtAll_Flags() => Flags("""
        [MustHold("folio.Ref")] static int Count(Folio folio) => RmapWalk(folio); // MML2002
        """);

    [Fact]
    public Task UnlockedTooEarly_Flags() => Flags("""
        [MustHold("folio.Ref")] static int Count(Folio folio)
        {
            folio.LockFolio();
            folio.UnlockFolio();
            return RmapWalk(folio); // MML2002
        }
        """);

    [Fact]
    public Task AnotherOneIsLocked_Flags() => Flags("""
        [MustHold("folio")] static int Count(Folio folio, Folio other) => RmapWalk(other); // MML2002
        """);

    [Fact]
    public Task ConditionOfTheLock_IsSaid() => Says("""
        [MustHold("folio.Ref")] static void Clear(Folio folio, bool needLock)
        {
            if (needLock && !folio.TryLockFolio()) return;
            RmapWalk(folio); // MML2002
            if (needLock) folio.UnlockFolio();
        }
        """, "'RmapWalk' needs folio, which is not held when !needLock");

    [Fact]
    public Task TriedAndLeft_IsSilent() => Silent("""
        [MustHold("folio.Ref")] static void Clear(Folio folio)
        {
            if (!folio.TryLockFolio()) return;
            RmapWalk(folio);
            folio.UnlockFolio();
        }
        """);

    [Fact]
    public Task WalkedOnlyWhereLocked_IsSilent() => Silent("""
        [MustHold("folio.Ref")] static void Clear(Folio folio, bool needLock)
        {
            if (needLock && !folio.TryLockFolio()) return;
            if (needLock) { RmapWalk(folio); folio.UnlockFolio(); }
        }
        """);

    [Fact]
    public Task LockedByTheCallerOrHere_IsSilent() => Silent("""
        [MustHold("folio", When = "isLocked"), MustHold("folio.Ref", When = "!isLocked")] static int Referenced(Folio folio, bool isLocked)
        {
            bool weLocked = false;
            if (!isLocked && !(weLocked = folio.TryLockFolio())) return 1;
            int references = RmapWalk(folio);
            if (weLocked) folio.UnlockFolio();
            return references;
        }
        """);

    [Fact]
    public Task SameObjectByAnotherName_IsSilent() => Silent("""
        [MustHold("folio")] static int Count(Folio folio) { var same = folio; return RmapWalk(same); }
        """);

    [Fact]
    public Task LockThatHangsOnTheArgument_IsTheGeneralFinding() => Flags("""
        [MustHold("mm.MmapLock")] static extern void Plain(MmStruct mm);
        static void Run(MmStruct mm) => Plain(mm); // MML1001
        """);
}
