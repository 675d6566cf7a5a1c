using System.Threading.Tasks;

namespace AnalyzerTests.WorkedContracts;

/// <summary>User memory is copied without the locks that its fault would take.</summary>
public sealed class Item22UserMemory : WorkedContractTests
{
    [Fact]
    public Task CopyingUnderAVmaLock_Flags() => Flags("""
        [MustHold("vma.Lock"), MaySleep] static int Fill(VmArea vma, Folio folio, ulong from)
        {
          return CopyFromUser(folio, from); // MML1007
        }
        """);

    [Fact]
    public Task CopyingWithPageFaultsOff_IsSilent() => Silent("""
        [MustHold("vma.Lock"), MaySleep] static int Fill(VmArea vma, Folio folio, ulong from)
        {
          Task.DisablePageFaults();
          int left = CopyFromUserAtomic(folio, from);
          Task.EnablePageFaults();
          return left;
        }
        """);

    [Fact]
    public Task CopyingAfterUnlocking_IsSilent() => Silent("""
        [Releases("shared(vma.Lock)"), MaySleep] static int Fill(VmArea vma, Folio folio, ulong from)
        {
          VmaEndRead(vma);
          return CopyFromUser(folio, from);
        }
        """);

    [Fact]
    public Task CopyingAtomicallyWithPageFaultsOn_Flags() => Flags("""
        [MustHold("vma.Lock"), MaySleep] static int Fill(VmArea vma, Folio folio, ulong from) => CopyFromUserAtomic(folio, from); // MML1001
        """);
}
