namespace StaleVma;

public sealed class VmArea
{
    public required MmStruct Mm { get; init; }

    [GuardedBy("Mm.MmapLock")]
    public ulong Start { get; set; }

    [GuardedBy("Mm.MmapLock")]
    public ulong End { get; set; }
}

public sealed class MmStruct
{
    [GuardedBy(nameof(MmapLock))]
    private readonly List<VmArea> _vmas = [];

    public RwSemaphore MmapLock { get; } = new();

    /// <summary>The VMA of an address. What comes back may be freed as soon as the lock is dropped.</summary>
    [MustHold(nameof(MmapLock)), Ensures("result.Mm == this")]
    [return: ValidWhileHeld("this.MmapLock")]
    public VmArea? FindVma(ulong address)
    {
        foreach (var vma in _vmas)
        {
            if (vma.Mm == this && address >= vma.Start && address < vma.End)
                return vma;
        }

        return null;
    }
}
