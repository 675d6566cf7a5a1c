using System.Threading.Tasks;

namespace AnalyzerTests.WorkedContracts;

/// <summary>VMA write locks end with the write hold of mmap_lock.</summary>
public sealed class Item18ImplicitBulkRelease : WorkedContractTests
{
    [Fact]
    public Task WritingAfterMmapLockIsGone_Flags() => Flags("""
        [MustHold("exclusive(vma.Mm.MmapLock)"), Releases("vma.Mm.MmapLock"), MaySleep] static void Seal(VmArea vma)
        {
          VmaStartWrite(vma);
          vma.Flags |= VmFlags.Sealed;
          vma.Mm.MmapLock.WriteUnlock();
          vma.Flags &= ~VmFlags.Write; // MML1009
        }
        """);

    [Fact]
    public Task WritingBeforeMmapLockIsGone_IsSilent() => Silent("""
        [MustHold("exclusive(vma.Mm.MmapLock)"), Releases("vma.Mm.MmapLock"), MaySleep] static void Seal(VmArea vma)
        {
          VmaStartWrite(vma);
          vma.Flags |= VmFlags.Sealed;
          vma.Mm.MmapLock.WriteUnlock();
        }
        """);

    [Fact]
    public Task WritingAfterADowngrade_Flags() => Flags("""
        [MustHold("exclusive(vma.Mm.MmapLock)"), Downgrades("vma.Mm.MmapLock"), MaySleep] static void Seal(VmArea vma)
        {
          VmaStartWrite(vma);
          vma.Mm.MmapLock.DowngradeWrite();
          vma.Flags |= VmFlags.Sealed; // MML1009
        }
        """);

    [Fact]
    public Task LeavingTheWriteLockToMmapLock_IsSilent() => Silent("""
        [MustHold("exclusive(vma.Mm.MmapLock)"), MaySleep] static void Seal(VmArea vma)
        {
          VmaStartWrite(vma);
          vma.Flags |= VmFlags.Sealed;
        }
        """);
}
