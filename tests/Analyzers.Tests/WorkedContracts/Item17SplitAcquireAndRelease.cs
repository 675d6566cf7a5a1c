using System.Threading.Tasks;

namespace AnalyzerTests.WorkedContracts;

/// <summary>One function takes a set of locks that depends on the object, another gives it back.</summary>
public sealed class Item17SplitAcquireAndRelease : WorkedContractTests
{
    [Fact]
    public Task TakingTheSet_IsSilent() => Silent("""
        [MustHold("exclusive(vma.Lock)"), Acquires("exclusive(vma.RmapLocks)"), TakesRmap] static void TakeRmapLocks(VmArea vma)
        {
          if (vma.File != null) vma.File.Mapping.ImapLock.WriteLock();
          if (vma.AnonVma != null) vma.AnonVma.Lock.WriteLock();
        }
        """);

    [Fact]
    public Task TakingHalfOfTheSet_Flags() => Flags("""
        [MustHold("exclusive(vma.Lock)"), Acquires("exclusive(vma.RmapLocks)"), TakesRmap] static void TakeRmapLocks(VmArea vma)
        {
          if (vma.File != null) vma.File.Mapping.ImapLock.WriteLock();
        } // MML1006
        """);

    [Fact]
    public Task ChangingWhatNamesAHeldLock_Flags() => Flags("""
        [MustHold("exclusive(vma.Lock)"), TakesRmap] static void MoveStart(VmArea vma, AnonVma copy, ulong start)
        {
          TakeRmapLocks(vma);
          vma.AnonVma = copy; // MML1017
          vma.Start = start;
          DropRmapLocks(vma);
        }
        """);

    [Fact]
    public Task ChangingItAfterwards_IsSilent() => Silent("""
        [MustHold("exclusive(vma.Lock)"), TakesRmap] static void MoveStart(VmArea vma, AnonVma copy, ulong start)
        {
          TakeRmapLocks(vma);
          vma.Start = start;
          DropRmapLocks(vma);
          vma.AnonVma = copy;
        }
        """);

    [Fact]
    public Task WritingWithoutTheSet_Flags() => Flags("""
        [MustHold("exclusive(vma.Lock)")] static void MoveStart(VmArea vma, ulong start)
        {
          vma.Start = start; // MML1009
        }
        """);
}
