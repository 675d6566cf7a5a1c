namespace PrivateFileMapping;

public sealed class AnonVma;

public sealed class MmStruct
{
    private readonly List<VmArea> _vmas = [];

    public RwSemaphore MmapLock { get; } = new();

    /// <summary>Finds the VMA of an address and read-locks it, without the lock of the address space.</summary>
    [Acquires("shared(result.Lock)", When = "result != null", Try = true), Ensures("result.Mm == this")]
    public VmArea? LockVma(ulong address)
    {
        foreach (var vma in _vmas)
        {
            if (vma.Mm == this && address >= vma.Start && address < vma.End && vma.Lock.TryReadLock())
                return vma;
        }

        return null;
    }
}

public sealed class VmArea
{
    public required MmStruct Mm { get; init; }

    public required ulong Start { get; init; }

    public required ulong End { get; init; }

    public required bool IsShared { get; init; }

    public RwSemaphore Lock { get; } = new();

    /// <summary>Null in a private file mapping until the first page of its own: being anonymous does not follow from being private.</summary>
    [ReadBy("Lock || Mm.MmapLock"), WriteBy("exclusive(Mm.MmapLock) && exclusive(Lock)")]
    public AnonVma? AnonVma { get; set; }
}
