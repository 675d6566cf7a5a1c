using System.Threading.Tasks;

namespace CodeFixTests;

/// <summary>A lock that stays held on some path is released on all of them.</summary>
public sealed class ReleaseAlwaysFixerTests
{
    private const string Key = "ReleaseAlwaysFixer";

    [Fact]
    public Task Early_return() => Fixes(
        """
            public static int Count(Folio folio)
            {
                folio.Lock();
                if (folio.IsKsm)
                    {|MML1006:return 0;|}
                int mappings = folio.IsAnonymous ? 1 : 2;
                folio.Unlock();
                return mappings;
            }
        """,
        """
            public static int Count(Folio folio)
            {
                folio.Lock();
                try
                {
                    if (folio.IsKsm)
                        return 0;
                    int mappings = folio.IsAnonymous ? 1 : 2;
                    return mappings;
                }
                finally
                {
                    folio.Unlock();
                }
            }
        """);

    [Fact]
    public Task Some_paths_release_already() => Fixes(
        """
            public static bool Clear(Folio folio, bool full)
            {
                if (!folio.TryLock())
                    return false;
                if (folio.IsKsm)
                {
                    folio.Unlock();
                    return false;
                }

                if (full)
                    throw new InvalidOperationException();
                folio.Unlock();
                return true;
            }
        """,
        """
            public static bool Clear(Folio folio, bool full)
            {
                if (!folio.TryLock())
                    return false;
                try
                {
                    if (folio.IsKsm)
                    {
                        return false;
                    }

                    if (full)
                        throw new InvalidOperationException();
                }
                finally
                {
                    folio.Unlock();
                }

                return true;
            }
        """);

    [Fact]
    public Task Never_released() => Fixes(
        """
            public static void Look(MmStruct mm)
            {
                mm.MmapLock.ReadLock();
                Visit(mm);
            }

            [MustHold("mm.MmapLock")] public static extern void Visit(MmStruct mm);
        """,
        """
            public static void Look(MmStruct mm)
            {
                mm.MmapLock.ReadLock();
                try
                {
                    Visit(mm);
                }
                finally
                {
                    mm.MmapLock.ReadUnlock();
                }
            }

            [MustHold("mm.MmapLock")] public static extern void Visit(MmStruct mm);
        """);

    [Fact]
    public async Task Promise_to_hold_on_one_path_offers_nothing() => await Verify.OffersNo(Key, FaultPath.Subject("""
            [Acquires("folio", When = "result")] public static bool Start(Folio folio)
            {
                folio.Lock();
                if (folio.IsKsm)
                    return false; // MML1006
                return true;
            }
        """)).WithSource("Mm.cs", FaultPath.Source, FaultPath.Source);

    private static async Task Fixes(string before, string after) =>
        await Verify.Fix(FaultPath.Subject(before), FaultPath.Subject(after), Key).WithSource("Mm.cs", FaultPath.Source, FaultPath.Source);
}
