using System.Threading.Tasks;

namespace AnalyzerTests.KernelRules;

/// <summary>MML2001: the need of a callee fails, and the callee names another member for callers without the lock.</summary>
public sealed class AlternativeExists : KernelRuleTests
{
    [Fact]
    public Task PreparedUnderTheLockOfAFault_Flags() => Flags("""
        [MustHold("vmf.FaultLock")] static int Handle(FaultContext vmf) => AnonVmaPrepare(vmf.Vma); // MML2001
        """);

    [Fact]
    public Task PreparedUnderTheLockOfOneVma_Flags() => Flags("""
        [MustHold("vma.Lock")] static int Handle(VmArea vma)
        {
            return AnonVmaPrepare(vma); // MML2001
        }
        """);

    [Fact]
    public Task PathOnWhichItIsMissing_IsSaid() => Says("""
        [MustHold("vmf.FaultLock")] static int Handle(FaultContext vmf) => AnonVmaPrepare(vmf.Vma); // MML2001
        """, "'AnonVmaPrepare' needs vmf.Vma.Mm.MmapLock, which is not held when vmf.FaultFlags has VmaLock; call VmfAnonPrepare instead");

    [Fact]
    public Task PreparedUnderTheLockOfTheWhole_IsSilent() => Silent("""
        [MustHold("vma.Mm.MmapLock")] static int Handle(VmArea vma) => AnonVmaPrepare(vma);
        """);

    [Fact]
    public Task PreparedWhereThereIsOneAlready_IsSilent() => Silent("""
        [MustHold("vma.Lock")] static int Handle(VmArea vma) => vma.AnonVma == null ? 1 : AnonVmaPrepare(vma);
        """);

    [Fact]
    public Task AlternativeCalled_IsSilent() => Silent("""
        [MustHold("vmf.FaultLock"), Releases("vmf.FaultLock", When = "(result & VmFault.Retry) != 0")] static VmFault Handle(FaultContext vmf) => VmfAnonPrepare(vmf);
        """);

    [Fact]
    public Task TriedLockOfTheWhole_IsSilent() => Silent("""
        [MustHold("vma.Lock")] static int Handle(VmArea vma)
        {
            if (!vma.Mm.MmapLock.TryReadLock()) return 1;
            int error = AnonVmaPrepare(vma);
            vma.Mm.MmapLock.ReadUnlock();
            return error;
        }
        """);

    [Fact]
    public Task CalleeWithoutAlternative_IsTheGeneralFinding() => Flags("""
        [MustHold("mm.MmapLock")] static extern void Plain(MmStruct mm);
        static void Run(MmStruct mm) => Plain(mm); // MML1001
        """);

    [Fact]
    public Task AlternativeForOtherArguments_IsTheGeneralFinding() => Flags("""
        [MustHold("mm.MmapLock"), UseInstead(nameof(Other), When = "deep")] static extern void Walk(MmStruct mm, bool deep);
        static extern void Other(MmStruct mm);
        static void Flat(MmStruct mm) => Walk(mm, false); // MML1001
        static void Deep(MmStruct mm) => Walk(mm, true); // MML2001
        """);
}
