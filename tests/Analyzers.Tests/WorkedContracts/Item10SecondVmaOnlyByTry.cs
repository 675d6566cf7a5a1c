using System.Threading.Tasks;

namespace AnalyzerTests.WorkedContracts;

/// <summary>While one VMA is read-locked another one may only be tried.</summary>
public sealed class Item10SecondVmaOnlyByTry : WorkedContractTests
{
    [Fact]
    public Task WaitingForMmapLockFirst_Flags() => Flags("""
        [MustHold("first.Lock && mm.Users"), Requires("first.Mm == mm"), MaySleep]
        [Acquires("shared(result.Lock)", When = "result != null", Try = true)]
        static VmArea? LockSecond(MmStruct mm, VmArea first, ulong address)
        {
          mm.MmapLock.ReadLock(); // MML1010
          mm.MmapLock.ReadUnlock();
          return LockVmaUnderRcu(mm, address);
        }
        """);

    [Fact]
    public Task TryingTheSecond_IsSilent() => Silent("""
        [MustHold("first.Lock && mm.Users"), Requires("first.Mm == mm"), MaySleep]
        [Acquires("shared(result.Lock)", When = "result != null", Try = true)]
        static VmArea? LockSecond(MmStruct mm, VmArea first, ulong address) => LockVmaUnderRcu(mm, address);
        """);
}
