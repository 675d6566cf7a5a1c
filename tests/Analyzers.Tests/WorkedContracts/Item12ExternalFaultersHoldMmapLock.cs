using System.Threading.Tasks;

namespace AnalyzerTests.WorkedContracts;

/// <summary>Only the current task's own memory may be faulted in under a VMA lock.</summary>
public sealed class Item12ExternalFaultersHoldMmapLock : WorkedContractTests
{
    [Fact]
    public Task FaultingARemoteMm_Flags() => Flags("""
        [MustHold("remote.Users"), MaySleep] static VmFault FaultIn(MmStruct remote, ulong address)
        {
          var mm = remote;
          var vma = LockVmaUnderRcu(mm, address);
          if (vma == null) return VmFault.Retry;
          var ret = HandleMmFault(vma, address, FaultFlag.VmaLock); // MML2009
          if ((ret & VmFault.LockDropped) == 0) VmaEndRead(vma);
          return ret;
        }
        """);

    [Fact]
    public Task FaultingTheCurrentMm_IsSilent() => Silent("""
        [MaySleep] public static VmFault FaultIn(ulong address)
        {
          var mm = Task.CurrentMm;
          var vma = LockVmaUnderRcu(mm, address);
          if (vma == null) return VmFault.Retry;
          var ret = HandleMmFault(vma, address, FaultFlag.VmaLock);
          if ((ret & VmFault.LockDropped) == 0) VmaEndRead(vma);
          return ret;
        }
        """);

    [Fact]
    public Task ComparingWithTheCurrentMm_IsSilent() => Silent("""
        [MustHold("remote.Users"), MaySleep] static VmFault FaultIn(MmStruct remote, ulong address)
        {
          if (remote != Task.CurrentMm) return VmFault.Oom;
          var vma = LockVmaUnderRcu(remote, address);
          if (vma == null) return VmFault.Retry;
          var ret = HandleMmFault(vma, address, FaultFlag.VmaLock);
          if ((ret & VmFault.LockDropped) == 0) VmaEndRead(vma);
          return ret;
        }
        """);

    [Fact]
    public Task FaultingARemoteMmUnderMmapLock_IsSilent() => Silent("""
        [MustHold("remote.Users"), MaySleep] static VmFault FaultIn(MmStruct remote, ulong address)
        {
          remote.MmapLock.ReadLock();
          var vma = FindVma(remote, address);
          if (vma == null) { remote.MmapLock.ReadUnlock(); return VmFault.Oom; }
          var ret = HandleMmFault(vma, address, FaultFlag.Write);
          if ((ret & VmFault.LockDropped) == 0) remote.MmapLock.ReadUnlock();
          return ret;
        }
        """);
}
