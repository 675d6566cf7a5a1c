using System.Threading.Tasks;

namespace AnalyzerTests.WorkedContracts;

/// <summary>Fork copies page tables only under the source VMA's write lock.</summary>
public sealed class Item11NoExemptionWithoutProof : WorkedContractTests
{
    [Fact]
    public Task SkippingTheLockForASingleUser_Flags() => Flags("""
        [MustHold("exclusive(source.Mm.MmapLock)"), MaySleep] static int ForkOne([Fresh, Borrowed] VmArea target, VmArea source)
        {
          if (Volatile.Read(ref source.Mm.UsersCount) > 1) VmaStartWrite(source);
          return CopyPageRange(target, source); // MML2005
        }
        """);

    [Fact]
    public Task LockingAlways_IsSilent() => Silent("""
        [MustHold("exclusive(source.Mm.MmapLock)"), MaySleep] static int ForkOne([Fresh, Borrowed] VmArea target, VmArea source)
        {
          int error = VmaStartWriteKillable(source);
          if (error != 0) return error;
          return CopyPageRange(target, source);
        }
        """);

    [Fact]
    public Task GoingOnAfterAFailedLock_Flags() => Flags("""
        [MustHold("exclusive(source.Mm.MmapLock)"), MaySleep] static int ForkOne([Fresh, Borrowed] VmArea target, VmArea source)
        {
          int error = VmaStartWriteKillable(source);
          int copied = CopyPageRange(target, source); // MML2005
          return error != 0 ? error : copied;
        }
        """);

    [Fact]
    public Task TokenThatExcludesNobody_Flags() => FlagsTypes("""
        public sealed partial class MmStruct
        {
          [Lock(Section), ReleasedWith("MmapLock", LockMode.Exclusive), ProofOf("exclusive(VmArea.Lock)")]
          public LockName SoleUser => default; // MML0006
        }
        """);
}
