namespace AnalyzerTests.WorkedContracts;

/// <summary>A small memory manager's declarations: what the worked examples are written against.</summary>
internal static class Kernel
{
    /// <summary>Types with their locks, guarded members and lock order. The other parts continue it; sources beside it stand in namespace MmKernel.</summary>
    internal const string Types = """
        global using static MmKernel.Functions;
        [assembly: LockOrder("Inode.Rwsem", "MmStruct.MmapLock", "shared(VmArea.Lock)", "exclusive(VmArea.Lock)", "UffdContext.MapChangingLock",
          "Folio", "AddressSpace.ImapLock", "AnonVma.Rwsem", "MmStruct.PageTableLock", "PageTableLock", "LruVec.Lock")]
        [assembly: LockOrder("HugeImap", "Folio")]
        [assembly: LockNesting("MmStruct.MmapLock", Nesting.Inside), LockNesting("Folio", Nesting.Inside)]
        [assembly: LockNesting("shared(VmArea.Lock)", Nesting.TryOnly), LockNesting("PageTableLock", Nesting.Ascending, "Order")]
        [assembly: LockNesting("exclusive(VmArea.Lock)", Nesting.AnyUnder, "exclusive(MmStruct.MmapLock)")]
        [assembly: LockNesting("AnonVma.Rwsem", Nesting.AnyUnder, "MmStruct.AllLocks")]
        namespace MmKernel;

        [Flags] public enum VmFlags { None, Read = 1, Write = 2, Shared = 4, Sealed = 8 }
        [Flags] public enum VmFault { None, Oom = 1, Retry = 2, Completed = 4, LockDropped = Retry | Completed }
        [Flags] public enum FaultFlag { None, Write = 1, VmaLock = 2, RetryNowait = 4 }
        public enum WalkLock { Read, Write, WriteVerify }
        public sealed class VmFile { [WriteOnce] public required AddressSpace Mapping; }
        public sealed class Inode { public RwSemaphore Rwsem { get; } = new(); }
        public sealed class LruVec { public SpinLock Lock { get; } = new(); }
        public sealed class MappedWalk { public required VmArea Vma { get; init; } [Tracked] public MappedPte? Pte; }
        public delegate int PmdEntry(VmArea vma, ulong address);

        [Lock(ReaderWriter)] public sealed class RwSemaphore
        {
          [Acquires("shared(this)"), MaySleep] public extern void ReadLock();
          [Acquires("shared(this)", When = "result", Try = true)] public extern bool TryReadLock();
          [Acquires("exclusive(this)"), MaySleep] public extern void WriteLock();
          [Acquires("exclusive(this)", When = "result == 0"), MaySleep] public extern int WriteLockKillable();
          [Acquires("exclusive(this)", Inside = "outer"), MaySleep] public extern void WriteLockNested(RwSemaphore outer);
          [Releases("shared(this)")] public extern void ReadUnlock();
          [Releases("exclusive(this)")] public extern void WriteUnlock();
          [Downgrades("this")] public extern void DowngradeWrite();
        }
        [Lock(Spin)] public sealed class SpinLock
        {
          [Acquires("this")] public extern void Lock();
          [Releases("this")] public extern void Unlock();
        }
        [Lock(Spin)] public sealed class PageTableLock
        {
          public required ulong Order { get; init; }
          [Lock(Section)] public LockName FlushPending => default;
          [Acquires("this")] public extern void Lock();
          [Releases("this"), MustNotHold("FlushPending")] public extern void Unlock();
        }
        public static class Rcu
        {
          [Lock(LockKind.Rcu)] public static LockName Section => default;
          [Acquires("shared(Section)")] public static extern void ReadLock();
          [Releases("Section")] public static extern void ReadUnlock();
        }
        public static class Task
        {
          [WriteOnce, AssertsHeld("result.Users")] public static extern MmStruct CurrentMm { get; }
          [Lock(Section, Atomic = true)] public static LockName SleepState => default;
          [Acquires("SleepState")] public static extern void SetSleeping();
          [Releases("SleepState"), MaySleep] public static extern void Schedule();
          [Lock(Section)] public static LockName PageFaultsOff => default;
          [Acquires("PageFaultsOff")] public static extern void DisablePageFaults();
          [Releases("PageFaultsOff")] public static extern void EnablePageFaults();
        }
        public sealed partial class MmStruct
        {
          public RwSemaphore MmapLock { get; } = new();
          public SpinLock PageTableLock { get; } = new();
          [Lock(Reference)] public LockName Users => default;
          [Lock(Reference)] public LockName Count => default;
          [ReadBy("MmapLock || Rcu.Section"), WriteBy("exclusive(MmapLock)")] public required VmaTree Vmas;
          [GuardedBy("MmapLock"), ReadFreely] public int MapCount;
          [GuardedBy("MmapLock")] public bool IsExiting;
          [Atomic] public int UsersCount;
          [Atomic] public bool IsReaped;
          [Lock(LockKind.Mutex), ReleasedWith("MmapLock", LockMode.Exclusive)] public LockName AllLocks => default;
        }
        public sealed class VmaTree
        {
          [return: ValidWhileHeld("Rcu.Section || result.Lock || result.Mm.MmapLock")] public extern VmArea? Walk(ulong address);
        }
        [Lock(ReaderWriter)] public sealed class VmaLock
        {
          [Lock(Section)] public LockName Exclusion => default;
          [Acquires("Exclusion")] public extern void ExcludeReaders();
          [MustHold("Exclusion"), MaySleep] public extern int WaitForReadersKillable();
          [MustHold("Exclusion"), Acquires("exclusive(this)", Idempotent = true)] public extern void MarkWriteLocked();
          [Releases("Exclusion")] public extern void ReadmitReaders();
        }
        public sealed class VmArea
        {
          [WriteOnce] public required MmStruct Mm;
          [WriteOnce] public VmFile? File;
          [ReleasedWith("Mm.MmapLock", LockMode.Exclusive)] public VmaLock Lock { get; } = new();
          [LockAlias("Lock || Mm.MmapLock")] public LockName Anchored => default;
          [LockAlias("AnonVma.Lock || File.Mapping.ImapLock")] public LockName AnyRmap => default;
          [LockAlias("Anchored || AnyRmap")] public LockName Stable => default;
          [LockAlias("(File != null ? File.Mapping.ImapLock : null) && (AnonVma != null ? AnonVma.Lock : null)")]
          public LockName RmapLocks => default;
          [ReadBy("Stable"), WriteBy("exclusive(Lock) && exclusive(RmapLocks)")] public ulong Start, End;
          [ReadBy("Stable"), WriteBy("exclusive(Lock)")] public VmFlags Flags;
          [ReadBy("Anchored || AnonVma.Lock"), ReadFreely]
          [WriteBy("exclusive(Lock) || Mm.MmapLock && Mm.PageTableLock && exclusive(value.Lock)")]
          [WriteBy("exclusive(Lock) && exclusive(AnonVma.Lock)", When = "value == null")] public AnonVma? AnonVma;
          [MustHold("Stable")] public bool IsShared => (Flags & VmFlags.Shared) != 0;
        }
        public sealed class AnonVma
        {
          [WriteOnce] public required AnonVma Root;
          public RwSemaphore Rwsem { get; } = new();
          [LockAlias("Root.Rwsem")] public RwSemaphore Lock => Root.Rwsem;
          [Lock(Reference)] public LockName Ref => default;
          [GuardedBy("Lock")] public int NumActiveVmas;
        }
        [Lock(LockKind.Mutex, Owner = LockOwner.Anyone)] public sealed class Folio
        {
          [Acquires("this"), MaySleep] public extern void Lock();
          [Acquires("this", When = "result", Try = true)] public extern bool TryLock();
          [Releases("this")] public extern void Unlock();
          [Lock(Reference)] public LockName Ref => default;
          [GuardedBy("this"), ReadFreely] public object? Mapping;
          public bool IsAnonymous => Volatile.Read(ref Mapping) is AnonVma;
        }
        public sealed class ReadRequest { [Owns("value")] public required Folio Folio { get; init; } }
        public sealed class AddressSpace
        {
          [WriteOnce] public bool IsHugetlb;
          [LockClass("HugeImap", When = "IsHugetlb")] public RwSemaphore ImapLock { get; } = new();
        }
        [Lock(Section, Atomic = true)] public sealed class MappedPte
        {
          public required PageTableLock Ptl { get; init; }
          [ReadBy("this"), WriteBy("Ptl")] public ulong Value;
        }
        public sealed class FaultContext
        {
          [ValidWhileHeld("FaultLock")] public required VmArea Vma { get; init; }
          public required FaultFlag Flags { get; init; }
          [LockAlias("(Flags & FaultFlag.VmaLock) != 0 ? Vma.Lock : Vma.Mm.MmapLock")] public LockName FaultLock => default;
          [Tracked] public MappedPte? Pte;
          [Tracked] public ulong OrigPte;
          [MustHold("Pte")] public bool IsOrigPteCurrent => Pte!.Value == OrigPte;
        }
        public sealed class UffdContext
        {
          [Owns("value.Count")] public required MmStruct Mm { get; init; }
          public RwSemaphore MapChangingLock { get; } = new();
          [ReadBy("MapChangingLock"), WriteBy("exclusive(MapChangingLock)", When = "MmapChanging == 0")] public int MmapChanging;
        }

        [MustHold("vmf.FaultLock"), MaySleep]
        [Requires("(vmf.Flags & FaultFlag.VmaLock) == 0 || (vmf.Flags & FaultFlag.RetryNowait) == 0")]
        [Releases("vmf.FaultLock", When = "(result & VmFault.LockDropped) != 0 && (vmf.Flags & FaultFlag.RetryNowait) == 0")]
        public sealed class FaultHandlerAttribute : ContractGroupAttribute;
        [MustNotHold("AddressSpace.ImapLock || AnonVma.Rwsem"), MaySleep] public sealed class TakesRmapAttribute : ContractGroupAttribute;
        [MustHold("folio && vma.AnyRmap"), MaySleep] public delegate bool RmapOne(Folio folio, VmArea vma, ulong address);

        """;

