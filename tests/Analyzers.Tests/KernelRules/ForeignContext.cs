using System.Threading.Tasks;

namespace AnalyzerTests.KernelRules;

/// <summary>MML2009: a call that works for the current context is made for another one.</summary>
public sealed class ForeignContext : KernelRuleTests
{
    [Fact]
    public Task AddressSpaceOfSomebodyElse_Flags() => Flags("""
        [MustHold("vma.Lock")] static VmFault Fault(VmArea vma) => HandleMmFault(vma); // MML2009
        """);

    [Fact]
    public Task OtherAddressSpaceUnderItsLock_Flags() => Flags("""
        [MustHold("mm.MmapLock")] static void Populate(MmStruct mm)
        {
            var vma = mm.FindVma(0);
            if (vma != null) HandleMmFault(vma); // MML2009
        }
        """);

    [Fact]
    public Task WhatItWorksFor_IsSaid() => Says("""
        [MustHold("vma.Lock")] static VmFault Fault(VmArea vma) => HandleMmFault(vma); // MML2009
        """, "'HandleMmFault' requires CurrentTask.CurrentMm == vma.Mm, which is not known here; 'HandleMmFault' works for CurrentTask.CurrentMm only");

    [Fact]
    public Task OwnAddressSpace_IsSilent() => Silent("""
        static void Fault(ulong address)
        {
            var vma = CurrentTask.CurrentMm.LockVmaUnderRcu(address);
            if (vma == null) return;
            HandleMmFault(vma);
            vma.Lock.ReadUnlock();
        }
        """);

    [Fact]
    public Task Tested_IsSilent() => Silent("""
        [MustHold("vma.Lock")] static void Fault(VmArea vma) { if (vma.Mm == CurrentTask.CurrentMm) HandleMmFault(vma); }
        """);

    [Fact]
    public Task RequiredOfTheCaller_IsSilent() => Silent("""
        [MustHold("vma.Lock"), Requires("vma.Mm == CurrentTask.CurrentMm")] static VmFault Fault(VmArea vma) => HandleMmFault(vma);
        """);

    [Fact]
    public Task FactAboutTheArgumentsOnly_IsTheGeneralFinding() => Flags("""
        [Requires("vma.Mm == mm")] static extern void Link(VmArea vma, MmStruct mm);
        static void Run(VmArea vma, MmStruct mm) => Link(vma, mm); // MML1015
        """);
}
