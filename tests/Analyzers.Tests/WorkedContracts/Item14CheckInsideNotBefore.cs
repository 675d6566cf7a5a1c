using System.Threading.Tasks;

namespace AnalyzerTests.WorkedContracts;

/// <summary>A fact that was read without the lock is no fact under it.</summary>
public sealed class Item14CheckInsideNotBefore : WorkedContractTests
{
    [Fact]
    public Task CheckingBeforeTheLock_Flags() => Flags("""
        [Requires("vma.Mm == mm"), MustHold("mm.Users"), MaySleep] static void Collapse(MmStruct mm, VmArea vma)
        {
          if (Volatile.Read(ref vma.AnonVma) == null) return;
          mm.MmapLock.WriteLock();
          CollapseRange(vma); // MML1015
          mm.MmapLock.WriteUnlock();
        }
        """);

    [Fact]
    public Task CheckingUnderTheLock_IsSilent() => Silent("""
        [Requires("vma.Mm == mm"), MustHold("mm.Users"), MaySleep] static void Collapse(MmStruct mm, VmArea vma)
        {
          mm.MmapLock.WriteLock();
          if (vma.AnonVma != null) CollapseRange(vma);
          mm.MmapLock.WriteUnlock();
        }
        """);

    [Fact]
    public Task CheckingUnderAnEarlierHold_Flags() => Flags("""
        [Requires("vma.Mm == mm"), MustHold("mm.Users"), MaySleep] static void Collapse(MmStruct mm, VmArea vma)
        {
          mm.MmapLock.ReadLock();
          bool isAnonymous = vma.AnonVma != null;
          mm.MmapLock.ReadUnlock();
          if (!isAnonymous) return;
          mm.MmapLock.WriteLock();
          CollapseRange(vma); // MML1015
          mm.MmapLock.WriteUnlock();
        }
        """);
}
