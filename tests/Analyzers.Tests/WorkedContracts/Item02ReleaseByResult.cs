using System.Threading.Tasks;

namespace AnalyzerTests.WorkedContracts;

/// <summary>Bits of the result say whether the callee dropped the lock.</summary>
public sealed class Item02ReleaseByResult : WorkedContractTests
{
    [Fact]
    public Task TestingOneOfTheTwoBits_Flags() => Flags("""
        [MustHold("vma.Lock"), Releases("vma.Lock"), Requires("vma.Mm == Task.CurrentMm"), MaySleep]
        static VmFault UserFault(VmArea vma, ulong address)
        {
          var ret = HandleMmFault(vma, address, FaultFlag.VmaLock);
          if ((ret & VmFault.Retry) == 0) VmaEndRead(vma); // MML1005
          return ret;
        }
        """);

    [Fact]
    public Task TestingBothBits_IsSilent() => Silent("""
        [MustHold("vma.Lock"), Releases("vma.Lock"), Requires("vma.Mm == Task.CurrentMm"), MaySleep]
        static VmFault UserFault(VmArea vma, ulong address)
        {
          var ret = HandleMmFault(vma, address, FaultFlag.VmaLock);
          if ((ret & VmFault.LockDropped) == 0) VmaEndRead(vma);
          return ret;
        }
        """);

    [Fact]
    public Task TestingTheBitsOneAfterTheOther_IsSilent() => Silent("""
        [MustHold("vma.Lock"), Releases("vma.Lock"), Requires("vma.Mm == Task.CurrentMm"), MaySleep]
        static VmFault UserFault(VmArea vma, ulong address)
        {
          var ret = HandleMmFault(vma, address, FaultFlag.VmaLock);
          if ((ret & VmFault.Retry) != 0) return ret;
          if ((ret & VmFault.Completed) == 0) VmaEndRead(vma);
          return ret;
        }
        """);

    [Fact]
    public Task NeverUnlocking_Flags() => Flags("""
        [MustHold("vma.Lock"), Releases("vma.Lock"), Requires("vma.Mm == Task.CurrentMm"), MaySleep]
        static VmFault UserFault(VmArea vma, ulong address)
        {
          var ret = HandleMmFault(vma, address, FaultFlag.VmaLock);
          return ret; // MML1006
        }
        """);
}