    /// <summary>Functions by contract only; they continue <see cref="Types"/>.</summary>
    internal const string Functions = """
        public static partial class Functions
        {
          [MustHold("vma.Mm.MmapLock", When = "vma.AnonVma == null"), MustNotHold("AnonVma.Rwsem"), MaySleep, UseInstead(nameof(VmfAnonPrepare))]
          [Ensures("vma.AnonVma != null", When = "result == 0")] public static extern int AnonVmaPrepare([Borrowed] VmArea vma);
          [FaultHandler, Ensures("vmf.Vma.AnonVma != null", When = "result == VmFault.None")]
          public static extern VmFault VmfAnonPrepare(FaultContext vmf);
          [MustHold("vmf.FaultLock"), MaySleep, Ensures("vmf.Vma.AnonVma != null", When = "result == VmFault.None")]
          [Ensures("(vmf.Flags & FaultFlag.VmaLock) != 0", When = "(result & VmFault.Retry) != 0"), Ensures("(result & VmFault.Completed) == 0")]
          public static extern VmFault VmfAnonPrepareInner(FaultContext vmf);
          [FaultHandler, Requires("vmf.Vma.AnonVma != null")] public static extern VmFault MapZeroedPage(FaultContext vmf);
          [MustHold("(flags & FaultFlag.VmaLock) != 0 ? vma.Lock : vma.Mm.MmapLock"), MaySleep]
          [Requires("vma.Mm == Task.CurrentMm", When = "(flags & FaultFlag.VmaLock) != 0")]
          [Requires("(flags & FaultFlag.VmaLock) == 0 || (flags & FaultFlag.RetryNowait) == 0")]
          [Releases("(flags & FaultFlag.VmaLock) != 0 ? vma.Lock : vma.Mm.MmapLock",
            When = "(result & VmFault.LockDropped) != 0 && (flags & FaultFlag.RetryNowait) == 0")]
          public static extern VmFault HandleMmFault(VmArea vma, ulong address, FaultFlag flags);
          [MustHold("mm.Users"), Acquires("shared(result.Lock)", When = "result != null", Try = true), Ensures("result.Mm == mm")]
          [return: ValidWhileHeld("result.Lock")] public static extern VmArea? LockVmaUnderRcu(MmStruct mm, ulong address);
          [Releases("shared(vma.Lock)")] public static extern void VmaEndRead(VmArea vma);
          [MustHold("folio"), TakesRmap] public static extern void RmapWalk(Folio folio, RmapOne one);
          [MustHold("mm.MmapLock && mm.Users"), Ensures("result.Mm == mm"), Ensures("result.IsShared || result.AnonVma != null"), MaySleep]
          [return: ValidWhileHeld("mm.MmapLock || result.Lock")] public static extern VmArea? FindVmaAndPrepareAnon(MmStruct mm, ulong address);
          [MustHold("vma.Mm.MmapLock"), Acquires("shared(vma.Lock)", When = "result", Try = true)]
          public static extern bool VmaStartReadLocked(VmArea vma);
          [MustHold("exclusive(source.Lock)"), MaySleep] public static extern int CopyPageRange([Fresh, Borrowed] VmArea target, VmArea source);
          [MustHold("exclusive(vma.Mm.MmapLock)"), Acquires("exclusive(vma.Lock)", When = "result == 0", Idempotent = true), MaySleep]
          public static extern int VmaStartWriteKillable([Borrowed] VmArea vma);
          [MustHold("mm.MmapLock"), MustHold("mm.Users", When = "mm.IsExiting"), Ensures("result.Mm == mm")]
          [return: ValidWhileHeld("mm.MmapLock || result.Lock")] public static extern VmArea? FindVma(MmStruct mm, ulong address);
          [MustHold("exclusive(vma.Mm.MmapLock)"), Acquires("exclusive(vma.Lock)", Idempotent = true), MaySleep]
          public static extern void VmaStartWrite([Borrowed] VmArea vma);
          [MustHold("exclusive(vma.Mm.MmapLock)"), Requires("vma.AnonVma != null"), MaySleep] public static extern void CollapseRange(VmArea vma);
          [MustHold("exclusive(vma.Lock)"), Acquires("exclusive(vma.RmapLocks)"), TakesRmap] public static extern void TakeRmapLocks(VmArea vma);
          [Releases("exclusive(vma.RmapLocks)")] public static extern void DropRmapLocks(VmArea vma);
          [MustHold("vma.Anchored"), MaySleep] public static extern bool PteAlloc(VmArea vma, ulong address);
          [MustHold("vma.Stable"), Acquires("result && result.Ptl", When = "result != null")]
          public static extern MappedPte? PteOffsetMapLock(VmArea vma, ulong address);
          [Releases("pte && pte.Ptl"), MustNotHold("pte.Ptl.FlushPending")] public static extern void PteUnmapUnlock(MappedPte pte);
          [MustHold("Rcu.Section"), Releases("Rcu.Section", When = "result == null")]
          [Acquires("shared(result.Lock)", When = "result != null", Try = true), Ensures("result.Mm == mm")]
          public static extern VmArea? VmaStartRead(MmStruct mm, VmArea candidate);
          [MustHold("vmf.FaultLock"), MaySleep] public static extern void HugetlbLookup(FaultContext vmf);
          [MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep] public static extern int CopyFromUser(Folio folio, ulong from);
          [MustHold("Task.PageFaultsOff")] public static extern int CopyFromUserAtomic(Folio folio, ulong from);
          [MustHold("pte && pte.Ptl"), Acquires("pte.Ptl.FlushPending", Idempotent = true)] public static extern ulong PtepGetAndClear(MappedPte pte);
          [Releases("pte.Ptl.FlushPending", Idempotent = true)] public static extern void FlushTlbPage(MappedPte pte);
          [return: Fresh] [Ensures("result.Mm == mm")] public static extern VmArea VmAreaAlloc(MmStruct mm);
          [MustHold("exclusive(mm.MmapLock) && exclusive(vma.Lock)"), Requires("vma.Mm == mm")]
          public static extern void VmaIterStore(MmStruct mm, VmArea vma);
          [MustHold("mm.Count"), Acquires("mm.Users", When = "result")] public static extern bool MmgetNotZero(MmStruct mm);
          [Releases("mm.Users"), MustNotHold("mm.MmapLock"), MaySleep] public static extern void Mmput(MmStruct mm);
          [MustHold("pte.Ptl"), Ensures("!mm.IsReaped", When = "result == 0", While = "pte.Ptl")]
          public static extern int CheckStableAddressSpace(MmStruct mm, MappedPte pte);
          [MustHold("vma.Anchored && pte && pte.Ptl"), Requires("!vma.Mm.IsReaped")]
          public static extern void SetPte(VmArea vma, MappedPte pte, ulong value);
        }

        """;

