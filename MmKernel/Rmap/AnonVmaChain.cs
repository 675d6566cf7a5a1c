using System;
using MmLint;

namespace MmKernel;

/// <summary>
/// The link between a VMA and an anon_vma in whose interval tree it is found (<c>struct anon_vma_chain</c>).
/// </summary>
internal sealed class AnonVmaChain
{
    /// <summary>Makes an unlinked link.</summary>
    [Ensures("Vma == vma"), Ensures("AnonVma == anonVma")]
    internal AnonVmaChain(VmArea vma, AnonVma anonVma)
    {
        Vma = vma;
        AnonVma = anonVma;
    }

    /// <summary>The VMA.</summary>
    [WriteOnce] internal VmArea Vma { get; }

    /// <summary>The anon_vma.</summary>
    [WriteOnce] internal AnonVma AnonVma { get; }

    /// <summary>The number of the node in the interval tree, <see cref="IntervalTree{T}.None"/> while not in it.</summary>
    [GuardedBy("AnonVma.Lock")] internal int Node;

    /// <summary>
    /// The anon_vma, known to hang at <paramref name="root"/>: all anon_vmas of one VMA do, so that one lock covers them.
    /// </summary>
    [Ensures("result == AnonVma"), Ensures("result.Root == root")]
    internal AnonVma AnonVmaOf(AnonVma root)
    {
        var anonVma = AnonVma;
        if (anonVma.Root != root)
            throw new InvalidOperationException("A VMA is linked to anon_vmas of two roots.");
        return anonVma;
    }
}
