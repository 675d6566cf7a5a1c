using System.Threading.Tasks;

namespace AnalyzerTests.KernelRules;

/// <summary>MML2004: with the lock of one part held, something is asked of the whole, or of another part.</summary>
public sealed class OnlyPartLocked : KernelRuleTests
{
    [Fact]
    public Task NeighbourUnderTheLockOfOneVma_Flags() => Flags("""
        [MustHold("vma.Lock")] static void Run(VmArea vma) => NextVma(vma); // MML2004
        """);

    [Fact]
    public Task TreeUnderTheLockOfOneVma_Flags() => Flags("""
        [MustHold("vma.Lock")] static VmaTree Run(VmArea vma) => vma.Mm.Vmas; // MML2004
        """);

    [Fact]
    public Task LookupUnderTheLockOfOneVma_Flags() => Flags("""
        static void Run(MmStruct mm, ulong address)
        {
            var vma = mm.LockVmaUnderRcu(address);
            if (vma == null) return;
            _ = mm.FindVma(address + 1); // MML2004
            vma.Lock.ReadUnlock();
        }
        """);

    [Fact]
    public Task LockThatIsHeld_IsSaid() => Says("""
        [MustHold("vma.Lock")] static void Run(VmArea vma) => NextVma(vma); // MML2004
        """, "'NextVma' needs vma.Mm.MmapLock, which is not held; vma.Lock is held, which is the lock of one part only");

    [Fact]
    public Task NeighbourUnderTheLockOfTheWhole_IsSilent() => Silent("""
        [MustHold("vma.Mm.MmapLock")] static void Run(VmArea vma) => NextVma(vma);
        """);

    [Fact]
    public Task OwnMembersUnderTheLockOfOneVma_IsSilent() => Silent("""
        [MustHold("vma.Lock")] static ulong Run(VmArea vma) => vma.End;
        """);

    [Fact]
    public Task BothLocks_IsSilent() => Silent("""
        [MustHold("vma.Lock && vma.Mm.MmapLock")] static void Run(VmArea vma) => NextVma(vma);
        """);

    [Fact]
    public Task WriteHoldImpliesTheWhole_IsSilent() => Silent("""
        [MustHold("exclusive(vma.Lock)")] static void Run(VmArea vma) => NextVma(vma);
        """);

    [Fact]
    public Task NoLockAtAll_IsTheGeneralFinding() => Flags("""
        static void Call(VmArea vma) => NextVma(vma); // MML1001
        static VmaTree Read(MmStruct mm) => mm.Vmas; // MML1008
        """);

    [Fact]
    public Task PartOfAnotherWhole_IsTheGeneralFinding() => Flags("""
        [MustHold("vma.Lock")] static VmaTree Run(VmArea vma, MmStruct mm) => mm.Vmas; // MML1008
        """);
}
