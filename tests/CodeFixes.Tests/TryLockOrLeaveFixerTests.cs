using System.Threading.Tasks;

namespace CodeFixTests;

/// <summary>A lock that is missing and has a try member is taken by it; where it is not to be had, the method leaves.</summary>
public sealed class TryLockOrLeaveFixerTests
{
    private const string Key = "TryLockOrLeaveFixer";

    [Fact]
    public Task Void_method_returns() => Fixes(
        """
            [MustHold("folio.Ref")] static void Clear(Folio folio)
            {
                // Once per scan.
                {|MML2002:Rmap.Walk(folio)|};
            }
        """,
        """
            [MustHold("folio.Ref")] static void Clear(Folio folio)
            {
                // Once per scan.
                if (!folio.TryLock())
                    return;
                try
                {
                    Rmap.Walk(folio);
                }
                finally
                {
                    folio.Unlock();
                }
            }
        """);

    [Fact]
    public Task Number_is_zero_and_the_local_is_used_under_the_lock() => Fixes(
        """
            static int Count(Folio folio)
            {
                int mappings = Rmap.Walk(folio);
                return folio.IsKsm ? 0 : mappings;
            }
        """,
        """
            static int Count(Folio folio)
            {
                if (!folio.TryLock())
                    return 0;
                try
                {
                    int mappings = Rmap.Walk(folio);
                    return folio.IsKsm ? 0 : mappings;
                }
                finally
                {
                    folio.Unlock();
                }
            }
        """);

    [Fact]
    public Task Value_of_another_try_is_returned() => Fixes(
        """
            static int Count(Folio folio, Folio tail)
            {
                if (!tail.TryLock())
                    return 1;
                tail.Unlock();
                return Rmap.Walk(folio);
            }
        """,
        """
            static int Count(Folio folio, Folio tail)
            {
                if (!tail.TryLock())
                    return 1;
                tail.Unlock();
                if (!folio.TryLock())
                    return 1;
                try
                {
                    return Rmap.Walk(folio);
                }
                finally
                {
                    folio.Unlock();
                }
            }
        """);

    [Fact]
    public Task Two_walks_share_one_lock() => Fixes(
        """
            static bool Scan(Folio folio)
            {
                int first = Rmap.Walk(folio);
                int second = Rmap.Walk(folio);
                return first == second;
            }
        """,
        """
            static bool Scan(Folio folio)
            {
                if (!folio.TryLock())
                    return false;
                try
                {
                    int first = Rmap.Walk(folio);
                    int second = Rmap.Walk(folio);
                    return first == second;
                }
                finally
                {
                    folio.Unlock();
                }
            }
        """);

    [Fact]
    public Task Loop_goes_on_with_the_next() => Fixes(
        """
            static void Scan(System.Collections.Generic.List<Folio> folios)
            {
                foreach (Folio folio in folios)
                {
                    Rmap.Walk(folio);
                }
            }
        """,
        """
            static void Scan(System.Collections.Generic.List<Folio> folios)
            {
                foreach (Folio folio in folios)
                {
                    if (!folio.TryLock())
                        continue;
                    try
                    {
                        Rmap.Walk(folio);
                    }
                    finally
                    {
                        folio.Unlock();
                    }
                }
            }
        """);

    [Fact]
    public Task Statement_is_skipped_where_leaving_would_leak() => Fixes(
        """
            static void Scan(MmStruct mm, Folio folio)
            {
                mm.MmapLock.ReadLock();
                Rmap.Walk(folio);
                mm.MmapLock.ReadUnlock();
            }
        """,
        """
            static void Scan(MmStruct mm, Folio folio)
            {
                mm.MmapLock.ReadLock();
                if (folio.TryLock())
                {
                    try
                    {
                        Rmap.Walk(folio);
                    }
                    finally
                    {
                        folio.Unlock();
                    }
                }

                mm.MmapLock.ReadUnlock();
            }
        """);

    [Fact]
    public Task Shared_is_enough_for_a_reader() => Fixes(
        """
            static bool Find(MmStruct mm) => Check(mm);
            static bool Look(MmStruct mm)
            {
                return Look(mm, 0);
            }

            [MustHold("mm.MmapLock")] static bool Look(MmStruct mm, int depth) => depth == 0;
            static bool Check(MmStruct mm) => mm.PageTableLock != null;
        """,
        """
            static bool Find(MmStruct mm) => Check(mm);
            static bool Look(MmStruct mm)
            {
                if (!mm.MmapLock.TryReadLock())
                    return false;
                try
                {
                    return Look(mm, 0);
                }
                finally
                {
                    mm.MmapLock.ReadUnlock();
                }
            }

            [MustHold("mm.MmapLock")] static bool Look(MmStruct mm, int depth) => depth == 0;
            static bool Check(MmStruct mm) => mm.PageTableLock != null;
        """);

    [Fact]
    public async Task Other_names_get_the_same_fix() => await Verify.Fix(Renamed("""
                Store.Write(page);
        """), Renamed("""
                if (!page.Latch.Pin())
                    return;
                try
                {
                    Store.Write(page);
                }
                finally
                {
                    page.Latch.Unpin();
                }
        """), Key);

    [Fact]
    public Task No_try_in_the_needed_mode_offers_nothing() => OffersNothing("""
            static bool Look(MmStruct mm)
            {
                return Look(mm, 0); // MML1001
            }

            [MustHold("exclusive(mm.MmapLock)")] static bool Look(MmStruct mm, int depth) => depth == 0;
        """);

    [Fact]
    public Task Lock_of_what_a_call_returns_offers_nothing() => OffersNothing("""
            static void Clear(Func<Folio> next)
            {
                Rmap.Walk(next()); // MML2002
            }
        """);

    [Fact]
    public Task Result_without_a_value_for_nothing_done_offers_nothing() => OffersNothing("""
            static string Describe(Folio folio)
            {
                return Rmap.Walk(folio).ToString(); // MML2002
            }
        """);

    [Fact]
    public Task Promise_that_leaving_would_break_offers_nothing() => OffersNothing("""
            [MustHold("mm.PageTableLock"), Releases("mm.PageTableLock")] static int Clear(MmStruct mm, Folio folio)
            {
                int mappings = Rmap.Walk(folio); // MML2002
                Monitor.Exit(mm.PageTableLock);
                return mappings;
            }
        """);

    private static async Task Fixes(string before, string after) =>
        await Verify.Fix(FaultPath.Subject(before), FaultPath.Subject(after), Key).WithSource("Mm.cs", FaultPath.Source, FaultPath.Source);

    private static async Task OffersNothing(string members) => await Verify.OffersNo(Key, FaultPath.Subject(members)).WithSource("Mm.cs", FaultPath.Source, FaultPath.Source);

    private static string Renamed(string statements) => $$"""
        namespace Database;

        [Lock(LockKind.Mutex)] public sealed class Latch
        {
            [Acquires("this", When = "result", Try = true)] public extern bool Pin();
            [Releases("this")] public extern void Unpin();
        }
        public sealed class Page
        {
            public Latch Latch { get; } = new();
        }
        public static class Store
        {
            [MustHold("page.Latch")] public static extern void Write(Page page);

            public static void Flush(Page page)
            {
        {{statements}}
            }
        }
        """;
}
