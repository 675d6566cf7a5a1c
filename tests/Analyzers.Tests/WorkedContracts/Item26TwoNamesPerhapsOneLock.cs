using System.Threading.Tasks;

namespace AnalyzerTests.WorkedContracts;

/// <summary>Two page tables may share one lock, and two locks have an order.</summary>
public sealed class Item26TwoNamesPerhapsOneLock : WorkedContractTests
{
    [Fact]
    public Task LockingBothBlindly_Flags() => Flags("""
        [Acquires("first"), Acquires("second", When = "first != second")] static void DoublePtLock(PageTableLock first, PageTableLock second)
        {
          first.Lock();
          second.Lock(); // MML1011
        }
        """);

    [Fact]
    public Task LockingByAscendingOrder_IsSilent() => Silent("""
        [Acquires("first"), Acquires("second", When = "first != second")] static void DoublePtLock(PageTableLock first, PageTableLock second)
        {
          if (first == second) first.Lock();
          else if (first.Order < second.Order) { first.Lock(); second.Lock(); }
          else { second.Lock(); first.Lock(); }
        }
        """);

    [Fact]
    public Task LockingByDescendingOrder_Flags() => Flags("""
        [Acquires("first"), Acquires("second", When = "first != second")] static void DoublePtLock(PageTableLock first, PageTableLock second)
        {
          if (first == second) first.Lock();
          else if (first.Order < second.Order) { second.Lock(); first.Lock(); } // MML1011
          else { second.Lock(); first.Lock(); }
        }
        """);
}
