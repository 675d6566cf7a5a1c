namespace AnonVmaPrepareUnderVmaLock;

[Flags]
public enum FaultFlags
{
    None = 0,
    Write = 1,

    /// <summary>The fault runs under the lock of the VMA; without it, under the lock of the address space.</summary>
    VmaLock = 2,
}

[Flags]
public enum VmFault
{
    None = 0,
    Oom = 1,

    /// <summary>Start again under the lock of the address space. The lock of the fault is gone.</summary>
    Retry = 2,
}

public sealed class AnonVma
{
    [Atomic]
    public int Pages;
}

public sealed class MmStruct
{
    public RwSemaphore MmapLock { get; } = new();

    public object PageTableLock { get; } = new();
}

public sealed class VmArea
{
    public required MmStruct Mm { get; init; }

    public RwSemaphore Lock { get; } = new();

    /// <summary>Appears under the page-table lock, and goes only when nobody else can look: once there, it stays while either lock is held.</summary>
    [ReadBy("Lock || Mm.MmapLock"), WriteBy("Mm.PageTableLock", When = "value != null")]
    [WriteBy("exclusive(Lock) && exclusive(Mm.MmapLock)", When = "value == null")]
    public AnonVma? AnonVma { get; set; }
}

public sealed class FaultContext
{
    public required VmArea Vma { get; init; }

    public required FaultFlags Flags { get; init; }

    [LockAlias("(Flags & FaultFlags.VmaLock) != 0 ? Vma.Lock : Vma.Mm.MmapLock")]
    public LockName FaultLock => default;
}

public static class Rmap
{
    /// <summary>Gives the VMA an anon_vma. Looks at the neighbours to share theirs, so the tree must stand still.</summary>
    [MustHold("vma.Mm.MmapLock", When = "vma.AnonVma == null"), MustHold("vma.Lock || vma.Mm.MmapLock")]
    [Ensures("vma.AnonVma != null", When = "result == 0"), UseInstead(nameof(VmfAnonPrepare))]
    public static int AnonVmaPrepare(VmArea vma)
    {
        if (vma.AnonVma == null)
        {
            lock (vma.Mm.PageTableLock)
                vma.AnonVma = new AnonVma();
        }

        return 0;
    }

    /// <summary>The same for a fault, whichever lock it runs under; asks for a retry where that lock is not enough.</summary>
    [MustHold("vmf.FaultLock"), Releases("vmf.FaultLock", When = "(result & VmFault.Retry) != 0")]
    [Ensures("vmf.Vma.AnonVma != null", When = "result == VmFault.None")]
    public static VmFault VmfAnonPrepare(FaultContext vmf)
    {
        var vma = vmf.Vma;
        if (vma.AnonVma != null)
            return VmFault.None;
        if ((vmf.Flags & FaultFlags.VmaLock) != 0)
        {
            vma.Lock.ReadUnlock();
            return VmFault.Retry;
        }

        return AnonVmaPrepare(vma) != 0 ? VmFault.Oom : VmFault.None;
    }
}
