using System.Threading.Tasks;

namespace AnalyzerTests.KernelRules;

/// <summary>MML2011: a reference is not put on some path, or put twice.</summary>
public sealed class UnbalancedReference : KernelRuleTests
{
    [Fact]
    public Task NotPutOnOnePath_Flags() => Flags("""
        static bool Pin(MmStruct mm)
        {
            MmGet(mm);
            if (Coin()) return false; // MML2011
            MmPut(mm);
            return true;
        }
        """);

    [Fact]
    public Task PutTwice_Flags() => Flags("""
        static void Pin(MmStruct mm)
        {
            MmGet(mm);
            MmPut(mm);
            MmPut(mm); // MML2011
        }
        """);

    [Fact]
    public Task PutOfAnother_Flags() => Flags("""
        static void Pin(Folio folio, Folio other)
        {
            FolioGet(folio);
            FolioPut(other); // MML2011
        } // MML2011
        """);

    [Fact]
    public Task NotPutWhereItThrows_Flags() => Flags("""
        static void Pin(MmStruct mm)
        {
            MmGet(mm);
            if (Coin()) throw new InvalidOperationException(); // MML2011
            MmPut(mm);
        }
        """);

    [Fact]
    public Task PutOnEveryPath_IsSilent() => Silent("""
        static bool Pin(MmStruct mm)
        {
            MmGet(mm);
            try { return Coin(); }
            finally { MmPut(mm); }
        }
        """);

    [Fact]
    public Task GotWhereItWasNotZero_IsSilent() => Silent("""
        static void Pin(MmStruct mm)
        {
            if (!MmGetNotZero(mm)) return;
            MmPut(mm);
        }
        """);

    [Fact]
    public Task HandedToTheCaller_IsSilent() => Silent("""
        [Acquires("mm.Users", When = "result")] static bool Pin(MmStruct mm)
        {
            if (Coin()) return false;
            MmGet(mm);
            return true;
        }
        """);

    [Fact]
    public Task ThatOfTheCallerIsPut_IsSilent() => Silent("""
        [Releases("folio.Ref")] static void Drop(Folio folio) => FolioPut(folio);
        """);

    [Fact]
    public Task LockInstead_IsTheGeneralFinding() => Flags("""
        static void Take(Folio folio)
        {
            folio.LockFolio();
        } // MML1006
        static void Drop(Folio folio) => folio.UnlockFolio(); // MML1005
        """);
}
