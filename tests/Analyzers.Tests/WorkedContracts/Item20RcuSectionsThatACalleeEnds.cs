using System.Threading.Tasks;

namespace AnalyzerTests.WorkedContracts;

/// <summary>A failed attempt ends the read section of its caller.</summary>
public sealed class Item20RcuSectionsThatACalleeEnds : WorkedContractTests
{
    [Fact]
    public Task EndingTheSectionTwice_Flags() => Flags("""
        [Acquires("shared(result.Lock)", When = "result != null", Try = true), Ensures("result.Mm == mm")]
        static VmArea? Lookup(MmStruct mm, ulong address)
        {
          Rcu.ReadLock();
          var vma = mm.Vmas.Walk(address);
          if (vma == null) { Rcu.ReadUnlock(); return null; }
          vma = VmaStartRead(mm, vma);
          Rcu.ReadUnlock(); // MML1005
          return vma;
        }
        """);

    [Fact]
    public Task ReturningWhenTheCalleeEndedIt_IsSilent() => Silent("""
        [Acquires("shared(result.Lock)", When = "result != null", Try = true), Ensures("result.Mm == mm")]
        static VmArea? Lookup(MmStruct mm, ulong address)
        {
          Rcu.ReadLock();
          var vma = mm.Vmas.Walk(address);
          if (vma == null) { Rcu.ReadUnlock(); return null; }
          vma = VmaStartRead(mm, vma);
          if (vma == null) return null;
          Rcu.ReadUnlock();
          return vma;
        }
        """);

    [Fact]
    public Task NeverEndingIt_Flags() => Flags("""
        [Acquires("shared(result.Lock)", When = "result != null", Try = true), Ensures("result.Mm == mm")]
        static VmArea? Lookup(MmStruct mm, ulong address)
        {
          Rcu.ReadLock();
          var vma = mm.Vmas.Walk(address);
          if (vma == null) return null; // MML1006
          vma = VmaStartRead(mm, vma);
          if (vma == null) return null;
          Rcu.ReadUnlock();
          return vma;
        }
        """);
}
