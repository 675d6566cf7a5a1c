using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;

namespace AnalyzerTests.KernelRules;

/// <summary>
/// Base of the tests of MML2xxx. Each source is checked twice: with the names of a memory manager, and with every one of them replaced by the name of
/// something from a library of books. The annotations are the same, so the findings have to be.
/// </summary>
public abstract class KernelRuleTests
{
    private const string Declarations = """
        global using static Machine.Functions;
        namespace Machine;

        [Flags] public enum VmFault { None, Oom = 1, Retry = 2 }
        [Flags] public enum FaultFlag { None, Write = 1, VmaLock = 2 }

        [Lock(ReaderWriter)] public sealed class RwSemaphore
        {
            [Acquires("shared(this)")] public extern void ReadLock();
            [Acquires("shared(this)", When = "result", Try = true)] public extern bool TryReadLock();
            [Acquires("exclusive(this)")] public extern void WriteLock();
            [Releases("shared(this)")] public extern void ReadUnlock();
            [Releases("exclusive(this)")] public extern void WriteUnlock();
        }
        public sealed class AnonVma { [Atomic] public int Pages; }
        public sealed class VmaTree { public required MmStruct Owner { get; init; } [GuardedBy("Owner.MmapLock")] public int Count; }
        public sealed class MmStruct
        {
            public RwSemaphore MmapLock { get; } = new();
            [Lock(Reference)] public LockName Users => default;
            [Lock(Reference)] public LockName Count => default;
            [GuardedBy("MmapLock")] public required VmaTree Vmas;
            [GuardedBy("MmapLock")] public VmArea? First;
            [Atomic] public int UserCount;
            [MustHold("MmapLock"), Ensures("result.Mm == this")]
            [return: ValidWhileHeld("this.MmapLock || result.Lock")] public extern VmArea? FindVma(ulong address);
            [Acquires("shared(result.Lock)", When = "result != null", Try = true), Ensures("result.Mm == this")]
            [return: ValidWhileHeld("result.Lock")] public extern VmArea? LockVmaUnderRcu(ulong address);
        }
        public sealed class VmArea
        {
            public required MmStruct Mm { get; init; }
            public required bool IsShared { get; init; }
            [ReleasedWith("Mm.MmapLock", LockMode.Exclusive)] public RwSemaphore Lock { get; } = new();
            [ReadBy("Lock || Mm.MmapLock"), WriteBy("exclusive(Mm.MmapLock) && exclusive(Lock)")] public ulong End;
            [ReadBy("Lock || Mm.MmapLock"), WriteBy("exclusive(Mm.MmapLock) && exclusive(Lock)")] public AnonVma? AnonVma;
        }
        [Lock(LockKind.Mutex, Owner = LockOwner.Anyone)] public sealed class Folio
        {
            [Lock(Reference)] public LockName Ref => default;
            public required bool IsKsm { get; init; }
            [Acquires("this")] public extern void LockFolio();
            [Acquires("this", When = "result", Try = true)] public extern bool TryLockFolio();
            [Releases("this")] public extern void UnlockFolio();
        }
        public sealed class FaultContext
        {
            public required VmArea Vma { get; init; }
            public required FaultFlag FaultFlags { get; init; }
            [LockAlias("(FaultFlags & FaultFlag.VmaLock) != 0 ? Vma.Lock : Vma.Mm.MmapLock")] public LockName FaultLock => default;
        }
        public static class CurrentTask { [WriteOnce, AssertsHeld("result.Users")] public static extern MmStruct CurrentMm { get; } }
        public static class Functions
        {
            [MustHold("vma.Mm.MmapLock", When = "vma.AnonVma == null"), MustHold("vma.Lock || vma.Mm.MmapLock"), UseInstead(nameof(VmfAnonPrepare))]
            [Ensures("vma.AnonVma != null", When = "result == 0")] public static extern int AnonVmaPrepare(VmArea vma);
            [MustHold("vmf.FaultLock"), Releases("vmf.FaultLock", When = "(result & VmFault.Retry) != 0")]
            [Ensures("vmf.Vma.AnonVma != null", When = "result == VmFault.None")] public static extern VmFault VmfAnonPrepare(FaultContext vmf);
            [MustHold("folio")] public static extern int RmapWalk(Folio folio);
            [MustHold("folio"), UseInstead(nameof(TryFolioMkclean))] public static extern int FolioMkclean(Folio folio);
            [MustHold("folio.Ref")] public static extern bool TryFolioMkclean(Folio folio);
            [MustHold("vma.Lock"), Requires("vma.IsShared || vma.AnonVma != null")] public static extern void InstallPage(VmArea vma);
            [MustHold("vma.Mm.MmapLock")] public static extern VmArea? NextVma(VmArea vma);
            [MustHold("exclusive(source.Lock)")] public static extern void CopyPageRange(VmArea source);
            [MustHold("exclusive(vma.Mm.MmapLock)"), Acquires("exclusive(vma.Lock)", Idempotent = true)] public static extern void VmaStartWrite(VmArea vma);
            [MustHold("vma.Lock || vma.Mm.MmapLock"), Requires("vma.Mm == CurrentTask.CurrentMm")] public static extern VmFault HandleMmFault(VmArea vma);
            [Crashes, UseInstead(nameof(VmWarnOnOnce))] public static extern void VmBugOn(bool condition);
            [Crashes] public static extern void Panic(bool condition);
            public static extern bool VmWarnOnOnce(bool condition);
            [Acquires("mm.Users")] public static extern void MmGet(MmStruct mm);
            [Acquires("mm.Users", When = "result", Try = true)] public static extern bool MmGetNotZero(MmStruct mm);
            [Releases("mm.Users")] public static extern void MmPut(MmStruct mm);
            [Acquires("folio.Ref")] public static extern void FolioGet(Folio folio);
            [Releases("folio.Ref")] public static extern void FolioPut(Folio folio);
            public static extern bool Coin();
        }

        """;

