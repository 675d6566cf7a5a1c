using System.Threading.Tasks;

namespace AnalyzerTests.WorkedContracts;

/// <summary>A lookup promises a VMA that is ready for anonymous pages.</summary>
public sealed class Item09PostconditionOfALookup : WorkedContractTests
{
    [Fact]
    public Task ReturningAnUncheckedVma_Flags() => Flags("""
        [MustHold("mm.Users"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
        [Acquires("shared(result.Lock)", When = "result != null"), Ensures("result.Mm == mm"), Ensures("result.IsShared || result.AnonVma != null")]
        static VmArea? UffdLockVma(MmStruct mm, ulong address)
        {
          var vma = LockVmaUnderRcu(mm, address);
          if (vma != null) return vma; // MML1015
          mm.MmapLock.ReadLock();
          vma = FindVmaAndPrepareAnon(mm, address);
          if (vma != null && !VmaStartReadLocked(vma)) vma = null;
          mm.MmapLock.ReadUnlock();
          return vma;
        }
        """);

    [Fact]
    public Task ReturningACheckedVma_IsSilent() => Silent("""
        [MustHold("mm.Users"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
        [Acquires("shared(result.Lock)", When = "result != null"), Ensures("result.Mm == mm"), Ensures("result.IsShared || result.AnonVma != null")]
        static VmArea? UffdLockVma(MmStruct mm, ulong address)
        {
          var vma = LockVmaUnderRcu(mm, address);
          if (vma != null && (vma.IsShared || vma.AnonVma != null)) return vma;
          if (vma != null) VmaEndRead(vma);
          mm.MmapLock.ReadLock();
          vma = FindVmaAndPrepareAnon(mm, address);
          if (vma != null && !VmaStartReadLocked(vma)) vma = null;
          mm.MmapLock.ReadUnlock();
          return vma;
        }
        """);

    [Fact]
    public Task FallingThroughWithTheUnfitVmaLocked_Flags() => Flags("""
        [MustHold("mm.Users"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
        [Acquires("shared(result.Lock)", When = "result != null"), Ensures("result.Mm == mm"), Ensures("result.IsShared || result.AnonVma != null")]
        static VmArea? UffdLockVma(MmStruct mm, ulong address)
        {
          var vma = LockVmaUnderRcu(mm, address);
          if (vma != null && (vma.IsShared || vma.AnonVma != null)) return vma;
          mm.MmapLock.ReadLock(); // MML1010
          vma = FindVmaAndPrepareAnon(mm, address);
          if (vma != null && !VmaStartReadLocked(vma)) vma = null;
          mm.MmapLock.ReadUnlock();
          return vma; // MML1006
        }
        """);
}
