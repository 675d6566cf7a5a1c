using System.Threading;
using MmLint;

namespace MmKernel;

/// <summary>Seals of memory files (<c>mm/memfd.c</c>).</summary>
internal static class Sealing
{
    private const FileSeals All = FileSeals.Seal | FileSeals.Shrink | FileSeals.Grow | FileSeals.Write | FileSeals.FutureWrite | FileSeals.Exec;
    private const FileSeals AgainstWriting = FileSeals.Write | FileSeals.FutureWrite;

    // How often pages that somebody has a reference to are looked at again before they count as pinned, and how long is waited between.
    private const int Scans = 5;
    private const int MillisecondsBetweenScans = 10;

    /// <summary>Adds seals (<c>memfd_add_seals</c>).</summary>
    /// <returns>0; −EINVAL: unknown ones; −EPERM: sealed against that; −EBUSY: it is mapped writable and shared, or a page is pinned.</returns>
    [MustNotHold("MmStruct.MmapLock || VmArea.Lock"), MaySleep]
    internal static long Add(MemoryFile file, FileSeals seals)
    {
        if ((seals & ~All) != 0)
            return -(long)Errno.EINVAL;
        seals = WithImplied(file, seals);
        file.Rwsem.WriteLock();
        long error = CheckAdding(file, seals);
        if (error == 0)
            file.SetSeals(seals);
        file.Rwsem.WriteUnlock();
        return error;
    }

    /// <summary>Whether the contents cannot be changed by new means.</summary>
    internal static bool IsWriteSealed(FileSeals seals) => (seals & AgainstWriting) != 0;

    /// <summary>Whether seals allow a mapping, and what they take from its future (<c>memfd_check_seals_mmap</c>).</summary>
    /// <returns>0, or −EPERM.</returns>
    internal static long CheckMapping(MemoryFile file, ref VmFlags flags)
    {
        if (!IsWriteSealed(file.Seals) || (flags & VmFlags.Shared) == 0)
            return 0;
        if ((flags & VmFlags.Write) != 0)
            return -(long)Errno.EPERM;
        flags &= ~VmFlags.MayWrite;
        return 0;
    }

    [MustHold("exclusive(file.Rwsem)"), MaySleep]
    private static long CheckAdding(MemoryFile file, FileSeals seals)
    {
        if ((file.Seals & FileSeals.Seal) != 0)
            return -(long)Errno.EPERM;
        if ((seals & FileSeals.Write) == 0 || (file.Seals & FileSeals.Write) != 0)
            return 0;
        if (!file.Mapping.TryDenyWritable())
            return -(long)Errno.EBUSY;
        if (!HasPinnedPage(file))
            return 0;
        file.Mapping.AllowWritable();
        return -(long)Errno.EBUSY;
    }

    /// <summary>A file that can be executed and stays so must not be changed either: written or executed, not both.</summary>
    private static FileSeals WithImplied(MemoryFile file, FileSeals seals) =>
        (seals & FileSeals.Exec) != 0 && file.IsExecutable ? seals | FileSeals.Shrink | FileSeals.Grow | AgainstWriting : seals;

    /// <summary>
    /// Whether a page has references that neither the cache nor a mapping explains, and keeps them (<c>memfd_wait_for_pins</c>).
    /// </summary>
    [MustHold("exclusive(file.Rwsem)"), MaySleep]
    private static bool HasPinnedPage(MemoryFile file)
    {
        for (int scan = 0; scan < Scans; scan++)
        {
            if (scan > 0)
                Thread.Sleep(MillisecondsBetweenScans);
            bool any = false;
            foreach (ulong index in file.Mapping.IndicesBetween(0, ulong.MaxValue))
                any |= HasOtherReferences(file.Mapping, index);
            if (!any)
                return false;
        }

        return true;
    }

    private static bool HasOtherReferences(AddressSpace mapping, ulong index)
    {
        var folio = mapping.Find(index);
        if (folio == null)
            return false;

        // One is the cache's and one was just taken.
        bool has = folio.ReferenceCount > folio.MapCount + 2;
        mapping.Memory.Put(folio);
        return has;
    }
}
