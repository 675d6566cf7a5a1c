using System.Threading.Tasks;

namespace AnalyzerTests.KernelRules;

/// <summary>MML2007: a value from before a lock was dropped is used after the lock has been taken again.</summary>
public sealed class NotLookedUpAgain : KernelRuleTests
{
    [Fact]
    public Task UsedAfterRelock_Flags() => Flags("""
        static ulong Run(MmStruct mm)
        {
            mm.MmapLock.ReadLock();
            var vma = mm.FindVma(0);
            mm.MmapLock.ReadUnlock();
            mm.MmapLock.ReadLock();
            ulong end = vma != null ? vma.End : 0; // MML2007
            mm.MmapLock.ReadUnlock();
            return end;
        }
        """);

    [Fact]
    public Task UsedAfterRelockOnOnePath_Flags() => Flags("""
        static ulong Run(MmStruct mm)
        {
            mm.MmapLock.ReadLock();
            var vma = mm.FindVma(0);
            if (Coin()) { mm.MmapLock.ReadUnlock(); mm.MmapLock.ReadLock(); }
            ulong end = vma != null ? vma.End : 0; // MML2007
            mm.MmapLock.ReadUnlock();
            return end;
        }
        """);

    [Fact]
    public Task RetakenInAnotherMode_Flags() => Flags("""
        static void Run(MmStruct mm)
        {
            mm.MmapLock.ReadLock();
            var vma = mm.FindVma(0);
            mm.MmapLock.ReadUnlock();
            mm.MmapLock.WriteLock();
            if (vma != null) VmaStartWrite(vma); // MML2007
            mm.MmapLock.WriteUnlock();
        }
        """);

    [Fact]
    public Task LookedUpAgain_IsSilent() => Silent("""
        static ulong Run(MmStruct mm)
        {
            mm.MmapLock.ReadLock();
            var vma = mm.FindVma(0);
            if (Coin()) { mm.MmapLock.ReadUnlock(); mm.MmapLock.ReadLock(); vma = mm.FindVma(0); }
            ulong end = vma != null ? vma.End : 0;
            mm.MmapLock.ReadUnlock();
            return end;
        }
        """);

    [Fact]
    public Task OnlyCompared_IsSilent() => Silent("""
        static bool Run(MmStruct mm)
        {
            mm.MmapLock.ReadLock();
            var before = mm.FindVma(0);
            mm.MmapLock.ReadUnlock();
            mm.MmapLock.ReadLock();
            bool same = before == mm.FindVma(0);
            mm.MmapLock.ReadUnlock();
            return same;
        }
        """);

    [Fact]
    public Task KeptByItsOwnLock_IsSilent() => Silent("""
        static ulong Run(MmStruct mm)
        {
            mm.MmapLock.ReadLock();
            var vma = mm.FindVma(0);
            if (vma == null || !vma.Lock.TryReadLock()) { mm.MmapLock.ReadUnlock(); return 0; }
            mm.MmapLock.ReadUnlock();
            ulong end = vma.End;
            vma.Lock.ReadUnlock();
            return end;
        }
        """);

    [Fact]
    public Task UsedWhileTheLockIsFree_IsTheGeneralFinding() => Flags("""
        static bool Run(MmStruct mm)
        {
            mm.MmapLock.ReadLock();
            var vma = mm.FindVma(0);
            mm.MmapLock.ReadUnlock();
            return vma != null && vma.IsShared; // MML1014
        }
        """);
}
