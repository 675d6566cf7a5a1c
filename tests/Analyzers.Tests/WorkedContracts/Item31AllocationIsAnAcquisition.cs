using System.Threading.Tasks;

namespace AnalyzerTests.WorkedContracts;

/// <summary>What may reclaim memory may take what reclaim takes.</summary>
public sealed class Item31AllocationIsAnAcquisition : WorkedContractTests
{
    [Fact]
    public Task AllocatedUnderTheLockThatReclaimTakes_Flags() => Flags("""
        [TakesRmap] static extern AnonVma Allocate();
        [MustHold("exclusive(anon.Lock)"), MaySleep] static AnonVma Split(AnonVma anon) => Allocate(); // MML1007
        """);

    [Fact]
    public Task AllocatedUnderASpinlock_Flags() => Flags("""
        [TakesRmap] static extern AnonVma Allocate();
        [MaySleep] static void Fill(SpinLock gate)
        {
          gate.Lock();
          Allocate(); // MML1012
          gate.Unlock();
        }
        """);

    [Fact]
    public Task AllocatedBeforeTheLock_IsSilent() => Silent("""
        [TakesRmap] static extern AnonVma Allocate();
        [MustNotHold("AnonVma.Rwsem || AddressSpace.ImapLock"), MaySleep] static AnonVma Split(AnonVma anon)
        {
          var half = Allocate();
          anon.Lock.WriteLock();
          anon.NumActiveVmas--;
          anon.Lock.WriteUnlock();
          return half;
        }
        """);
}
