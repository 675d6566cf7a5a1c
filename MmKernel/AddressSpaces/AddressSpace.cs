using MmLint;

namespace MmKernel;

/// <summary>The contents of a file: its cached pages and who maps them (<c>struct address_space</c>).</summary>
public sealed class AddressSpace
{
    /// <summary>Guards the set of VMAs that map the file (<c>i_mmap_rwsem</c>).</summary>
    public RwSemaphore ImapLock { get; } = new(LockdepClass.ImapLock);
}
