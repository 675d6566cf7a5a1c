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

    /// <summary>Takes possibilities from the file for good (<c>F_ADD_SEALS</c> of <c>fcntl(2)</c>).</summary>
    /// <param name="seals">The seals to add to those that it has.</param>
    /// <returns>
    /// 0, or −errno. −EPERM: not opened for writing, or sealed against seals. −EINVAL: unknown. −EBUSY: to be sealed against writing, but
    /// mapped writable and shared, or a page is pinned.
    /// </returns>
    [MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    public long AddSeals(FileSeals seals) => IsWritable ? Sealing.Add(File, seals) : -(long)Errno.EPERM;
}
