using System.Threading.Tasks;

namespace AnalyzerTests.WorkedContracts;

/// <summary>Second locks of one class, and locks that another context ends.</summary>
public sealed class NestingAndOwnership : WorkedContractTests
{
    [Fact]
    public Task ChildLockedInsideItsParent_IsSilent() => Silent("""
        [MustHold("mm.MmapLock && child.Users"), Acquires("exclusive(child.MmapLock)", Inside = "mm.MmapLock"), MaySleep]
        static void LockChild(MmStruct mm, MmStruct child) => child.MmapLock.WriteLockNested(mm.MmapLock);
        """);

    [Fact]
    public Task ChildLockedPlainly_Flags() => Flags("""
        [MustHold("mm.MmapLock && child.Users"), Acquires("exclusive(child.MmapLock)", Inside = "mm.MmapLock"), MaySleep]
        static void LockChild(MmStruct mm, MmStruct child) => child.MmapLock.WriteLock(); // MML1011
        """);

    [Fact]
    public Task RequestTakesTheFolioLockOver_IsSilent() => Silent("""
        [MustHold("folio"), Releases("folio"), MaySleep] static ReadRequest SubmitRead(Folio folio) => new() { Folio = folio };
        """);

    [Fact]
    public Task FolioLockNeitherHandedOverNorReleased_Flags() => Flags("""
        [MustHold("folio"), Releases("folio"), MaySleep] static void SubmitRead(Folio folio)
        {
        } // MML1006
        """);

    [Fact]
    public Task UnlockingAfterTheHandOver_Flags() => Flags("""
        [MustHold("folio"), Releases("folio"), MaySleep] static ReadRequest SubmitRead(Folio folio)
        {
          var request = new ReadRequest { Folio = folio };
          folio.Unlock(); // MML1005
          return request;
        }
        """);

    [Fact]
    public Task AnotherContextEndsTheRead_IsSilent() => Silent("""
        public static void EndRead(ReadRequest request) => request.Folio.Unlock();
        """);
}
