using System.Threading.Tasks;

namespace AnalyzerTests.WorkedContracts;

/// <summary>The inner layer leaves unlocking to the outer one, and a helper's Ensures carries the reason across.</summary>
public sealed class Item03TwoLayers : WorkedContractTests
{
    [Fact]
    public Task InnerLayerTriesTheOuterLock_IsSilent() => Silent("""
        [MustHold("vmf.FaultLock"), MaySleep, Ensures("vmf.Vma.AnonVma != null", When = "result == VmFault.None")]
        [Ensures("(vmf.Flags & FaultFlag.VmaLock) != 0", When = "(result & VmFault.Retry) != 0"), Ensures("(result & VmFault.Completed) == 0")]
        static VmFault VmfAnonPrepareInner(FaultContext vmf)
        {
          var vma = vmf.Vma;
          if (vma.AnonVma != null) return VmFault.None;
          bool underVmaLock = (vmf.Flags & FaultFlag.VmaLock) != 0;
          if (underVmaLock && !vma.Mm.MmapLock.TryReadLock()) return VmFault.Retry;
          int error = AnonVmaPrepare(vma);
          if (underVmaLock) vma.Mm.MmapLock.ReadUnlock();
          return error != 0 ? VmFault.Oom : VmFault.None;
        }
        """);

    [Fact]
    public Task OuterLayerUnlocksOnRetry_IsSilent() => Silent("""
        [FaultHandler, Ensures("vmf.Vma.AnonVma != null", When = "result == VmFault.None")] static VmFault VmfAnonPrepare(FaultContext vmf)
        {
          var ret = VmfAnonPrepareInner(vmf);
          if ((ret & VmFault.Retry) != 0) VmaEndRead(vmf.Vma);
          return ret;
        }
        """);

    [Fact]
    public Task HandlerCallsTheInnerLayer_Flags() => Flags("""
        [FaultHandler] static VmFault CowAnonymous(FaultContext vmf)
        {
          var ret = VmfAnonPrepareInner(vmf);
          if (ret != VmFault.None) return ret; // MML2006
          return MapZeroedPage(vmf);
        }
        """);

    [Fact]
    public Task HandlerCallsTheOuterLayer_IsSilent() => Silent("""
        [FaultHandler] static VmFault CowAnonymous(FaultContext vmf)
        {
          var ret = VmfAnonPrepare(vmf);
          if (ret != VmFault.None) return ret;
          return MapZeroedPage(vmf);
        }
        """);

    [Fact]
    public Task InnerLayerForgetsToUnlockOnError_Flags() => Flags("""
        [MustHold("vmf.FaultLock"), MaySleep]
        static VmFault Prepare(FaultContext vmf)
        {
          var vma = vmf.Vma;
          bool underVmaLock = (vmf.Flags & FaultFlag.VmaLock) != 0;
          if (underVmaLock && !vma.Mm.MmapLock.TryReadLock()) return VmFault.Retry;
          int error = AnonVmaPrepare(vma);
          if (error != 0) return VmFault.Oom; // MML1006
          if (underVmaLock) vma.Mm.MmapLock.ReadUnlock();
          return VmFault.None;
        }
        """);
}
