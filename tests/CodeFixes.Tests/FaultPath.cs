using System.Diagnostics.CodeAnalysis;

namespace CodeFixTests;

/// <summary>A fault path by contract only; the fixes see nothing else of it.</summary>
internal static class FaultPath
{
    /// <summary>Types and callees in namespace <c>Mm</c>; the callees are static members of <c>Rmap</c>.</summary>
    [StringSyntax("C#")]
    internal const string Source = """
        namespace Mm;

        [Flags] public enum FaultFlags { None, Write = 1, VmaLock = 2 }
        [Flags] public enum VmFault { None, Oom = 1, Retry = 2 }

        [Lock(ReaderWriter)] public sealed class RwSemaphore
        {
            [Acquires("shared(this)")] public extern void ReadLock();
            [Acquires("shared(this)", When = "result", Try = true)] public extern bool TryReadLock();
            [Acquires("exclusive(this)")] public extern void WriteLock();
            [Acquires("exclusive(this)", When = "result == 0")] public extern int WriteLockKillable();
            [Releases("shared(this)")] public extern void ReadUnlock();
            [Releases("exclusive(this)")] public extern void WriteUnlock();
        }
        public sealed class AnonVma;
        public sealed class MmStruct
        {
            public RwSemaphore MmapLock { get; } = new();
            public object PageTableLock { get; } = new();
            [MustHold("MmapLock"), Ensures("result.Mm == this")] [return: ValidWhileHeld("this.MmapLock")] public extern VmArea? FindVma(ulong address);
            [Acquires("shared(result.Lock)", When = "result != null", Try = true), Ensures("result.Mm == this")] public extern VmArea? LockVma(ulong address);
        }
        public sealed class VmArea
        {
            public required MmStruct Mm { get; init; }
            public RwSemaphore Lock { get; } = new();
            [ReadBy("Lock || Mm.MmapLock"), WriteBy("Mm.PageTableLock", When = "value != null")]
            [WriteBy("exclusive(Lock) && exclusive(Mm.MmapLock)", When = "value == null")]
            public AnonVma? AnonVma { get; set; }
        }
        public sealed class FaultContext
        {
            public required VmArea Vma { get; init; }
            public required FaultFlags Flags { get; init; }
            [LockAlias("(Flags & FaultFlags.VmaLock) != 0 ? Vma.Lock : Vma.Mm.MmapLock")] public LockName FaultLock => default;
        }
        [MustHold("vmf.FaultLock"), Releases("vmf.FaultLock", When = "(result & VmFault.Retry) != 0")]
        public sealed class FaultHandlerAttribute : ContractGroupAttribute;
        [Lock(LockKind.Mutex, Owner = LockOwner.Anyone)] public sealed class Folio
        {
            [Lock(Reference)] public LockName Ref => default;
            public bool IsAnonymous { get; init; }
            public bool IsKsm { get; init; }
            [Acquires("this")] public extern void Lock();
            [Acquires("this", When = "result", Try = true)] public extern bool TryLock();
            [Releases("this")] public extern void Unlock();
        }
        public static class Rmap
        {
            [MustHold("vma.Mm.MmapLock", When = "vma.AnonVma == null"), MustHold("vma.Lock || vma.Mm.MmapLock")]
            [Ensures("vma.AnonVma != null", When = "result == 0"), UseInstead(nameof(VmfAnonPrepare))]
            public static extern int AnonVmaPrepare(VmArea vma);
            [FaultHandler, Ensures("vmf.Vma.AnonVma != null", When = "result == VmFault.None")]
            public static extern VmFault VmfAnonPrepare(FaultContext vmf);
            [MustHold("folio")] public static extern int Walk(Folio folio);
        }
        public static class Pages
        {
            [FaultHandler, Requires("vmf.Vma.AnonVma != null")] public static extern VmFault Map(FaultContext vmf);
            [MustHold("folio.Ref")] public static extern void Put(Folio folio);
            [MustHold("vma.Lock"), Requires("vma.AnonVma != null")] public static extern void Install(VmArea vma);
            [MustHold("folio"), UseInstead(nameof(TryClean))] public static extern int Clean(Folio folio);
            public static extern bool TryClean(Folio folio);
            [Crashes, UseInstead(nameof(WarnOnOnce))] public static extern void BugOn(bool condition);
            public static extern bool WarnOnOnce(bool condition);
            public static bool Unlikely(bool condition) => condition;
        }
        """;

    /// <summary>The members of a test in a class of their own.</summary>
    internal static string Subject([StringSyntax("C#")] string members) => "namespace Mm;\n\npublic static class Subject\n{\n" + members + "\n}\n";
}
