using MmLint;

namespace MmKernel;

/// <summary>All locks under which reverse mapping finds a VMA, taken together (<c>mm/mremap.c</c>).</summary>
internal static class RmapLocking
{
    /// <summary>
    /// Keeps reverse mapping out of the VMA (<c>take_rmap_locks</c>). File and anon_vma must not change until <see cref="DropRmapLocks"/>.
    /// </summary>
    [MustHold("exclusive(vma.Lock)"), Acquires("exclusive(vma.RmapLocks)"), TakesRmap]
    internal static void TakeRmapLocks(VmArea vma)
    {
        if (vma.File != null)
            vma.File.Mapping.ImapLock.WriteLock();
        if (vma.AnonVma != null)
            vma.AnonVma.Lock.WriteLock();
    }

    /// <summary>Lets reverse mapping in again (<c>drop_rmap_locks</c>).</summary>
    [MustHold("exclusive(vma.Lock)"), Releases("exclusive(vma.RmapLocks)")]
    internal static void DropRmapLocks(VmArea vma)
    {
        if (vma.AnonVma != null)
            vma.AnonVma.Lock.WriteUnlock();
        if (vma.File != null)
            vma.File.Mapping.ImapLock.WriteUnlock();
    }
}