    private static readonly Dictionary<string, string> s_otherNames = new()
    {
        ["Machine"] = "Library", ["VmFault"] = "Answer", ["FaultFlag"] = "Wish", ["RwSemaphore"] = "Door", ["AnonVma"] = "Index", ["VmaTree"] = "Catalogue",
        ["MmStruct"] = "Shelf", ["VmArea"] = "Volume", ["Folio"] = "Leaf", ["FaultContext"] = "Request", ["CurrentTask"] = "Reader", ["Mm"] = "On", ["MmapLock"] = "ShelfDoor",
        ["Lock"] = "Lock", ["Users"] = "Guests", ["Vmas"] = "Volumes", ["CurrentMm"] = "Mine", ["Vma"] = "Wanted", ["FaultFlags"] = "Wishes", ["FaultLock"] = "Entry",
        ["AnonVmaPrepare"] = "Compile", ["VmfAnonPrepare"] = "CompileFor", ["RmapWalk"] = "Trace", ["FolioMkclean"] = "Wipe", ["TryFolioMkclean"] = "Polish",
        ["InstallPage"] = "Insert", ["NextVma"] = "Neighbour", ["CopyPageRange"] = "Duplicate", ["VmaStartWrite"] = "Open", ["HandleMmFault"] = "Serve", ["VmBugOn"] = "Shout",
        ["VmWarnOnOnce"] = "Whisper", ["Panic"] = "Flee", ["Pin"] = "Keep", ["MmGet"] = "Borrow", ["MmGetNotZero"] = "BorrowIfOpen", ["MmPut"] = "Return", ["FolioGet"] = "Pin", ["FolioPut"] = "Unpin",
        ["FindVma"] = "Find", ["LockVmaUnderRcu"] = "Snatch", ["IsShared"] = "IsPublic", ["IsKsm"] = "IsCommon", ["TryLockFolio"] = "TryClaim", ["LockFolio"] = "Claim",
        ["UnlockFolio"] = "Free", ["Retry"] = "Later", ["Oom"] = "Full", ["VmaLock"] = "Quick", ["ReadLock"] = "EnterAsOne", ["TryReadLock"] = "TryEnterAsOne",
        ["WriteLock"] = "EnterAlone", ["ReadUnlock"] = "LeaveAsOne", ["WriteUnlock"] = "LeaveAlone", ["UserCount"] = "GuestCount", ["First"] = "Leftmost", ["End"] = "Last",
        ["vma"] = "volume", ["vmf"] = "request", ["mm"] = "shelf", ["folio"] = "leaf",
    };

    /// <summary>The members give exactly the diagnostics that their lines say, whatever things are called.</summary>
    private protected static async Task Flags(string members)
    {
        await Verify.Flags(InSubject(members)).WithSource("Machine.cs", Declarations);
        await Verify.Flags(Renamed(InSubject(members))).WithSource("Library.cs", Renamed(Declarations));
    }

    /// <summary>The members give no diagnostic, whatever things are called.</summary>
    private protected static async Task Silent(string members)
    {
        await Verify.Silent(InSubject(members)).WithSource("Machine.cs", Declarations);
        await Verify.Silent(Renamed(InSubject(members))).WithSource("Library.cs", Renamed(Declarations));
    }

    /// <summary>The first diagnostic says this.</summary>
    private protected static async Task Says(string members, string message) =>
        await Verify.Flags(InSubject(members)).WithSource("Machine.cs", Declarations).WithMessage(message);

    private static string InSubject(string members) => "namespace Machine;\npublic static class Subject\n{\n" + members + "\n}\n";

    // A lock member that is called Lock is also the name of an annotation, so that one stays.
    private static string Renamed(string source) => Regex.Replace(source, "[A-Za-z_]+", name => s_otherNames.GetValueOrDefault(name.Value, name.Value));
}
