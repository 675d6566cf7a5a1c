using System.Threading.Tasks;

namespace AnalyzerTests.KernelRules;

/// <summary>MML2005: a write lock that would end by itself is left out.</summary>
public sealed class PartNotWriteLocked : KernelRuleTests
{
    [Fact]
    public Task CopiedUnderTheLockOfTheWholeOnly_Flags() => Flags("""
        [MustHold("exclusive(vma.Mm.MmapLock)")] static void Dup(VmArea vma) => CopyPageRange(vma); // MML2005
        """);

    [Fact]
    public Task SkippedForASingleUser_Flags() => Flags("""
        [MustHold("exclusive(vma.Mm.MmapLock)")] static void Dup(VmArea vma)
        {
            if (Volatile.Read(ref vma.Mm.UserCount) > 1) VmaStartWrite(vma);
            CopyPageRange(vma); // MML2005
        }
        """);

    [Fact]
    public Task OnlyReadLocked_Flags() => Flags("""
        [MustHold("vma.Lock")] static void Dup(VmArea vma) => CopyPageRange(vma); // MML2005
        """);

    [Fact]
    public Task SkippingCondition_IsSaid() => Says("""
        [MustHold("exclusive(vma.Mm.MmapLock)")] static void Dup(VmArea vma, bool alone)
        {
            if (!alone) VmaStartWrite(vma);
            CopyPageRange(vma); // MML2005
        }
        """, "'CopyPageRange' needs exclusive(vma.Lock), which is not held when alone; once taken it lasts until vma.Mm.MmapLock is released");

    [Fact]
    public Task WriteLocked_IsSilent() => Silent("""
        [MustHold("exclusive(vma.Mm.MmapLock)")] static void Dup(VmArea vma)
        {
            VmaStartWrite(vma);
            CopyPageRange(vma);
        }
        """);

    [Fact]
    public Task WriteLockedOnBothPaths_IsSilent() => Silent("""
        [MustHold("exclusive(vma.Mm.MmapLock)")] static void Dup(VmArea vma, bool early)
        {
            if (early) VmaStartWrite(vma); else { VmaStartWrite(vma); }
            CopyPageRange(vma);
        }
        """);

    [Fact]
    public Task WriteLockedByTheCaller_IsSilent() => Silent("""
        [MustHold("exclusive(vma.Lock)")] static void Dup(VmArea vma) => CopyPageRange(vma);
        """);

    [Fact]
    public Task LockThatIsBoundToNone_IsTheGeneralFinding() => Flags("""
        [MustHold("exclusive(mm.MmapLock)")] static extern void Plain(MmStruct mm);
        static void Run(MmStruct mm) => Plain(mm); // MML1001
        [MustHold("mm.MmapLock")] static void Shared(MmStruct mm) => Plain(mm); // MML1002
        """);
}
