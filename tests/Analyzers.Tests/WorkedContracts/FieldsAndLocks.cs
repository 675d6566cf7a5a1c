using System.Threading.Tasks;

namespace AnalyzerTests.WorkedContracts;

/// <summary>The access rules of the declarations themselves, each with a right and a wrong user.</summary>
public sealed class FieldsAndLocks : WorkedContractTests
{
    [Fact]
    public Task DeclarationsBind_IsSilent() => Silent("""

        """);

    [Fact]
    public Task PlainReadOfAFreelyReadField_Flags() => Flags("""
        public static int Count(MmStruct mm) => mm.MapCount; // MML1008
        """);

    [Fact]
    public Task VolatileReadOfAFreelyReadField_IsSilent() => Silent("""
        public static int Count(MmStruct mm) => Volatile.Read(ref mm.MapCount);
        """);

    [Fact]
    public Task VolatileWriteOfAFreelyReadField_Flags() => Flags("""
        public static void Reset(MmStruct mm) => Volatile.Write(ref mm.MapCount, 0); // MML1009
        """);

    [Fact]
    public Task AtomicFieldWithoutALock_IsSilent() => Silent("""
        public static bool Get(MmStruct mm) => Interlocked.Increment(ref mm.UsersCount) > 1 && !Volatile.Read(ref mm.IsReaped);
        """);

    [Fact]
    public Task AtomicFieldAccessedPlainly_Flags() => Flags("""
        public static bool IsLast(MmStruct mm) => mm.UsersCount == 1; // MML1008
        """);

    [Fact]
    public Task TreeWalkUnderRcu_IsSilent() => Silent("""
        public static bool Any(MmStruct mm, ulong address)
        {
          Rcu.ReadLock();
          bool any = mm.Vmas.Walk(address) != null;
          Rcu.ReadUnlock();
          return any;
        }
        """);

    [Fact]
    public Task TreeReplacedUnderRcu_Flags() => Flags("""
        public static void Swap(MmStruct mm, VmaTree tree)
        {
          Rcu.ReadLock();
          mm.Vmas = tree; // MML1009
          Rcu.ReadUnlock();
        }
        """);

    [Fact]
    public Task FlagsUnderMmapWriteLockAlone_Flags() => Flags("""
        [MustHold("exclusive(vma.Mm.MmapLock)")] static void Protect(VmArea vma) => vma.Flags = VmFlags.Read; // MML1009
        """);

    [Fact]
    public Task FlagsUnderBothWriteLocks_IsSilent() => Silent("""
        [MustHold("exclusive(vma.Mm.MmapLock)"), MaySleep] static void Protect(VmArea vma)
        {
          VmaStartWrite(vma);
          vma.Flags = VmFlags.Read;
        }
        """);

    [Fact]
    public Task OwnRwsemInsteadOfTheRoots_Flags() => Flags("""
        [MustHold("exclusive(anonVma.Rwsem)")] static void Grow(AnonVma anonVma) => anonVma.NumActiveVmas++; // MML1009
        """);

    [Fact]
    public Task TheRootsRwsem_IsSilent() => Silent("""
        [MaySleep] public static void Grow(AnonVma anonVma)
        {
          anonVma.Lock.WriteLock();
          anonVma.NumActiveVmas++;
          anonVma.Root.Rwsem.WriteUnlock();
        }
        """);

    [Fact]
    public Task FaultVmaReadAfterItsLockIsGone_Flags() => Flags("""
        [MustHold("vmf.FaultLock"), Releases("vmf.FaultLock"), MaySleep] static VmFlags Finish(FaultContext vmf)
        {
          if ((vmf.Flags & FaultFlag.VmaLock) != 0) VmaEndRead(vmf.Vma); else vmf.Vma.Mm.MmapLock.ReadUnlock();
          return vmf.Vma.Flags; // MML1014
        }
        """);

    [Fact]
    public Task TrackedMemberAssignedUnsaid_Flags() => Flags("""
        public static void Forget(FaultContext vmf) => vmf.Pte = null; // MML1018
        """);

    [Fact]
    public Task TrackedMemberAssignedAndSaid_IsSilent() => Silent("""
        [Assigns("vmf.Pte")] static void Forget(FaultContext vmf) => vmf.Pte = null;
        """);

    [Fact]
    public Task PublishingAnAnonVmaUnderItsOwnLocks_IsSilent() => Silent("""
        [MustHold("vma.Mm.MmapLock && vma.Mm.PageTableLock && exclusive(fresh.Lock)")]
        static void Publish(VmArea vma, AnonVma fresh) => vma.AnonVma = fresh;
        """);

    [Fact]
    public Task PublishingAnAnonVmaThatIsUnlocked_Flags() => Flags("""
        [MustHold("vma.Mm.MmapLock && vma.Mm.PageTableLock")]
        static void Publish(VmArea vma, AnonVma fresh) => vma.AnonVma = fresh; // MML1009
        """);

    [Fact]
    public Task EntryWrittenWithoutItsLock_Flags() => Flags("""
        [MustHold("pte")] static void Clear(MappedPte pte) => pte.Value = 0; // MML1009
        """);
}
