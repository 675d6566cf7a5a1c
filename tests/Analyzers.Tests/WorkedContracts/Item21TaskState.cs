using System.Threading.Tasks;

namespace AnalyzerTests.WorkedContracts;

/// <summary>Nothing sleeps between announcing a sleep and taking it.</summary>
public sealed class Item21TaskState : WorkedContractTests
{
    [Fact]
    public Task SleepingBeforeSchedule_Flags() => Flags("""
        [MustHold("vmf.FaultLock"), MaySleep] static void WaitForUser(FaultContext vmf)
        {
          HugetlbLookup(vmf);
          Task.SetSleeping();
          HugetlbLookup(vmf); // MML1012
          Task.Schedule();
        }
        """);

    [Fact]
    public Task SleepingByScheduleOnly_IsSilent() => Silent("""
        [MustHold("vmf.FaultLock"), MaySleep] static void WaitForUser(FaultContext vmf)
        {
          HugetlbLookup(vmf);
          Task.SetSleeping();
          Task.Schedule();
        }
        """);

    [Fact]
    public Task NeverScheduling_Flags() => Flags("""
        public static void WaitForUser()
        {
          Task.SetSleeping();
        } // MML1006
        """);
}
