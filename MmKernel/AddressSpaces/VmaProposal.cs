namespace MmKernel;

/// <summary>
/// What a range of addresses is going to be: the question that is put to its neighbours before a VMA of its own is made for it
/// (<c>struct vma_merge_struct</c>).
/// </summary>
internal readonly record struct VmaProposal
{
    /// <summary>First address.</summary>
    internal required ulong Start { get; init; }

    /// <summary>First address behind the range.</summary>
    internal required ulong End { get; init; }

    /// <summary>Page index of the start in the object behind it.</summary>
    internal required ulong PageOffset { get; init; }

    /// <summary>Properties.</summary>
    internal required VmFlags Flags { get; init; }

    /// <summary>What is mapped; null for anonymous memory.</summary>
    internal VmFile? File { get; init; }

    /// <summary>Where the anonymous pages of the range hang; null where there are none yet.</summary>
    internal AnonVma? AnonVma { get; init; }

    /// <summary>Who handles its faults; null if nobody.</summary>
    internal UserfaultContext? Userfault { get; init; }

    /// <summary>Whether the anonymous pages come from a VMA that a parent process handed down (<c>vma_is_fork_child</c>).</summary>
    internal bool IsFromForkChild { get; init; }

    /// <summary>Pages covered.</summary>
    internal ulong PageCount => (End - Start) >> Page.Shift;
}
