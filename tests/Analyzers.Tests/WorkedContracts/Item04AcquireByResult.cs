using System.Threading.Tasks;

namespace AnalyzerTests.WorkedContracts;

/// <summary>A lookup returns a locked VMA or null.</summary>
public sealed class Item04AcquireByResult : WorkedContractTests
{
    [Fact]
    public Task ReturningEarlyWithTheVmaLocked_Flags() => Flags("""
        [MustHold("mm.Users")] static bool IsMapped(MmStruct mm, ulong address)
        {
          var vma = LockVmaUnderRcu(mm, address);
          if (vma == null || !vma.IsShared) return false; // MML1006
          VmaEndRead(vma);
          return true;
        }
        """);

    [Fact]
    public Task ReturningEarlyWithoutAVma_IsSilent() => Silent("""
        [MustHold("mm.Users")] static bool IsMapped(MmStruct mm, ulong address)
        {
          var vma = LockVmaUnderRcu(mm, address);
          if (vma == null) return false;
          VmaEndRead(vma);
          return true;
        }
        """);

    [Fact]
    public Task UnlockingWhatMayBeNull_Flags() => Flags("""
        [MustHold("mm.Users")] static void Touch(MmStruct mm, ulong address)
        {
          var vma = LockVmaUnderRcu(mm, address);
          VmaEndRead(vma!); // MML1005
        }
        """);

    [Fact]
    public Task ForgettingTheResult_Flags() => Flags("""
        [MustHold("mm.Users")] static void Touch(MmStruct mm, ulong address)
        {
          LockVmaUnderRcu(mm, address); // MML1013
        }
        """);

    [Fact]
    public Task HandingTheLockedVmaOn_IsSilent() => Silent("""
        [MustHold("mm.Users"), Acquires("shared(result.Lock)", When = "result != null", Try = true)]
        static VmArea? Find(MmStruct mm, ulong address) => LockVmaUnderRcu(mm, address);
        """);
}
