using MmLint;

namespace MmKernel;

/// <summary>An open file as mappings see it (<c>struct file</c>).</summary>
/// <param name="file">The file.</param>
/// <param name="isWritable">Whether it was opened for writing (<c>FMODE_WRITE</c>).</param>
public sealed class VmFile(MemoryFile file, bool isWritable)
{
    /// <summary>The file.</summary>
    [WriteOnce] public MemoryFile File { get; } = file;

    /// <summary>The contents (<c>f_mapping</c>).</summary>
    [WriteOnce] public AddressSpace Mapping { get; } = file.Mapping;

    /// <summary>Whether it was opened for writing.</summary>
    public bool IsWritable { get; } = isWritable;
}