    /// <summary>Further functions with rarer contracts; they continue <see cref="Types"/> and <see cref="Functions"/>.</summary>
    internal const string MoreFunctions = """
        public static partial class Functions
        {
          [MustHold("mm.MmapLock"), Releases("mm.MmapLock"), Acquires("shared(mm.MmapLock)", When = "result != null"), MaySleep]
          [return: ValidWhileHeld("mm.MmapLock")] public static extern VmArea? ExpandStack(MmStruct mm, ulong address);
          [MustHold("mm.MmapLock"), Releases("mm.MmapLock", When = "!locked"), MaySleep]
          public static extern long GetUserPages(MmStruct mm, ulong start, int count, out bool locked);
          [MustHold("vma.Mm.MmapLock"), Releases("vma.Mm.MmapLock", When = "dropped")]
          [Acquires("shared(vma.Mm.MmapLock)", When = "dropped"), MaySleep]
          public static extern int MadviseWillneed(VmArea vma, out bool dropped);
          [FaultHandler, MustHold("folio.Ref"), Acquires("folio", When = "result == VmFault.None")]
          public static extern VmFault FolioLockOrRetry(Folio folio, FaultContext vmf);
          [FaultHandler, MustHold("vmf.Pte && vmf.Pte.Ptl"), Releases("vmf.Pte && vmf.Pte.Ptl"), Assigns("vmf.Pte")]
          public static extern VmFault DoWpPage(FaultContext vmf);
          [MustHold("vmf.Pte.Ptl"), Requires("vmf.IsOrigPteCurrent")] public static extern void SetPteRange(FaultContext vmf, Folio folio);
          [MustHold("walk.Vma.Stable"), Assigns("walk.Pte"), Releases("walk.Pte && walk.Pte.Ptl", Idempotent = true)]
          [Acquires("walk.Pte && walk.Pte.Ptl", When = "result"), Ensures("walk.Pte == null", When = "!result")]
          public static extern bool PageVmaMappedWalk(MappedWalk walk);
          [MustHold("folio"), Acquires("shared(result.Lock)", When = "result != null && tryLock", Try = true), MaySleep(When = "!tryLock")]
          [Acquires("shared(result.Lock)", When = "result != null && !tryLock")]
          public static extern AnonVma? FolioLockAnonVmaRead(Folio folio, bool tryLock);
          [MustHold("mm.Users"), MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep, Acquires("shared(first.Lock)", When = "result == 0")]
          [Acquires("shared(second.Lock)", When = "result == 0 && second != first")]
          public static extern int UffdMoveLock(MmStruct mm, ulong to, ulong from, out VmArea? first, out VmArea? second);
          [Acquires("shared(vma.Lock)", When = "result", Try = true), Acquires("shared(vma.Mm.MmapLock)", When = "!result"), MaySleep]
          public static extern bool TryVmaReadLock(VmArea vma);
          [MustHold("mode == WalkLock.Read ? vma.Mm.MmapLock : mode == WalkLock.Write ? exclusive(vma.Mm.MmapLock) : vma.Lock")]
          [MustHold("exclusive(vma.Lock)", When = "mode == WalkLock.WriteVerify")]
          [Acquires("exclusive(vma.Lock)", When = "mode == WalkLock.Write", Idempotent = true), MaySleep]
          public static extern int WalkPageVma(VmArea vma, WalkLock mode, PmdEntry entry);
        }

        """;
}
