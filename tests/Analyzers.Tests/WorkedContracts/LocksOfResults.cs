using System.Threading.Tasks;

namespace AnalyzerTests.WorkedContracts;

/// <summary>Locks that are reached through what a call returns or leaves in its out parameters.</summary>
public sealed class LocksOfResults : WorkedContractTests
{
    [Fact]
    public Task AnonVmaUnlockedIfReturned_IsSilent() => Silent("""
        [MustHold("folio"), MaySleep] static void Walk(Folio folio, bool tryLock)
        {
          var anonVma = FolioLockAnonVmaRead(folio, tryLock);
          if (anonVma == null) return;
          anonVma.Lock.ReadUnlock();
        }
        """);

    [Fact]
    public Task AnonVmaForgotten_Flags() => Flags("""
        [MustHold("folio"), MaySleep] static bool Walk(Folio folio)
        {
          var anonVma = FolioLockAnonVmaRead(folio, tryLock: false);
          return anonVma != null; // MML1006
        }
        """);

    [Fact]
    public Task TryingInAtomicContext_IsSilent() => Silent("""
        [MustHold("folio && ptl")] static void Walk(Folio folio, PageTableLock ptl)
        {
          var anonVma = FolioLockAnonVmaRead(folio, tryLock: true);
          if (anonVma != null) anonVma.Lock.ReadUnlock();
        }
        """);

    [Fact]
    public Task WaitingInAtomicContext_Flags() => Flags("""
        [MustHold("folio && spin"), MaySleep] static void Walk(Folio folio, SpinLock spin)
        {
          var anonVma = FolioLockAnonVmaRead(folio, tryLock: false); // MML1012
          if (anonVma != null) anonVma.Lock.ReadUnlock();
        }
        """);

    [Fact]
    public Task MovingBetweenTwoVmas_IsSilent() => Silent("""
        [MustHold("mm.Users"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep] static int Move(MmStruct mm, ulong to, ulong from)
        {
          int error = UffdMoveLock(mm, to, from, out var first, out var second);
          if (error != 0) return error;
          VmaEndRead(first!);
          if (second != first) VmaEndRead(second!);
          return 0;
        }
        """);

    [Fact]
    public Task UnlockingOneVmaTwice_Flags() => Flags("""
        [MustHold("mm.Users"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep] static int Move(MmStruct mm, ulong to, ulong from)
        {
          int error = UffdMoveLock(mm, to, from, out var first, out var second);
          if (error != 0) return error;
          VmaEndRead(first!);
          VmaEndRead(second!); // MML1005
          return 0;
        }
        """);

    [Fact]
    public Task HeldEitherWay_IsSilent() => Silent("""
        [MaySleep] public static void Touch(VmArea vma)
        {
          bool underVmaLock = TryVmaReadLock(vma);
          if (underVmaLock) VmaEndRead(vma); else vma.Mm.MmapLock.ReadUnlock();
        }
        """);

    [Fact]
    public Task HeldEitherWayButUnlockedOneWay_Flags() => Flags("""
        [MaySleep] public static void Touch(VmArea vma)
        {
          if (TryVmaReadLock(vma)) VmaEndRead(vma);
        } // MML1006
        """);

    [Fact]
    public Task WalkModeGivesTheLock_IsSilent() => Silent("""
        [MustHold("vma.Mm.MmapLock"), MaySleep] static int Sample(VmArea vma, PmdEntry entry) => WalkPageVma(vma, WalkLock.Read, entry);
        """);

    [Fact]
    public Task WalkModeNeedsMore_Flags() => Flags("""
        [MustHold("vma.Mm.MmapLock"), MaySleep] static int Sample(VmArea vma, PmdEntry entry) => WalkPageVma(vma, WalkLock.Write, entry); // MML1002
        """);

    [Fact]
    public Task UnknownWalkModeNeedsAll_Flags() => Flags("""
        [MustHold("vma.Mm.MmapLock"), MaySleep] static int Sample(VmArea vma, WalkLock mode, PmdEntry entry)
        {
          if (mode == WalkLock.WriteVerify) return 0;
          return WalkPageVma(vma, mode, entry); // MML1002
        }
        """);
}
