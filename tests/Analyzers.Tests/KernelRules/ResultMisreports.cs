using System.Threading.Tasks;

namespace AnalyzerTests.KernelRules;

/// <summary>MML2006: what a member returns says one thing about the lock, and what it did to the lock says another.</summary>
public sealed class ResultMisreports : KernelRuleTests
{
    [Fact]
    public Task RetryWithTheLockHeld_Flags() => Flags("""
        [MustHold("vma.Lock"), Releases("vma.Lock", When = "(result & VmFault.Retry) != 0")] static VmFault Handle(VmArea vma)
        {
            return VmFault.Retry; // MML2006
        }
        """);

    [Fact]
    public Task SuccessAfterDroppingIt_Flags() => Flags("""
        [MustHold("vma.Lock"), Releases("vma.Lock", When = "(result & VmFault.Retry) != 0")] static VmFault Handle(VmArea vma)
        {
            vma.Lock.ReadUnlock();
            return VmFault.None; // MML2006
        }
        """);

    [Fact]
    public Task ResultOfACalleeReplaced_Flags() => Flags("""
        [MustHold("vmf.FaultLock"), Releases("vmf.FaultLock", When = "(result & VmFault.Retry) != 0")] static VmFault Handle(FaultContext vmf)
        {
            var ret = VmfAnonPrepare(vmf);
            if (ret != VmFault.None) return VmFault.Oom; // MML2006
            return ret;
        }
        """);

    [Fact]
    public Task WhatTheResultPromises_IsSaid() => Says("""
        [MustHold("vma.Lock"), Releases("vma.Lock", When = "!result")] static bool Keep(VmArea vma)
        {
            return false; // MML2006
        }
        """, "vma.Lock is still held; the contract of 'Keep' says it is released");

    [Fact]
    public Task RetryAfterDroppingIt_IsSilent() => Silent("""
        [MustHold("vma.Lock"), Releases("vma.Lock", When = "(result & VmFault.Retry) != 0")] static VmFault Handle(VmArea vma)
        {
            if (vma.AnonVma != null) return VmFault.None;
            vma.Lock.ReadUnlock();
            return VmFault.Retry;
        }
        """);

    [Fact]
    public Task ResultHandedOn_IsSilent() => Silent("""
        [MustHold("vmf.FaultLock"), Releases("vmf.FaultLock", When = "(result & VmFault.Retry) != 0")] static VmFault Handle(FaultContext vmf)
        {
            var ret = VmfAnonPrepare(vmf);
            return ret != VmFault.None ? ret : VmFault.Oom;
        }
        """);

    [Fact]
    public Task FailureWithTheLockKept_IsSilent() => Silent("""
        [MustHold("vma.Lock"), Releases("vma.Lock", When = "(result & VmFault.Retry) != 0")] static VmFault Handle(VmArea vma) => VmFault.Oom;
        """);

    [Fact]
    public Task ReleaseThatDependsOnNothing_IsTheGeneralFinding() => Flags("""
        [MustHold("vma.Lock"), Releases("vma.Lock")] static VmFault Handle(VmArea vma)
        {
            return VmFault.Retry; // MML1006
        }
        """);

    [Fact]
    public Task LockTakenHereAndKept_IsTheGeneralFinding() => Flags("""
        [MustHold("vma.Lock"), Releases("vma.Lock", When = "(result & VmFault.Retry) != 0")] static VmFault Handle(VmArea vma, Folio folio)
        {
            folio.LockFolio();
            return VmFault.None; // MML1006
        }
        """);
}
