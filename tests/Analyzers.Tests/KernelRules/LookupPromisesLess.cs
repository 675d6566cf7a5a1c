using System.Threading.Tasks;

namespace AnalyzerTests.KernelRules;

/// <summary>MML2003: what was looked up and came back locked is used for something that needs a fact besides.</summary>
public sealed class LookupPromisesLess : KernelRuleTests
{
    [Fact]
    public Task FilledWithoutATest_Flags() => Flags("""
        static void Fill(MmStruct mm, ulong address)
        {
            var vma = mm.LockVmaUnderRcu(address);
            if (vma == null) return;
            InstallPage(vma); // MML2003
            vma.Lock.ReadUnlock();
        }
        """);

    [Fact]
    public Task TestOfSomethingElse_Flags() => Flags("""
        static void Fill(MmStruct mm, ulong address)
        {
            var vma = mm.LockVmaUnderRcu(address);
            if (vma == null) return;
            if (vma.End != 0) InstallPage(vma); // MML2003
            vma.Lock.ReadUnlock();
        }
        """);

    [Fact]
    public Task TestedTheWrongWayRound_Flags() => Flags("""
        static void Fill(MmStruct mm, ulong address)
        {
            var vma = mm.LockVmaUnderRcu(address);
            if (vma == null) return;
            if (!vma.IsShared && vma.AnonVma == null) InstallPage(vma); // MML2003
            vma.Lock.ReadUnlock();
        }
        """);

    [Fact]
    public Task LookupThatPromisesTooLittle_IsNamed() => Says("""
        static void Fill(MmStruct mm, ulong address)
        {
            var vma = mm.LockVmaUnderRcu(address);
            if (vma == null) return;
            InstallPage(vma); // MML2003
            vma.Lock.ReadUnlock();
        }
        """, "'InstallPage' requires vma.IsShared || vma.AnonVma != null, which is not known here; 'LockVmaUnderRcu' returns it locked and promises no more than that");

    [Fact]
    public Task Tested_IsSilent() => Silent("""
        static void Fill(MmStruct mm, ulong address)
        {
            var vma = mm.LockVmaUnderRcu(address);
            if (vma == null) return;
            if (vma.IsShared || vma.AnonVma != null) InstallPage(vma);
            vma.Lock.ReadUnlock();
        }
        """);

    [Fact]
    public Task LeftWhereItIsPrivateWithoutOne_IsSilent() => Silent("""
        static bool Fill(MmStruct mm, ulong address)
        {
            var vma = mm.LockVmaUnderRcu(address);
            if (vma == null) return false;
            bool usable = vma.IsShared || vma.AnonVma != null;
            if (usable) InstallPage(vma);
            vma.Lock.ReadUnlock();
            return usable;
        }
        """);

    [Fact]
    public Task KnownFromTheKindOfMapping_IsSilent() => Silent("""
        static void Fill(MmStruct mm, ulong address)
        {
            if (mm.LockVmaUnderRcu(address) is not { } vma) return;
            if (vma.IsShared) InstallPage(vma);
            vma.Lock.ReadUnlock();
        }
        """);

    [Fact]
    public Task ParameterThatIsLocked_IsTheGeneralFinding() => Flags("""
        [MustHold("vma.Lock")] static void Fill(VmArea vma) => InstallPage(vma); // MML1015
        """);

    [Fact]
    public Task LookupThatLocksNothing_IsTheGeneralFinding() => Flags("""
        [MustHold("mm.MmapLock")] static void Fill(MmStruct mm, ulong address)
        {
            var vma = mm.FindVma(address);
            if (vma == null || !vma.Lock.TryReadLock()) return;
            InstallPage(vma); // MML1015
            vma.Lock.ReadUnlock();
        }
        """);
}
