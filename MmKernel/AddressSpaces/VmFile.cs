using MmLint;

namespace MmKernel;

/// <summary>An open file as mappings see it (<c>struct file</c>).</summary>
/// <param name="mapping">The contents.</param>
/// <param name="isWritable">Whether it was opened for writing (<c>FMODE_WRITE</c>).</param>
public sealed class VmFile(AddressSpace mapping, bool isWritable)
{
    /// <summary>The contents (<c>f_mapping</c>).</summary>
    [WriteOnce] public AddressSpace Mapping { get; } = mapping;

    /// <summary>Whether it was opened for writing.</summary>
    public bool IsWritable { get; } = isWritable;
}
