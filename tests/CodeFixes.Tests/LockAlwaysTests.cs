using System.Threading.Tasks;

namespace CodeFixTests;

/// <summary>A lock that is taken under a condition, though what follows needs it always, is taken always.</summary>
public sealed class LockAlwaysTests
{
    private const string Key = "TryLockOrLeaveFixer";

    [Fact]
    public Task Condition_and_its_variable_go() => Fixes(
        """
            static void Clear(Folio folio)
            {
                bool needLock = !folio.IsAnonymous || folio.IsKsm;
                if (needLock && !folio.TryLock())
                    return;
                {|MML2002:Rmap.Walk(folio)|};
                if (needLock)
                    folio.Unlock();
            }
        """,
        """
            static void Clear(Folio folio)
            {
                if (!folio.TryLock())
                    return;
                Rmap.Walk(folio);
                folio.Unlock();
            }
        """);

    [Fact]
    public Task Condition_in_place() => Fixes(
        """
            static void Clear(Folio folio)
            {
                if (!folio.IsAnonymous && !folio.TryLock())
                    return;
                Rmap.Walk(folio);
                if (!folio.IsAnonymous)
                    folio.Unlock();
            }
        """,
        """
            static void Clear(Folio folio)
            {
                if (!folio.TryLock())
                    return;
                Rmap.Walk(folio);
                folio.Unlock();
            }
        """);

    [Fact]
    public Task Waiting_acquire_in_braces() => Fixes(
        """
            static int Clear(Folio folio)
            {
                bool isFile = !folio.IsAnonymous;
                if (isFile)
                {
                    folio.Lock();
                }

                int mappings = Rmap.Walk(folio);
                if (isFile)
                {
                    folio.Unlock();
                }

                return mappings;
            }
        """,
        """
            static int Clear(Folio folio)
            {
                folio.Lock();

                int mappings = Rmap.Walk(folio);
                folio.Unlock();

                return mappings;
            }
        """);

    [Fact]
    public Task Nested_try() => Fixes(
        """
            static int Clear(Folio folio, bool needLock)
            {
                if (needLock)
                {
                    if (!folio.TryLock())
                        return 0;
                }

                int mappings = Rmap.Walk(folio);
                if (needLock)
                    folio.Unlock();
                return mappings;
            }
        """,
        """
            static int Clear(Folio folio, bool needLock)
            {
                if (!folio.TryLock())
                    return 0;

                int mappings = Rmap.Walk(folio);
                folio.Unlock();
                return mappings;
            }
        """);

    [Fact]
    public Task Variable_that_is_used_elsewhere_stays() => Fixes(
        """
            static bool Clear(Folio folio)
            {
                bool isFile = !folio.IsAnonymous;
                if (isFile && !folio.TryLock())
                    return false;
                Rmap.Walk(folio);
                if (isFile)
                    folio.Unlock();
                return isFile;
            }
        """,
        """
            static bool Clear(Folio folio)
            {
                bool isFile = !folio.IsAnonymous;
                if (!folio.TryLock())
                    return false;
                Rmap.Walk(folio);
                folio.Unlock();
                return isFile;
            }
        """);

    [Fact]
    public Task Variable_whose_computation_does_something_stays() => Fixes(
        """
            static int s_scans;

            static void Clear(Folio folio)
            {
                bool needLock = s_scans++ > 0;
                if (needLock && !folio.TryLock())
                    return;
                Rmap.Walk(folio);
                if (needLock)
                    folio.Unlock();
            }
        """,
        """
            static int s_scans;

            static void Clear(Folio folio)
            {
                bool needLock = s_scans++ > 0;
                if (!folio.TryLock())
                    return;
                Rmap.Walk(folio);
                folio.Unlock();
            }
        """);

    [Fact]
    public async Task Lock_that_the_caller_may_hold_offers_nothing() => await Verify.OffersNo(Key, FaultPath.Subject("""
            [MustHold("folio", When = "isLocked")] static string Count(Folio folio, bool isLocked, bool needLock)
            {
                if (needLock && !isLocked)
                    folio.Lock();
                string mappings = Rmap.Walk(folio).ToString(); // MML2002
                if (needLock && !isLocked)
                    folio.Unlock();
                return mappings;
            }
        """)).WithSource("Mm.cs", FaultPath.Source, FaultPath.Source);

    private static async Task Fixes(string before, string after) =>
        await Verify.Fix(FaultPath.Subject(before), FaultPath.Subject(after), Key).WithSource("Mm.cs", FaultPath.Source, FaultPath.Source);
}
