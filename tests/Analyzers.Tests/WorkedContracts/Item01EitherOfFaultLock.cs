using System.Threading.Tasks;

namespace AnalyzerTests.WorkedContracts;

/// <summary>A fault runs under one of two locks, and a flag says which.</summary>
public sealed class Item01EitherOfFaultLock : WorkedContractTests
{
    [Fact]
    public Task PreparingWhereOnlyTheVmaLockMayBeHeld_Flags() => Flags("""
        [FaultHandler] static VmFault MapAnonymous(FaultContext vmf)
        {
          if (AnonVmaPrepare(vmf.Vma) != 0) return VmFault.Oom; // MML2001
          return MapZeroedPage(vmf);
        }
        """);

    [Fact]
    public Task RetryingUnderTheVmaLock_IsSilent() => Silent("""
        [FaultHandler] static VmFault MapAnonymous(FaultContext vmf)
        {
          if ((vmf.Flags & FaultFlag.VmaLock) != 0 && vmf.Vma.AnonVma == null) { VmaEndRead(vmf.Vma); return VmFault.Retry; }
          if (AnonVmaPrepare(vmf.Vma) != 0) return VmFault.Oom;
          return MapZeroedPage(vmf);
        }
        """);

    [Fact]
    public Task RetryingUnderTheOtherLock_Flags() => Flags("""
        [FaultHandler] static VmFault MapAnonymous(FaultContext vmf)
        {
          if ((vmf.Flags & (FaultFlag.VmaLock | FaultFlag.RetryNowait)) == 0 && vmf.Vma.AnonVma == null)
          {
            vmf.Vma.Mm.MmapLock.ReadUnlock();
            return VmFault.Retry;
          }
          if (AnonVmaPrepare(vmf.Vma) != 0) return VmFault.Oom; // MML2001
          return MapZeroedPage(vmf);
        }
        """);

    [Fact]
    public Task PassingTheFaultOn_IsSilent() => Silent("""
        [FaultHandler] static VmFault MapAnonymous(FaultContext vmf)
        {
          var ret = VmfAnonPrepare(vmf);
          if (ret != VmFault.None) return ret;
          return MapZeroedPage(vmf);
        }
        """);

    [Fact]
    public Task WhatIsNeededIsFoundWhateverItIsCalled_Flags() => Flags("""
        [MustHold("area.Mm.MmapLock", When = "area.AnonVma == null")] static extern int Gimme([Borrowed] VmArea area);
        [MustHold("fault.FaultLock")] static int Handle(FaultContext fault) => Gimme(fault.Vma); // MML2004
        """);
}
