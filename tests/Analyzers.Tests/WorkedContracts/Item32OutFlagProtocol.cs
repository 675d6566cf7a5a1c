using System.Threading.Tasks;

namespace AnalyzerTests.WorkedContracts;

/// <summary>An out parameter says whether the lock is still held, and the body is held to it.</summary>
public sealed class Item32OutFlagProtocol : WorkedContractTests
{
    [Fact]
    public Task FlagSaysHeldAfterTheRelease_Flags() => Flags("""
        [MustHold("mm.MmapLock"), Releases("shared(mm.MmapLock)", When = "!locked")] static long Pin(MmStruct mm, bool slow, out bool locked)
        {
          locked = true;
          if (slow) mm.MmapLock.ReadUnlock();
          return 0; // MML1006
        }
        """);

    [Fact]
    public Task FlagSaysGoneAfterTheRelease_IsSilent() => Silent("""
        [MustHold("mm.MmapLock"), Releases("shared(mm.MmapLock)", When = "!locked")] static long Pin(MmStruct mm, bool slow, out bool locked)
        {
          locked = true;
          if (slow)
          {
            mm.MmapLock.ReadUnlock();
            locked = false;
          }
          return 0;
        }
        """);

    [Fact]
    public Task FlagPassedOn_IsSilent() => Silent("""
        [MustHold("mm.MmapLock"), Releases("mm.MmapLock", When = "!locked"), MaySleep]
        static long PinOne(MmStruct mm, ulong start, out bool locked) => GetUserPages(mm, start, 1, out locked);
        """);

    [Fact]
    public Task CallerUnlocksUnlessTheFlagIsSet_Flags() => Flags("""
        [MustHold("mm.Users"), MaySleep] static void PinOne(MmStruct mm)
        {
          mm.MmapLock.ReadLock();
          GetUserPages(mm, 0, 1, out bool locked);
          if (!locked)
            mm.MmapLock.ReadUnlock(); // MML1005
        } // MML1006
        """);
}
