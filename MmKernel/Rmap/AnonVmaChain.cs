using MmLint;

namespace MmKernel;

/// <summary>
/// The link between a VMA and an anon_vma in whose interval tree it is found (<c>struct anon_vma_chain</c>).
/// </summary>
/// <param name="vma">The VMA.</param>
/// <param name="anonVma">The anon_vma.</param>
public sealed class AnonVmaChain(VmArea vma, AnonVma anonVma)
{
    /// <summary>The VMA.</summary>
    [WriteOnce] public VmArea Vma { get; } = vma;

    /// <summary>The anon_vma.</summary>
    [WriteOnce] public AnonVma AnonVma { get; } = anonVma;

    /// <summary>The next link of the same VMA (<c>same_vma</c>).</summary>
    [ReadBy("Vma.Mm.MmapLock || AnonVma.Lock"), WriteBy("exclusive(Vma.Lock) || Vma.Mm.MmapLock && Vma.Mm.PageTableLock && exclusive(AnonVma.Lock)")]
    internal AnonVmaChain? NextOfVma;

    // The place in the interval tree of the anon_vma: see AnonVmaIntervals.
    [GuardedBy("AnonVma.Lock")] internal AnonVmaChain? Left;
    [GuardedBy("AnonVma.Lock")] internal AnonVmaChain? Right;
    [GuardedBy("AnonVma.Lock")] internal uint Priority;
    [GuardedBy("AnonVma.Lock")] internal ulong Sequence;
    [GuardedBy("AnonVma.Lock")] internal ulong FirstIndex;
    [GuardedBy("AnonVma.Lock")] internal ulong LastIndex;
    [GuardedBy("AnonVma.Lock")] internal ulong LastIndexBelow;
}
