using System.Threading.Tasks;

namespace AnalyzerTests.WorkedContracts;

/// <summary>The outer lock may only be tried while an inner one is held.</summary>
public sealed class Item05TryWhereBlockingIsIllegal : WorkedContractTests
{
    [Fact]
    public Task WaitingForTheOuterLock_Flags() => Flags("""
        [MustHold("vmf.FaultLock"), MaySleep]
        static VmFault Prepare(FaultContext vmf)
        {
          var vma = vmf.Vma;
          bool underVmaLock = (vmf.Flags & FaultFlag.VmaLock) != 0;
          if (underVmaLock) vma.Mm.MmapLock.ReadLock(); // MML1010
          int error = AnonVmaPrepare(vma);
          if (underVmaLock) vma.Mm.MmapLock.ReadUnlock();
          return error != 0 ? VmFault.Oom : VmFault.None;
        }
        """);

    [Fact]
    public Task TryingTheOuterLock_IsSilent() => Silent("""
        [MustHold("vmf.FaultLock"), MaySleep]
        static VmFault Prepare(FaultContext vmf)
        {
          var vma = vmf.Vma;
          bool underVmaLock = (vmf.Flags & FaultFlag.VmaLock) != 0;
          if (underVmaLock && !vma.Mm.MmapLock.TryReadLock()) return VmFault.Retry;
          int error = AnonVmaPrepare(vma);
          if (underVmaLock) vma.Mm.MmapLock.ReadUnlock();
          return error != 0 ? VmFault.Oom : VmFault.None;
        }
        """);

    [Fact]
    public Task KillableWaitIsAWaitToo_Flags() => Flags("""
        [MustHold("vma.Lock"), MaySleep] static int Grow(VmArea vma)
        {
          int error = vma.Mm.MmapLock.WriteLockKillable(); // MML1010
          if (error == 0) vma.Mm.MmapLock.WriteUnlock();
          return error;
        }
        """);
}
