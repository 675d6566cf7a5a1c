namespace MmKernel;

/// <summary>What <c>mremap(2)</c> is asked for, lengths in whole pages (<c>struct vma_remap_struct</c>).</summary>
internal readonly record struct RemapRequest
{
    /// <summary>Where the old mapping starts.</summary>
    internal required ulong Address { get; init; }

    /// <summary>How much of it is meant; 0 asks for a second mapping of shared memory.</summary>
    internal required ulong OldLength { get; init; }

    /// <summary>How long it is to be.</summary>
    internal required ulong NewLength { get; init; }

    /// <summary>Flags.</summary>
    internal required RemapFlags Flags { get; init; }

    /// <summary>Where it is to go, if the flags say so.</summary>
    internal required ulong NewAddress { get; init; }

    /// <summary>Whether the new address counts (<c>vrm_implies_new_addr</c>).</summary>
    internal bool NamesTarget => (Flags & (RemapFlags.Fixed | RemapFlags.DontUnmap)) != 0;

    /// <summary>Whether this is a move and nothing else, which may span several VMAs (<c>vrm_move_only</c>).</summary>
    internal bool IsMoveOnly => (Flags & RemapFlags.Fixed) != 0 && OldLength == NewLength;

    /// <summary>Bytes by which it grows.</summary>
    internal ulong Growth => NewLength - OldLength;
}
