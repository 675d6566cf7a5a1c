using System.Threading.Tasks;

namespace AnalyzerTests.WorkedContracts;

/// <summary>A killable acquire that fails undoes its first half.</summary>
public sealed class Item28FailedAcquireLeavesNothing : WorkedContractTests
{
    [Fact]
    public Task FailingWithReadersExcluded_Flags() => Flags("""
        [MustHold("exclusive(vma.Mm.MmapLock)"), Acquires("exclusive(vma.Lock)", When = "result == 0", Idempotent = true), MaySleep]
        static int VmaStartWriteKillable([Borrowed] VmArea vma)
        {
          vma.Lock.ExcludeReaders();
          int error = vma.Lock.WaitForReadersKillable();
          if (error != 0) return error; // MML1006
          vma.Lock.MarkWriteLocked();
          vma.Lock.ReadmitReaders();
          return 0;
        }
        """);

    [Fact]
    public Task FailingWithReadersReadmitted_IsSilent() => Silent("""
        [MustHold("exclusive(vma.Mm.MmapLock)"), Acquires("exclusive(vma.Lock)", When = "result == 0", Idempotent = true), MaySleep]
        static int VmaStartWriteKillable([Borrowed] VmArea vma)
        {
          vma.Lock.ExcludeReaders();
          int error = vma.Lock.WaitForReadersKillable();
          if (error != 0) { vma.Lock.ReadmitReaders(); return error; }
          vma.Lock.MarkWriteLocked();
          vma.Lock.ReadmitReaders();
          return 0;
        }
        """);

    [Fact]
    public Task ReportingSuccessWithoutTheLock_Flags() => Flags("""
        [MustHold("exclusive(vma.Mm.MmapLock)"), Acquires("exclusive(vma.Lock)", When = "result == 0", Idempotent = true), MaySleep]
        static int VmaStartWriteKillable([Borrowed] VmArea vma)
        {
          vma.Lock.ExcludeReaders();
          int error = vma.Lock.WaitForReadersKillable();
          if (error == 0) vma.Lock.MarkWriteLocked();
          vma.Lock.ReadmitReaders();
          return 0; // MML1006
        }
        """);
}
